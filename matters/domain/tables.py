"""事项表与材料表: the two tables the catalogue is exchanged in, read and written cell by cell. Pure.

The first columns are those of the shipped catalogue, so that official annexes typed in the same columns can be imported
(fixtures/catalogue/README.md, section 7); the further columns are optional. A cell that holds several rows holds one a
line, its parts divided by ``｜``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .content import ROWS, Content, is_blank

MATTER_COLUMNS = (
    "code",
    "kind",
    "matter_type",
    "name",
    "original_department_code",
    "original_department",
    "supervising_department",
    "domain",
    "legal_basis",
    "statutory_days",
    "limit_unit",
    "clock_start",
    "statutory_basis",
    "statutory_is_assumption",
    "promised_days",
    "promised_unit",
    "promised_is_assumption",
    "handling",
    "applicant_kinds",
    "result_document",
    "validity",
    "special_procedures",
    "fee",
    "related_to",
    "name_source",
    "confidence",
    "basis_check",
    "annex_status",
    "statutory_decider",
    "later_change",
    "note",
)
#: Written by an export, read when present. ``later_change`` above is only carried along: changes are rows of their own.
FURTHER_MATTER_COLUMNS = (
    "aliases",
    "extension",
    "extension_approver",
    "acceptance_condition",
    "quantity_limit",
    "form_sample",
    "conditions",
    "process_steps",
    "fees",
    "questions",
    "window",
    "address",
    "service_hours",
    "phone",
    "complaint_phone",
    "catalog_code",
    "task_code",
    "power_source",
    "entrusting_body",
    "joint_bodies",
    "intermediary_service",
    "service_area",
    "online_depth",
    "visits",
    "visits_reason",
    "can_be_posted",
)
MATERIAL_COLUMNS = (
    "matter_code",
    "seq",
    "name",
    "form",
    "copies",
    "deferrable",
    "commitment_allowed",
    "source",
    "note",
)
FURTHER_MATERIAL_COLUMNS = (
    "is_main",
    "condition",
    "basis",
    "acceptance_standard",
    "fill_note",
    "sign_requirement",
    "page_format",
    "source_note",
    "share_source",
    "elicense_type",
    "reuse_days",
)

#: The heading a reader meets; files headed by the column's own name are read as well.
COLUMN_WORDS = {
    "code": "事项代码",
    "original_department": "原实施部门",
    "result_document": "结果文书",
    "validity": "有效期",
    "special_procedures": "特别程序",
    "fee": "收费说明",
    "name_source": "名称来历",
    "later_change": "后续变化",
    "note": "备注",
    "aliases": "别名",
    "extension_approver": "延长批准人",
    "acceptance_condition": "受理条件",
    "quantity_limit": "数量限制",
    "form_sample": "申请书示范文本",
    "conditions": "许可条件",
    "process_steps": "办理流程",
    "questions": "常见问题",
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
    "visits_reason": "须到现场的原因",
    "condition": "情形",
    "basis": "依据",
    "acceptance_standard": "受理标准",
    "fill_note": "填报须知",
    "sign_requirement": "签字盖章要求",
    "page_format": "规格",
    "source_note": "来源说明",
    "share_source": "共享核验来源",
    "elicense_type": "对应电子证照",
    "kind": "类别",
    "matter_type": "事项类型",
    "name": "名称",
    "original_department_code": "原实施部门代码",
    "supervising_department": "监管部门",
    "domain": "领域",
    "legal_basis": "设定依据",
    "statutory_days": "法定时限",
    "limit_unit": "时限单位",
    "clock_start": "起算",
    "statutory_basis": "法定时限依据",
    "statutory_is_assumption": "法定时限为假定",
    "promised_days": "承诺时限",
    "promised_unit": "承诺时限单位",
    "promised_is_assumption": "承诺时限为假定",
    "handling": "办件类型",
    "applicant_kinds": "申请人",
    "related_to": "所跟随的许可",
    "confidence": "把握程度",
    "basis_check": "依据核对",
    "annex_status": "附件状态",
    "statutory_decider": "法定决定机关",
    "matter_code": "事项代码",
    "seq": "序号",
    "form": "形式",
    "copies": "份数",
    "deferrable": "可容缺",
    "commitment_allowed": "可告知承诺",
    "source": "来源",
    "is_main": "主件",
    "reuse_days": "可复用天数",
    "extension": "可延长",
    "visits": "到现场次数",
    "can_be_posted": "可邮寄送达",
    "fees": "收费项目",
}

KINDS = ("licence", "related", "deferred", "retained")
UNITS = ("workday", "calday", "month")
CLOCK_STARTS = ("accepted", "received", "complete_docs")
FORMS = ("original", "copy", "both", "electronic")
SOURCES = ("applicant", "government", "intermediary")
APPLICANT_KINDS = ("自然人", "法人")
CONFIDENCES = ("high", "medium", "low")
BASIS_CHECKS = ("text", "text-later-version", "partly", "none")
ANNEX = ("reconstructed", "official")
DECIDERS = ("department", "county_government", "upper_level", "vertical_agency")
HANDLINGS = ("instant", "committed")
BASIS_LEVELS = ("law", "admin_regulation", "local_regulation", "rule", "other")

#: As many characters as the columns of the database hold.
LONGEST = {
    "code": 16,
    "matter_code": 16,
    "matter_type": 20,
    "name": 200,
    "domain": 20,
    "applicant_kinds": 60,
    "result_document": 200,
    "validity": 300,
    "special_procedures": 200,
    "fee": 300,
    "name_source": 200,
    "aliases": 500,
    "extension_approver": 60,
    "quantity_limit": 300,
    "form_sample": 300,
    "window": 200,
    "address": 200,
    "service_hours": 200,
    "phone": 60,
    "complaint_phone": 60,
    "catalog_code": 13,
    "task_code": 36,
    "power_source": 40,
    "entrusting_body": 100,
    "joint_bodies": 200,
    "intermediary_service": 200,
    "service_area": 60,
    "online_depth": 60,
    "visits_reason": 200,
    "condition": 200,
    "basis": 300,
    "acceptance_standard": 300,
    "fill_note": 300,
    "sign_requirement": 200,
    "page_format": 40,
    "source_note": 200,
    "share_source": 100,
    "elicense_type": 100,
}
LONGEST_CELL = 4000
LARGEST_NUMBER = 9999
CITATION_DIVIDER = "；"
PART_DIVIDER = "｜"

#: A fee text that says nothing is to be paid here.
NO_FEE = ("停征", "不得收取", "改征")
#: 工本费、考试费 are charged for the licence itself; 补偿费、占用费 and the like are owed for something else.
CHARGED_FOR_LICENCE = ("工本费", "考试费")


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell: line as a spreadsheet counts (the header is 1), column, and what to do."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"第{self.line}行" + (f"“{COLUMN_WORDS.get(self.column, self.column)}”列" if self.column else "")
        return f"{place}：{self.message}"


@dataclass
class MatterRow:
    """One line of the matter table: the matter's own values, and its edition's content without the materials."""

    line: int
    code: str
    matter: dict[str, object]
    original_department_code: str
    supervising_department: str
    related_to: str
    later_change: str
    content: Content
    given: frozenset[str] = field(default_factory=frozenset)


@dataclass
class MaterialRow:
    """One line of the material table."""

    line: int
    matter_code: str
    seq: int
    values: dict[str, object]


class _Reader:
    """Takes cells out of one line and gathers what is wrong with them."""

    def __init__(self, row: Mapping[str, str], line: int, errors: list[RowError]):
        self.row, self.line, self.errors = row, line, errors
        for column, cell in row.items():
            text = cell or ""
            if len(text) > LONGEST.get(column, LONGEST_CELL):
                self.wrong(column, f"最多{LONGEST.get(column, LONGEST_CELL)}个字，现有{len(text)}个字；请缩短。")
            if any(ord(char) < 32 and char not in "\n\r\t" for char in text) or "\x7f" in text:
                self.wrong(column, "含有不可见的控制字符；请删去后重填。")

    def wrong(self, column: str, message: str) -> None:
        self.errors.append(RowError(self.line, column, message))

    def text(self, column: str, *, required: bool = False) -> str:
        value = (self.row.get(column) or "").strip()
        if required and not value:
            self.wrong(column, "不能为空；请填写。")
        return value

    def choice(self, column: str, allowed: Iterable[str], *, required: bool = True) -> str:
        value = self.text(column, required=required)
        if value and value not in allowed:
            self.wrong(column, f"“{value[:40]}”不在可选值中；请填写{'、'.join(allowed)}之一。")
        return value

    def flag(self, column: str, *, default: bool | None = None) -> bool | None:
        value = self.text(column)
        if not value and default is not None:
            return default
        if value not in {"yes", "no"}:
            if value or default is not None:
                self.wrong(column, "请填写 yes 或 no。")
            return None if default is None else default
        return value == "yes"

    def number(self, column: str, *, required: bool = False) -> int | None:
        value = self.text(column, required=required)
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or int(value) > LARGEST_NUMBER:
            self.wrong(column, f"“{value[:40]}”不是0到{LARGEST_NUMBER}的整数；请改正。")
            return None
        return int(value)

    def rows(self, column: str, kind: str) -> list[dict[str, object]]:
        names = list(ROWS[kind][1])
        found = []
        for text in self.text(column).splitlines():
            parts = [part.strip() for part in text.split(PART_DIVIDER)]
            if len(parts) > len(names) or not parts[0]:
                self.wrong(column, f"“{text[:30]}”应为{PART_DIVIDER.join(ROWS[kind][1].values())}；请按此填写。")
                continue
            row: dict[str, object] = dict(zip(names, parts + [""] * (len(names) - len(parts)), strict=True))
            if kind == "fees":
                row["is_for_licence"] = row["is_for_licence"] == "yes"
                if row["basis_level"] and row["basis_level"] not in BASIS_LEVELS:
                    self.wrong(column, f"依据层级“{row['basis_level']}”应为{'、'.join(BASIS_LEVELS)}之一。")
            found.append(row)
        return found


def fees_of(text: str) -> list[dict[str, object]]:
    """The fee rows that the catalogue's one-line ``fee`` text stands for; none where it says nothing is owed."""
    if is_blank(text) or text == "无" or any(word in text for word in NO_FEE):
        return []
    return [
        {
            "name": text,
            "standard": "",
            "basis": "",
            "basis_level": "",
            "is_for_licence": any(word in text for word in CHARGED_FOR_LICENCE),
            "reduction": "",
        }
    ]


