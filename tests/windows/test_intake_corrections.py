"""更正收件登记: a mistaken intake is put right before a decision, with a corrected receipt; the first one is kept."""

from dataclasses import replace

import pytest
from django.urls import reverse

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models.append_only import AppendOnlyError
from tests.factories import cases as make
from windows.commands.correcting_intake import IntakeEntries, MaterialEntry, correct_intake
from windows.documents import DocumentKind
from windows.models import Case, IntakeCorrection, Party
from windows.rendering import render_snapshot

LATER = make.days_later(0, hours=4)
AS_TAKEN = IntakeEntries(
    kind="legal",
    name="莱阳市某某餐饮店",
    legal_representative="邹念慈",
    address="莱阳市某某街道某某路18号",
    premises="莱阳市某某街道某某路18号",
    request="热食类食品制售",
)


def standing(case: Case) -> tuple:
    row = Case.objects.select_related("party").get(pk=case.pk)
    party = (row.party_id, row.party.name, row.party.address, row.party.phone)
    counts = list(row.materials.order_by("pk").values_list("originals", "copies", "note"))
    return row.version, row.last_event_hash, row.premises, row.request, party, counts, row.letters.count()


def corrected(people, case: Case, *, reason: str = "窗口录入有误", at=LATER, **wrong) -> IntakeCorrection:
    return correct_intake(case.number, entries=replace(AS_TAKEN, **wrong), reason=reason, actor=people.clerk, at=at)


def dates(case: Case) -> tuple:
    row = Case.objects.get(pk=case.pk)
    return row.state, row.accepted_on, row.clock_from_on, row.promised_due_on, row.statutory_due_on, row.next_due_on


class TestWhatIsPutRight:
    def test_fields_and_counts_with_a_corrected_receipt_and_no_date_moved(self, people):
        case = make.accepted(people)
        before, first = dates(case), case.letters.get(kind="D01")
        row = case.materials.order_by("edition_material__seq").first()
        made = corrected(
            people,
            case,
            name="莱阳市某某餐饮馆",
            address="莱阳市某某街道某某路81号",
            phone="13911112222",
            request="冷食类食品制售",
            materials={row.edition_material_id: MaterialEntry(2, 1, "另附说明")},
        )
        case = Case.objects.get(pk=case.pk)
        assert (case.party.name, case.party.phone, case.request) == (
            "莱阳市某某餐饮馆",
            "13911112222",
            "冷食类食品制售",
        )
        row.refresh_from_db()
        assert (row.originals, row.copies, row.note) == (2, 1, "另附说明")
        assert dates(case) == before
        assert [(one["label"], one["old"], one["new"]) for one in made.changes] == [
            ("申请人姓名或名称", "莱阳市某某餐饮店", "莱阳市某某餐饮馆"),
            ("申请人住所", "莱阳市某某街道某某路18号", "莱阳市某某街道某某路81号"),
            ("申请人电话", "13800000000", "13911112222"),
            ("申请内容", "热食类食品制售", "冷食类食品制售"),
            (f"材料“{row.edition_material.name}”", "原件1份、复印件0份", "原件2份、复印件1份；另附说明"),
        ]
        receipts = list(case.letters.filter(kind="D01").order_by("pk"))
        assert receipts == [first, made.receipt]
        assert (first.title, made.receipt.title) == ("申请材料接收凭证", "申请材料接收凭证（更正）")
        assert made.receipt.serial == first.serial + 1
        printed = made.receipt.snapshot["print"]
        assert printed["corrects"]["number"] == first.number == made.original.number
        assert printed["corrects"]["sealed_on"] == "2026年3月2日"
        assert (printed["query_code"], printed["received_at"]) == ("", first.snapshot["print"]["received_at"])
        assert first.snapshot["print"]["party"]["name"] == "莱阳市某某餐饮店"
        event = case.events.order_by("-sequence").first()
        assert event.kind == "intake_corrected"
        assert event.detail["fields"] == ["name", "address", "phone", "request", f"material_{row.edition_material_id}"]
        assert "餐饮" not in str(event.detail)
        paper = render_snapshot(DocumentKind.D01, made.receipt.snapshot)
        assert f"本凭证更正2026年3月2日{first.number}" in paper.text.replace("\n", "")

    def test_another_applicant_only_until_acceptance(self, people):
        received = make.received(people)
        made = corrected(
            people,
            received,
            kind="natural",
            id_kind="resident_id",
            id_number="370682199001019996",
            name="姜𠮷",
            legal_representative="",
        )
        received.refresh_from_db()
        assert (made.identity_changed, received.party.name) == (True, "姜𠮷")
        assert Party.objects.count() == 2
        accepted = make.accepted(people)
        before = standing(accepted)
        with pytest.raises(DomainError, match="受理后不能更换申请人") as refusal:
            corrected(
                people, accepted, kind="natural", id_kind="resident_id", id_number="370682199001019996", name="姜𠮷"
            )
        assert refusal.value.article == "行政许可法第三十二条"
        assert standing(accepted) == before

    def test_a_corrected_receipt_of_a_received_case_says_the_same_term(self, people):
        case = make.received(people)
        made = corrected(people, case, request="冷食类食品制售")
        first = case.letters.filter(kind="D01").first().snapshot["print"]
        assert made.receipt.snapshot["print"]["answer_due"] == first["answer_due"] != ""

    def test_a_second_correction_names_the_first_receipt_too(self, people):
        case = make.received(people)
        one = corrected(people, case, request="冷食类食品制售")
        two = corrected(people, case, request="糕点类食品制售")
        assert one.original == two.original
        assert [change["old"] for change in two.changes] == ["冷食类食品制售"]

    def test_it_stands_as_written(self, people):
        made = corrected(people, make.received(people), request="冷食类食品制售")
        with pytest.raises(AppendOnlyError):
            IntakeCorrection.objects.filter(pk=made.pk).update(reason="别的")


