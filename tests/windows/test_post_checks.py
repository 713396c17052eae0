"""承诺核查: checked by two, mended on order, or ground for revocation; its own clock, its own people."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import licences as lic
from windows.commands.delivery import issue_certificate
from windows.commands.intake_mode_terms import remind_of_terms
from windows.commands.licences.taking_back import TakingBack, decide_ex_officio
from windows.commands.parties import lift_restriction
from windows.commands.post_checks import Finding, record_check
from windows.commands.serving import Service
from windows.models import (
    Case,
    CaseEvent,
    DocumentService,
    Letter,
    Licence,
    PartyRestriction,
    PostCheck,
    PostCheckFinding,
    Reminder,
)
from windows.post_checks import checks_page, checks_visible_to
from windows.restrictions import favour_bar_among, restrictions_of

KEPT = Finding("kept", "制度齐全，人员均有健康证明。", date(2026, 3, 10), "迟立新")
SERVED = Service("direct", recipient="邹念慈")
FALSE = Finding("false", "现场没有进货查验记录。", date(2026, 3, 10), "迟立新", SERVED)
FIRST = make.days_later(8)
#: Ten working days after the order of 2026-03-10 end on 2026-03-24.
MEND_BY = date(2026, 3, 24)
AFTER = make.days_later(23)


@pytest.fixture
def case(people) -> Case:
    return make.granted_by_commitment(people)


@pytest.fixture
def officer(people):
    """Somebody of 市场监督管理局, which supervises food."""
    return make.person("jianguan", Role.REGULATOR, department="SJ", name="孙守正")


@pytest.fixture
def inspector(people):
    return make.person("takan", Role.INSPECTOR, name="迟立新")


def standing() -> tuple:
    return (
        Letter.objects.count(),
        CaseEvent.objects.count(),
        PostCheckFinding.objects.count(),
        PartyRestriction.objects.count(),
        DocumentService.objects.count(),
        tuple(PostCheck.objects.order_by("pk").values_list("state", "closed_at")),
        tuple(Case.objects.order_by("pk").values_list("state", "version")),
    )


def barred(case: Case, on: date) -> bool:
    return favour_bar_among(restrictions_of(case.party, on), case.matter_id) is not None


def test_a_kept_promise_ends_the_check(case, officer):
    check = record_check(case.number, finding=KEPT, actor=officer, at=FIRST)
    assert (check.state, check.closed_at) == ("kept", FIRST)
    assert not barred(case, date(2026, 3, 10))
    assert Case.objects.get(pk=case.pk).events.order_by("sequence").last().kind == "promise_kept"
    before = standing()
    with pytest.raises(DomainError, match="已经终结（承诺属实）"):
        record_check(case.number, finding=FALSE, actor=officer, at=FIRST)
    assert standing() == before


class TestBroken:
    def test_a_false_promise_is_ordered_to_be_mended_and_closes_the_favours(self, case, officer):
        check = record_check(case.number, finding=FALSE, actor=officer, at=FIRST)
        assert (check.state, check.rectify_due_on) == ("rectifying", MEND_BY)
        letter = Letter.objects.get(case=case, kind="D26")
        assert (letter.department.code, letter.number) == ("SJ", "莱市监责改字〔2026〕第0001号")
        printed = letter.snapshot["print"]
        assert (printed["limit"], printed["due"]) == ("10个工作日", "2026年3月24日")
        assert printed["checkers"] == "孙守正、迟立新"
        assert DocumentService.objects.get(letter=letter).recipient == "邹念慈"
        assert barred(case, date(2026, 3, 10))

    def test_mended_in_time_sets_the_party_free(self, case, officer, inspector):
        record_check(case.number, finding=FALSE, actor=officer, at=FIRST)
        mended = replace(KEPT, checked_on=date(2026, 3, 20), companion="孙守正")
        check = record_check(case.number, finding=mended, actor=inspector, at=make.days_later(18))
        assert (check.state, check.restriction.lifted_on) == ("kept", date(2026, 3, 20))
        assert not barred(case, date(2026, 3, 20))
        kinds = list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True))
        assert kinds[-2:] == ["restriction_lifted", "promise_kept"]

    def test_not_mended_it_must_be_revoked_and_the_bar_stands_until_repaired(self, case, officer, people):
        record_check(case.number, finding=FALSE, actor=officer, at=FIRST)
        before = standing()
        again = replace(FALSE, checked_on=date(2026, 3, 24), service=None)
        with pytest.raises(DomainError, match="整改期限至2026-03-24止，尚未届满"):
            record_check(case.number, finding=again, actor=officer, at=make.days_later(22))
        assert standing() == before
        check = record_check(case.number, finding=again, actor=officer, at=AFTER)
        assert check.state == "broken"
        task = Reminder.objects.get(case=case, kind="must_revoke")
        assert (task.reached_on, task.look, task.get_kind_display()) == (
            date(2026, 3, 25),
            "red",
            "承诺不实、逾期未改，应当撤销许可",
        )
        with pytest.raises(DomainError, match="修复前不适用容缺受理和告知承诺"):
            make.committed(people, at=AFTER)
        lift_restriction(
            check.restriction_id, reason="信用修复决定〔2026〕7号", actor=people.decider, at=make.days_later(30)
        )
        assert make.committed(people, at=make.days_later(31)).by_commitment

    def test_a_promise_not_mended_is_ground_for_revocation_and_before_that_it_is_not(self, case, officer, people):
        issue_certificate(case.number, actor=people.issuer, at=make.days_later(1))
        licence = Licence.objects.get(case=case)
        record_check(case.number, finding=FALSE, actor=officer, at=FIRST)
        before = standing()
        with pytest.raises(InvalidInput, match="没有复查认定该许可的承诺不实、逾期未改") as refusal:
            lic.opened(people, licence, "broken_promise", at=FIRST)
        assert refusal.value.article == "山东省优化营商环境条例第二十九条"
        assert standing() == before
        again = replace(FALSE, checked_on=date(2026, 3, 25), service=None)
        record_check(case.number, finding=again, actor=officer, at=AFTER)
        number = lic.proposed(people, licence, "broken_promise", at=make.days_later(24)).number
        taking = TakingBack("整改期满仍不符合承诺的条件。")
        decide_ex_officio(number, taking=taking, actor=people.decider, at=make.days_later(25))
        licence.refresh_from_db()
        printed = Letter.objects.get(case__number=number, kind="D23").snapshot["print"]
        assert (licence.state, printed["article"], printed["damages"]) == (
            "revoked",
            "《山东省优化营商环境条例》第二十九条",
            "",
        )

    def test_found_by_the_bureaus_inspector_the_order_is_the_bureaus(self, case, inspector):
        record_check(case.number, finding=replace(FALSE, companion="孙守正"), actor=inspector, at=FIRST)
        assert Letter.objects.get(case=case, kind="D26").department.code == "SP"


class TestBadInput:
    @pytest.mark.parametrize(
        ("finding", "field"),
        [
            (replace(KEPT, outcome="maybe"), "outcome"),
            (replace(KEPT, text=" "), "text"),
            (replace(KEPT, companion=" "), "companion"),
            (replace(KEPT, companion="孙守正"), "companion"),
            (replace(KEPT, checked_on=date(2026, 3, 1)), "checked_on"),
            (replace(KEPT, checked_on=date(2026, 3, 11)), "checked_on"),
            (replace(FALSE, service=None), "method"),
            (replace(FALSE, service=Service("direct")), "recipient"),
        ],
    )
    def test_a_finding_says_what_two_people_found_and_when(self, case, officer, finding, field):
        before = standing()
        with pytest.raises(InvalidInput) as refusal:
            record_check(case.number, finding=finding, actor=officer, at=FIRST)
        assert set(refusal.value.fields) == {field}
        assert standing() == before

    def test_a_page_older_than_the_case_changes_nothing(self, case, officer):
        before = standing()
        with pytest.raises(DomainError, match="本件已由他人办理"):
            record_check(case.number, finding=KEPT, actor=officer, at=FIRST, expected_version=0)
        assert standing() == before


class TestPeople:
    def test_whose_checks_they_are(self, case, officer, inspector, people):
        other = make.person("weijian", Role.REGULATOR, department="WJ19")
        far = make.person("fangcha", Role.INSPECTOR, department="GA")
        watcher = make.person("jiandu", Role.SUPERVISOR)
        seen = {
            user.username: checks_visible_to(user).count()
            for user in (officer, inspector, people.reviewer, people.decider, people.clerk, other, far, watcher)
        }
        assert seen == {
            "jianguan": 1, "takan": 1, "reviewer-SP": 1, "decider-SP": 1, "clerk-SP": 0, "weijian": 0, "fangcha": 0,
            "jiandu": 1,
        }  # fmt: skip
        before = standing()
        for user in (other, far, people.clerk):
            with pytest.raises(NotFound):
                record_check(case.number, finding=KEPT, actor=user, at=FIRST)
        for user in (people.reviewer, people.decider, watcher):
            with pytest.raises(NotPermitted, match="须由莱阳市市场监督管理局的监管部门人员"):
                record_check(case.number, finding=KEPT, actor=user, at=FIRST)
        assert standing() == before

    def test_the_list_stands_by_what_is_due_first_and_is_read_on(self, people, officer, monkeypatch):
        monkeypatch.setattr("windows.post_checks.PAGE_SIZE", 2)
        late = [make.granted_by_commitment(people, at=make.days_later(day)) for day in (14, 0, 8)]
        first = checks_page(officer, is_done=False)
        second = checks_page(officer, is_done=False, cursor=first.next_cursor)
        shown = [check.case_id for check in [*first.rows, *second.rows]]
        assert shown == [late[1].pk, late[2].pk, late[0].pk]
        assert second.next_cursor == ""
        record_check(late[1].number, finding=KEPT, actor=officer, at=make.days_later(20))
        assert [check.case_id for check in checks_page(officer, is_done=True).rows] == [late[1].pk]
        with pytest.raises(InvalidInput):
            checks_page(officer, is_done=False, cursor="x-1")


def test_reminded_before_the_term_after_it_and_when_mending_is_over(case, officer):
    # Two months after 2026-03-02 end on Saturday 05-02, in the holiday: due 2026-05-06; five working days before: 04-24.
    assert (case.post_check.due_on, case.post_check.remind_on) == (date(2026, 5, 6), date(2026, 4, 24))
    counts = [remind_of_terms(at=make.days_later(day))["term_reminders"] for day in (52, 53, 65, 66, 66)]
    assert counts == [0, 1, 0, 1, 0]
    record_check(
        case.number, finding=replace(FALSE, checked_on=date(2026, 5, 8)), actor=officer, at=make.days_later(67)
    )
    remind_of_terms(at=make.days_later(90))
    assert set(Reminder.objects.filter(case=case).values_list("kind", "reached_on")) == {
        ("post_check_soon", date(2026, 4, 24)),
        ("post_check_late", date(2026, 5, 6)),
        ("rectify_overdue", date(2026, 5, 21)),
    }


def test_what_was_found_is_never_changed(case, officer):
    record_check(case.number, finding=KEPT, actor=officer, at=FIRST)
    for sql in ("UPDATE windows_postcheckfinding SET outcome = 'false'", "DELETE FROM windows_postcheckfinding"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert PostCheckFinding.objects.get().outcome == "kept"


def test_the_supervising_department_is_that_of_the_day_of_the_decision(case):
    assert case.post_check.supervising_department == Department.objects.get(code="SJ")
