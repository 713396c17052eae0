"""变更、延续、补发、注销 asked for at the counter: the same way as any application, and what each does to the licence."""

from datetime import date, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from laiyang_approval.kernel.models import Department
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import EXPIRY, midnight, noon
from windows.commands.decision import grant_case, refuse_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.licences.granting import Grant
from windows.commands.licences.outside import suspend_licence
from windows.commands.licences.sweeping import turn_licences
from windows.commands.licences.taking_back import decide_ex_officio
from windows.models import Case, CaseEvent, Decision, Letter, Licence, LicenceChange, Party
from windows.verification import verify_licence_number

JUNE = noon(date(2026, 6, 1))
SEPTEMBER = noon(date(2026, 9, 10))


def standing() -> tuple:
    return (
        list(Case.objects.order_by("pk").values_list("number", "state", "version", "last_event_hash")),
        list(Licence.objects.order_by("pk").values_list("number", "state", "valid_to", "previous")),
        Letter.objects.count(),
        Decision.objects.count(),
        LicenceChange.objects.count(),
        Party.objects.count(),
    )


def granted(people, case: Case, *, at, **grant) -> Case:
    return grant_case(case.number, grant=Grant(**grant), actor=people.decider, at=at)


def kinds(case: Case) -> list[str]:
    return list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True))


