"""The reviewer's, decider's, issuing clerk's and the public's pages over HTTP."""

import time
from datetime import UTC, date, datetime

import pytest
from django.core import signing

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.jobs import run_due_jobs
from laiyang_approval.kernel.models import AuditRecord, Department
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from windows import public_status, shown_code
from windows.commands.sweeping import turn_lights
from windows.domain.case_numbers import case_number
from windows.domain.intake import Outcome
from windows.models import Case, CaseEvent, Letter, Reminder

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_ten_on_tuesday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def as_person(client):
    """A function that signs a person in, freshly confirmed, and gives their browser."""

    def sign_in(user):
        client.force_login(user)
        session = client.session
        session.update({"signed_in_at": NOW.timestamp(), "seen_at": NOW.timestamp(), "confirmed_at": NOW.timestamp()})
        session.save()
        return client

    return sign_in


def act(browser, case: Case, action: str, **fields):
    case.refresh_from_db()
    return browser.post(f"/cases/{case.number}/acts/{action}/", {"version": case.version} | fields)


class TestInbox:
    def test_open_cases_stand_first_due_first(self, people, as_person):
        later = make.accepted(people, at=make.days_later(1))
        first = make.accepted(people)
        page = as_person(people.reviewer).get("/inbox/").content.decode()
        assert page.index(first.number) < page.index(later.number)
        assert "剩6个工作日" in page

    def test_another_departments_cases_are_not_there(self, people, as_person):
        case = make.accepted(people)
        police = make.People("GA")
        browser = as_person(police.reviewer)
        assert case.number not in browser.get("/inbox/").content.decode()
        assert browser.get(f"/cases/{case.number}/").status_code == 404
        assert browser.get("/cases/", {"q": case.number}).status_code == 200

    def test_a_reviewer_without_a_department_to_review_for_has_nothing_to_do(self, people, as_person):
        make.accepted(people)
        new = make.person("xinren", Role.REVIEWER)
        assert "没有待审查的办件" in as_person(new).get("/inbox/").content.decode()

    def test_search_by_number_opens_the_case(self, people, as_person):
        case = make.accepted(people)
        answer = as_person(people.reviewer).get("/cases/", {"q": case.number})
        assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.number}/")

    def test_search_by_credit_code_finds_the_applicant(self, people, as_person):
        case = make.accepted(people)
        page = as_person(people.reviewer).get("/inbox/", {"q": "91370682MA00000A9M"}).content.decode()
        assert case.number in page

    @pytest.mark.parametrize("cursor", ["x", "20260101", "20261399-1", "99999999999999999999-1", "２０２６0101-1"])
    def test_a_made_up_page_position_is_told(self, people, as_person, cursor):
        answer = as_person(people.reviewer).get("/inbox/", {"after": cursor})
        assert answer.status_code == 422
        assert "翻页位置无效" in answer.content.decode()

    def test_fifty_to_a_page_and_every_case_once(self, people, as_person):
        numbers = {make.accepted(people).number for _ in range(53)}
        browser = as_person(people.reviewer)
        first = browser.get("/inbox/")
        cursor = first.context["next_cursor"]
        second = browser.get("/inbox/", {"after": cursor})
        seen = [number for page in (first, second) for number in numbers if number in page.content.decode()]
        assert sorted(seen) == sorted(numbers)
        assert second.context["next_cursor"] == ""

    def test_the_page_takes_as_many_queries_for_one_case_as_for_thirty(
        self, people, as_person, django_assert_num_queries
    ):
        browser = as_person(people.reviewer)
        make.accepted(people)
        browser.get("/inbox/")
        with django_assert_num_queries(3):
            browser.get("/inbox/")
        for _ in range(30):
            make.accepted(people)
        with django_assert_num_queries(3):
            browser.get("/inbox/")


