"""载入目录: fixtures/catalogue becomes matters, published first editions, later changes, authorities and packages."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department
from matters.domain.content import Content
from matters.domain.tables import (
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    MaterialRow,
    MatterRow,
    missing_columns,
    read_material,
    read_matter,
)
from matters.models import (
    Authority,
    BoundaryItem,
    Chain,
    ChainMaterial,
    ChainMatter,
    Edition,
    EditionState,
    LaterChange,
    Matter,
    MatterKind,
    Power,
    StatutoryDecider,
)

from .writing import ROW_MODELS, edition_with_fields, row_objects, set_search_columns

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "catalogue"

#: 莱政发〔2018〕18号: handed over within one month of 2018-11-26.
TRANSFERRED_ON = date(2018, 12, 26)
#: Bodies renamed or merged in the 2019 reform carry on from this day (待核实, see departments.csv).
REFORMED_ON = date(2019, 1, 1)
#: Earlier than any case this portal can hold.
BEFORE_RECORDS = date(2000, 1, 1)

INSTRUMENT_BEFORE = "法定职责（划转前）"
INSTRUMENT_TRANSFER = "莱政发〔2018〕18号"
INSTRUMENT_STATUTORY = "法定职责"
INSTRUMENT_SUCCESSION = "2019年机构改革（承接原部门职责，待核实）"
BOUNDARY_BASIS = "莱政发〔2018〕18号（谁审批谁负责、谁主管谁监管）；监管部门为重建，待核实"

LAW_42 = "《中华人民共和国行政许可法》第四十二条"
#: What statutory_basis texts say about extension beyond Article 42.
EXTENSIONS_IN_TEXT = {"可延长10个工作日": 10, "延长不超过40个工作日": 40}


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of one file of fixtures/catalogue."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@dataclass
class _Source:
    """Everything the fixtures say, read and checked, nothing written yet."""

    matters: list[MatterRow] = field(default_factory=list)
    materials: dict[str, list[MaterialRow]] = field(default_factory=lambda: defaultdict(list))
    aliases: dict[str, str] = field(default_factory=dict)
    changes: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))


def _read_source() -> _Source:
    source, errors = _Source(), []
    rows = read_table("matters.csv")
    lost = missing_columns(rows[0] if rows else (), MATTER_COLUMNS)
    material_rows = read_table("materials.csv")
    lost += missing_columns(material_rows[0] if material_rows else (), MATERIAL_COLUMNS)
    if lost:
        raise InvalidInput(f"事项目录缺少这些列：{'、'.join(lost)}；请补上后重新载入。")
    for line, row in enumerate(rows, start=2):
        source.matters.append(read_matter(row, line, errors))
    for line, row in enumerate(material_rows, start=2):
        material = read_material(row, line, errors)
        source.materials[material.matter_code].append(material)
    if errors:
        raise InvalidInput("事项目录有误：" + "；".join(str(error) for error in errors[:5]))
    source.aliases = {row["matter_code"]: row["aliases"] for row in read_table("aliases.csv")}
    for row in read_table("later_changes.csv"):
        source.changes[row["matter_code"]].append(row)
    return source


def extension_of(statutory_basis: str, value: int, unit: str) -> tuple[int | None, str]:
    """(days, approver) by which the limit may be extended, as its basis says; (None, "") where it does not say.

    Article 42(1): ten working days with the approval of the head of the organ.
    """
    for words, days in EXTENSIONS_IN_TEXT.items():
        if words in statutory_basis:
            return days, "本行政机关负责人"
    if LAW_42 in statutory_basis and unit == "workday" and value == 20:
        return 10, "本行政机关负责人"
    return None, ""


def _first_content(row: MatterRow, materials: list[MaterialRow]) -> Content:
    content = row.content
    content.rows["materials"] = [material.values for material in sorted(materials, key=lambda one: one.seq)]
    if "extension" not in row.given:
        days, approver = extension_of(
            str(content.fields["statutory_basis"]),
            content.fields["statutory_value"],
            str(content.fields["statutory_unit"]),
        )
        content.fields |= {"extension_value": days, "extension_approver": approver}
    return content


def _changed_content(content: Content, change: dict[str, str]) -> Content | None:
    """The content after a later change that alters the guide itself; None where it alters nothing we know."""
    fields = dict(content.fields)
    if change["limit_value"]:
        fields |= {
            "statutory_value": int(change["limit_value"]),
            "statutory_unit": change["limit_unit"],
            "clock_start": change["clock_start"],
            "statutory_basis": change["new_value"],
            "extension_value": int(change["extension_value"]) if change["extension_value"] else None,
            "extension_approver": change["extension_approver"],
            "statutory_is_assumption": False,
        }
    if change["validity"]:
        fields["validity_text"] = change["validity"]
    limits = ("statutory_value", "statutory_unit", "clock_start", "validity_text")
    if not change["effective_on"] or all(fields[name] == content.fields[name] for name in limits):
        return None
    return replace(content, fields=fields, rows=content.rows | {"legal_bases": _changed_bases(content, change)})


def _changed_bases(content: Content, change: dict[str, str]) -> list[dict[str, object]]:
    """The legal bases after a change: those it replaces are gone, the new ones stand at the end."""
    gone = tuple(start for start in change["replaces_legal_basis"].split(";") if start)
    kept = [row for row in content.rows["legal_bases"] if not (gone and str(row["citation"]).startswith(gone))]
    return kept + [{"citation": citation} for citation in change["new_legal_basis"].split(";") if citation]


def _editions(matter: Matter, content: Content, changes: list[dict[str, str]], at: datetime) -> list[tuple]:
    """(unsaved edition, its content) for the first edition and each later change that alters the guide."""
    found = [(TRANSFERRED_ON, content, "按重建目录首次登记")]
    for change in sorted(changes, key=lambda one: one["effective_on"]):
        changed = _changed_content(found[-1][1], change)
        if changed is not None:
            found.append((date.fromisoformat(change["effective_on"]), changed, change["basis"]))
    editions = []
    for number, (start, said, note) in enumerate(found, start=1):
        after = found[number][0] if number < len(found) else None
        edition = Edition(
            matter=matter,
            number=number,
            effective_from=start,
            effective_to=after - timedelta(days=1) if after else None,
            published_at=at,
            change_note=note[:500],
            # Several at once may not be drafts of one matter: they become published together below.
            state=EditionState.DRAFT,
        )
        editions.append((edition_with_fields(edition, said), said))
    return editions


def _authority_rows(matter: Matter, bureau: Department, government: Department, moved: dict[str, Department]) -> list:
    """Who accepts, decides and seals this matter over time (architecture, idea 4)."""
    original, supervisor = matter.original_department, matter.supervising_department
    bodies: list[tuple[date, Department, str]]
    if matter.kind in (MatterKind.LICENCE, MatterKind.RELATED):
        bodies = [(BEFORE_RECORDS, original, INSTRUMENT_BEFORE), (TRANSFERRED_ON, bureau, INSTRUMENT_TRANSFER)]
    else:
        bodies = [(BEFORE_RECORDS, original, INSTRUMENT_STATUTORY)]
        if supervisor.pk != original.pk:
            bodies.append((REFORMED_ON, supervisor, INSTRUMENT_SUCCESSION))
        if matter.code in moved:
            start, body, basis = moved[matter.code]
            bodies.append((start, body, basis))
    rows = []
    for power in Power:
        decides_elsewhere = power != Power.ACCEPT and matter.statutory_decider != StatutoryDecider.DEPARTMENT
        if decides_elsewhere and matter.statutory_decider == StatutoryDecider.COUNTY_GOVERNMENT:
            rows.append(
                Authority(
                    matter=matter,
                    department=government,
                    power=power,
                    valid_from=BEFORE_RECORDS,
                    instrument="法定职责（县级人民政府决定）",
                )
            )
            continue
        if decides_elsewhere and matter.statutory_decider == StatutoryDecider.UPPER_LEVEL:
            # The deciding body is not one of ours; nobody here may decide or seal.
            continue
        for (start, body, instrument), after in zip(bodies, [*bodies[1:], None], strict=True):
            rows.append(
                Authority(
                    matter=matter,
                    department=body,
                    power=power,
                    valid_from=start,
                    valid_to=after[0] - timedelta(days=1) if after else None,
                    instrument=instrument[:200],
                )
            )
    return rows


def _boundary_rows(matter: Matter, bureau: Department, moved: dict) -> list[BoundaryItem]:
    """Who approves and who supervises since the day of transfer; bodies of 2018 supervise to the end of that year."""
    original, supervisor = matter.original_department, matter.supervising_department
    by_bureau = matter.kind in (MatterKind.LICENCE, MatterKind.RELATED)
    periods = [(TRANSFERRED_ON, original if original.valid_to else supervisor, original)]
    if original.valid_to:
        periods.append((REFORMED_ON, supervisor, supervisor))
    if matter.code in moved:
        start, body, _ = moved[matter.code]
        periods.append((start, body, body))
    return [
        BoundaryItem(
            matter=matter,
            approve_org=bureau if by_bureau else own,
            supervise_org=supervise,
            basis=BOUNDARY_BASIS,
            valid_from=start,
            valid_to=after[0] - timedelta(days=1) if after else None,
        )
        for (start, supervise, own), after in zip(periods, [*periods[1:], None], strict=True)
    ]


def first_authority_rows(matter: Matter) -> list[Authority]:
    """Unsaved: who accepts, decides and seals a matter the catalogue did not have before."""
    return _authority_rows(matter, Department.objects.get(code="SP"), Department.objects.get(code="GOV"), {})


def first_boundary_rows(matter: Matter) -> list[BoundaryItem]:
    """Unsaved: who approves and supervises a matter the catalogue did not have before."""
    return _boundary_rows(matter, Department.objects.get(code="SP"), {})


def _load_matters(source: _Source, at: datetime) -> list[Matter]:
    departments = {department.code: department for department in Department.objects.all()}
    by_name = {department.short_name: department for department in departments.values()}
    if not {"SP", "GOV"} <= departments.keys():
        raise InvalidInput("还没有载入机关；请先载入 fixtures/departments.csv。")
    there = set(Matter.objects.values_list("code", flat=True))
    matters, wanted = [], [row for row in source.matters if row.code not in there]
    for row in wanted:
        try:
            original = departments[row.original_department_code]
            supervising = by_name[row.supervising_department]
        except KeyError as missing:
            raise InvalidInput(f"事项{row.code}的机关{missing}没有登记；请先在 departments.csv 中补上。") from None
        values = row.matter | {
            "annex_status": row.content.fields["annex_status"],
            "aliases": source.aliases.get(row.code, row.matter["aliases"]),
        }
        matter = Matter(code=row.code, original_department=original, supervising_department=supervising, **values)
        set_search_columns(matter)
        matters.append(matter)
    # Licences first: a related item points at its licence.
    codes = {matter.code: matter for matter in matters}
    licences = [codes[row.code] for row in wanted if not row.related_to]
    Matter.objects.bulk_create(licences)
    known = {matter.code: matter for matter in Matter.objects.all()}
    related = []
    for row in wanted:
        if row.related_to:
            codes[row.code].related_to = known[row.related_to]
            related.append(codes[row.code])
    Matter.objects.bulk_create(related)
    _load_details(source, [codes[row.code] for row in wanted], departments, at)
    return matters


def _load_details(source: _Source, matters: list[Matter], departments: dict[str, Department], at: datetime) -> None:
    rows = {row.code: row for row in source.matters}
    moved = {
        code: (date.fromisoformat(change["effective_on"]), departments[change["competent_department"]], change["basis"])
        for code, changes in source.changes.items()
        for change in changes
        if change["competent_department"] and change["effective_on"]
    }
    changes, authorities, boundaries, editions = [], [], [], []
    for matter in matters:
        content = _first_content(rows[matter.code], source.materials[matter.code])
        editions += _editions(matter, content, source.changes[matter.code], at)
        authorities += _authority_rows(matter, departments["SP"], departments["GOV"], moved)
        boundaries += _boundary_rows(matter, departments["SP"], moved)
        changes += [
            LaterChange(
                matter=matter,
                seq=int(change["seq"]),
                effective_on=date.fromisoformat(change["effective_on"]) if change["effective_on"] else None,
                kind=change["kind"],
                is_partial=change["is_partial"] == "yes",
                new_value=change["new_value"],
                competent_organ=change["competent_organ"],
                basis=change["basis"],
                note=change["note"],
            )
            for change in source.changes[matter.code]
        ]
    LaterChange.objects.bulk_create(changes)
    Authority.objects.bulk_create(authorities)
    BoundaryItem.objects.bulk_create(boundaries)
    _write_editions(editions)


def _write_editions(editions: list[tuple[Edition, Content]]) -> None:
    """Written as drafts with their rows, then published: rows cannot be added to a published edition. One wave a number."""
    for number in sorted({edition.number for edition, _ in editions}):
        wave = [(edition, content) for edition, content in editions if edition.number == number]
        Edition.objects.bulk_create([edition for edition, _ in wave])
        for kind, model in ROW_MODELS.items():
            model.objects.bulk_create(
                [row for edition, content in wave for row in row_objects(edition, content, kind)], batch_size=200
            )
        Edition.objects.filter(pk__in=[edition.pk for edition, _ in wave]).update(state=EditionState.PUBLISHED)


def _load_chains() -> int:
    there = set(Chain.objects.values_list("code", flat=True))
    matters = {matter.code: matter for matter in Matter.objects.all()}
    chains = {
        row["chain_code"]: Chain(
            code=row["chain_code"],
            name=row["name"],
            description=row["description"],
            applicant_kinds=row["applicant_kinds"],
            required_promised_workdays=int(row["required_promised_workdays"]),
            note=row["note"],
        )
        for row in read_table("chains.csv")
        if row["chain_code"] not in there
    }
    Chain.objects.bulk_create(chains.values())
    ChainMatter.objects.bulk_create(
        ChainMatter(
            chain=chains[row["chain_code"]],
            step=int(row["step"]),
            seq=int(row["seq"]),
            mode=row["mode"],
            matter=matters[row["matter_code"]],
            requirement=row["requirement"],
            condition=row["condition"],
            handled_by=row["handled_by"],
            note=row["note"],
        )
        for row in read_table("chain_matters.csv")
        if row["chain_code"] in chains
    )
    numbers: dict[str, int] = defaultdict(int)
    shared = []
    for row in read_table("chain_materials.csv"):
        if row["chain_code"] in chains:
            numbers[row["chain_code"]] += 1
            material = ChainMaterial(
                chain=chains[row["chain_code"]], seq=numbers[row["chain_code"]], name=row["material_name"]
            )
            shared.append((material, row))
    ChainMaterial.objects.bulk_create([material for material, _ in shared])
    for relation, column in (("matters", "matter_codes"), ("produced_by", "produced_by")):
        through = getattr(ChainMaterial, relation).through
        through.objects.bulk_create(
            through(chainmaterial_id=material.pk, matter_id=matters[code].pk)
            for material, row in shared
            for code in row[column].split(";")
            if code
        )
    return len(chains)


@transaction.atomic
def load_catalogue(*, at: datetime | None = None) -> int:
    """Afterwards every matter of fixtures/catalogue exists with its published editions, changes, authorities, boundary
    and packages; matters already there stay as they are. Returns how many matters and packages were added.

    The first edition is in force from 2018-12-26; a later change with an exact day that alters the guide (a limit, a
    validity) publishes the next. Raises InvalidInput when a file is wrong or bodies are not loaded.
    """
    source = _read_source()
    added = _load_matters(source, at or clock.now())
    return len(added) + _load_chains()
