"""Acts of interested parties and hearings."""

from datetime import datetime
from typing import Any

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import store_upload
from windows.commands.hearing_records import (
    Attendee,
    HearingHeld,
    challenge_host,
    decide_challenge,
    record_hearing,
)
from windows.commands.hearings import (
    HearingCall,
    RightAnswered,
    answer_hearing_right,
    call_hearing,
    order_hearing,
    tell_hearing_right,
)
from windows.commands.interested import Interested, Stated, inform_interested, record_statement
from windows.commands.noticing import serve_notice
from windows.commands.serving import Service
from windows.domain.hearings import OTHER, SIGNED
from windows.forms.hearings import (
    CallHearingForm,
    ChallengeForm,
    DecideChallengeForm,
    HearingAnswerForm,
    InterestedForm,
    OrderHearingForm,
    RecordHearingForm,
    ServeNoticeForm,
    StatementForm,
    expect_people,
    offer_hosts,
    offer_papers,
    offer_rights,
    offer_speakers,
    open_rights,
)
from windows.forms.review import ActForm
from windows.hearings import live_hearing, unserved, untold
from windows.models import Case

from .base import Act, plain, with_


def _serve(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    upload, version, notice_id = data.pop("evidence"), data.pop("version"), data.pop("notice_id")
    evidence = store_upload(upload, actor=actor, at=at) if upload else None
    return serve_notice(
        number,
        notice_id=notice_id,
        service=Service(**data, evidence=evidence),
        actor=actor,
        at=at,
        expected_version=version,
    )


def _record(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    version, upload = data.pop("version"), data.pop("attachment")
    attendees = [
        Attendee(of, data[f"name-{of}"], capacity, data[f"signature-{of}"], data[f"note-{of}"])
        for of, capacity in data.pop("capacities")
    ]
    attendees += [Attendee(OTHER, name, capacity, SIGNED) for name, capacity in data.pop("others")]
    held = HearingHeld(
        began_at=data["began_at"],
        review_case=data["review_case"],
        defence=data["defence"],
        attendees=attendees,
        attachment=store_upload(upload, actor=actor, at=at) if upload else None,
    )
    return record_hearing(number, held=held, actor=actor, at=at, expected_version=version)


def _waits(case: Case) -> bool:
    """There is a hearing to be held."""
    hearing = live_hearing(case)
    return hearing is not None and not hasattr(hearing, "record")


def _is_called(case: Case) -> bool:
    return _waits(case) and live_hearing(case).called_at is not None


def _challenge_waits(case: Case) -> bool:
    hearing = live_hearing(case)
    return hearing is not None and hearing.challenges.filter(upheld__isnull=True).exists()


ACTS: dict[str, Act] = {
    "inform_interested": Act(
        InterestedForm, with_(inform_interested, "party", Interested), "告知书正在生成，请送达并登记。"
    ),
    "record_statement": Act(
        StatementForm,
        with_(record_statement, "statement", Stated),
        "陈述申辩已登记。",
        prepare=offer_speakers,
        applies=lambda case: case.interested_parties.exists(),
    ),
    "tell_hearing_right": Act(
        ActForm, plain(tell_hearing_right), "听证告知书正在生成，请送达并登记。", applies=lambda case: bool(untold(case))
    ),
    "serve_notice": Act(
        ServeNoticeForm, _serve, "送达已登记。", prepare=offer_papers, applies=lambda case: bool(unserved(case))
    ),
    "answer_hearing_right": Act(
        HearingAnswerForm,
        with_(answer_hearing_right, "answered", RightAnswered),
        "已登记。",
        prepare=offer_rights,
        applies=lambda case: bool(open_rights(case)),
    ),
    "order_hearing": Act(
        OrderHearingForm,
        plain(order_hearing),
        "已决定听证，请确定时间、地点和主持人。",
        applies=lambda case: live_hearing(case) is None,
    ),
    "call_hearing": Act(
        CallHearingForm,
        with_(call_hearing, "call", HearingCall),
        "听证通知书正在生成，请在期限内送达并登记。",
        prepare=offer_hosts,
        applies=_waits,
    ),
    "challenge_host": Act(
        ChallengeForm, plain(challenge_host), "回避申请已登记，等待负责人决定。", prepare=offer_speakers, applies=_is_called
    ),
    "decide_challenge": Act(
        DecideChallengeForm, plain(decide_challenge), "已决定。", applies=_challenge_waits
    ),
    "record_hearing": Act(
        RecordHearingForm, _record, "听证笔录已登记。", prepare=expect_people, applies=_is_called
    ),
}  # fmt: skip
