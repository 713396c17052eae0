"""更正: a slip of the pen is put right by a numbered notice beside the unchanged original; the decision is not reopened."""

from datetime import timedelta

import pytest

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.models.append_only import AppendOnlyError
from tests.factories import cases as make
from windows.commands.licences.correcting import Correction, correct_letter
from windows.domain.entries import entries_of
from windows.models import Case, CaseEvent, Letter, LetterCorrection
from windows.verification import verify_licence_number, verify_token

LATER = make.days_later(3)
SLIP = Correction("premises", "某某路18号", "某某路81号", "录入时数字颠倒，申请书为81号。")


def token_of(letter: Letter) -> str:
    return letter.snapshot["meta"]["verify_url"].rstrip("/").split("/")[-1]


def standing() -> tuple:
    return (
        list(Letter.objects.order_by("pk").values_list("number", "snapshot_sha256")),
        list(Case.objects.values_list("version", "last_event_hash")),
        LetterCorrection.objects.count(),
    )


def test_the_notice_stands_beside_the_unchanged_original(people):
    case = make.delivered(people)
    letter = case.letters.get(kind="D15")
    before = (letter.snapshot, letter.snapshot_sha256)
    made = correct_letter(letter.pk, correction=SLIP, actor=people.decider, at=LATER)
    letter.refresh_from_db()
    assert (letter.snapshot, letter.snapshot_sha256) == before
    assert made.notice.number == "莱审批更正字〔2026〕第0001号"
    printed = made.notice.snapshot["print"]
    assert printed["original"]["number"] == letter.number
    assert (printed["entry"], printed["wrong"], printed["right"]) == ("经营场所（地址）", "某某路18号", "某某路81号")
    case.refresh_from_db()
    assert case.state == "delivered"
    assert CaseEvent.objects.filter(case=case).order_by("sequence").last().kind == "corrected"
    with pytest.raises(AppendOnlyError):
        made.save()


def test_whoever_verifies_the_paper_is_told_of_the_correction(people):
    case = make.delivered(people)
    certificate = case.licence.letter
    correct_letter(certificate.pk, correction=SLIP, actor=people.decider, at=LATER)
    by_number = verify_licence_number(case.licence.number, today=make.MONDAY.date())
    by_token = verify_token(token_of(certificate), today=make.MONDAY.date())
    for found in (by_number, by_token):
        assert [(one.label, one.notice_number, one.text) for one in found.corrections] == [
            ("经营场所（地址）", "莱审批更正字〔2026〕第0001号", "“某某路18号”更正为“某某路81号”")
        ]


def test_what_is_corrected_of_a_person_is_not_for_everybody(people):
    case = make.granted(people, party=make.PERSON)
    letter = case.letters.get(kind="D15")
    correct_letter(
        letter.pk,
        correction=Correction("party.name", "姜𠮷", "姜吉", "录入时误用异体字。"),
        actor=people.decider,
        at=LATER,
    )
    found = verify_token(token_of(letter), today=make.MONDAY.date())
    assert [(one.label, one.text) for one in found.corrections] == [("申请人名称", "")]
    assert found.holder == "姜*"


class TestRefused:
    @pytest.mark.parametrize("entry", ["content", "validity", "basis"])
    def test_the_decision_itself_is_not_changed_so(self, people, entry):
        letter = make.granted(people).letters.get(kind="D15")
        text = next(one.text for one in entries_of(letter.snapshot["print"]) if one.key == entry)
        before = standing()
        with pytest.raises(DomainError, match="是决定的实质内容，不能以更正的方式改变") as told:
            correct_letter(
                letter.pk,
                correction=Correction(entry, text[:2], "别的", "笔误"),
                actor=people.decider,
                at=LATER,
            )
        assert told.value.article == "行政许可法第八条、第四十九条、第六十九条"
        assert standing() == before

    @pytest.mark.parametrize(
        ("correction", "sentence"),
        [
            (Correction("premises", "某某路99号", "某某路81号", "笔误"), "中没有这些文字"),
            (Correction("premises", "某某路18号", "某某路18号", "笔误"), "且与原文不同"),
            (Correction("premises", "某某路18号", "某某路81号", " "), "请说明笔误"),
            (Correction("letter.seal", "样章", "章", "笔误"), "请选择需要更正的事项"),
        ],
    )
    def test_words_that_are_not_there(self, people, correction, sentence):
        letter = make.granted(people).letters.get(kind="D15")
        before = standing()
        with pytest.raises(InvalidInput, match=sentence):
            correct_letter(letter.pk, correction=correction, actor=people.decider, at=LATER)
        assert standing() == before

    def test_a_correction_is_the_body_s_word_and_a_decider_s_act(self, people):
        letter = make.granted(people).letters.get(kind="D15")
        before = standing()
        with pytest.raises(NotPermitted, match="不能由本人更正文书"):
            correct_letter(letter.pk, correction=SLIP, actor=people.reviewer, at=LATER)
        assert standing() == before

    def test_a_notice_is_not_corrected_by_a_notice(self, people):
        letter = make.granted(people).letters.get(kind="D15")
        made = correct_letter(letter.pk, correction=SLIP, actor=people.decider, at=LATER)
        before = standing()
        with pytest.raises(DomainError, match="请对原文书重新出具更正通知书"):
            correct_letter(
                made.notice.pk,
                correction=Correction("party.name", "餐饮店", "餐饮馆", "笔误"),
                actor=people.decider,
                at=LATER + timedelta(hours=1),
            )
        assert standing() == before


def test_by_its_page(people, client, monkeypatch):
    case = make.delivered(people)
    letter = case.letters.get(kind="D15")
    monkeypatch.setattr(clock, "now", lambda: LATER)
    client.force_login(people.decider)
    session = client.session
    session.update({"signed_in_at": LATER.timestamp(), "seen_at": LATER.timestamp(), "confirmed_at": LATER.timestamp()})
    session.save()
    address = f"/letters/{letter.pk}/correct/"
    page = client.get(address)
    shown = page.content.decode()
    assert "莱阳市某某街道某某路18号" in shown and "不能更正的" in shown
    offered = [key for key, _ in page.context["form"].fields["entry"].choices]
    assert "premises" in offered and "content" not in offered
    case.refresh_from_db()
    typed = {"version": case.version, "entry": "premises", "wrong": "某某路18号", "right": "某某路81号"}
    refused = client.post(address, typed | {"reason": ""})
    assert (refused.status_code, LetterCorrection.objects.count()) == (422, 0)
    forbidden = client.post(address, typed | {"entry": "content", "wrong": "热食", "reason": "笔误"})
    assert forbidden.status_code == 409
    assert "是决定的实质内容" in forbidden.content.decode()
    done = client.post(address, typed | {"reason": "数字颠倒"})
    assert (done.status_code, done["Location"]) == (302, f"/cases/{case.number}/")
    assert "更正通知书" in client.get(done["Location"]).content.decode()
