"""证照页: one licence with its whole life, and the acts possible on it; every read in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from laiyang_approval.kernel.models import Department, User

from . import licence_acts, licences
from .case_page import TimelineEntry
from .domain.licences import CANCEL_REASONS, CN_ITEMS, LIVING_STATES, LicenceEvent, LicenceState
from .licence_acts import LICENCE_RULES
from .licences import RenewalDates
from .models import Case, LetterCorrection, Licence, LicenceChange
from .sections import Section


@dataclass(frozen=True)
class LicenceActView:
    """可以办理的一件事: its name, whether this person may begin it now and if not why; where the counter takes it in."""

    action: str
    label: str
    allowed: bool
    reason: str
    counter_url: str = ""


@dataclass(frozen=True)
class ClosedActs:
    """不能办理的几件事, together where they share the reason: why not, and who could."""

    labels: str
    reason: str


@dataclass(frozen=True)
class LicencePage:
    """证照页: one licence with everything that stands on its page."""

    licence: Licence
    state: LicenceState
    versions: Sequence[Licence]
    cases: Sequence[Case]
    corrections: Sequence[LetterCorrection]
    timeline: Sequence[TimelineEntry]
    acts: Sequence[LicenceActView]
    closed: Sequence[ClosedActs]
    renewal: RenewalDates | None
    bodies: tuple[Department, Department]
    starts_on: date | None
    sections: Sequence[Section] = ()

    @property
    def is_elsewhere(self) -> bool:
        """Whether another body has the power now than the one that issued it."""
        return self.bodies[1].pk != self.licence.issued_by_department_id

    @property
    def version_text(self) -> str:
        return f"第{self.licence.sequence}版，共{len(self.versions)}版"

    @property
    def validity_text(self) -> str:
        """有效期, in words."""
        end = self.licence.valid_to.isoformat() if self.licence.valid_to else "长期"
        return f"{self.licence.valid_from.isoformat()} 至 {end}"

    @property
    def remind_text(self) -> str:
        """When the holder is reminded; a date of an unpublished year is not guessed."""
        if self.renewal is None:
            return ""
        return self.renewal.remind_on.isoformat() if self.renewal.remind_on else "待放假安排公布"

    @property
    def notice_level(self) -> str:
        quiet = {LicenceState.VALID, LicenceState.SUPERSEDED, LicenceState.CANCELLED}
        return "info" if self.state in quiet else "warn"

    @property
    def state_sentence(self) -> str:
        """What a licence that may not be used wants next; "" for one that is simply valid."""
        match self.state:
            case LicenceState.VALID if self.starts_on is not None:
                return f"本证自{self.starts_on.isoformat()}起生效。"
            case LicenceState.VALID:
                return ""
            case LicenceState.SUPERSEDED:
                return f"本证已由{self.licence.next.number}替代；请在现行证照上办理。"
            case LicenceState.SUSPENDED:
                until = self.licence.suspended_until_on
                end = f"至{until.isoformat()}" if until else "，没有写明期限"
                return f"本证由执法部门暂扣{end}；期满自动恢复，提前恢复的凭执法部门文书登记。"
            case LicenceState.CANCELLED:
                return f"本证已经注销：{CANCEL_REASONS[self.licence.cancel_reason]}。"
            case _:
                return f"本证{self.state.label}，应当办理注销（行政许可法第七十条）；请注销立案。"


@dataclass(frozen=True)
class LicenceBuild:
    """How an app above brings a section: from the versions of the licence to what its template shows, or None."""

    anchor: str
    title: str
    template: str
    data: Callable[[Sequence[Licence]], Any]


_BROUGHT: list[LicenceBuild] = []


def bring(build: LicenceBuild) -> None:
    """Afterwards the licence page has this section too; for the apps above, whom windows does not know."""
    if build not in _BROUGHT:
        _BROUGHT.append(build)


def _sections(versions: Sequence[Licence]) -> list[Section]:
    found = [(build, build.data(versions)) for build in _BROUGHT]
    return [Section(build.anchor, build.title, build.template, data) for build, data in found if data is not None]


def licence_page(user: User, licence_id: int, *, today: date) -> LicencePage:
    """Everything the licence page shows; a constant number of queries. Raises NotFound for what is not this person's."""
    licence = licences.get_visible_licence(user, licence_id, today)
    versions = _versions(licence)
    changes = list(
        LicenceChange.objects.select_related("actor", "department", "case").filter(licence__in=versions).order_by("id")
    )
    state = licences.state_on(licence, today)
    acts = _acts(user, licence, today)
    letters = [one.letter_id for one in versions if one.letter_id is not None]
    return LicencePage(
        licence=licence,
        state=state,
        versions=versions,
        cases=list(Case.objects.select_related("edition").filter(subject_licence__in=versions).order_by("-id")),
        corrections=list(
            LetterCorrection.objects.select_related("notice").defer("notice__snapshot").filter(letter__in=letters)
        ),
        timeline=_timeline(versions, changes),
        acts=[view for view in acts if view.allowed],
        closed=_together([view for view in acts if not view.allowed]),
        renewal=licences.renewal_dates(licence.valid_to, today)
        if licence.valid_to and state in LIVING_STATES
        else None,
        bodies=licences.bodies_on(licence, today),
        starts_on=licence.valid_from if licence.valid_from > today else None,
        sections=_sections(versions),
    )


