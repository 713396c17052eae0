"""The words of the catalogue that are chosen from a list."""

from django.db import models


class MatterKind(models.TextChoices):
    """事项类别: where 莱政发〔2018〕18号 put the matter."""

    LICENCE = "licence", "划转许可"
    RELATED = "related", "关联事项"
    DEFERRED = "deferred", "暂缓划转"
    RETAINED = "retained", "不划转（进驻大厅）"


class StatutoryDecider(models.TextChoices):
    """法定决定机关"""

    DEPARTMENT = "department", "部门"
    COUNTY_GOVERNMENT = "county_government", "县级人民政府"
    UPPER_LEVEL = "upper_level", "上级机关"
    VERTICAL_AGENCY = "vertical_agency", "垂直管理机构"


class AnnexStatus(models.TextChoices):
    """附件状态"""

    RECONSTRUCTED = "reconstructed", "重建"
    OFFICIAL = "official", "正式附件"


class Confidence(models.TextChoices):
    """把握程度"""

    HIGH = "high", "高"
    MEDIUM = "medium", "中"
    LOW = "low", "低"


class BasisCheck(models.TextChoices):
    """依据核对"""

    TEXT = "text", "已与2018年有效文本对照"
    LATER_VERSION = "text-later-version", "与后来版本对照"
    PARTLY = "partly", "只对照上位法"
    NONE = "none", "未对照"


class EditionState(models.TextChoices):
    """版本状态"""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class LimitUnit(models.TextChoices):
    """时限单位: the values are those of the catalogue and of ``windows.domain.clock.Unit``."""

    WORKDAY = "workday", "工作日"
    CALDAY = "calday", "日（自然日）"
    MONTH = "month", "个月"


class ClockStart(models.TextChoices):
    """时限起算"""

    ACCEPTED = "accepted", "自受理之日起"
    RECEIVED = "received", "自收到申请之日起"
    COMPLETE_DOCS = "complete_docs", "自收齐全部材料之日起"


class Handling(models.TextChoices):
    """办件类型 (GB/T 39046 A.6)"""

    INSTANT = "instant", "即办件"
    COMMITTED = "committed", "承诺件"


class MaterialForm(models.TextChoices):
    """材料形式"""

    ORIGINAL = "original", "原件"
    COPY = "copy", "复印件"
    BOTH = "both", "原件和复印件"
    ELECTRONIC = "electronic", "电子件"


class MaterialSource(models.TextChoices):
    """材料来源"""

    APPLICANT = "applicant", "申请人自备"
    GOVERNMENT = "government", "政府部门核发"
    INTERMEDIARY = "intermediary", "中介或检验检测机构出具"


class BasisLevel(models.TextChoices):
    """依据层级: only the first two may found a fee (行政许可法第五十八条、第五十九条)."""

    LAW = "law", "法律"
    ADMIN_REGULATION = "admin_regulation", "行政法规"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    RULE = "rule", "规章"
    OTHER = "other", "规范性文件"


class ChangeKind(models.TextChoices):
    """后续变化"""

    CLOSED = "closed", "停止办理"
    FILING = "filing", "改为备案"
    LIMIT = "limit", "时限变化"
    ARTICLE = "article", "依据或要求变化"


class Power(models.TextChoices):
    """职权"""

    ACCEPT = "accept", "受理"
    DECIDE = "decide", "决定"
    SEAL = "seal", "用印"


class ChainMode(models.TextChoices):
    """办理方式"""

    SEQUENTIAL = "sequential", "依次办理"
    PARALLEL = "parallel", "并联办理"
    PARALLEL_ANY = "parallel_any", "按情形选一"


class Requirement(models.TextChoices):
    """是否必办"""

    REQUIRED = "required", "必办"
    CONDITIONAL = "conditional", "符合条件才办"
