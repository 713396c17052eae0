"""办事指南: what a guide page says on a day, as plain values; the page, its print and its PDF all show the same."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from laiyang_approval.kernel.models import Department, RemedyRoute

from . import queries
from .content import content_of
from .domain.content import UNKNOWN, WORDS, limit_text, unknown_fields
from .domain.procedures import stops_clock
from .extensions import extension_on
from .models import (
    Authority,
    BoundaryItem,
    ChainMatter,
    ClockStart,
    Edition,
    LaterChange,
    Matter,
    MatterKind,
    Power,
    StatutoryDecider,
)

HALL = "莱阳市政务服务大厅"


@dataclass(frozen=True)
class Procedure:
    """One special procedure and whether its time is left out of the limit (Article 45)."""

    name: str
    stops_clock: bool


@dataclass(frozen=True)
class Standing:
    """在不在办: whether the matter can be applied for on a day, and where. ``notice`` is a sentence, blank when open."""

    is_closed: bool
    notice: str
    article: str
    where: str
    accepting: Department | None
    deciding: Department | None
    decider_name: str


@dataclass(frozen=True)
class Guide:
    """Everything one guide page shows."""

    matter: Matter
    edition: Edition
    on: date
    is_current: bool
    standing: Standing
    boundary: BoundaryItem | None
    remedy: RemedyRoute | None
    changes: list[LaterChange]
    procedures: list[Procedure]
    chains: list[ChainMatter]
    related: list[Matter]
    editions: list[Edition]
    unknown: list[str]

    @property
    def statutory_text(self) -> str:
        return limit_text(self.edition.statutory_value, self.edition.statutory_unit)

    @property
    def promised_text(self) -> str:
        return limit_text(self.edition.promised_value, self.edition.promised_unit)

    @property
    def extension_text(self) -> str:
        """By whom and by how much the limit may be extended; "" where it may not."""
        rule = extension_on(self.edition, self.on)
        if rule is None:
            return ""
        value, approver = rule
        return f"经{approver}批准，可以延长{limit_text(value, self.edition.statutory_unit)}"

    @property
    def clock_start_text(self) -> str:
        return WORDS["clock_start"].get(self.edition.clock_start, UNKNOWN)

    @property
    def starts_before_acceptance(self) -> bool:
        return self.edition.clock_start in (ClockStart.RECEIVED, ClockStart.COMPLETE_DOCS)

    @property
    def fee_text(self) -> str:
        note = self.edition.fee_note
        if not note:
            return UNKNOWN
        return "不收费" if note == "无" else note


def standing_on(matter: Matter, on: date) -> Standing:
    """Whether and where ``matter`` can be applied for on ``on``; three queries."""
    holders = {
        row.power: row.department
        for row in Authority.objects.select_related("department__successor").filter(
            queries.in_force(on), matter=matter, power__in=(Power.ACCEPT, Power.DECIDE)
        )
    }
    change = queries.closing_change(matter, on)
    return _standing(matter, on, holders, change)


def _standing(matter: Matter, on: date, holders: dict[str, Department], change: LaterChange | None) -> Standing:
    accepting, deciding = holders.get(Power.ACCEPT), holders.get(Power.DECIDE)
    if accepting is not None:
        accepting = queries.current_body(accepting, on)
    if deciding is not None:
        deciding = queries.current_body(deciding, on)
    decider_name = deciding.name if deciding else UNKNOWN
    if deciding is None and matter.statutory_decider == StatutoryDecider.UPPER_LEVEL:
        decider_name = "上级机关（名称待核实）"
    notice, article, where = "", "", ""
    if change is not None:
        status = queries.closed_status(change, None)
        notice, article = status.reason, status.article
    elif accepting is None:
        notice = "本事项没有登记受理机关，暂时不能申请；请拨打大厅咨询电话。"
    elif accepting.kind == Department.Kind.BUREAU:
        where = f"{HALL}综合受理窗口"
    elif matter.kind == MatterKind.DEFERRED:
        notice = f"本事项暂缓划转，今天由{accepting.name}受理和决定，行政审批服务局不受理。"
        where = f"{HALL}{accepting.short_name}窗口"
    elif matter.kind == MatterKind.RETAINED:
        where = f"{HALL}{accepting.short_name}窗口（进驻窗口）"
    else:
        where = f"{HALL}综合受理窗口"
    return Standing(change is not None, notice, article, where, accepting, deciding, decider_name)


def guide_on(matter: Matter, on: date, edition: Edition | None = None) -> Guide | None:
    """The guide of ``matter`` as it stands on ``on`` — or of an older or coming ``edition`` — or None without one."""
    current = queries.edition_on(matter, on)
    shown = edition or current
    if shown is None:
        return None
    full = queries.edition_with_materials(shown.pk)
    standing = standing_on(matter, on)
    remedy_body = standing.deciding or standing.accepting
    remedy = RemedyRoute.objects.filter(queries.in_force(on), department=remedy_body).first() if remedy_body else None
    return Guide(
        matter=matter,
        edition=full,
        on=on,
        is_current=current is not None and current.pk == shown.pk,
        standing=standing,
        boundary=queries.boundary_on(matter, on),
        remedy=remedy,
        changes=list(matter.later_changes.all()),
        procedures=[Procedure(name, stops_clock(name)) for name in full.special_procedure_list],
        chains=list(matter.chain_items.select_related("chain").order_by("chain__code")),
        related=list(Matter.objects.filter(Q(related_to=matter) | Q(related_matters=matter)).order_by("code")),
        editions=list(
            matter.editions.filter(state="published").only(
                "id", "number", "effective_from", "effective_to", "matter_id"
            )
        ),
        unknown=unknown_fields(content_of(full)),
    )


@dataclass(frozen=True)
class Row:
    """One matter in a list: the edition in force, who decides today, and whether it still takes applications."""

    matter: Matter
    edition: Edition | None
    standing: Standing

    @property
    def statutory_text(self) -> str:
        return limit_text(self.edition.statutory_value, self.edition.statutory_unit) if self.edition else UNKNOWN

    @property
    def promised_text(self) -> str:
        return limit_text(self.edition.promised_value, self.edition.promised_unit) if self.edition else UNKNOWN

    @property
    def status(self) -> str:
        """``open``, ``closed`` or, for the 30 and the 47, whose window it is: ``deferred``, ``retained``."""
        if self.standing.is_closed:
            return "closed"
        accepting = self.standing.accepting
        if accepting is not None and accepting.kind == Department.Kind.BUREAU:
            return "open"
        if self.matter.kind in (MatterKind.DEFERRED, MatterKind.RETAINED):
            return self.matter.kind
        return "open"


def rows_on(matters: list[Matter], on: date) -> list[Row]:
    """Rows of matters read by ``queries.matters_with_editions``; no further query."""
    rows = []
    for matter in matters:
        holders = {row.power: row.department for row in matter.authorities_now}
        stopped = next((change for change in matter.later_changes.all() if change.stops_intake_on(on)), None)
        edition = matter.editions_now[0] if matter.editions_now else None
        rows.append(Row(matter, edition, _standing(matter, on, holders, stopped)))
    return rows