class TestRefused:
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"reason": " "}, "请填写更正的理由"),
            ({}, "没有改动任何内容"),
            ({"phone": "123"}, "号码"),
            ({"name": ""}, "名称"),
            ({"id_number": "91370682MA00000A9N"}, "校验"),
        ],
    )
    def test_what_cannot_be_taken_down(self, people, wrong, sentence):
        case = make.received(people)
        before = standing(case)
        with pytest.raises(InvalidInput, match=sentence):
            corrected(people, case, **wrong)
        assert (standing(case), IntakeCorrection.objects.count()) == (before, 0)

    def test_after_the_decision_and_by_others(self, people):
        case = make.granted(people)
        before = standing(case)
        with pytest.raises(StaleState, match="不能更正收件登记"):
            corrected(people, case, request="冷食类食品制售")
        with pytest.raises(NotPermitted):
            correct_intake(
                make.received(people).number,
                entries=replace(AS_TAKEN, request="别的"),
                reason="录入有误",
                actor=people.reviewer,
                at=LATER,
            )
        assert standing(case) == before

    def test_another_purpose_after_acceptance(self, people):
        case = make.accepted(people)
        before = standing(case)
        with pytest.raises(DomainError, match="受理后不能更改办理项"):
            corrected(people, case, purpose="renewal", licence_number="x")
        assert standing(case) == before


class TestPage:
    @pytest.fixture
    def window(self, people, client, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: LATER)
        client.force_login(people.clerk)
        return client

    def test_the_clerk_corrects_on_the_page_and_the_case_shows_both_receipts(self, people, window):
        case = make.accepted(people)
        page = reverse("intake-correct", args=[case.number])
        assert page in window.get(f"/cases/{case.number}/").content.decode()
        shown = window.get(page).content.decode()
        assert "138****0000" in shown and "13800000000" not in shown
        form = window.get(page).context["form"]
        typed = {bound.html_name: "" if bound.value() is None else bound.value() for bound in form}
        answer = window.post(page, typed | {"request": "冷食类食品制售", "reason": "录入有误"})
        assert answer["Location"] == f"/cases/{case.number}/"
        made = IntakeCorrection.objects.get()
        assert [change["field"] for change in made.changes] == ["request"]
        shown = window.get(f"/cases/{case.number}/").content.decode()
        assert made.receipt.number in shown and made.original.number in shown
        case.refresh_from_db()
        assert (case.party.phone, case.contact_phone) == ("13800000000", "")

    def test_what_is_wrong_stands_beside_the_field_and_a_stale_page_changes_nothing(self, people, window):
        case = make.received(people)
        page = reverse("intake-correct", args=[case.number])
        typed = {
            bound.html_name: "" if bound.value() is None else bound.value()
            for bound in window.get(page).context["form"]
        }
        refused = window.post(page, typed | {"phone": "12", "reason": "x"})
        assert refused.status_code == 422
        assert refused.context["form"].errors["phone"]
        before = standing(case)
        stale = window.post(page, typed | {"version": "0", "request": "别的", "reason": "x"})
        assert stale.status_code == 409
        assert standing(case) == before
