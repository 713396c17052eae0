"""导入: a matter or material table becomes drafts, after a dry run that changes nothing and says everything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import InvalidInput, NotFound, StaleState
from laiyang_approval.kernel.models import Department, User
from matters.content import content_of
from matters.domain.content import Content
from matters.domain.differences import Change, difference
from matters.domain.tables import (
    FURTHER_MATERIAL_COLUMNS,
    FURTHER_MATTER_COLUMNS,
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    MaterialRow,
    MatterRow,
    RowError,
    missing_columns,
    read_material,
    read_matter,
)
from matters.models import (
    Authority,
    BoundaryItem,
    CatalogueImport,
    ChangeKind,
    Edition,
    EditionState,
    LaterChange,
    Matter,
)
from matters.permissions import require_catalogue_admin
from matters.queries import working_editions

from .catalogue import first_authority_rows, first_boundary_rows
from .editions import new_draft
from .writing import edition_with_fields, replace_rows, set_search_columns

#: Changing these moves competence; that is the transfer's business, not a spreadsheet's.
FIXED = {
    "kind": "类别",
    "statutory_decider": "法定决定机关",
    "original_department": "原实施部门",
    "supervising_department": "监管部门",
}
#: Columns of the matter table → field of the content they fill, for columns a file may leave out.
FURTHER_FIELDS = {"extension": ("extension_value",)}
MOST_ROWS = 5000
MOST_ERRORS_SHOWN = 50


@dataclass
class Plan:
    """What one row would do: a new matter, a change, or nothing."""

    code: str
    name: str
    kind: str  # new | changed | unchanged
    changes: list[Change] = field(default_factory=list)
    row: MatterRow | None = None
    content: Content | None = None
    matter_values: dict[str, object] = field(default_factory=dict)


@dataclass
class Preview:
    """试运行结果: errors by line, or the plans in the order of the file."""

    errors: list[RowError] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(plan.kind for plan in self.plans)
        return {kind: counted[kind] for kind in ("new", "changed", "unchanged")} | {"errors": len(self.errors)}

    @property
    def interesting(self) -> list[Plan]:
        return [plan for plan in self.plans if plan.kind != "unchanged"]


def _working_content() -> dict[str, tuple[Matter, Edition, Content]]:
    return {edition.matter.code: (edition.matter, edition, content_of(edition)) for edition in working_editions()}


def _merged_with_base(row: MatterRow, base: Content | None) -> Content:
    """The row's content, with what its file does not mention kept from the edition it would change."""
    if base is None:
        return row.content
    content = Content(fields=dict(row.content.fields), rows=dict(row.content.rows))
    content.rows["materials"] = base.rows["materials"]
    for column in FURTHER_MATTER_COLUMNS:
        if column in row.given or column == "aliases":
            continue
        if column in content.rows:
            # The one-line fee text still founds the fee rows when it changed.
            if column != "fees" or content.fields["fee_note"] == base.fields.get("fee_note"):
                content.rows[column] = base.rows[column]
            continue
        for name in FURTHER_FIELDS.get(column, (column,)):
            content.fields[name] = base.fields.get(name)
    return content


def _matter_changes(matter: Matter, values: dict[str, object]) -> list[Change]:
    changes = []
    for name, value in values.items():
        old = getattr(matter, name)
        if old != value:
            label = str(Matter._meta.get_field(name).verbose_name)
            changes.append(Change(label, "changed", str(old or "（空）"), str(value or "（空）")))
    return changes


def _line(row: Mapping[str, str], place: int) -> int:
    """The row's line as the spreadsheet program shows it; the heading is line 1."""
    return getattr(row, "number", place + 2)


