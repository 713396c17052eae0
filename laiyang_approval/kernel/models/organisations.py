from django.db import models
from simple_history.models import HistoricalRecords


class Department(models.Model):
    """机关、部门: a body that approves, supervises or serves in the hall, with the dates between which it existed."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", "行政审批服务局"
        DEPARTMENT = "department", "市政府部门"
        VERTICAL = "vertical", "垂直管理机构"
        GOVERNMENT = "government", "人民政府"
        UPPER = "upper", "上级机关（不在本门户办理）"

    code = models.CharField("代码", max_length=16, unique=True)
    name = models.CharField("全称", max_length=100)
    short_name = models.CharField("简称", max_length=60)
    kind = models.CharField("类别", max_length=16, choices=Kind, default=Kind.DEPARTMENT)
    is_supervisor = models.BooleanField("监管部门", default=False)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, help_text="未知的留空，页面显示“待核实”。")
    document_word = models.CharField("文书字号", max_length=20, help_text="文书编号的机关代字，如“莱审批”。")
    phone = models.CharField("咨询电话", max_length=40, blank=True)
    complaint_phone = models.CharField("监督投诉电话", max_length=40, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    valid_from = models.DateField("存续自")
    valid_to = models.DateField("存续至", null=True, blank=True, help_text="最后存续日（含当日）；空为存续。")
    successor = models.ForeignKey(
        "self", verbose_name="承接机关", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    note = models.CharField("备注", max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "机关"
        permissions = [
            ("intake_for_department", "收件、受理、出件（窗口）"),
            ("review_for_department", "审查、现场核查、听证"),
            ("decide_for_department", "作出决定"),
            ("supervise_department", "监督、抽查"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="department_validity_ordered",
            )
        ]

    def __str__(self) -> str:
        return self.short_name


class RemedyRoute(models.Model):
    """救济途径: to which review organ and court an act in this body's name may be taken, by date (行政复议法第24条)."""

    department = models.ForeignKey(
        Department, verbose_name="作出机关", on_delete=models.PROTECT, related_name="remedy_routes"
    )
    review_organ = models.CharField("行政复议机关", max_length=100)
    review_address = models.CharField("复议申请递交地址", max_length=200, blank=True)
    online_review_channel = models.CharField("网上申请复议渠道", max_length=200, blank=True)
    court = models.CharField("管辖法院", max_length=100)
    basis = models.CharField("依据", max_length=200)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "救济途径"
        constraints = [models.UniqueConstraint(fields=["department", "valid_from"], name="remedy_route_once_a_day")]

    def __str__(self) -> str:
        return f"{self.department} → {self.review_organ}"
