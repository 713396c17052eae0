"""Every read of the catalogue. Nothing here writes."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from time import monotonic

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import Department

from .content import content_of
from .domain.content import unknown_fields
from .domain.linter import Facts, Finding, Level, lint
from .models import (
    AnnexStatus,
    Authority,
    BoundaryItem,
    CatalogueImport,
    Chain,
    ChainMaterial,
    ChainMatter,
    ChangeKind,
    Edition,
    EditionState,
    LaterChange,
    Matter,
    MatterKind,
    Power,
    Quota,
)

#: A chain of successors longer than this is a loop in the data.
MOST_SUCCESSORS = 5

ARTICLE_32_1 = "《行政许可法》第三十二条第一款第一项"
ARTICLE_32_2 = "《行政许可法》第三十二条第一款第二项"


def in_force(on: date, start: str = "valid_from", end: str = "valid_to") -> Q:
    """Rows whose period contains ``on`` (both ends included)."""
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": on}))


# --- bodies ---------------------------------------------------------------------------------------------------------


def current_body(department: Department, on: date) -> Department:
    """The body that carries ``department``'s functions on ``on``: itself, or the successor that exists that day."""
    body = department
    for _ in range(MOST_SUCCESSORS):
        if body.valid_to is None or body.valid_to >= on or body.successor_id is None:
            return body
        body = body.successor
    raise NotFound(f"“{department.name}”的承接机关登记有循环；请系统管理员核对机关资料。")


# --- matters and editions -------------------------------------------------------------------------------------------


#: What the catalogue says today may be this many seconds old in another process (as calendar and rules may).
FRESH_SECONDS = 5


