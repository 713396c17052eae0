"""The pages of inspectors, asked departments, hosts and the public, over HTTP; and what the applicant is told."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.models import StoredFile
from laiyang_approval.kernel.uploads import store_upload
from tests.corpus.files import jpg, pdf
from tests.factories import cases as make
from tests.factories import examination as done
from tests.factories.examination import moment
from windows.domain.asked import asked_sentences
from windows.models import Case, CaseFile, HearingRecord, Letter, ProcedureNotice, SiteCheck


@pytest.fixture
def hand(monkeypatch):
    """The hand of the clock: call it with a moment, and it is that moment everywhere."""
    now = [moment("2026-03-04")]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def move(to):
        now[0] = to

    return move


@pytest.fixture
def as_person(client):
    """A function that signs a person in, freshly confirmed, and gives their browser."""

    def sign_in(user):
        client.force_login(user)
        session = client.session
        at = clock.now().timestamp()
        session.update({"signed_in_at": at, "seen_at": at, "confirmed_at": at})
        session.save()
        return client

    return sign_in


@pytest.fixture
def case(people, hand) -> Case:
    return make.in_review(people)


def act(browser, case: Case, action: str, **fields):
    case.refresh_from_db()
    return browser.post(f"/cases/{case.number}/acts/{action}/", {"version": case.version} | fields)


def page_of(browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


FOUND = {
    "checked_at": "2026-03-04T09:30",
    "findings": "布局与平面图一致。",
    "conclusion": "met",
    "party_signature": "signed",
    "party_name": "邹念慈",
}


class TestChecks:
    def test_the_reviewer_sends_two_and_one_writes_down_what_was_found_with_photos(
        self, people, case, as_person, settings, tmp_path
    ):
        settings.FILES_DIR = tmp_path
        first, second = done.inspectors()
        sent = {
            "first_inspector_id": first.pk, "first_certificate": "鲁F370682001", "second_inspector_id": first.pk,
            "second_certificate": "鲁F370682002", "planned_at": "2026-03-04T15:00", "place": "某某路18号", "subject": "布局",
        }  # fmt: skip
        answer = act(as_person(people.reviewer), case, "assign_site_check", **sent)
        assert answer.status_code == 409
        assert "同一人不能算两名" in answer.content.decode()
        sent["second_inspector_id"] = second.pk
        assert act(as_person(people.reviewer), case, "assign_site_check", **sent).status_code == 302
        check = SiteCheck.objects.get()
        browser = as_person(first)
        assert "与栾晓东同去" in page_of(browser, "/checks/")
        assert "鲁F370682002" in page_of(browser, f"/checks/{check.pk}/")
        photos = [SimpleUploadedFile(f"{n}.jpg", jpg()) for n in "ab"]
        answer = browser.post(f"/checks/{check.pk}/", FOUND | {"photos": photos})
        assert (answer.status_code, answer["Location"]) == (302, "/checks/")
        check.refresh_from_db()
        assert (check.conclusion, check.photos.count(), check.letter.kind) == ("met", 2, "D25")
        shown = page_of(as_person(people.reviewer), f"/cases/{case.number}/")
        assert "a.jpg" in shown
        assert "邹念慈，已签字" in shown

    def test_a_record_that_lacks_something_keeps_what_was_typed_and_no_photo(
        self, people, case, as_person, settings, tmp_path
    ):
        settings.FILES_DIR = tmp_path
        check = done.check_assigned(people, case, at=moment("2026-03-04"))
        browser = as_person(done.inspector())
        wrong = FOUND | {"party_signature": "refused", "photos": SimpleUploadedFile("a.jpg", jpg())}
        answer = browser.post(f"/checks/{check.pk}/", wrong)
        assert answer.status_code == 422
        assert "请填写见证人姓名" in answer.content.decode()
        assert "布局与平面图一致。" in answer.content.decode()
        bad = FOUND | {"photos": SimpleUploadedFile("a.jpg", b"<html>")}
        assert browser.post(f"/checks/{check.pk}/", bad).status_code == 422
        assert (CaseFile.objects.count(), StoredFile.objects.count()) == (0, 0)
        assert SiteCheck.objects.get().recorded_at is None

    def test_an_inspector_sees_the_cases_they_are_sent_to_and_no_others(self, people, case, as_person):
        check = done.check_assigned(people, case, at=moment("2026-03-04"))
        other = make.in_review(people)
        browser = as_person(done.inspector())
        assert page_of(browser, f"/cases/{case.number}/")
        assert browser.get(f"/cases/{other.number}/").status_code == 404
        assert other.number not in page_of(browser, "/cases/")
        stranger = as_person(done.inspector("inspector-3", "初昇"))
        assert stranger.get(f"/cases/{case.number}/").status_code == 404
        assert stranger.get(f"/checks/{check.pk}/").status_code == 404
        assert stranger.post(f"/checks/{check.pk}/", FOUND).status_code == 404
        assert stranger.get(f"/checks/{check.pk + 1}/").status_code == 404
        assert check.recorded_at is None

    def test_somebody_of_the_own_body_who_was_not_sent_is_told_who_was(self, people, case, as_person):
        check = done.check_assigned(people, case, at=moment("2026-03-04"))
        staff = make.person("staff-sp", make.Role.DEPARTMENT_STAFF, right="review_for_department")
        answer = as_person(staff).post(f"/checks/{check.pk}/", FOUND)
        assert answer.status_code == 403
        assert "须由指派的核查人员迟立新、栾晓东之一登记" in answer.content.decode()


class TestConsultations:
    @pytest.fixture
    def asked(self, people, case, settings, tmp_path):
        settings.FILES_DIR = tmp_path
        row = done.consulted(people, case, at=moment("2026-03-04"))
        shared, kept = case.materials.order_by("pk")[:2]
        for material in (shared, kept):
            stored = store_upload(SimpleUploadedFile(f"{material.pk}.pdf", pdf()), actor=people.clerk, at=clock.now())
            CaseFile.objects.create(case=case, material=material, stored=stored, added_at=clock.now())
        return row

    def test_the_department_sees_what_was_shared_and_nothing_else(self, people, case, asked, as_person):
        browser = as_person(done.staff_of("GA"))
        assert "请就该场所的治安条件提出意见。" in page_of(browser, "/consultations/")
        shown = page_of(browser, f"/consultations/{asked.pk}/")
        shared, kept = case.materials.select_related("edition_material").order_by("pk")[:2]
        for text in ("食品经营许可", "热食类食品制售", "莱阳市某某餐饮店", shared.edition_material.name):
            assert text in shown
        for text in (kept.edition_material.name, "13800000000", "91370682MA00000A9M", "邹念慈", "于晓静"):
            assert text not in shown
        mine, theirs = (CaseFile.objects.get(material=material).pk for material in (shared, kept))
        assert browser.get(f"/consultations/{asked.pk}/files/{mine}/").status_code == 200
        for closed in (
            f"/consultations/{asked.pk}/files/{theirs}/",
            f"/cases/{case.number}/",
            f"/cases/{case.number}/files/{mine}/",
            f"/letters/{case.letters.first().pk}/",
        ):
            assert browser.get(closed).status_code == 404, closed

    def test_a_persons_name_is_masked(self, people, hand, as_person):
        case = make.in_review(people, party=make.PERSON, code="WJ-10")
        row = done.consulted(people, case, at=moment("2026-03-04"))
        shown = page_of(as_person(done.staff_of("GA")), f"/consultations/{row.pk}/")
        assert "姜*" in shown
        assert "姜𠮷" not in shown

    def test_another_department_and_the_asking_body_have_no_such_page(self, people, asked, as_person):
        for user in (done.staff_of("MZ"), done.staff_of("SP", "staff-sp"), people.reviewer, done.host()):
            browser = as_person(user)
            assert browser.get(f"/consultations/{asked.pk}/").status_code == 404
            assert browser.post(f"/consultations/{asked.pk}/", {"answer": "agreed"}).status_code == 404
        asked.refresh_from_db()
        assert asked.answered_at is None

    def test_the_answer_goes_back_to_the_case(self, people, case, asked, as_person):
        browser = as_person(done.staff_of("GA"))
        answer = browser.post(f"/consultations/{asked.pk}/", {"answer": "objected", "text": ""})
        assert answer.status_code == 422
        assert "请写明条件、理由和依据" in answer.content.decode()
        answer = browser.post(f"/consultations/{asked.pk}/", {"answer": "objected", "text": "距学校不足二百米。"})
        assert answer.status_code == 302
        assert "距学校不足二百米。" in page_of(as_person(people.reviewer), f"/cases/{case.number}/")
        browser = as_person(done.staff_of("GA"))
        answer = browser.post(f"/consultations/{asked.pk}/", {"answer": "agreed"})
        assert answer.status_code == 409
        assert "已经答复，不能重复答复" in answer.content.decode()

    def test_people_are_named_a_line_each(self, people, case, as_person):
        row = done.consulted(people, case, at=moment("2026-03-04"), kind="site_visit")
        browser = as_person(done.staff_of("GA"))
        assert browser.post(f"/consultations/{row.pk}/", {"people": " "}).status_code == 422
        answer = browser.post(f"/consultations/{row.pk}/", {"people": "栾晓东 工程师\n\n初昇", "text": "届时参加。"})
        assert answer.status_code == 302
        row.refresh_from_db()
        assert row.people == [{"name": "栾晓东", "title": "工程师"}, {"name": "初昇", "title": ""}]

    def test_the_rail_counts_what_waits(self, people, case, asked, as_person):
        done.check_assigned(people, case, at=moment("2026-03-04"))
        for user, name in ((done.staff_of("GA"), "consultations"), (done.inspector(), "checks")):
            assert f'id="count-{name}" hx-swap-oob="true">1<' in page_of(as_person(user), "/workbench/counts/")

    def test_after_the_term_the_list_says_so(self, people, asked, as_person, hand):
        hand(moment("2026-03-12"))
        assert "逾期" in page_of(as_person(done.staff_of("GA")), "/consultations/")


class TestHearing:
    def test_the_whole_hearing_by_its_pages(self, people, as_person, hand):
        hand(moment("2026-04-23"))
        case = make.in_review(people, at=moment("2026-04-20"))
        host = done.host()
        browser = as_person(people.reviewer)
        interested = {"kind": "natural", "name": "吕䶮", "interest": "共用通风道"}
        assert act(browser, case, "inform_interested", **interested).status_code == 302
        assert act(browser, case, "tell_hearing_right").status_code == 302
        for notice in ProcedureNotice.objects.filter(case=case):
            served = act(
                browser, case, "serve_notice", notice_id=notice.pk, method="direct", recipient="本人", relation="本人"
            )
            assert served.status_code == 302
        right = ProcedureNotice.objects.get(kind="hearing_right", interested_party__isnull=False)
        asks = {"notice_id": right.pk, "answer": "requested", "answered_on": "2026-04-23"}
        assert act(browser, case, "answer_hearing_right", **asks).status_code == 302
        called = {"host_id": host.pk, "held_at": "2026-05-01T09:00", "place": "三楼听证室"}
        refused = act(browser, case, "call_hearing", **called)
        assert refused.status_code == 409
        assert "2026年5月1日是劳动节，听证应在工作日举行" in refused.content.decode()
        assert act(browser, case, "call_hearing", **called | {"held_at": "2026-05-12T09:00"}).status_code == 302
        done.serve_all(people, case, at=moment("2026-04-24"))
        assert case.number in page_of(browser, "/hearings/")

        hand(moment("2026-05-12", 11))
        browser = as_person(host)
        shown = page_of(browser, f"/cases/{case.number}/")
        assert "利害关系人吕䶮姓名" in shown
        party = case.interested_parties.get().pk
        told = {
            "began_at": "2026-05-12T09:00", "review_case": "布局符合要求。", "defence": "要求另设排烟管道。",
            "name-reviewer": "隋志远", "signature-reviewer": "signed",
            "name-applicant": "邹念慈", "signature-applicant": "refused",
            f"name-{party}": "吕䶮", f"signature-{party}": "signed",
            "others": "初昇 代理人",
        }  # fmt: skip
        refused = act(browser, case, "record_hearing", **told)
        assert refused.status_code == 422
        assert "请注明情况" in refused.content.decode()
        assert "要求另设排烟管道。" in refused.content.decode()
        assert act(browser, case, "record_hearing", **told | {"note-applicant": "认为记录不全"}).status_code == 302
        record = HearingRecord.objects.get()
        assert [(one["name"], one["capacity"]) for one in record.attendees] == [
            ("隋志远", "审查人员"), ("邹念慈", "申请人（代表）"), ("吕䶮", "利害关系人吕䶮"), ("初昇", "代理人"),
        ]  # fmt: skip

        browser = as_person(people.reviewer)
        assert act(browser, case, "credit_check", source="信用中国（山东）", result="clear").status_code == 302
        assert act(browser, case, "submit_opinion", proposal="grant", text="根据听证笔录准予。").status_code == 302
        browser = as_person(people.decider)
        assert f"本决定根据听证笔录（{record.letter.number}）作出" in page_of(browser, f"/cases/{case.number}/")
        grant = {"content": "热食类食品制售", "valid_from": "2026-05-12", "valid_to": "2031-05-11"}
        refused = act(browser, case, "grant", **grant)
        assert refused.status_code == 409
        assert "须根据听证笔录" in refused.content.decode()
        assert act(browser, case, "grant", **grant | {"cites_hearing": "on"}).status_code == 302
        assert record.letter.number in Letter.objects.get(case=case, kind="D15").snapshot["print"]["basis"]

    def test_an_act_that_waits_says_for_what(self, people, case, as_person):
        make.credit_checked(people, case, at=moment("2026-03-04"))
        done.check_assigned(people, case, at=moment("2026-03-04"))
        shown = page_of(as_person(people.reviewer), f"/cases/{case.number}/")
        assert "请核查人员迟立新、栾晓东登记核查记录后再提交" in shown
        assert "提交审查意见" in shown

    def test_what_was_typed_stays_when_something_else_comes_first(self, people, case, as_person):
        answer = act(
            as_person(people.reviewer), case, "submit_opinion", proposal="grant", text="布局符合要求，建议准予。"
        )
        assert answer.status_code == 409
        assert "还没有登记信用查询" in answer.content.decode()
        assert "布局符合要求，建议准予。" in answer.content.decode()

    def test_a_host_sees_the_case_they_host_and_no_other(self, people, hand, as_person):
        hand(moment("2026-04-23"))
        case = make.in_review(people, at=moment("2026-04-20"))
        notice = done.told_right(people, case, at=moment("2026-04-23"))
        done.answered(people, notice, "requested", at=moment("2026-04-23"))
        browser = as_person(done.host())
        assert browser.get(f"/cases/{case.number}/").status_code == 404
        done.called(people, case, held_at=moment("2026-05-12", 9), at=moment("2026-04-23", 11))
        assert page_of(browser, f"/cases/{case.number}/")
        assert case.number in page_of(browser, "/hearings/")


class TestThePublic:
    @pytest.fixture
    def announced(self, people, hand) -> Case:
        hand(moment("2026-04-23"))
        case = make.in_review(people, at=moment("2026-04-20"), party=make.PERSON, code="WJ-10")
        done.informed(people, case, at=moment("2026-04-22"))
        notice = done.told_right(people, case, at=moment("2026-04-23"))
        done.answered(people, notice, "requested", at=moment("2026-04-23"))
        done.called(people, case, held_at=moment("2026-05-12", 9), at=moment("2026-04-23", 11), announce=True)
        done.serve_all(people, case, at=moment("2026-04-23", 12))
        return case

    def test_an_announced_hearing_stands_on_its_page_until_it_is_held(self, announced, client, hand):
        shown = page_of(client, "/hearings/notices/")
        assert "2026-05-12 09:00" in shown
        assert "姜*" in shown
        assert "姜𠮷" not in shown
        assert "吕䶮" not in shown
        hand(moment("2026-05-13"))
        assert "目前没有将要举行的听证" in page_of(client, "/hearings/notices/")

    def test_the_applicant_reads_on_the_status_page_what_they_may_do(self, people, announced, client, hand):
        told = make.in_review(people, at=moment("2026-04-20"))
        done.told_right(people, told, at=moment("2026-04-23"))
        Case.objects.update(query_code_hmac=query_code_hmac("ABCDEFGH"))
        shown = client.post("/status/", {"number": told.number, "code": "ABCDEFGH"}).content.decode()
        assert "您有权要求听证：请在2026年4月30日前（含当日）" in shown
        assert "请留意上面的提示，请保持电话畅通" in shown
        shown = client.post("/status/", {"number": announced.number, "code": "ABCDEFGH"}).content.decode()
        assert "听证定于2026年5月12日9时00分在莱阳市政务服务大厅三楼听证室公开举行，主持人修正义" in shown
        # Papers to interested parties are not the applicant's to read.
        letters = page_of(client, "/status/letters/")
        assert "听证通知书" in letters
        assert "利害关系人告知书" not in letters
        theirs = Letter.objects.get(case=announced, kind="D11")
        assert client.get(f"/status/letters/{theirs.pk}/").status_code == 404

    def test_a_status_look_up_stays_one_statement(self, announced, client):
        Case.objects.update(query_code_hmac=query_code_hmac("ABCDEFGH"))
        asked = {"number": announced.number, "code": "ABCDEFGH"}
        client.post("/status/", asked)
        with CaptureQueriesContext(connection) as seen:
            client.post("/status/", asked)
        assert len(seen) == 1


@pytest.mark.parametrize("address", ["/checks/", "/consultations/", "/hearings/", "/hearings/notices/"])
def test_a_list_takes_as_many_statements_for_one_case_as_for_five(people, hand, as_person, address):
    """Each list in the browser of whoever reads it, with one case of each procedure and with five."""
    hand(moment("2026-04-23"))

    def one_more():
        case = make.in_review(people, at=moment("2026-04-20"))
        done.check_assigned(people, case, at=moment("2026-04-23"))
        done.consulted(people, case, at=moment("2026-04-23"))
        row = done.consulted(people, case, at=moment("2026-04-23"), kind="drawings")
        done.people_sent("GA", row, at=moment("2026-04-23"))
        notice = done.told_right(people, case, at=moment("2026-04-23"))
        done.answered(people, notice, "requested", at=moment("2026-04-23"))
        done.called(people, case, held_at=moment("2026-05-12", 9), at=moment("2026-04-23", 11), announce=True)
        done.serve_all(people, case, at=moment("2026-04-23", 12))

    readers = {"/checks/": done.inspector(), "/consultations/": done.staff_of("GA"), "/hearings/": people.reviewer}
    one_more()
    browser = as_person(readers.get(address, people.reviewer))
    counts = []
    for more in range(2):
        for _ in range(4 * more):
            one_more()
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            page_of(browser, address)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_every_kind_of_thing_the_applicant_is_told_has_its_sentence():
    facts = [
        {"kind": "hearing_right", "until": None},
        {"kind": "hearing_right", "until": "2026-05-07"},
        {"kind": "hearing_coming", "hold_by": None, "requested": False},
        {"kind": "hearing_held", "on": "2026-05-12"},
        {"kind": "site_check", "at": "2026-05-12T14:05", "place": "某某路18号"},
        {"kind": "visit", "label": "联合验收", "at": "2026-05-12T09:00", "place": "项目现场"},
        {"kind": "panel", "on": "2026-05-12"},
        {"kind": "interested"},
    ]
    assert asked_sentences(facts, today=date(2026, 5, 8)) == [
        "您有权要求听证；申请的最后一日待放假安排公布后告知（行政许可法第四十七条）。",
        "申请听证的期限已于2026年5月7日届满。",
        "本机关决定就本件举行听证；时间、地点会在举行的七个工作日前通知您（行政许可法第四十八条）。",
        "听证已于2026年5月12日举行，决定将根据听证笔录作出（行政许可法第四十八条）。",
        "核查人员将于2026年5月12日14时05分到某某路18号现场核查；请派人到场。",
        "有关部门定于2026年5月12日9时00分在项目现场联合验收，只来一次；请配合。",
        "正在组织专家评审（2026年5月12日），您不用参加。",
        "本件关系他人重大利益，已告知利害关系人；您也有权陈述和申辩（行政许可法第三十六条）。",
    ]
    assert asked_sentences(None, today=date(2026, 5, 8)) == []