#: Column → field of the content, where only the name differs or nothing.
_PLAIN_FIELDS = {
    "name": "name",
    "statutory_basis": "statutory_basis",
    "result_document": "result_document",
    "validity": "validity_text",
    "special_procedures": "special_procedures",
    "fee": "fee_note",
}
_PLAIN_FURTHER = tuple(
    column
    for column in FURTHER_MATTER_COLUMNS
    if column
    not in {"aliases", "extension", "conditions", "process_steps", "fees", "questions", "visits", "can_be_posted"}
)
_ROW_COLUMNS = ("conditions", "process_steps", "questions")


def missing_columns(header: Iterable[str], needed: Iterable[str]) -> list[str]:
    """The columns a table must have and has not."""
    there = set(header)
    return [column for column in needed if column not in there]


def read_matter(row: Mapping[str, str], line: int, errors: list[RowError]) -> MatterRow:
    """One line of the matter table; what is wrong with it is added to ``errors``."""
    reader = _Reader(row, line, errors)
    kinds = [kind for kind in reader.text("applicant_kinds", required=True).split(";") if kind]
    if any(kind not in APPLICANT_KINDS for kind in kinds):
        reader.wrong("applicant_kinds", "请填写自然人、法人或二者（半角分号分隔）。")
    kind = reader.choice("kind", KINDS)
    related_to = reader.text("related_to")
    if kind == "related" and not related_to:
        reader.wrong("related_to", "关联事项要写明它跟随哪一项许可；请填写那一项的代码。")
    if kind != "related" and related_to:
        reader.wrong("related_to", "只有关联事项才填写这一列；请清空或改正类别。")
    fields: dict[str, object] = {name: reader.text(column) for column, name in _PLAIN_FIELDS.items()}
    reader.text("name", required=True)
    fields |= {
        "applicant_kinds": ";".join(kinds),
        "handling": reader.choice("handling", HANDLINGS),
        "statutory_value": reader.number("statutory_days", required=True),
        "statutory_unit": reader.choice("limit_unit", UNITS),
        "statutory_is_assumption": reader.flag("statutory_is_assumption", default=True),
        "clock_start": reader.choice("clock_start", CLOCK_STARTS),
        "promised_value": reader.number("promised_days", required=True),
        "promised_unit": reader.choice("promised_unit", UNITS),
        "promised_is_assumption": reader.flag("promised_is_assumption", default=True),
        "extension_value": reader.number("extension"),
        "annex_status": reader.choice("annex_status", ANNEX),
        "visits": reader.number("visits"),
        "can_be_posted": reader.flag("can_be_posted"),
    }
    fields |= {column: reader.text(column) for column in _PLAIN_FURTHER}
    content = Content(fields=fields)
    content.rows["legal_bases"] = [
        {"citation": citation} for citation in reader.text("legal_basis").split(CITATION_DIVIDER) if citation
    ]
    for column in _ROW_COLUMNS:
        content.rows[column] = reader.rows(column, column)
    content.rows["fees"] = reader.rows("fees", "fees") if "fees" in row else fees_of(str(fields["fee_note"]))
    return MatterRow(
        line=line,
        code=reader.text("code", required=True).upper(),
        matter={
            "kind": kind,
            "matter_type": reader.text("matter_type", required=True),
            "name": reader.text("name"),
            "domain": reader.text("domain", required=True),
            "statutory_decider": reader.choice("statutory_decider", DECIDERS),
            "confidence": reader.choice("confidence", CONFIDENCES),
            "basis_check": reader.choice("basis_check", BASIS_CHECKS),
            "name_source": reader.text("name_source"),
            "note": reader.text("note"),
            "aliases": reader.text("aliases"),
        },
        original_department_code=reader.text("original_department_code", required=True),
        supervising_department=reader.text("supervising_department", required=True),
        related_to=related_to.upper(),
        later_change=reader.text("later_change"),
        content=content,
        given=frozenset(column for column in FURTHER_MATTER_COLUMNS if column in row),
    )