def matter_by_code(code: str) -> Matter:
    """The matter with this code, its bodies at hand; raises NotFound. Shared within the process: never changed by callers."""
    return _matter_by_code(code.strip().upper()[:16], int(monotonic() // FRESH_SECONDS))


@lru_cache(maxsize=512)
def _matter_by_code(code: str, _slot: int) -> Matter:
    found = (
        Matter.objects.select_related("original_department__successor", "supervising_department", "related_to")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound("没有查到这个事项；请核对事项代码，或按名称检索。")
    return found


def _published_on(on: date) -> QuerySet[Edition]:
    return Edition.objects.filter(in_force(on, "effective_from", "effective_to"), state=EditionState.PUBLISHED)


def edition_on(matter: Matter, on: date) -> Edition | None:
    """The published edition of ``matter`` in force on ``on``, or None."""
    return _published_on(on).filter(matter=matter).first()


def latest_published(matter: Matter) -> Edition | None:
    """The newest published edition of ``matter``, perhaps not yet in force; None when none was published."""
    return matter.editions.filter(state=EditionState.PUBLISHED).order_by("-number").first()


def working_editions() -> QuerySet[Edition]:
    """One edition a matter, in the order the matters came: its draft where there is one, else its newest published one."""
    newest = Edition.objects.filter(matter=OuterRef("matter")).order_by("-number").values("pk")[:1]
    return (
        Edition.objects.filter(pk=Subquery(newest))
        .select_related("matter__original_department", "matter__supervising_department", "matter__related_to")
        .prefetch_related(*EDITION_ROWS, "matter__later_changes")
        .order_by("matter_id")
    )


def lint_facts(edition: Edition, on: date) -> Facts:
    """What the guide linter must know about ``edition`` beside the guide's own text."""
    return Facts(
        is_reconstructed=edition.annex_status == AnnexStatus.RECONSTRUCTED,
        has_regulator=BoundaryItem.objects.filter(in_force(on), matter_id=edition.matter_id).exists(),
    )


#: The name other parts know it by.
published_edition_on = edition_on

EDITION_ROWS = ("materials", "legal_bases", "conditions", "process_steps", "fees", "questions")


@lru_cache(maxsize=600)
def _cached_edition(edition_id: int) -> Edition:
    edition = Edition.objects.prefetch_related(*EDITION_ROWS).filter(pk=edition_id).first()
    if edition is None:
        raise NotFound("没有查到这个事项版本。")
    if not edition.is_published:
        raise NotFound("这个事项版本尚未发布。")
    return edition


def edition_with_materials(edition_id: int) -> Edition:
    """The published edition with all its rows prefetched, read once per process.

    Safe to keep because a published edition never changes; only ``effective_to`` may be out of date here, so ask
    ``edition_on`` whether it is in force. Raises NotFound for a draft or an unknown id.
    """
    return _cached_edition(edition_id)


def forget_cached_editions() -> None:
    """Afterwards this process reads the catalogue afresh (tests, whose rows roll back)."""
    _cached_edition.cache_clear()
    forget_cached_competence()


# --- competence -----------------------------------------------------------------------------------------------------


def authority_on(matter: Matter, on: date, power: Power | str) -> Authority | None:
    """Who holds ``power`` over ``matter`` on ``on``, or None; the department comes with it."""
    return (
        Authority.objects.select_related("department__successor")
        .filter(in_force(on), matter=matter, power=power)
        .first()
    )


@dataclass(frozen=True)
class PowerHeld:
    """一项职权: who holds ``power`` that day and by which row; ``holder`` is the body that carries its functions then."""

    power: Power
    authority: Authority | None
    holder: Department | None


def powers_on(matter: Matter, on: date) -> list[PowerHeld]:
    """Who may accept, decide and seal ``matter`` on ``on``, past or future, and by which instrument; one query."""
    rows = Authority.objects.select_related("department__successor").filter(in_force(on), matter=matter)
    held = {row.power: row for row in rows}
    return [
        PowerHeld(power, row, current_body(row.department, on) if row else None)
        for power, row in ((power, held.get(power.value)) for power in Power)
    ]


def authorities_over_time(matter: Matter) -> list[Authority]:
    """Every row of competence of the matter, oldest first."""
    return list(Authority.objects.select_related("department").filter(matter=matter).order_by("valid_from", "pk"))


def boundary_on(matter: Matter, on: date) -> BoundaryItem | None:
    """Who approves, supervises and enforces ``matter`` on ``on``, or None."""
    return (
        BoundaryItem.objects.select_related("approve_org", "supervise_org", "enforce_org")
        .filter(in_force(on), matter=matter)
        .first()
    )


def quota_on(matter: Matter, on: date) -> Quota | None:
    """How many licences of ``matter`` there may be on ``on`` (行政许可法第五十七条); None where there is no limit."""
    return Quota.objects.filter(in_force(on), matter=matter).order_by("-valid_from").first()


def quotas() -> list[Quota]:
    """Every limit of number ever set, those in force first."""
    return list(Quota.objects.select_related("matter", "set_by").order_by("matter__code", "-valid_from"))


def closing_change(matter: Matter, on: date) -> LaterChange | None:
    """The whole change that has stopped intake by ``on``, or None. Changes without an exact day stop nothing."""
    return (
        LaterChange.objects.filter(
            matter=matter,
            kind__in=(ChangeKind.CLOSED, ChangeKind.FILING),
            is_partial=False,
            effective_on__lte=on,
        )
        .order_by("effective_on", "seq")
        .first()
    )


@dataclass(frozen=True)
class Competence:
    """一天的职权: who accepts and decides a matter that day, its edition, what has closed it, whether a regulator is set."""

    accept: Authority | None
    decide: Authority | None
    edition: Edition | None
    closing: LaterChange | None
    has_regulator: bool


def competence_on(matter: Matter, on: date) -> Competence:
    """Everything intake must know of ``matter`` on ``on``; five queries, then none for some seconds."""
    return _competence(matter.pk, on, int(monotonic() // FRESH_SECONDS))


@lru_cache(maxsize=2048)
def _competence(matter_id: int, on: date, _slot: int) -> Competence:
    matter = Matter(pk=matter_id)
    return Competence(
        accept=authority_on(matter, on, Power.ACCEPT),
        decide=authority_on(matter, on, Power.DECIDE),
        edition=edition_on(matter, on),
        closing=closing_change(matter, on),
        has_regulator=BoundaryItem.objects.filter(in_force(on), matter=matter).exists(),
    )


def forget_cached_competence() -> None:
    """Afterwards this process reads matters and their competence afresh."""
    _competence.cache_clear()
    _matter_by_code.cache_clear()


@dataclass(frozen=True)
class IntakeStatus:
    """能否收件: whether a body may take an application for a matter on a day, and if not, what Article 32 says.

    ``outcome`` is "" when open, else "not_required" (第一款第一项) or "not_accepted" (第二项) or "blocked" (the
    catalogue is not complete enough to take anything in). ``competent`` is the body that can, where it is one of ours.
    """

    is_open: bool
    outcome: str
    reason: str
    article: str
    competent: Department | None
    competent_name: str
    edition: Edition | None


def closed_status(change: LaterChange, edition: Edition | None) -> IntakeStatus:
    """What Article 32 says of an application after ``change``: no licence needed, or another organ's."""
    day = f"{change.effective_on.year}年{change.effective_on.month}月{change.effective_on.day}日"
    if change.competent_organ:
        return IntakeStatus(
            False,
            "not_accepted",
            f"本事项自{day}起停止办理：{change.new_value}。请向{change.competent_organ}申请。",
            ARTICLE_32_2,
            None,
            change.competent_organ,
            edition,
        )
    what = "改为备案，不再需要取得许可" if change.kind == ChangeKind.FILING else "停止办理，依法不再需要取得许可"
    return IntakeStatus(
        False, "not_required", f"本事项自{day}起{what}：{change.new_value}。", ARTICLE_32_1, None, "", edition
    )


def intake_status(matter: Matter, on: date, receiving_department: Department) -> IntakeStatus:
    """Whether ``receiving_department`` may take in an application for ``matter`` on ``on``, with the reason if not.

    Looks, in this order, at: a closing later change, the power to accept (a matter of another body names it, Article
    32(1)(2)), the edition in force, and a regulator in force (architecture, idea 8).
    """
    known = competence_on(matter, on)
    edition = known.edition
    if known.closing is not None:
        return closed_status(known.closing, edition)
    authority = known.accept
    if authority is None:
        return IntakeStatus(
            False, "blocked", "本事项在这一天没有登记受理机关；请事项管理员补录后再收件。", "", None, "", edition
        )
    if authority.department_id != receiving_department.pk:
        competent = current_body(authority.department, on)
        return IntakeStatus(
            False,
            "not_accepted",
            f"本事项不属于{receiving_department.name}职权范围，由{competent.name}受理；请向该机关申请。",
            ARTICLE_32_2,
            competent,
            competent.name,
            edition,
        )
    if edition is None:
        return IntakeStatus(
            False,
            "blocked",
            "本事项在这一天没有已发布的办事指南，不能收件；请事项管理员发布后再办。",
            "《行政许可法》第五条、第三十条",
            authority.department,
            authority.department.name,
            None,
        )
    if not known.has_regulator:
        return IntakeStatus(
            False,
            "blocked",
            "本事项没有登记监管部门，不能收件；请事项管理员补录审管职责边界后再办。",
            "莱政发〔2018〕18号（谁主管谁监管）",
            authority.department,
            authority.department.name,
            edition,
        )
    return IntakeStatus(True, "", "", "", authority.department, authority.department.name, edition)


# --- search ---------------------------------------------------------------------------------------------------------

SHORTEST_PINYIN = 2


def normalised(text: str) -> str:
    """Typed text made comparable: full-width forms folded, lower case, no spaces, at most 60 characters."""
    return "".join(unicodedata.normalize("NFKC", text or "").lower().split())[:60]


def _rank(matter: Matter, wanted: str) -> tuple:
    """How well ``matter`` answers ``wanted``: the smaller the better."""
    code, name = matter.code.lower(), normalised(matter.name)
    aliases = [normalised(alias) for alias in matter.aliases.split(";") if alias]
    initials = matter.pinyin_initials.split(";")
    full = matter.pinyin_full.split(";")
    if code == wanted or name == wanted:
        level = 0
    elif name.startswith(wanted):
        level = 1
    elif any(alias.startswith(wanted) for alias in aliases):
        level = 2
    elif initials[0].startswith(wanted) or full[0].startswith(wanted):
        level = 3
    elif code.startswith(wanted):
        level = 4
    elif wanted in name or any(wanted in alias for alias in aliases):
        level = 5
    elif any(one.startswith(wanted) for one in initials[1:] + full[1:]):
        level = 6
    else:
        level = 7
    return level, KIND_ORDER[matter.kind], len(matter.name), matter.code


KIND_ORDER = {MatterKind.LICENCE: 0, MatterKind.RELATED: 1, MatterKind.RETAINED: 2, MatterKind.DEFERRED: 3}


def search_matters(text: str, *, limit: int = 20, on: date | None = None) -> list[Matter]:
    """Matters that answer ``text`` — code, name, alias, pinyin initials or pinyin — best first; one query.

    With ``on``, matters that a whole later change has stopped by that day come last.
    """
    wanted = normalised(text)
    if not wanted:
        return []
    query = Q(name__icontains=wanted) | Q(aliases__icontains=wanted) | Q(code__istartswith=wanted)
    if wanted.isascii() and len(wanted) >= SHORTEST_PINYIN:
        query |= Q(pinyin_initials__contains=wanted) | Q(pinyin_full__contains=wanted)
    found = Matter.objects.select_related("original_department", "supervising_department").filter(query)
    if on is None:
        return sorted(found, key=lambda matter: _rank(matter, wanted))[:limit]
    stopped = LaterChange.objects.filter(
        matter=OuterRef("pk"),
        kind__in=(ChangeKind.CLOSED, ChangeKind.FILING),
        is_partial=False,
        effective_on__lte=on,
    )
    found = found.annotate(is_stopped=Exists(stopped))
    return sorted(found, key=lambda matter: (matter.is_stopped, *_rank(matter, wanted)))[:limit]


# --- lists and figures ----------------------------------------------------------------------------------------------


def matters_with_editions(on: date, *, with_materials: bool = False) -> QuerySet[Matter]:
    """All matters with, prefetched, the edition in force (``editions_now``), who may act (``authorities_now``), changes."""
    editions = _published_on(on)
    if with_materials:
        editions = editions.prefetch_related("materials")
    return Matter.objects.select_related("original_department", "supervising_department").prefetch_related(
        Prefetch("editions", queryset=editions, to_attr="editions_now"),
        Prefetch(
            "authorities",
            queryset=Authority.objects.select_related("department__successor")
            .filter(in_force(on))
            .exclude(power=Power.SEAL),
            to_attr="authorities_now",
        ),
        "later_changes",
    )


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list: its value, its words, and how many matters it leaves."""

    value: str
    label: str
    count: int


def browse(
    on: date, *, domain: str = "", department: str = "", applicant: str = "", kind: str = ""
) -> QuerySet[Matter]:
    """Matters narrowed by domain, supervising department's code, kind of applicant and kind of matter, in order of code."""
    found = matters_with_editions(on).order_by("code")
    if domain:
        found = found.filter(domain=domain)
    if department:
        found = found.filter(supervising_department__code=department)
    if kind:
        found = found.filter(kind=kind)
    if applicant:
        found = found.filter(
            Exists(_published_on(on).filter(matter=OuterRef("pk"), applicant_kinds__contains=applicant))
        )
    return found


def domain_facets() -> list[Facet]:
    """The domains with their numbers of matters, the largest first."""
    rows = Matter.objects.values_list("domain").annotate(count=Count("pk")).order_by("-count", "domain")
    return [Facet(domain, domain, count) for domain, count in rows]


def department_facets() -> list[Facet]:
    """The departments that supervise matters, with their numbers, the largest first."""
    rows = (
        Matter.objects.values_list("supervising_department__code", "supervising_department__short_name")
        .annotate(count=Count("pk"))
        .order_by("-count", "supervising_department__short_name")
    )
    return [Facet(code, name, count) for code, name, count in rows]


def catalogue_counts() -> dict[str, int]:
    """How many matters of each kind the catalogue holds; the deferred also by their former department's code."""
    counts = {kind.value: 0 for kind in MatterKind}
    deferred = {"GT": 0, "JY": 0, "JS": 0}
    for kind, department in Matter.objects.values_list("kind", "original_department__code"):
        counts[kind] += 1
        if kind == MatterKind.DEFERRED:
            deferred[department] = deferred.get(department, 0) + 1
    counts["transferred_total"] = counts[MatterKind.LICENCE] + counts[MatterKind.DEFERRED]
    counts["all"] = sum(counts[kind.value] for kind in MatterKind)
    return counts | {f"deferred_{code}": count for code, count in deferred.items()}


def draft_by_id(edition_id: int) -> Edition:
    """A draft with its matter and rows; raises NotFound for none, and for one that has been published."""
    found = (
        Edition.objects.filter(pk=edition_id, state=EditionState.DRAFT)
        .select_related("matter__original_department", "matter__supervising_department")
        .prefetch_related(*EDITION_ROWS)
        .first()
    )
    if found is None:
        raise NotFound("没有查到这份草稿，可能已经发布或被放弃；请返回事项列表。")
    return found


@dataclass(frozen=True)
class Checked:
    """One edition with its linter findings."""

    edition: Edition
    findings: list[Finding]

    def count(self, level: Level) -> int:
        return sum(1 for finding in self.findings if finding.level is level)

    @property
    def errors(self) -> int:
        return self.count(Level.ERROR)

    @property
    def unknowns(self) -> int:
        return self.count(Level.UNKNOWN)

    @property
    def warnings(self) -> int:
        return self.count(Level.WARNING)


def checked(editions: QuerySet[Edition], on: date) -> list[Checked]:
    """Each edition with what the guide linter says of it; constant queries."""
    regulated = set(BoundaryItem.objects.filter(in_force(on)).values_list("matter_id", flat=True))
    return [
        Checked(
            edition,
            lint(
                content_of(edition),
                Facts(
                    is_reconstructed=edition.annex_status == AnnexStatus.RECONSTRUCTED,
                    has_regulator=edition.matter_id in regulated,
                ),
            ),
        )
        for edition in editions
    ]


def drafts() -> QuerySet[Edition]:
    """All drafts with their matters and rows."""
    return (
        Edition.objects.filter(state=EditionState.DRAFT)
        .select_related("matter__original_department")
        .prefetch_related(*EDITION_ROWS)
        .order_by("matter__code")
    )


def with_drafts(found: QuerySet[Matter]) -> QuerySet[Matter]:
    """The matters with their draft, if any, prefetched as ``drafts_now``."""
    return found.prefetch_related(
        Prefetch("editions", queryset=Edition.objects.filter(state=EditionState.DRAFT), to_attr="drafts_now")
    )


def import_by_id(import_id: int) -> CatalogueImport:
    """One import with who brought it; raises NotFound."""
    found = CatalogueImport.objects.select_related("uploaded_by").filter(pk=import_id).first()
    if found is None:
        raise NotFound("没有查到这次导入；请从导入记录中选择。")
    return found


def recently_published(limit: int = 10) -> list[Edition]:
    """The newest publications by people, newest first."""
    return list(
        Edition.objects.filter(state=EditionState.PUBLISHED, published_by__isnull=False)
        .select_related("matter", "published_by")
        .order_by("-published_at")[:limit]
    )


@dataclass(frozen=True)
class VerificationReport:
    """待核实统计: how much of the catalogue in force is reconstructed or unknown."""

    matters: int
    reconstructed: int
    matters_with_unknown: int
    unknown_total: int
    unknown_by_field: dict[str, int]
    changes_without_day: int
    without_edition: int
    not_reconstructed_but_unknown: list[str]


def verification_report(on: date) -> VerificationReport:
    """Counts, over the editions in force on ``on``, everything that prints 待核实. Constant queries."""
    editions = {
        edition.matter_id: edition for edition in _published_on(on).prefetch_related(*EDITION_ROWS).order_by("number")
    }
    matters = list(Matter.objects.only("id", "code", "annex_status"))
    by_field: Counter[str] = Counter()
    with_unknown, wrong = 0, []
    for matter in matters:
        if matter.pk not in editions:
            continue
        unknown = unknown_fields(content_of(editions[matter.pk]))
        by_field.update(unknown)
        with_unknown += bool(unknown)
        if unknown and not matter.is_reconstructed:
            wrong.append(matter.code)
    return VerificationReport(
        matters=len(matters),
        reconstructed=sum(1 for matter in matters if matter.is_reconstructed),
        matters_with_unknown=with_unknown,
        unknown_total=by_field.total(),
        unknown_by_field=dict(by_field.most_common()),
        changes_without_day=LaterChange.objects.filter(effective_on=None).count(),
        without_edition=sum(1 for matter in matters if matter.pk not in editions),
        not_reconstructed_but_unknown=wrong,
    )


def chains_with_counts() -> QuerySet[Chain]:
    """All packages with their items and matters prefetched."""
    return Chain.objects.prefetch_related(
        Prefetch("items", queryset=ChainMatter.objects.select_related("matter__original_department"))
    )


def chain_by_code(code: str) -> Chain:
    """One package with its items and shared materials; raises NotFound."""
    found = (
        chains_with_counts()
        .prefetch_related(
            Prefetch("shared_materials", queryset=ChainMaterial.objects.prefetch_related("matters", "produced_by"))
        )
        .filter(code=code.strip().upper())
        .first()
    )
    if found is None:
        raise NotFound("没有查到这个一链办理主题；请从主题列表中选择。")
    return found


def domain_counts() -> list[tuple[str, int]]:
    """Every domain with its number of matters, the larger first."""
    counts: dict[str, int] = {}
    for domain in Matter.objects.values_list("domain", flat=True):
        counts[domain] = counts.get(domain, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