class TestCasePage:
    def test_review_opinion_grant_issue_deliver_by_their_pages(self, people, as_person):
        case = make.accepted(people)
        browser = as_person(people.reviewer)
        assert act(browser, case, "start_review").status_code == 302
        assert act(browser, case, "credit_check", source="信用中国（山东）", result="clear").status_code == 302
        assert act(browser, case, "submit_opinion", proposal="grant", text="符合条件，建议准予。").status_code == 302
        browser = as_person(people.decider)
        answer = act(browser, case, "grant", content="热食类食品制售", valid_from="2026-03-03", valid_to="2031-03-02")
        assert answer.status_code == 302
        browser = as_person(people.issuer)
        assert act(browser, case, "issue").status_code == 302
        answer = act(browser, case, "deliver", method="direct", recipient="邹念慈")
        assert answer.status_code == 302
        case.refresh_from_db()
        assert case.state == "delivered"

    def test_an_act_not_allowed_stands_grey_with_who_could_do_it(self, people, as_person):
        case = make.pending_decision(people)
        page = as_person(people.reviewer).get(f"/cases/{case.number}/").content.decode()
        assert "须由审批决定人（局领导）、市政府负责人办理" in page
        assert 'aria-disabled="true"' in page

    def test_what_was_typed_stays_when_the_act_is_refused(self, people, as_person):
        case = make.pending_decision(people)
        answer = act(as_person(people.decider), case, "refuse", facts="查明的事实在此", reasons="")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "查明的事实在此" in page
        assert "请填写不予许可的理由。" in page
        case.refresh_from_db()
        assert case.state == "pending_decision"

    def test_a_stale_page_is_told_and_nothing_happens(self, people, as_person):
        case = make.accepted(people)
        browser = as_person(people.reviewer)
        answer = browser.post(f"/cases/{case.number}/acts/start_review/", {"version": 99})
        assert answer.status_code == 409
        assert "本件已由于晓静办理" in answer.content.decode()
        case.refresh_from_db()
        assert case.state == "accepted"

    def test_deciding_asks_for_the_password_when_it_was_given_long_ago(self, people, as_person, client):
        case = make.pending_decision(people)
        browser = as_person(people.decider)
        session = client.session
        session["confirmed_at"] = make.MONDAY.timestamp()
        session.save()
        answer = act(browser, case, "grant", content="热食", valid_from="2026-03-03")
        assert answer.status_code == 403
        assert "密码" in answer.content.decode()
        case.refresh_from_db()
        assert case.state == "pending_decision"

    @pytest.mark.parametrize("text", ["字" * 10_000, "\U0001f600审查", "<script>alert(1)</script>", "=1+1"])
    def test_long_odd_and_hostile_text_is_answered_in_words(self, people, as_person, text):
        case = make.credit_checked(people, make.in_review(people), at=make.days_later(0, hours=2))
        answer = act(as_person(people.reviewer), case, "submit_opinion", proposal="grant", text=text)
        assert answer.status_code in {302, 422}
        page = as_person(people.reviewer).get(f"/cases/{case.number}/").content.decode()
        assert "<script>alert" not in page

    def test_numbers_are_masked_until_shown_for_a_purpose_that_is_recorded(self, people, as_person):
        case = make.in_review(people)
        browser = as_person(people.reviewer)
        page = browser.get(f"/cases/{case.number}/").content.decode()
        assert "91370682MA00000A9M" not in page
        refused = browser.post(f"/cases/{case.number}/reveal/", {"purpose": ""})
        assert (refused.status_code, AuditRecord.objects.filter(action="reveal").count()) == (422, 0)
        shown = browser.post(f"/cases/{case.number}/reveal/", {"purpose": "核对营业执照"}).content.decode()
        assert "91370682MA00000A9M" in shown
        record = AuditRecord.objects.get(action="reveal")
        assert (record.actor, record.purpose) == (people.reviewer, "核对营业执照")

    def test_events_hold_no_name_no_id_number_and_no_phone(self, people):
        make.delivered(people)
        written = str(list(CaseEvent.objects.values()))
        for secret in ("餐饮店", "邹念慈", "91370682MA00000A9M", "13800000000"):
            assert secret not in written

    def test_letters_open_for_those_who_may_see_the_case_only(self, people, as_person):
        make.accepted(people)
        run_due_jobs(at=NOW)
        letter = Letter.objects.get(kind="D06")
        answer = as_person(people.reviewer).get(f"/letters/{letter.pk}/")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        assert as_person(make.People("GA").reviewer).get(f"/letters/{letter.pk}/").status_code == 404


