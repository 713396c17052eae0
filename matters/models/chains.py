"""一链办理: packages of matters done in one go. The steps are the reconstruction's own proposal."""

from django.db import models

from .choices import ChainMode, Requirement
from .matters import Matter


class Chain(models.Model):
    """一链办理主题"""

    code = models.CharField("代码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=60)
    description = models.CharField("说明", max_length=200, blank=True)
    applicant_kinds = models.CharField("申请人", max_length=60)
    required_promised_workdays = models.PositiveSmallIntegerField("必办事项承诺工作日合计")
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "一链办理主题"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ChainMatter(models.Model):
    """主题中的事项"""

    chain = models.ForeignKey(Chain, verbose_name="主题", on_delete=models.CASCADE, related_name="items")
    step = models.PositiveSmallIntegerField("步骤")
    seq = models.PositiveSmallIntegerField("序号")
    mode = models.CharField("办理方式", max_length=14, choices=ChainMode)
    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="chain_items")
    requirement = models.CharField("是否必办", max_length=12, choices=Requirement)
    condition = models.CharField("情形", max_length=200, blank=True)
    handled_by = models.CharField("办理单位", max_length=60)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主题中的事项"
        ordering = ["chain", "step", "seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "step", "seq"], name="chain_item_once")]

    def __str__(self) -> str:
        return f"{self.chain_id} {self.step}-{self.seq}"


class ChainMaterial(models.Model):
    """主题共用材料: asked for by two or more matters of the chain, handed in once."""

    chain = models.ForeignKey(Chain, verbose_name="主题", on_delete=models.CASCADE, related_name="shared_materials")
    seq = models.PositiveSmallIntegerField("序号")
    name = models.CharField("材料名称", max_length=200)
    matters = models.ManyToManyField(Matter, verbose_name="用于", related_name="+")
    produced_by = models.ManyToManyField(Matter, verbose_name="由链内事项产生", related_name="+", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主题共用材料"
        ordering = ["chain", "seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="chain_material_once")]

    def __str__(self) -> str:
        return self.name
