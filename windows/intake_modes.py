"""What keeps an application from being taken in, or from 容缺受理 and 告知承诺: the applicant's record, and the matter. Reads only."""

from collections.abc import Sequence
from datetime import date

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing, InvalidInput
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.working_days import WorkCalendar
from matters.commitment import commitment_bar
from matters.models import Edition, Matter

from .clocks import clocks_of
from .domain.intake import OUTCOME_ARTICLES, Bars, MaterialStanding, Outcome, unmet_materials
from .domain.intake_modes import Consequence, deferral_due
from .domain.restrictions import BAN_ARTICLES
from .models import Case, Deferral, DeferredItem, PartyRestriction
from .restrictions import ban_among, favour_bar_among, restrictions_of_number


def typed_restrictions(id_kind: str, id_number: str, on: date) -> list[PartyRestriction]:
    """What holds for whoever bears the number as typed; nothing for a number that cannot be (registering it will say so)."""
    if id_kind not in {kind.value for kind in IdKind} or not id_number.strip():
        return []
    try:
        number = check_id(IdKind(id_kind), id_number, today=on)
    except InvalidInput:
        return []
    return restrictions_of_number(id_kind, number, on)


def bars_for(
    matter: Matter,
    edition: Edition,
    standings: Sequence[MaterialStanding],
    found: Sequence[PartyRestriction],
    *,
    handling: Department,
    deciding: Department,
    on: date,
) -> Bars:
    """What stands against this application on ``on``; the favours are looked at only while a material is not met."""
    ban = ban_among(found, matter.pk)
    ban_text, ban_article = ("", "") if ban is None else _ban_words(ban)
    if not unmet_materials(standings):
        return Bars(ban_text, ban_article)
    restricted = favour_bar_among(found, matter.pk)
    broken = "" if restricted is None else _favour_words(restricted)
    return Bars(
        ban_text,
        ban_article,
        deferral=broken or _no_room(edition, on),
        commitment=broken or commitment_bar(matter, on) or _decided_above(handling, deciding),
    )


def deferral_due_of(
    case: Case, edition: Edition, *, accepted_on: date, calendar: WorkCalendar | None = None
) -> date | None:
    """Until when the deferred materials of ``case`` must be in; None while that year is not published (待公布)."""
    calendar = calendar or current_calendar()
    promised_due = case.promised_due_on
    if promised_due is None:
        clocks = clocks_of(case, edition, calendar)
        promised_due = clocks.promised_due if clocks else None
    try:
        return deferral_due(accepted_on, promised_due, rule_int("deferral_days", accepted_on), calendar)
    except CalendarMissing:
        return None


def reminder_day(due_on: date | None, rule: str, calendar: WorkCalendar | None = None) -> date | None:
    """The day on which the end of a term is announced; None where it is not known yet."""
    if due_on is None:
        return None
    try:
        return (calendar or current_calendar()).workdays_before(due_on, rule_int(rule, due_on))
    except CalendarMissing:
        return None


# What stops an opinion or a decision. Each answers with the sentence and the article, or None.


def deferral_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion and no decision while deferred materials are open; after their term a refusal, where that was told (D07)."""
    deferral = open_deferral(case)
    if deferral is None:
        return None
    is_over = deferral.due_on is not None and deferral.due_on < on
    if is_over and deferral.known_consequence is Consequence.REFUSE:
        return None
    return _still_open(deferral, is_over)


def deferral_grant_gate(case: Case, on: date) -> tuple[str, str] | None:
    """Never a grant while deferred materials are open."""
    deferral = open_deferral(case)
    return None if deferral is None else _still_open(deferral, deferral.due_on is not None and deferral.due_on < on)


def open_deferral(case: Case) -> Deferral | None:
    """The case's deferral while promised materials are not in; no query for a case that has none."""
    if not case.deferred_acceptance:
        return None
    return Deferral.objects.filter(case=case, settled_at__isnull=True, ended_at__isnull=True).first()


def open_items(deferral: Deferral) -> list[DeferredItem]:
    """The promised materials that have not come in yet, in the order of the list."""
    found = deferral.items.filter(supplied_at__isnull=True).select_related("material__edition_material")
    return sorted(found, key=lambda item: item.material.edition_material.seq)


def _still_open(deferral: Deferral, is_over: bool) -> tuple[str, str]:
    items = open_items(deferral)
    names = "、".join(item.material.edition_material.name for item in items)
    until = f"{_day(deferral.due_on)}前" if deferral.due_on else "期限待公布"
    after = "期限已过，请补齐或者按承诺书处理。" if is_over else "补齐后即可办理。"
    return f"还有{len(items)}项容缺材料未补齐（{names}，{until}）；{after}", OUTCOME_ARTICLES[Outcome.DEFER]


def _no_room(edition: Edition, on: date) -> str:
    due = deferral_due_of(Case(edition=edition, clock_from_on=on), edition, accepted_on=on)
    if due is None or due > on:
        return ""
    return "承诺办结时限太短，留不出一个工作日补交材料，不能容缺受理。"


def _ban_words(ban: PartyRestriction) -> tuple[str, str]:
    article, years = BAN_ARTICLES[ban.known_kind]
    number = "一" if years == 1 else "三"
    until, again = ban.to_on, date.fromordinal(ban.to_on.toordinal() + 1)
    return (
        f"申请人依{article}在{number}年内不得再次申请本项许可，期间自{_day(ban.from_on)}起至{_day(until)}止；"
        f"自{_day(again)}起可以再次申请，申请其他许可不受影响",
        article,
    )


def _favour_words(restricted: PartyRestriction) -> str:
    return (
        f"申请人自{_day(restricted.from_on)}起有未修复的失信记录（{restricted.basis}），修复前不适用容缺受理和告知承诺；"
        "请按普通程序办理。"
    )


def _decided_above(handling: Department, deciding: Department) -> str:
    if handling.pk == deciding.pk:
        return ""
    return f"本事项由{deciding.name}决定，须先报送初步审查意见和案卷，不能凭承诺当场决定。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
