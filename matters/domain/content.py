"""What an edition says, as plain values: its fields and rows, their Chinese names, and which of them are unknown.

Pure: forms, imports, drafts, the linter and the difference page all work on the same ``Content``.
"""

from dataclasses import dataclass, field

UNKNOWN = "待核实"

#: Field → what it is called. The order is the order of the guide and of the difference page.
FIELDS: dict[str, str] = {
    "name": "事项名称",
    "applicant_kinds": "申请人",
    "handling": "办件类型",
    "statutory_value": "法定时限",
    "statutory_unit": "法定时限单位",
    "clock_start": "起算",
    "statutory_basis": "法定时限依据",
    "statutory_is_assumption": "法定时限为假定",
    "promised_value": "承诺时限",
    "promised_unit": "承诺时限单位",
    "promised_is_assumption": "承诺时限为假定",
    "extension_value": "可延长",
    "extension_approver": "延长批准人",
    "result_document": "结果文书",
    "validity_text": "有效期",
    "special_procedures": "特别程序",
    "acceptance_condition": "受理条件",
    "quantity_limit": "数量限制",
    "form_sample": "申请书示范文本",
    "fee_note": "收费说明",
    "window": "办理窗口",
    "address": "办理地址",
    "service_hours": "办理时间",
    "phone": "咨询电话",
    "complaint_phone": "监督投诉电话",
    "catalog_code": "基本编码",
    "task_code": "实施编码",
    "power_source": "权力来源",
    "entrusting_body": "委托机关",
    "joint_bodies": "联办机构",
    "intermediary_service": "中介服务",
    "service_area": "通办范围",
    "online_depth": "网办深度",
    "visits": "到现场次数",
    "visits_reason": "须到现场的原因",
    "can_be_posted": "可邮寄送达",
    "annex_status": "附件状态",
}

#: Kind of row → (what it is called, its fields in order with their names). The first field identifies the row to a reader.
ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "legal_bases": ("设定依据", {"citation": "依据"}),
    "conditions": ("许可条件", {"text": "条件", "basis": "依据"}),
    "process_steps": (
        "办理流程",
        {"name": "环节", "duty": "办理人员", "limit_text": "环节时限", "standard": "审查标准"},
    ),
    "fees": (
        "收费项目",
        {
            "name": "项目",
            "standard": "标准",
            "basis": "依据",
            "basis_level": "依据层级",
            "is_for_licence": "许可收费",
            "reduction": "减免",
        },
    ),
    "questions": ("常见问题", {"question": "问", "answer": "答"}),
    "materials": (
        "申请材料",
        {
            "name": "材料名称",
            "form": "形式",
            "original_count": "原件份数",
            "copy_count": "复印件份数",
            "is_main": "主件",
            "is_conditional": "特定情形才提交",
            "condition": "情形",
            "deferrable": "可容缺",
            "commitment_allowed": "可告知承诺",
            "source": "来源",
            "source_note": "来源说明",
            "basis": "依据",
            "acceptance_standard": "受理标准",
            "fill_note": "填报须知",
            "sign_requirement": "签字盖章要求",
            "page_format": "规格",
            "share_source": "共享核验来源",
            "elicense_type": "对应电子证照",
            "reuse_days": "可复用天数",
            "note": "备注",
        },
    ),
}

#: Chinese words for stored values, wherever a reader meets them.
WORDS: dict[str, dict[str, str]] = {
    "annex_status": {"reconstructed": "重建", "official": "正式附件"},
    "handling": {"instant": "即办件", "committed": "承诺件"},
    "unit": {"workday": "工作日", "calday": "日（自然日）", "month": "个月"},
    "clock_start": {
        "accepted": "自受理之日起",
        "received": "自收到申请之日起",
        "complete_docs": "自收齐全部材料之日起",
    },
    "form": {"original": "原件", "copy": "复印件", "both": "原件和复印件", "electronic": "电子件"},
    "source": {"applicant": "申请人自备", "government": "政府部门核发", "intermediary": "中介或检验检测机构出具"},
    "basis_level": {
        "law": "法律",
        "admin_regulation": "行政法规",
        "local_regulation": "地方性法规",
        "rule": "规章",
        "other": "规范性文件",
    },
}
_WORDS_OF_FIELD = {
    "statutory_unit": "unit",
    "promised_unit": "unit",
    "handling": "handling",
    "annex_status": "annex_status",
    "clock_start": "clock_start",
    "form": "form",
    "source": "source",
    "basis_level": "basis_level",
}

#: What the guide must say and the reconstruction may not know; blank counts as 待核实.
MAY_BE_UNKNOWN = (
    "result_document",
    "validity_text",
    "acceptance_condition",
    "quantity_limit",
    "form_sample",
    "window",
    "address",
    "service_hours",
    "phone",
    "complaint_phone",
    "catalog_code",
    "task_code",
    "power_source",
    "service_area",
    "online_depth",
    "visits",
)
ROWS_MAY_BE_UNKNOWN = ("legal_bases", "conditions", "process_steps")


@dataclass
class Content:
    """版本内容: the field values and the rows (lists of plain dicts, in order) of one edition."""

    fields: dict[str, object] = field(default_factory=dict)
    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: {kind: [] for kind in ROWS})

    def value(self, name: str):
        """The value of a field; blank text when it has none."""
        found = self.fields.get(name)
        return "" if found is None else found


def is_blank(value: object) -> bool:
    """Whether a value says nothing (0 and False say something)."""
    return value is None or value == ""


def shown(name: str, value: object) -> str:
    """A stored value as a reader sees it; blank is 待核实 for what must be known, else （空）."""
    if is_blank(value):
        return UNKNOWN if name in MAY_BE_UNKNOWN else "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    words = WORDS.get(_WORDS_OF_FIELD.get(name, ""), {})
    return words.get(str(value), str(value))


def limit_text(value: int | None, unit: str) -> str:
    """“20个工作日”, “7日（自然日）”, “3个月”, “当场办结”; 待核实 when not set."""
    if value is None or not unit:
        return UNKNOWN
    if value == 0:
        return "当场办结"
    return {"workday": f"{value}个工作日", "calday": f"{value}日（自然日）", "month": f"{value}个月"}[unit]


def unknown_fields(content: Content) -> list[str]:
    """The Chinese names of everything in ``content`` that prints 待核实, materials' bases as one."""
    names = [FIELDS[name] for name in MAY_BE_UNKNOWN if is_blank(content.fields.get(name))]
    names += [ROWS[kind][0] for kind in ROWS_MAY_BE_UNKNOWN if not content.rows.get(kind)]
    if any(is_blank(row.get("basis")) for row in content.rows.get("materials", ())):
        names.append("申请材料的依据")
    if any(row.get("is_for_licence") and is_blank(row.get("basis")) for row in content.rows.get("fees", ())):
        names.append("收费依据")
    return names
