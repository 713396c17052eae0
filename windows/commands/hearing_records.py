"""听证的举行: challenges to the host and their decision, the record, and the decision that must rest on it (第四十八条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.names import clean_person_name, clean_text

from ..documents import DocumentKind
from ..domain.hearings import (
    ABSENT,
    APPLICANT,
    ART_48_BASIS,
    ART_48_HOST,
    ART_48_NOTICE,
    ART_48_RECORD,
    ART_48_REVIEWER,
    REFUSED,
    REVIEWER,
    SIGNATURES,
)
from ..domain.states import Event
from ..events import examination as events
from ..events import record_file
from ..examination import asked_of
from ..hearings import addressee_of, is_superseded, live_hearing, notices_of, record_of
from ..models import Case, CaseFile, Hearing, HearingRecord, HostChallenge, InterestedParty
from .acting import begin_act, finish_act, take_event
from .letters import seal_letter


@transaction.atomic
def challenge_host(
    number: str,
    *,
    interested_party_id: int | None,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards it stands who wants the host replaced and why; the hearing waits for the decision on it."""
    text = clean_text(reason, max_length=500)
    if not text:
        raise InvalidInput(
            "请填写申请回避的理由。", article=ART_48_HOST, fields={"reason": "请写明有什么直接利害关系。"}
        )
    case, writer = begin_act(number, action="challenge_host", actor=actor, at=at, expected_version=expected_version)
    hearing = _called(case)
    if HostChallenge.objects.filter(hearing=hearing, upheld__isnull=True).exists():
        raise DomainError("已有一件回避申请尚未决定；请先由负责人决定。", article=ART_48_HOST)
    by = None
    if interested_party_id is not None:
        by = InterestedParty.objects.filter(case=case, pk=interested_party_id).first()
        if by is None:
            raise InvalidInput("没有这名利害关系人；请重新选择。", fields={"interested_party_id": "请重新选择。"})
    challenge = HostChallenge.objects.create(
        hearing=hearing, host=hearing.host, interested_party=by, reason=text, recorded_by=actor, recorded_at=at
    )
    events.record_host_challenged(writer, challenge_id=challenge.pk, host_id=hearing.host_id)
    finish_act(case, writer)
    return case