class TestChange:
    def test_a_new_version_takes_the_place_of_the_old_one_at_issue(self, people):
        old = lic.licence(people)
        case = lic.reviewed(people, old, "change", at=JUNE)
        granted(people, case, at=JUNE + timedelta(hours=3), content="热食类食品制售、糕点类食品制售")
        old.refresh_from_db()
        assert old.state == "valid"
        issue_certificate(case.number, actor=people.issuer, at=JUNE + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        old.refresh_from_db()
        assert (old.state, new.previous, new.sequence) == ("superseded", old, 2)
        # The content changes, the expiry does not.
        assert (new.content, new.valid_from, new.valid_to) == (
            "热食类食品制售、糕点类食品制售",
            date(2026, 6, 1),
            EXPIRY,
        )
        paper = case.letters.get(kind="D20")
        assert (paper.title, paper.number) == ("准予变更行政许可决定书", "莱审批准变字〔2026〕第0001号")
        assert paper.snapshot["print"]["licence"]["number"] == old.number
        certificate = new.letter.snapshot["print"]
        assert certificate["replaces"] == f"变更；原证编号：{old.number}"
        assert kinds(case)[-2:] == ["changed", "issued"]

    def test_whoever_holds_the_old_paper_is_led_to_the_new_one(self, people):
        old = lic.licence(people)
        case = lic.reviewed(people, old, "change", at=JUNE)
        granted(people, case, at=JUNE + timedelta(hours=3), content="糕点类食品制售")
        issue_certificate(case.number, actor=people.issuer, at=JUNE + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        found = verify_licence_number(old.number, today=date(2026, 6, 2))
        assert (found.is_good, found.sentence) == (
            False,
            f"证照真实，但已由新证替代；现行证照编号：{new.number}。",
        )
        assert verify_licence_number(new.number, today=date(2026, 6, 2)).is_good

    def test_while_suspended_nothing_is_changed(self, people):
        old = lic.licence(people)
        suspend_licence(
            old.pk,
            penalty=lic.penalty(Department.objects.get(code="SJ"), on=date(2026, 5, 6), until=date(2026, 8, 5)),
            actor=people.reviewer,
            at=noon(date(2026, 5, 8)),
        )
        before = standing()
        with pytest.raises(DomainError, match="暂扣期间，不能变更"):
            lic.applied(people, old, "change", at=JUNE)
        assert standing() == before


class TestRenewal:
    def test_decided_in_time_the_old_one_runs_to_its_end_and_the_new_one_follows(self, people):
        old = lic.licence(people)
        case = lic.reviewed(people, old, "renewal", at=SEPTEMBER)
        assert case.next_due_on < EXPIRY
        granted(
            people,
            case,
            at=SEPTEMBER + timedelta(hours=3),
            content="热食类食品制售",
            valid_from=date(2026, 11, 1),
            valid_to=date(2031, 10, 31),
        )
        issue_certificate(case.number, actor=people.issuer, at=SEPTEMBER + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        old.refresh_from_db()
        assert (old.state, new.state) == ("valid", "valid")
        assert verify_licence_number(old.number, today=EXPIRY).is_good
        assert verify_licence_number(new.number, today=EXPIRY).sentence.startswith("证照真实，2026-11-01起生效")
        # The day alone replaces it; the sweep writes it down.
        assert not verify_licence_number(old.number, today=date(2026, 11, 1)).is_good
        assert turn_licences(at=midnight(date(2026, 11, 1))) == 1
        old.refresh_from_db()
        assert old.state == "superseded"
        assert kinds(case)[-2:] == ["renewed", "issued"]
        assert case.letters.get(kind="D21").snapshot["print"]["validity"] == "自2026年11月1日起至2031年10月31日止"

    @pytest.mark.parametrize(
        ("valid_from", "valid_to", "sentence"),
        [
            (date(2026, 11, 2), date(2031, 10, 31), "与原有效期衔接"),
            (date(2026, 9, 9), date(2031, 10, 31), "与原有效期衔接"),
            (date(2026, 11, 1), EXPIRY, "有效期止早于有效期起"),
            (date(2026, 10, 1), EXPIRY, "须晚于原届满日2026-10-31"),
            (None, date(2031, 10, 31), "请填写有效期自"),
        ],
    )
    def test_no_gap_and_no_shorter_period(self, people, valid_from, valid_to, sentence):
        case = lic.reviewed(people, lic.licence(people), "renewal", at=SEPTEMBER)
        before = standing()
        with pytest.raises(InvalidInput, match=sentence):
            granted(
                people, case, at=SEPTEMBER + timedelta(hours=3), content="x", valid_from=valid_from, valid_to=valid_to
            )
        assert standing() == before

    def test_the_acceptance_letter_says_what_silence_would_mean(self, people):
        old = lic.licence(people)
        case = lic.applied(people, old, "renewal", at=SEPTEMBER)
        printed = case.letters.get(kind="D06").snapshot["print"]
        assert (printed["expires_on"], printed["is_renewal_in_time"]) == ("2026年10月31日", True)
        assert printed["matter_name"] == "食品经营许可（延续）"

    def test_a_licence_of_the_former_body_is_renewed_by_the_bureau_in_its_own_name(self, people):
        # Trap 20's licence: issued in 2017 by 市市场监督管理局, valid, and the bureau has the power now.
        old = lic.old_licence(people)
        assert verify_licence_number(old.number, today=date(2026, 9, 1)).is_good
        case = lic.reviewed(people, old, "renewal", at=SEPTEMBER)
        assert case.deciding_department.code == "SP"
        granted(
            people,
            case,
            at=SEPTEMBER + timedelta(hours=3),
            content="热食类食品制售",
            valid_from=date(2026, 11, 1),
            valid_to=date(2031, 10, 31),
        )
        issue_certificate(case.number, actor=people.issuer, at=SEPTEMBER + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        assert (old.issued_by_department.code, new.issued_by_department.code) == ("SJ", "SP")
        assert case.letters.get(kind="D21").department.code == "SP"

    def test_a_refusal_is_named_after_what_was_asked_and_tells_the_remedies_of_the_deciding_body(self, people):
        case = lic.reviewed(people, lic.licence(people), "renewal", at=SEPTEMBER, proposal="refuse")
        refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=SEPTEMBER + timedelta(hours=3))
        letter = case.letters.get(kind="D21N")
        assert letter.title == "不予延续行政许可决定书"
        assert letter.snapshot["print"]["remedies"]["organ"] == "莱阳市人民政府"
        assert kinds(case)[-1] == "refused"

    def test_a_suspension_goes_on_with_the_new_licence(self, people):
        old = lic.licence(people)
        market = Department.objects.get(code="SJ")
        suspend_licence(
            old.pk,
            penalty=lic.penalty(market, on=date(2026, 9, 1), until=date(2026, 12, 31)),
            actor=people.reviewer,
            at=noon(date(2026, 9, 2)),
        )
        case = lic.reviewed(people, old, "renewal", at=SEPTEMBER)
        granted(
            people,
            case,
            at=SEPTEMBER + timedelta(hours=3),
            content="热食类食品制售",
            valid_from=date(2026, 9, 10),
            valid_to=date(2031, 10, 31),
        )
        issue_certificate(case.number, actor=people.issuer, at=SEPTEMBER + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        assert (new.state, new.suspended_until_on) == ("suspended", date(2026, 12, 31))
        assert new.changes.get().department == market


class TestReplacement:
    def test_a_lost_certificate_is_made_out_again_as_it_was(self, people):
        old = lic.licence(people)
        case = lic.reviewed(people, old, "replacement", at=JUNE)
        granted(people, case, at=JUNE + timedelta(hours=3), content="something else", valid_to=date(2099, 1, 1))
        issue_certificate(case.number, actor=people.issuer, at=JUNE + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        old.refresh_from_db()
        assert (new.content, new.valid_from, new.valid_to) == (old.content, old.valid_from, old.valid_to)
        assert (old.state, new.number != old.number) == ("superseded", True)
        assert case.letters.get(kind="D20B").title == "准予补发行政许可证件决定书"
        assert kinds(case)[-2:] == ["replaced", "issued"]

    def test_a_decision_that_is_itself_the_licence_needs_none(self, people):
        one = Licence.objects.get(case=make.granted(people, code="RS-04"))
        before = standing()
        with pytest.raises(DomainError, match="没有证件，不需要补发"):
            lic.applied(people, one, "replacement", at=make.days_later(7))
        assert standing() == before


class TestCancellation:
    def test_on_the_holders_word_the_licence_is_struck_off_with_a_reason_of_article_70(self, people):
        old = lic.licence(people)
        case = lic.reviewed(people, old, "cancellation", at=JUNE)
        granted(people, case, at=JUNE + timedelta(hours=3))
        old.refresh_from_db()
        assert (old.state, old.cancel_reason) == ("cancelled", 6)
        letter = case.letters.get(kind="D24")
        assert letter.snapshot["print"]["article"] == "《中华人民共和国行政许可法》第七十条第六项"
        assert kinds(case)[-1] == "cancelled"
        before = standing()
        with pytest.raises(DomainError, match="注销没有新的证件"):
            issue_certificate(case.number, actor=people.issuer, at=JUNE + timedelta(hours=4))
        assert standing() == before
        done = deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=JUNE + timedelta(hours=5))
        assert done.state == "delivered"

    @pytest.mark.parametrize("reason", [1, 4, 7])
    def test_a_reason_that_is_not_so_is_refused(self, people, reason):
        case = lic.reviewed(people, lic.licence(people), "cancellation", at=JUNE)
        before = standing()
        with pytest.raises(InvalidInput, match="不能以该项原因注销"):
            granted(people, case, at=JUNE + timedelta(hours=3), cancel_reason=reason)
        assert standing() == before


class TestRefusedAtTheCounter:
    @pytest.mark.parametrize(
        ("purpose", "day", "sentence"),
        [
            ("renewal", date(2026, 11, 2), "已于2026-10-31有效期届满，不能再延续"),
            ("change", date(2026, 11, 2), "已于2026-10-31有效期届满，不能再变更"),
            ("revocation", date(2026, 6, 1), "请选择办理项"),
        ],
    )
    def test_what_the_day_does_not_allow(self, people, purpose, day, sentence):
        old = lic.licence(people)
        before = standing()
        with pytest.raises(DomainError, match=sentence):
            lic.applied(people, old, purpose, at=noon(day))
        assert standing() == before

    def test_an_unknown_number_or_one_of_another_matter(self, people):
        old = lic.licence(people)
        before = standing()
        with pytest.raises(InvalidInput, match="没有查到这个证照编号"):
            make.accepted(people, at=JUNE, purpose="change", licence_number="莱审批食证字〔2026〕第9999号")
        with pytest.raises(InvalidInput, match="属于“食品经营许可”，与所选事项不一致"):
            make.accepted(people, "WJ-05", at=JUNE, purpose="change", licence_number=old.number)
        with pytest.raises(InvalidInput, match="须填写证照编号"):
            make.accepted(people, at=JUNE, purpose="renewal")
        assert standing() == before

    def test_somebody_elses_licence(self, people):
        old = lic.licence(people)
        before = standing()
        with pytest.raises(InvalidInput, match="申请人不是该证照的持证人"):
            lic.applied(people, old, "change", at=JUNE, party=make.PERSON)
        assert standing() == before

    def test_the_same_thing_asked_for_twice(self, people):
        old = lic.licence(people)
        first = lic.applied(people, old, "renewal", at=SEPTEMBER)
        before = standing()
        with pytest.raises(DomainError, match=f"已有延续的申请在办（{first.number}）"):
            lic.applied(people, old, "renewal", at=SEPTEMBER + timedelta(days=1))
        assert standing() == before

    def test_a_licence_that_has_been_replaced_names_the_one_that_counts(self, people):
        old = lic.licence(people)
        case = lic.reviewed(people, old, "change", at=JUNE)
        granted(people, case, at=JUNE + timedelta(hours=3), content="糕点类食品制售")
        issue_certificate(case.number, actor=people.issuer, at=JUNE + timedelta(hours=4))
        new = Licence.objects.get(case=case)
        before = standing()
        with pytest.raises(DomainError, match=f"已由{new.number}替代"):
            lic.applied(people, old, "renewal", at=SEPTEMBER)
        assert standing() == before

    def test_a_licence_without_an_end_is_not_renewed(self, people):
        old = lic.licence(people, valid_to=None)
        before = standing()
        with pytest.raises(DomainError, match="长期有效，不需要延续"):
            lic.applied(people, old, "renewal", at=JUNE)
        assert standing() == before


def test_what_was_revoked_meanwhile_can_only_be_refused(people):
    old = lic.licence(people)
    case = lic.reviewed(people, old, "renewal", at=SEPTEMBER)
    revoking = lic.proposed(people, old, "fraud", at=noon(date(2026, 9, 14)))
    decide_ex_officio(revoking.number, taking=lic.FRAUD, actor=people.decider, at=noon(date(2026, 9, 15)))
    before = standing()
    with pytest.raises(DomainError, match="已撤销，不能准予延续；请作出不予延续的决定"):
        granted(
            people,
            case,
            at=noon(date(2026, 9, 16)),
            content="x",
            valid_from=date(2026, 11, 1),
            valid_to=date(2031, 10, 31),
        )
    assert standing() == before
    refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=noon(date(2026, 9, 16)))


def test_a_granted_renewal_whose_licence_is_forfeited_before_the_certificate_is_served_without_one(people):
    old = lic.licence(people)
    case = lic.reviewed(people, old, "change", at=JUNE)
    granted(people, case, at=JUNE + timedelta(hours=3), content="糕点类食品制售")
    lic.forfeited(people, old, at=noon(date(2026, 6, 3)))
    before = standing()
    with pytest.raises(DomainError, match="已吊销，新证不能制发"):
        issue_certificate(case.number, actor=people.issuer, at=noon(date(2026, 6, 4)))
    assert standing() == before
    deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=noon(date(2026, 6, 5)))


def test_a_decision_without_certificate_is_the_licence_and_lives_as_one(people):
    case = make.granted(people, code="RS-04")
    one = Licence.objects.get(case=case)
    letter = case.letters.get(kind="D15")
    assert (one.letter, one.number, one.title) == (letter, letter.number, "准予行政许可决定书")
    change = lic.reviewed(people, one, "change", at=make.days_later(7))
    granted(people, change, at=make.days_later(7, hours=3), content="综合计算工时工作制，周期为季")
    one.refresh_from_db()
    new = Licence.objects.get(case=change)
    assert (one.state, new.previous, new.letter.kind) == ("superseded", one, "D20")


def test_a_case_never_decided_twice(people):
    old = lic.licence(people)
    case = lic.reviewed(people, old, "change", at=JUNE)
    granted(people, case, at=JUNE + timedelta(hours=3), content="糕点类食品制售")
    before = standing()
    with pytest.raises(StaleState, match="不再重新决定"):
        granted(people, case, at=JUNE + timedelta(hours=4), content="别的")
    assert standing() == before