def _versions(licence: Licence) -> list[Licence]:
    """All versions of the chain, oldest first: they share their holder and matter, and point one to the other."""
    kin = {
        one.pk: one
        for one in Licence.objects.select_related("case", "issued_by_department").filter(
            holder_id=licence.holder_id, matter_id=licence.matter_id
        )
    }
    newer = {one.previous_id: one for one in kin.values() if one.previous_id is not None}
    first = kin[licence.pk]
    while first.previous_id is not None:
        first = kin[first.previous_id]
    chain = [first]
    while chain[-1].pk in newer:
        chain.append(newer[chain[-1].pk])
    return chain


def _timeline(versions: Sequence[Licence], changes: Sequence[LicenceChange]) -> list[TimelineEntry]:
    """The whole life of the licence in the order of its days: each version made, each change with its basis and body."""
    entries = [(one.issued_on, 0, one.pk, _made(one)) for one in versions]
    entries += [(change.on, 1, change.pk, _changed(change, len(versions) > 1)) for change in changes]
    return [entry for *_, entry in sorted(entries, key=lambda one: one[:3])]


def _made(one: Licence) -> TimelineEntry:
    what = "历史登记" if one.case.origin == Case.Origin.IMPORTED else one.case.get_purpose_display()
    how = "视为准予延续" if one.case.deemed_renewed else what
    return TimelineEntry(
        at=one.issued_on, label=f"颁发（{how}）", who=one.issued_by_department.short_name, note=one.number
    )


_LABELS = {
    LicenceEvent.SUPERSEDE: "由新证替代",
    LicenceEvent.SUSPEND: "暂扣",
    LicenceEvent.RESUME: "恢复效力",
    LicenceEvent.EXPIRE: "有效期届满",
    LicenceEvent.WITHDRAW: "撤回许可",
    LicenceEvent.REVOKE: "撤销许可",
    LicenceEvent.FORFEIT: "吊销",
    LicenceEvent.CANCEL: "注销",
}


def _changed(change: LicenceChange, several: bool) -> TimelineEntry:
    reason = change.cancel_reason
    said = (
        f"第七十条第{CN_ITEMS[reason]}项：{CANCEL_REASONS[reason]}" if reason else "",
        change.document_number,
        f"至{change.until_on.isoformat()}" if change.until_on else "",
        "" if reason else change.basis,
        change.note if change.note != CANCEL_REASONS.get(reason) else "",
        change.case.number if change.case else "",
    )
    by = change.department.short_name if change.department else ""
    who = by or (change.actor.display_name if change.actor else "系统")
    return TimelineEntry(
        at=change.on, label=_LABELS[LicenceEvent(change.kind)], who=who, note="　".join(part for part in said if part)
    )


def _acts(user: User, licence: Licence, today: date) -> list[LicenceActView]:
    if licences.state_on(licence, today) in {LicenceState.SUPERSEDED, LicenceState.CANCELLED}:
        return []  # nothing is done to it any more, and the page says why at its top
    shown = []
    for action, rule in LICENCE_RULES.items():
        permission = licence_acts.may(user, action, licence, today)
        url = _counter_url(licence, rule.purpose) if action.startswith("apply_") else ""
        shown.append(LicenceActView(action, rule.label, permission.allowed, permission.reason, url))
    return shown


def _together(views: Sequence[LicenceActView]) -> list[ClosedActs]:
    """The acts that are not possible, those with one and the same reason named together."""
    by_reason: dict[str, list[str]] = {}
    for view in views:
        by_reason.setdefault(view.reason.partition("：")[2] or view.reason, []).append(view.label)
    return [ClosedActs("、".join(labels), reason) for reason, labels in by_reason.items()]


def _counter_url(licence: Licence, purpose: str) -> str:
    asked = {"matter": licence.matter.code, "purpose": str(purpose), "licence": licence.number}
    return f"{reverse('counter')}?{urlencode(asked)}"
