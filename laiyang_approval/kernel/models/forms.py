from django.db import models


class FormToken(models.Model):
    """表单令牌: one rendered form may take effect once; a second post is answered with the first one's page."""

    token = models.CharField("令牌", max_length=43, unique=True)
    user = models.ForeignKey(
        "kernel.User", verbose_name="提交人", null=True, on_delete=models.CASCADE, related_name="+"
    )
    used_at = models.DateTimeField("使用时间")
    result_url = models.CharField("结果页", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "表单令牌"

    def __str__(self) -> str:
        return f"{self.used_at:%F %T} → {self.result_url}"