def _plan_matters(rows: Sequence[Mapping[str, str]]) -> Preview:
    preview = Preview()
    read = [read_matter(row, _line(row, place), preview.errors) for place, row in enumerate(rows)]
    departments = {department.code: department for department in Department.objects.all()}
    by_name = {department.short_name: department for department in departments.values()}
    by_name |= {department.name: department for department in departments.values() if department.valid_to is None}
    working = _working_content()
    known = set(Matter.objects.values_list("code", flat=True)) | {row.code for row in read}
    seen: dict[str, int] = {}
    for row in read:
        if row.code and row.code in seen:
            preview.errors.append(RowError(row.line, "code", f"与第{seen[row.code]}行重复；每个事项只写一行。"))
        seen.setdefault(row.code, row.line)
        original = departments.get(row.original_department_code)
        supervising = by_name.get(row.supervising_department)
        if original is None and row.original_department_code:
            message = f"没有登记代码为“{row.original_department_code[:20]}”的机关；请核对代码。"
            preview.errors.append(RowError(row.line, "original_department_code", message))
        if supervising is None and row.supervising_department:
            message = f"没有登记“{row.supervising_department[:30]}”；请填写机关的全称或简称。"
            preview.errors.append(RowError(row.line, "supervising_department", message))
        if row.related_to and row.related_to not in known:
            preview.errors.append(RowError(row.line, "related_to", f"没有代码为“{row.related_to[:20]}”的事项。"))
        values = dict(row.matter)
        if "aliases" not in row.given:
            values.pop("aliases")
        matter, _, base = working.get(row.code, (None, None, None))
        content = _merged_with_base(row, base)
        fixed = {"original_department": original, "supervising_department": supervising}
        if matter is None:
            plan = Plan(row.code, str(row.matter["name"]), "new", difference(None, content))
            values |= fixed
        else:
            for name, label in FIXED.items():
                given = fixed[name] if name in fixed else values[name]
                if given and getattr(matter, name) != given:
                    message = f"已有事项的{label}不能通过导入修改；职权变动请在事项划转中办理。"
                    preview.errors.append(RowError(row.line, name, message))
            known_change = next(iter(matter.later_changes.all()), None)
            if row.later_change != (known_change.basis if known_change else ""):
                message = "已有事项的后续变化不能通过导入修改；请恢复导出表中的原文。"
                preview.errors.append(RowError(row.line, "later_change", message))
            changes = _matter_changes(matter, {k: v for k, v in values.items() if k not in ("name", *FIXED)})
            changes += difference(base, content)
            plan = Plan(row.code, matter.name, "changed" if changes else "unchanged", changes)
            values = {k: v for k, v in values.items() if k not in ("name", *FIXED)}
        plan.row, plan.content, plan.matter_values = row, content, values
        preview.plans.append(plan)
    return preview


def _kept_material(row: MaterialRow, given: set[str], base: Content) -> dict[str, object]:
    """The row's values, with the further columns its file does not have kept from the material of the same name."""
    twin = next((one for one in base.rows["materials"] if one["name"] == row.values["name"]), None)
    values = dict(row.values)
    if twin is not None:
        for column in FURTHER_MATERIAL_COLUMNS:
            if column not in given and column != "is_main":
                values[column] = twin[column]
                if column == "condition":
                    values["is_conditional"] = twin["is_conditional"]
    return values


def _plan_materials(rows: Sequence[Mapping[str, str]]) -> Preview:
    preview = Preview()
    read = [read_material(row, _line(row, place), preview.errors) for place, row in enumerate(rows)]
    given = set(rows[0]) if rows else set()
    working = _working_content()
    by_matter: dict[str, list[MaterialRow]] = {}
    places: dict[tuple[str, int], int] = {}
    for row in read:
        if row.matter_code and row.matter_code not in working:
            message = f"没有代码为“{row.matter_code[:20]}”的事项；请先导入事项表。"
            preview.errors.append(RowError(row.line, "matter_code", message))
            continue
        place = (row.matter_code, row.seq)
        if place in places:
            preview.errors.append(RowError(row.line, "seq", f"与第{places[place]}行的序号重复；同一事项内序号不重复。"))
        places.setdefault(place, row.line)
        by_matter.setdefault(row.matter_code, []).append(row)
    for code, materials in by_matter.items():
        if not code:
            continue
        matter, _, base = working[code]
        content = Content(fields=dict(base.fields), rows=dict(base.rows))
        content.rows["materials"] = [
            _kept_material(row, given, base) for row in sorted(materials, key=lambda one: one.seq)
        ]
        changes = difference(base, content)
        plan = Plan(code, matter.name, "changed" if changes else "unchanged", changes)
        plan.content = content
        preview.plans.append(plan)
    return preview


NEEDED = {CatalogueImport.Table.MATTERS: MATTER_COLUMNS, CatalogueImport.Table.MATERIALS: MATERIAL_COLUMNS}
_KNOWN = {
    CatalogueImport.Table.MATTERS: MATTER_COLUMNS + FURTHER_MATTER_COLUMNS,
    CatalogueImport.Table.MATERIALS: MATERIAL_COLUMNS + FURTHER_MATERIAL_COLUMNS,
}


def plan_import(table: str, rows: Sequence[Mapping[str, str]]) -> Preview:
    """What importing ``rows`` would do now; nothing is written. Raises InvalidInput for a table of the wrong shape."""
    if not rows:
        raise InvalidInput("表里没有数据行；请核对文件。")
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"一次最多导入{MOST_ROWS}行，现有{len(rows)}行；请分开导入。")
    lost = missing_columns(rows[0], NEEDED[CatalogueImport.Table(table)])
    if lost:
        raise InvalidInput(f"缺少这些列：{'、'.join(lost)}；请以导出的表为样式。")
    strange = missing_columns([*_KNOWN[CatalogueImport.Table(table)]], [name for name in rows[0] if name])
    if strange:
        raise InvalidInput(f"不认识这些列：{'、'.join(strange[:5])}；请删去或改成导出表中的列名。")
    preview = _plan_matters(rows) if table == CatalogueImport.Table.MATTERS else _plan_materials(rows)
    preview.errors.sort(key=lambda error: (error.line, error.column))
    return preview