@transaction.atomic
def decide_challenge(
    number: str, *, upheld: bool, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the challenge is decided; when it is upheld, the hearing is called anew with another host."""
    text = clean_text(reason, max_length=500)
    if not text:
        raise InvalidInput("请填写决定的理由。", fields={"reason": "请写明理由。"})
    case, writer = begin_act(number, action="decide_challenge", actor=actor, at=at, expected_version=expected_version)
    challenge = (
        HostChallenge.objects.select_related("hearing")
        .filter(hearing__case=case, hearing__cancelled_at__isnull=True, upheld__isnull=True)
        .first()
    )
    if challenge is None:
        raise DomainError("没有等待决定的回避申请。", article=ART_48_HOST)
    if actor.pk == challenge.host_id:
        raise NotPermitted("不能由本人决定：您是被申请回避的主持人，请其他负责人决定。")
    challenge.upheld, challenge.decision = upheld, text
    challenge.decided_by, challenge.decided_at = actor, at
    challenge.save()
    if upheld:
        hearing = challenge.hearing
        hearing.host = hearing.held_at = hearing.called_by = hearing.called_at = None
        hearing.save()
        case.asked = asked_of(case)
    events.record_challenge_decided(writer, challenge_id=challenge.pk, upheld=upheld)
    finish_act(case, writer)
    return case


@dataclass(frozen=True)
class Attendee:
    """听证参加人: name, as what, and how they signed; ``of``: applicant, reviewer, an interested party's id, or other."""

    of: str
    name: str
    capacity: str
    signature: str
    note: str = ""


@dataclass(frozen=True)
class HearingHeld:
    """听证经过: when it began, what the reviewer put forward, what was said against it, who took part."""

    began_at: datetime
    review_case: str
    defence: str
    attendees: Sequence[Attendee]
    attachment: StoredFile | None = None


@transaction.atomic
def record_hearing(
    number: str, *, held: HearingHeld, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the hearing's record D14 stands, and the decision must rest on it (第四十八条第二款).

    Raises NotPermitted for anybody but the host, DomainError before the day, while somebody was not told in time or a
    challenge waits, InvalidInput for what the record lacks.
    """
    case, writer = begin_act(number, action="record_hearing", actor=actor, at=at, expected_version=expected_version)
    hearing = _called(case)
    if actor.pk != hearing.host_id:
        raise NotPermitted(f"不能由本人登记听证笔录：须由本次听证的主持人{hearing.host.display_name}登记。")
    _require_ready(case, hearing, held, at)
    printed = {
        "began_at": held.began_at,
        "review_case": _said(held.review_case, "review_case", "审查意见的证据、理由"),
        "defence": _said(held.defence, "defence", "申辩和质证"),
        "attendees": _attendees(case, held.attendees),
    }
    take_event(case, Event.RECORD_HEARING)
    letter = seal_letter(
        case,
        DocumentKind.D14,
        department=case.handling_department,
        actor=actor,
        at=at,
        hearing=hearing,
        record=printed,
    )
    attachment = None
    if held.attachment is not None:
        attachment = CaseFile.objects.create(
            case=case, stored=held.attachment, label="听证笔录签字页", added_by=actor, added_at=at
        )
        record_file(writer, stored_id=held.attachment.pk, sha256=held.attachment.sha256, material_id=None)
    HearingRecord.objects.create(
        hearing=hearing, letter=letter, host=actor, attachment=attachment, recorded_at=at, **printed
    )
    case.asked = asked_of(case)
    events.record_hearing_recorded(
        writer, hearing_id=hearing.pk, letter_id=letter.pk, held_on=local_date(held.began_at)
    )
    finish_act(case, writer)
    return case


def _called(case: Case) -> Hearing:
    hearing = live_hearing(case)
    if hearing is None or hearing.called_at is None:
        raise DomainError("听证还没有通知；请先确定时间、地点和主持人并通知。", article=ART_48_NOTICE)
    if hasattr(hearing, "record"):
        raise DomainError("听证已经举行，笔录已经登记，不再改动。", article=ART_48_RECORD)
    return hearing


def _require_ready(case: Case, hearing: Hearing, held: HearingHeld, at: datetime) -> None:
    day = local_date(hearing.held_at)
    if local_date(at) < day:
        raise DomainError(f"听证定于{day.isoformat()}，还没有举行；请在举行后登记笔录。", article=ART_48_RECORD)
    if held.began_at > at:
        raise InvalidInput("听证开始时间不能晚于现在。", fields={"began_at": "不能晚于现在。"})
    if local_date(held.began_at) != day:
        raise DomainError(
            f"听证的日期与通知的{day.isoformat()}不一致；改期的须重新通知后再举行。", article=ART_48_NOTICE
        )
    if HostChallenge.objects.filter(hearing=hearing, upheld__isnull=True).exists():
        raise DomainError("回避申请尚未决定，不能登记听证笔录；请负责人先决定。", article=ART_48_HOST)
    untold = [
        addressee_of(one, case)
        for one in notices_of(case)
        if one.hearing_id == hearing.pk and one.served_on is None and not is_superseded(one)
    ]
    if untold:
        raise DomainError(
            f"给{'、'.join(untold)}的听证通知（公告）没有按时送达，听证不能举行；请改期并重新通知。",
            article=ART_48_NOTICE,
        )


def _said(text: str, field: str, what: str) -> str:
    cleaned = clean_text(text, max_length=4000, multiline=True)
    if not cleaned:
        raise InvalidInput(
            f"听证笔录须写明{what}。", article=ART_48_REVIEWER, fields={field: f"请写明{what}；没有的写明没有。"}
        )
    return cleaned


def _attendees(case: Case, attendees: Sequence[Attendee]) -> list[dict[str, str]]:
    """The attendees as the record prints them; the reviewer, the applicant and each interested party must be among them."""
    parties = {str(pk) for pk in InterestedParty.objects.filter(case=case).values_list("pk", flat=True)}
    if lacking := ({APPLICANT, REVIEWER} | parties) - {one.of for one in attendees}:
        raise InvalidInput(
            "听证笔录须写明审查人员、申请人和每名利害关系人是否到场、是否签字。",
            article=ART_48_RECORD,
            fields={f"name-{sorted(lacking)[0]}": "请写明参加情况。"},
        )
    rows = []
    for one in attendees:
        if one.signature not in SIGNATURES:
            raise InvalidInput("请选择签字情况。", fields={f"signature-{one.of}": "请选择签字情况。"})
        if one.of == REVIEWER and one.signature == ABSENT:
            raise DomainError(
                "审查人员没有到场提供审查意见的证据、理由，听证无效；请改期重新举行。", article=ART_48_REVIEWER
            )
        note = clean_text(one.note, max_length=200)
        if one.signature == REFUSED and not note:
            raise InvalidInput(
                "拒绝签字的请注明情况。", article=ART_48_RECORD, fields={f"note-{one.of}": "请注明情况。"}
            )
        rows.append(
            {
                "name": clean_person_name(one.name),
                "capacity": clean_text(one.capacity, max_length=60),
                "signature": SIGNATURES[one.signature],
                "note": note,
            }
        )
    return rows


def cited_record(case: Case, *, cites: bool) -> str:
    """“听证笔录（文号）” for the basis of a decision, or "" where no hearing was held.

    Raises DomainError for a decision that does not say it rests on the record of the hearing (第四十八条第二款).
    """
    record = record_of(case)
    if record is None:
        return ""
    if not cites:
        raise DomainError(
            f"本件举行过听证，须根据听证笔录（{record.letter.number}）作出决定；请核对笔录并写明决定根据该笔录作出。",
            article=ART_48_BASIS,
        )
    return f"听证笔录（{record.letter.number}）"