def read_copies(text: str, form: str) -> tuple[int, int] | None:
    """(originals, copies) that a ``copies`` cell means for a form: “1”, or “1+2” for both; None when it means nothing."""
    parts = text.split("+")
    if not all(part.isascii() and part.isdigit() and int(part) <= LARGEST_NUMBER for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if form == "both":
        return (numbers[0], numbers[1]) if len(numbers) == 2 else None
    if len(numbers) != 1:
        return None
    return (0, numbers[0]) if form == "copy" else (numbers[0], 0)


def write_copies(form: str, original_count: int, copy_count: int) -> str:
    """The ``copies`` cell that ``read_copies`` reads back to the same counts."""
    if form == "both":
        return f"{original_count}+{copy_count}"
    return str(copy_count if form == "copy" else original_count)


MAIN_NOTE = "主件"
SHARED_NOTES = ("可通过数据共享核验", "可共享核验")


def read_material(row: Mapping[str, str], line: int, errors: list[RowError]) -> MaterialRow:
    """One line of the material table; what is wrong with it is added to ``errors``."""
    reader = _Reader(row, line, errors)
    form = reader.choice("form", FORMS)
    counts = read_copies(reader.text("copies", required=True), form)
    if counts is None:
        reader.wrong("copies", "份数应为整数；原件和复印件都要的写成“1+2”（原件1份、复印件2份）。")
    note = reader.text("note")
    is_main = reader.flag("is_main", default=False) if "is_main" in row else note.startswith(MAIN_NOTE)
    deferrable = reader.flag("deferrable", default=False)
    if is_main and deferrable:
        reader.wrong("deferrable", "主件一律不容缺；请改为 no。")
    source = reader.choice("source", SOURCES)
    share_source = reader.text("share_source")
    if "share_source" not in row and any(words in note for words in SHARED_NOTES):
        share_source = "可共享核验（具体来源待核实）"
    condition = reader.text("condition")
    if "condition" not in row and note == "委托他人办理时提供":
        condition = "委托他人办理"
    values: dict[str, object] = {
        "name": reader.text("name", required=True),
        "form": form,
        "original_count": counts[0] if counts else 0,
        "copy_count": counts[1] if counts else 0,
        "is_main": is_main,
        "is_conditional": bool(condition),
        "condition": condition,
        "deferrable": deferrable,
        "commitment_allowed": reader.flag("commitment_allowed", default=False),
        "source": source,
        "share_source": share_source,
        "reuse_days": reader.number("reuse_days"),
        "note": note,
    }
    values |= {
        column: reader.text(column)
        for column in (
            "basis",
            "acceptance_standard",
            "fill_note",
            "sign_requirement",
            "page_format",
            "source_note",
            "elicense_type",
        )
    }
    return MaterialRow(
        line=line,
        matter_code=reader.text("matter_code", required=True).upper(),
        seq=reader.number("seq", required=True) or 0,
        values=values,
    )


def _flag_cell(value: object) -> str:
    return "" if value is None else "yes" if value else "no"


def _rows_cell(kind: str, rows: list[dict[str, object]]) -> str:
    def cell(value: object) -> str:
        return _flag_cell(value) if isinstance(value, bool) else str(value or "")

    lines = [PART_DIVIDER.join(cell(row.get(name)) for name in ROWS[kind][1]).rstrip(PART_DIVIDER) for row in rows]
    return "\n".join(lines)


def write_matter(
    *, code: str, matter: Mapping[str, object], related_to: str, later_change: str, content: Content
) -> list[str]:
    """The cells of one matter, in the order of MATTER_COLUMNS + FURTHER_MATTER_COLUMNS.

    ``matter`` holds the matter's own values, with original_department_code, original_department and
    supervising_department as texts.
    """
    get = content.value
    cells = {column: str(get(name)) for column, name in _PLAIN_FIELDS.items()}
    cells |= {column: str(get(column)) for column in _PLAIN_FURTHER}
    cells |= {column: str(value) for column, value in matter.items()}
    cells |= {
        "code": code,
        "name": str(get("name")) or str(matter["name"]),
        "related_to": related_to,
        "later_change": later_change,
        "legal_basis": CITATION_DIVIDER.join(str(row["citation"]) for row in content.rows["legal_bases"]),
        "applicant_kinds": str(get("applicant_kinds")),
        "handling": str(get("handling")),
        "statutory_days": str(get("statutory_value")),
        "limit_unit": str(get("statutory_unit")),
        "statutory_is_assumption": _flag_cell(content.fields.get("statutory_is_assumption")),
        "clock_start": str(get("clock_start")),
        "promised_days": str(get("promised_value")),
        "promised_unit": str(get("promised_unit")),
        "promised_is_assumption": _flag_cell(content.fields.get("promised_is_assumption")),
        "annex_status": str(get("annex_status")),
        "extension": str(get("extension_value")),
        "visits": str(get("visits")),
        "can_be_posted": _flag_cell(content.fields.get("can_be_posted")),
        "fees": _rows_cell("fees", content.rows["fees"]),
    }
    cells |= {column: _rows_cell(column, content.rows[column]) for column in _ROW_COLUMNS}
    return [cells[column] for column in MATTER_COLUMNS + FURTHER_MATTER_COLUMNS]


def write_material(*, matter_code: str, seq: int, values: Mapping[str, object]) -> list[str]:
    """The cells of one material, in the order of MATERIAL_COLUMNS + FURTHER_MATERIAL_COLUMNS."""

    def cell(column: str) -> str:
        value = values.get(column)
        return _flag_cell(value) if isinstance(value, bool) else "" if value is None else str(value)

    cells = {column: cell(column) for column in MATERIAL_COLUMNS + FURTHER_MATERIAL_COLUMNS}
    cells |= {
        "matter_code": matter_code,
        "seq": str(seq),
        "copies": write_copies(
            str(values["form"]), int(values.get("original_count") or 0), int(values.get("copy_count") or 0)
        ),
    }
    return [cells[column] for column in MATERIAL_COLUMNS + FURTHER_MATERIAL_COLUMNS]
