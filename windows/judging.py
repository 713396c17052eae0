"""系统判断 for the counter's panel: the five outcomes of Article 32 as they stand, each with its reason. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.id_codes import guess_kind
from laiyang_approval.kernel.models import Department, User
from matters import queries as catalogue
from matters.models import Edition, Matter, Power

from . import queries
from .clocks import clock_start_of
from .commands.clocking import start_decision_clock
from .commands.intake import Application, MaterialInput, judge_application, judge_case
from .commands.licences.applying import find_licence
from .commands.parties import PartyData
from .domain.intake import OUTCOME_ARTICLES, Judgement, Outcome
from .intake_modes import typed_restrictions
from .licences import renewal_dates
from .models import Case, Licence
from .permissions import Permission


@dataclass(frozen=True)
class Option:
    """One of the outcomes: whether it is open now, and if not why not and what would open it."""

    outcome: Outcome
    is_suggested: bool
    refusal: str = ""
    needs_override: bool = False

    @property
    def needs_promise(self) -> bool:
        """Whether the applicant must have signed something before it."""
        return self.outcome in {Outcome.DEFER, Outcome.COMMIT}

    @property
    def value(self) -> str:
        return self.outcome.value

    @property
    def label(self) -> str:
        return self.outcome.label

    @property
    def article(self) -> str:
        return OUTCOME_ARTICLES[self.outcome]


@dataclass(frozen=True)
class Finding:
    """One line of the panel: met, not met, or worth knowing."""

    is_met: bool
    text: str


@dataclass(frozen=True)
class Panel:
    """What the panel says; ``blocked`` when nothing can be taken in for this matter today."""

    findings: Sequence[Finding] = ()
    judgement: Judgement | None = None
    options: Sequence[Option] = ()
    blocked: str = ""
    article: str = ""
    #: Materials nobody has looked at yet: before that nothing can be told of what is missing.
    unseen: int = 0

    @property
    def suggested(self) -> Outcome | None:
        return self.judgement.outcome if self.judgement else None


@dataclass(frozen=True)
class DuePreview:
    """两个届满日 if accepted today; a date is None while the calendar of ``missing_year`` is not published (待公布).

    What is 待公布 has an estimate for the eye (暂定, rule K10), as if the unpublished year knew weekends only.
    """

    promised_on: date | None
    statutory_on: date | None
    missing_year: int | None
    promised_guess: date | None = None
    statutory_guess: date | None = None


def application_panel(
    matter: Matter,
    materials: Sequence[MaterialInput],
    *,
    licence_required: bool,
    actor: User,
    on: date,
    unseen: int = 0,
    purpose: str = Case.Purpose.NEW.value,
    licence_number: str = "",
    id_kind: str = "",
    id_number: str = "",
) -> Panel:
    """The panel for an application that is being typed; ``unseen`` of its materials bear no mark yet.

    About a licence it says what the licence allows today; what holds for the applicant is looked up by the number as typed so far.
    """
    application = Application(
        matter=matter,
        party=PartyData(kind="", name="", id_kind=id_kind or guess_kind(id_number) or "", id_number=id_number),
        materials=materials,
        licence_required=licence_required,
    )
    try:
        found = typed_restrictions(application.party.id_kind, id_number, on)
        _, handling, _, judgement = judge_application(application, actor=actor, on=on, restrictions=found)
        licence = find_licence(purpose, licence_number, matter=matter, on=on)
    except DomainError as error:
        return Panel(blocked=error.message, article=error.article)
    panel = _panel(matter, handling, judgement, len(materials), on=on, unseen=unseen)
    return (
        panel if licence is None else replace(panel, findings=[_licence_finding(licence, purpose, on), *panel.findings])
    )


def _licence_finding(licence: Licence, purpose: str, on: date) -> Finding:
    """What is on record of the licence asked about, and for a renewal whether it comes in time."""
    end = f"有效期至{licence.valid_to.isoformat()}" if licence.valid_to else "长期有效"
    text = f"{licence.title}，持证人{licence.holder.name}，{end}"
    if purpose != Case.Purpose.RENEWAL:
        return Finding(True, text)
    dates = renewal_dates(licence.valid_to, on)
    if dates.is_in_time(on):
        return Finding(True, f"{text}；届满三十日前提出，逾期未决定视为准予延续")
    return Finding(False, f"{text}；须在{dates.apply_by.isoformat()}前提出，已逾期，不适用视为准予延续")


def case_panel(case: Case, *, on: date) -> Panel:
    """The panel for a received case as its materials stand."""
    materials = queries.material_rows(case)
    judgement = judge_case(case, materials, on=on)
    return _panel(case.matter, case.handling_department, judgement, len(materials), on=on)


#: The act behind each outcome of a case that was received and kept.
_ACTS = {
    Outcome.ACCEPT: "accept",
    Outcome.CORRECT: "give_correction",
    Outcome.NOT_ACCEPT: "not_accept",
    Outcome.NOT_REQUIRED: "not_required",
    Outcome.DEFER: "accept_deferred",
    Outcome.COMMIT: "take_commitment",
}


def open_to(panel: Panel, acts: Mapping[str, Permission]) -> list[Option]:
    """The outcomes of a received case for one person: what the person may not do says who may."""
    options = []
    for option in panel.options:
        if option.outcome in _ACTS:
            reason = acts[_ACTS[option.outcome]].reason
            options.append(replace(option, refusal=reason) if reason else option)
    return options


def case_due_preview(case: Case, *, on: date) -> DuePreview:
    """Both due dates if the received case were accepted on ``on``: a corrected one counts from the day everything was in."""
    accepted_on = case.materials_on if queries.was_corrected(case) else on
    return due_preview(case.edition, on=clock_start_of(case, accepted_on))


def due_preview(edition: Edition, *, on: date) -> DuePreview:
    """Both due dates if the clock started on ``on``, by the very function acceptance uses."""
    case, guess = Case(edition=edition), Case(edition=edition)
    start_decision_clock(case, from_on=on, calendar=current_calendar(), today=on)
    if case.calendar_missing_year is not None:
        start_decision_clock(guess, from_on=on, calendar=current_calendar().estimate(), today=on)
    return DuePreview(
        case.promised_due_on,
        case.statutory_due_on,
        case.calendar_missing_year,
        promised_guess=None if case.promised_due_on else guess.promised_due_on,
        statutory_guess=None if case.statutory_due_on else guess.statutory_due_on,
    )


def _panel(
    matter: Matter, handling: Department, judgement: Judgement, total: int, *, on: date, unseen: int = 0
) -> Panel:
    unseen = unseen if judgement.unmet else 0
    findings = []
    if not judgement.ends_intake:
        authority = catalogue.authority_on(matter, on, Power.ACCEPT)
        since = f"（自{authority.valid_from.isoformat()}）" if authority else ""
        findings.append(Finding(True, f"属{handling.short_name}职权{since}"))
        findings.append(_unseen_finding(unseen, total) if unseen else _materials_finding(judgement, total))
    else:
        findings.extend(Finding(False, reason) for reason in judgement.reasons)
    options = tuple(_option(one, judgement, unseen=unseen) for one in SHOWN if _is_on_offer(one, judgement))
    return Panel(findings, judgement, options, article=judgement.article, unseen=unseen)


def _unseen_finding(unseen: int, total: int) -> Finding:
    return Finding(False, f"材料已核对{total - unseen}/{total}")


def _materials_finding(judgement: Judgement, total: int) -> Finding:
    met = total - len(judgement.unmet)
    if not judgement.unmet:
        return Finding(True, f"材料齐全，符合法定形式 {met}/{total}")
    missing = [one.name for one in judgement.unmet if one.status == "missing"]
    defective = [one.name for one in judgement.unmet if one.status != "missing"]
    parts = [f"{word}{len(names)}项" for word, names in (("缺", missing), ("不合格", defective)) if names]
    what = {Outcome.DEFER: "均可容缺", Outcome.COMMIT: "均可以承诺代替"}.get(
        judgement.outcome, "应当一次性告知全部内容"
    )
    return Finding(False, f"材料{met}/{total}：{'、'.join(parts)}，{what}")


#: The order of the buttons: what happens most stands first.
SHOWN = (
    Outcome.ACCEPT,
    Outcome.DEFER,
    Outcome.COMMIT,
    Outcome.CORRECT,
    Outcome.NOT_ACCEPT,
    Outcome.NOT_REQUIRED,
    Outcome.KEEP,
)
#: What rests on the whole list having been looked at.
_OF_THE_LIST = {Outcome.ACCEPT, Outcome.DEFER, Outcome.COMMIT, Outcome.CORRECT}


def _is_on_offer(outcome: Outcome, judgement: Judgement) -> bool:
    """容缺受理 and 告知承诺 stand on the page only of a matter that has such materials."""
    if outcome is Outcome.DEFER:
        return judgement.deferral is not None
    return judgement.commitment is not None if outcome is Outcome.COMMIT else True


def _option(outcome: Outcome, judgement: Judgement, *, unseen: int) -> Option:
    if unseen and outcome in _OF_THE_LIST:
        return Option(outcome, False, f"还有{unseen}项材料没有登记；请先逐项核对。")
    if outcome is judgement.outcome:
        return Option(outcome, True)
    return Option(outcome, False, _refusal(outcome, judgement), needs_override=not judgement.allows(outcome))


def _refusal(outcome: Outcome, judgement: Judgement) -> str:
    """Why this outcome is not open now, and what would open it; "" when it is."""
    found = judgement.outcome
    match outcome:
        case Outcome.ACCEPT:
            if judgement.unmet:
                return f"还有{len(judgement.unmet)}项材料不齐或不合格；收齐后即可受理。"
            return "不能受理，原因见上。"
        case Outcome.DEFER:
            return judgement.deferral or ""
        case Outcome.COMMIT:
            return judgement.commitment or ""
        case Outcome.CORRECT:
            if judgement.allows(outcome):
                return ""
            if found is Outcome.ACCEPT:
                return "材料已全部登记为齐；确有问题的，请先把该项改为“不合格”。"
            return "不属本机关办理或不需要许可的，不应要求补正材料。"
        case Outcome.NOT_ACCEPT:
            return "本事项属本机关职权，不能以不属职权为由不予受理；材料不齐的请一次性告知补正。"
        case Outcome.KEEP:
            if found in {Outcome.NOT_ACCEPT, Outcome.NOT_REQUIRED}:
                return "应当即时告知申请人，不能先收件再审核（行政许可法第三十二条第一款第一、二项）。"
    return ""