@transaction.atomic
def preview_import(
    table: str, *, file_name: str, sha256: str, rows: Sequence[Mapping[str, str]], actor: User, at: datetime
) -> tuple[CatalogueImport | None, Preview]:
    """Afterwards the table waits for confirmation; with errors nothing is kept and only the errors come back.

    Raises NotPermitted, InvalidInput.
    """
    require_catalogue_admin(actor)
    preview = plan_import(table, rows)
    if preview.errors:
        return None, preview
    waiting = CatalogueImport.objects.create(
        table=table,
        file_name=file_name[-200:],
        sha256=sha256,
        rows=[dict(row) for row in rows],
        counts=preview.counts,
        uploaded_by=actor,
        uploaded_at=at,
    )
    return waiting, preview


def _lock_import(import_id: int) -> CatalogueImport:
    found = CatalogueImport.objects.select_for_update().filter(pk=import_id).first()
    if found is None:
        raise NotFound("没有查到这次导入；请重新上传。")
    if found.state != CatalogueImport.State.PREVIEWED:
        raise StaleState(f"这次导入{found.get_state_display()}，不能重复操作。")
    return found


def _new_matter(plan: Plan) -> Matter:
    matter = Matter(code=plan.code, **plan.matter_values)
    set_search_columns(matter)
    matter.save()
    return matter


def _apply(plan: Plan, note: str) -> None:
    matter = Matter.objects.select_for_update().filter(code=plan.code).first()
    if matter is None:
        matter = _new_matter(plan)
    elif plan.matter_values:
        for name, value in plan.matter_values.items():
            setattr(matter, name, value)
        set_search_columns(matter)
        matter.save()
    working = working_editions().filter(matter=matter).first()
    if working is not None and not difference(content_of(working), plan.content):
        return
    draft = matter.editions.filter(state=EditionState.DRAFT).first()
    if draft is None:
        new_draft(matter, plan.content, note=note)
        return
    edition_with_fields(draft, plan.content)
    draft.draft_version += 1
    draft.change_note = note
    draft.save()
    replace_rows(draft, plan.content)


def _found_new_matters(plans: list[Plan]) -> None:
    """New matters get their licence to follow, their authorities and their boundary, as the loader gives them."""
    new = {plan.code: plan for plan in plans if plan.kind == "new"}
    matters = {
        matter.code: matter
        for matter in Matter.objects.select_related("original_department", "supervising_department").filter(
            code__in=[*new, *(plan.row.related_to for plan in new.values() if plan.row.related_to)]
        )
    }
    for code, plan in new.items():
        matter = matters[code]
        if plan.row.related_to:
            matter.related_to = matters[plan.row.related_to]
            matter.save(update_fields=["related_to"])
        if plan.row.later_change:
            LaterChange.objects.create(
                matter=matter,
                seq=1,
                kind=ChangeKind.ARTICLE,
                is_partial=True,
                new_value=plan.row.later_change[:300],
                basis=plan.row.later_change[:500],
                note="由导入带入，类别和日期待核实",
            )
        Authority.objects.bulk_create(first_authority_rows(matter))
        BoundaryItem.objects.bulk_create(first_boundary_rows(matter))


@transaction.atomic
def confirm_import(import_id: int, *, actor: User, at: datetime) -> CatalogueImport:
    """Afterwards every new or changed row of the waiting table is a draft, and new matters exist with their bodies.

    Checked again on the catalogue as it is now. Published editions do not change: drafts are published one by one.
    Raises NotPermitted, NotFound, StaleState; InvalidInput when the table no longer fits.
    """
    require_catalogue_admin(actor)
    waiting = _lock_import(import_id)
    preview = plan_import(waiting.table, waiting.rows)
    if preview.errors:
        raise InvalidInput(f"目录已有变化，这张表不再适用：{preview.errors[0]}；请重新上传。")
    for plan in preview.interesting:
        _apply(plan, f"导入{waiting.file_name}")
    _found_new_matters(preview.plans)
    waiting.state = CatalogueImport.State.CONFIRMED
    waiting.settled_at = at
    waiting.counts = preview.counts
    waiting.save()
    return waiting


@transaction.atomic
def discard_import(import_id: int, *, actor: User, at: datetime) -> None:
    """Afterwards the waiting table changes nothing any more. Raises NotPermitted, NotFound, StaleState."""
    require_catalogue_admin(actor)
    waiting = _lock_import(import_id)
    waiting.state = CatalogueImport.State.DISCARDED
    waiting.settled_at = at
    waiting.save()