class TestReminders:
    def test_a_reminder_stands_until_somebody_has_read_it(self, people, as_person):
        case = make.accepted(people)
        turn_lights(at=datetime(2026, 3, 12, 1, 0, tzinfo=UTC))
        browser = as_person(people.reviewer)
        assert browser.get("/reminders/").content.decode().count(case.number) >= 2
        for reminder in Reminder.objects.all():
            browser.post(f"/reminders/{reminder.pk}/read/")
        assert "没有未阅的提醒" in browser.get("/reminders/").content.decode()

    def test_another_departments_reminder_is_not_there(self, people, as_person):
        make.accepted(people)
        turn_lights(at=datetime(2026, 3, 12, 1, 0, tzinfo=UTC))
        reminder = Reminder.objects.first()
        assert as_person(make.People("GA").reviewer).post(f"/reminders/{reminder.pk}/read/").status_code == 404
        assert Reminder.objects.get(pk=reminder.pk).read_at is None


class TestPublicStatus:
    def ask(self, client, number: str, code: str):
        return client.post("/status/", {"number": number, "code": code})

    def test_number_and_code_show_where_the_case_stands(self, people, client):
        taken = make.taken_in(people)
        page = self.ask(client, taken.case.number.lower(), taken.query_code.lower()).content.decode()
        assert "您的申请已受理（2026年3月2日），等待审查。" in page
        assert "2026-03-11" in page
        assert "2026-03-16" in page
        assert "邹念慈" not in page
        assert "餐饮店" not in page

    def test_one_query_once_the_catalogue_is_warm(self, people, client, django_assert_num_queries):
        taken = make.taken_in(people)
        self.ask(client, taken.case.number, taken.query_code)
        with django_assert_num_queries(1):
            assert self.ask(client, taken.case.number, taken.query_code).status_code == 200

    def test_a_body_founded_since_the_process_started_is_known_at_once(self, people):
        public_status._department(people.clerk.department_id)
        founded = Department.objects.create(
            code="NEW", name="莱阳市新设机关", short_name="新设机关", document_word="莱新", valid_from=date(2026, 3, 3)
        )
        assert public_status._department(founded.pk).name == "莱阳市新设机关"

    def test_wrong_code_and_unknown_number_get_the_same_answer(self, people, client):
        taken = make.taken_in(people)
        wrong = self.ask(client, taken.case.number, "AAAAAAAA")
        unknown = self.ask(client, case_number(date(2026, 3, 2), 777), "AAAAAAAA")
        assert wrong.status_code == unknown.status_code == 404
        same = [answer.content.decode().replace(number, "N") for answer, number in ((wrong, taken.case.number), (unknown, case_number(date(2026, 3, 2), 777)))]  # fmt: skip
        assert len(same[0]) == len(same[1])
        assert "没有查到。请核对受理编号和查询码" in same[0]

    def test_after_ten_wrong_codes_the_address_waits_but_the_applicant_elsewhere_gets_in(self, people, client):
        taken = make.taken_in(people)
        codes = [self.ask(client, taken.case.number, "AAAAAAAA").status_code for _ in range(11)]
        assert codes == [404] * 10 + [429]
        assert self.ask(client, taken.case.number, taken.query_code).status_code == 429
        elsewhere = client.post(
            "/status/", {"number": taken.case.number, "code": taken.query_code}, REMOTE_ADDR="127.0.0.9"
        )
        assert elsewhere.status_code == 200

    @pytest.mark.parametrize("number", ["", "x" * 5000, "LY٢٦٠٣٠٢٠٠٠٠١٠", "' OR 1=1", "😀"])
    def test_odd_numbers_are_answered_in_words(self, people, client, number):
        assert self.ask(client, number, "AAAAAAAA").status_code in {404, 422}

    def test_letters_open_after_the_code_and_only_those_of_the_case(self, people, client):
        taken, other = make.taken_in(people), make.accepted(people)
        run_due_jobs(at=NOW)
        assert client.get("/status/letters/").status_code == 403
        self.ask(client, taken.case.number, taken.query_code)
        assert "受理通知书" in client.get("/status/letters/").content.decode()
        mine = Letter.objects.get(case=taken.case, kind="D06")
        theirs = Letter.objects.get(case=other, kind="D06")
        assert client.get(f"/status/letters/{mine.pk}/").content.startswith(b"%PDF")
        assert client.get(f"/status/letters/{theirs.pk}/").status_code == 404
        client.post("/status/leave/")
        assert client.get(f"/status/letters/{mine.pk}/").status_code == 403

    def test_after_half_an_hour_the_page_asks_again_and_says_why(self, people, client, monkeypatch):
        taken = make.taken_in(people)
        self.ask(client, taken.case.number, taken.query_code)
        assert client.get("/status/case/").status_code == 200
        in_half_an_hour = time.time() + shown_code.COOKIE_SECONDS + 1
        monkeypatch.setattr(signing.time, "time", lambda: in_half_an_hour)
        answer = client.get("/status/case/")
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "<h1>请重新查询</h1>" in page
        assert "查询结果只保留半小时" in page
        assert "没有查到" not in page
        assert taken.case.number not in page

    def test_a_missing_calendar_year_is_told_as_such(self, people, client, monkeypatch):
        late = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: late)
        taken = make.taken_in(people, "CG-06", at=late)
        page = self.ask(client, taken.case.number, taken.query_code).content.decode()
        assert "待公布" in page
        assert "暂定" in page
        assert "2027年放假安排公布后告知" in page

    def test_a_due_date_of_an_unpublished_year_reads_as_a_sentence(self, people, client, monkeypatch):
        late = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: late)
        kept = make.taken_in(people, at=late, outcome=Outcome.KEEP)
        page = self.ask(client, kept.case.number, kept.query_code).content.decode()
        assert "我们应在5个工作日内（届满日待2027年放假安排公布后告知）一次告知是否需要补正。" in page


class TestVerify:
    def token_of(self, letter: Letter) -> str:
        return letter.snapshot["meta"]["verify_url"].rstrip("/").rpartition("/")[2]

    def test_the_certificates_qr_code_shows_a_valid_licence(self, people, client):
        case = make.issued(people)
        letter = Letter.objects.get(case=case, kind="C01")
        page = client.get(f"/verify/{self.token_of(letter)}/").content.decode()
        assert "证照真实、有效。" in page
        assert letter.number in page

    def test_an_expired_licence_says_so(self, people, client, monkeypatch):
        case = make.issued(people)
        monkeypatch.setattr(clock, "now", lambda: datetime(2031, 3, 2, 2, 0, tzinfo=UTC))
        page = client.post("/verify/", {"number": case.licence.number}).content.decode()
        assert "已于2031-03-01有效期届满" in page

    def test_a_persons_name_is_masked(self, people, client):
        case = make.accepted(people, "WJ-10", party=make.PERSON)
        page = client.get(f"/verify/{self.token_of(Letter.objects.get(case=case, kind='D06'))}/").content.decode()
        assert "姜𠮷" not in page
        assert "姜*" in page

    @pytest.mark.parametrize("path", ["/verify/nothing/", "/verify/" + "x" * 300 + "/"])
    def test_an_unknown_code_is_not_ours(self, people, client, path):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "不能认定为本局出具" in answer.content.decode()
