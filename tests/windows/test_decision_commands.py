"""审查、决定、制证、送达 through the commands."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import RemedyRoute
from laiyang_approval.kernel.models.append_only import AppendOnlyError
from matters.models import Authority
from tests.factories import cases as make
from windows.commands.decision import grant_case, refuse_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.intake import OutcomeInput, decide_intake
from windows.commands.preconditions import report_upward
from windows.commands.review import return_to_review, start_review, submit_opinion
from windows.domain.intake import Outcome
from windows.models import Case, CaseEvent, Decision, DocumentService, Letter, Licence, Opinion


def standing() -> tuple:
    return (
        Letter.objects.count(),
        CaseEvent.objects.count(),
        Decision.objects.count(),
        Licence.objects.count(),
        Opinion.objects.count(),
        DocumentService.objects.count(),
        tuple(Case.objects.order_by("pk").values_list("state", "version")),
    )


def test_the_whole_way_from_acceptance_to_delivery(people):
    case = make.delivered(people)
    case = Case.objects.get(pk=case.pk)
    assert case.state == "delivered"
    assert case.light == "none"
    assert list(case.events.values_list("kind", flat=True)) == [
        "received", "accepted", "review_started", "credit_checked", "opinion_submitted", "granted", "issued", "delivered",
    ]  # fmt: skip
    assert list(case.letters.values_list("kind", flat=True)) == ["D01", "D06", "D15", "C01", "D18"]
    licence = Licence.objects.get()
    assert (licence.title, licence.state, licence.valid_to) == ("食品经营许可证", "valid", date(2031, 3, 1))
    assert licence.number == "莱审批食证字〔2026〕第0001号"


def test_the_decision_starts_the_ten_days_of_delivery(people):
    # G54: decided 2026-09-29, to be delivered by 2026-10-19.
    at = datetime(2026, 9, 28, 1, 30, tzinfo=UTC)
    case = make.granted(people, at=at, decided_at=datetime(2026, 9, 29, 1, 30, tzinfo=UTC))
    assert case.delivery_due_on == date(2026, 10, 19)
    assert case.next_due_on == date(2026, 10, 19)


def test_the_accepting_clerk_may_not_decide_even_as_a_decider(people):
    case = make.pending_decision(people)
    make.UserRole.objects.create(user=people.clerk, role=make.Role.DECIDER)
    make.assign_perm("kernel.decide_for_department", people.clerk, people.clerk.department)
    clerk = type(people.clerk).objects.get(pk=people.clerk.pk)
    before = standing()
    with pytest.raises(NotPermitted, match="您是本件的受理人"):
        grant_case(case.number, grant=make.GRANT, actor=clerk, at=make.days_later(1))
    with pytest.raises(NotPermitted, match="您是本件的受理人"):
        refuse_case(case.number, refusal=make.REFUSAL, actor=clerk, at=make.days_later(1))
    assert standing() == before


def test_a_reviewer_may_not_decide_and_is_told_who_may(people):
    case = make.pending_decision(people)
    before = standing()
    with pytest.raises(NotPermitted, match="须由审批决定人（局领导）、市政府负责人办理"):
        grant_case(case.number, grant=make.GRANT, actor=people.reviewer, at=make.days_later(1))
    assert standing() == before


def test_a_case_still_in_review_cannot_be_decided(people):
    case = make.in_review(people)
    before = standing()
    with pytest.raises(StaleState, match="办件目前为“审查中”，不能准予许可"):
        grant_case(case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(1))
    assert standing() == before


def test_a_decided_case_is_never_decided_again(people):
    case = make.granted(people)
    before = standing()
    with pytest.raises(StaleState):
        refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=make.days_later(1))
    assert standing() == before


def test_a_refusal_without_reasons_is_refused_by_article_38(people):
    case = make.pending_decision(people)
    before = standing()
    with pytest.raises(InvalidInput) as refusal:
        refuse_case(
            case.number, refusal=replace(make.REFUSAL, reasons=" "), actor=people.decider, at=make.days_later(1)
        )
    assert refusal.value.article == "行政许可法第三十八条第二款"
    assert standing() == before


def test_a_refusal_letter_names_the_remedies_of_its_day(people):
    # Trap 14: since 2024 the review organ is the city government alone, 60 days, six months.
    case = make.refused(people, at=datetime(2026, 8, 5, 1, 30, tzinfo=UTC))
    printed = str(Letter.objects.get(case=case, kind="D16").snapshot["print"])
    assert "莱阳市人民政府" in printed
    assert "上一级主管部门" not in printed
    assert "六十日" in printed or "60日" in printed
    assert "六个月" in printed or "6个月" in printed


def test_without_remedies_on_record_no_refusal_is_sealed(people):
    case = make.pending_decision(people)
    RemedyRoute.objects.filter(department__code="SP").delete()
    before = standing()
    with pytest.raises(DomainError):
        refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=make.days_later(1))
    assert standing() == before


def test_a_matter_the_county_government_decides_is_decided_in_its_name_and_with_its_remedy(people):
    case = make.pending_decision(people, code="LY-07")
    assert case.deciding_department.code == "GOV"
    before = standing()
    with pytest.raises(NotPermitted, match="本件由莱阳市人民政府办理"):
        grant_case(case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(1))
    assert standing() == before
    mayor = make.person("mayor", make.Role.HEAD_OF_GOVERNMENT, department="GOV", right="decide_for_department")
    report_upward(case.number, opinion="符合条件，建议准予。", actor=people.decider, at=make.days_later(0, hours=4))
    refused = refuse_case(case.number, refusal=make.REFUSAL, actor=mayor, at=make.days_later(1))
    letter = Letter.objects.get(case=refused, kind="D16")
    assert letter.department.code == "GOV"
    assert "烟台市人民政府" in str(letter.snapshot["print"])


def test_the_decider_may_send_a_case_back_with_a_reason(people):
    case = make.pending_decision(people)
    with pytest.raises(InvalidInput, match="请填写退回理由"):
        return_to_review(case.number, reason=" ", actor=people.decider, at=make.days_later(1))
    returned = return_to_review(case.number, reason="照片不清", actor=people.decider, at=make.days_later(1))
    assert returned.state == "in_review"
    assert returned.statutory_due_on == case.statutory_due_on
    again = submit_opinion(case.number, proposal="grant", text="已补拍。", actor=people.reviewer, at=make.days_later(2))
    assert again.state == "pending_decision"
    assert [opinion.kind for opinion in again.opinions.all()] == ["grant", "return", "grant"]


def test_two_reviewers_take_a_case_once(people):
    case = make.accepted(people)
    start_review(case.number, actor=people.reviewer, at=make.days_later(0, hours=1), expected_version=case.version)
    other = make.person("other", make.Role.REVIEWER, right="review_for_department")
    before = standing()
    with pytest.raises(StaleState, match="本件已由隋志远办理“开始审查”"):
        start_review(case.number, actor=other, at=make.days_later(0, hours=2), expected_version=case.version)
    assert standing() == before


class TestCertificateAndService:
    def test_a_matter_with_a_certificate_is_not_delivered_without_it(self, people):
        case = make.granted(people)
        before = standing()
        with pytest.raises(DomainError) as refusal:
            deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=make.days_later(1))
        assert refusal.value.article == "行政许可法第三十九条"
        assert standing() == before

    def test_a_refusal_is_delivered_without_a_certificate(self, people):
        case = make.refused(people)
        delivered = deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=make.days_later(1))
        assert delivered.state == "delivered"
        before = standing()
        with pytest.raises(StaleState):
            issue_certificate(case.number, actor=people.issuer, at=make.days_later(1))
        assert standing() == before

    @pytest.mark.parametrize(
        ("service", "field"),
        [
            ({"method": "direct", "recipient": ""}, "recipient"),
            ({"method": "post", "tracking_number": ""}, "tracking_number"),
            ({"method": "left", "witness": ""}, "witness"),
            ({"method": "pigeon"}, "method"),
        ],
    )
    def test_service_without_what_proves_it_is_refused(self, people, service, field):
        case = make.issued(people)
        before = standing()
        with pytest.raises(InvalidInput) as refusal:
            deliver_case(
                case.number, service=replace(make.SERVICE, **service), actor=people.issuer, at=make.days_later(1)
            )
        assert set(refusal.value.fields) == {field}
        assert standing() == before

    def test_electronic_service_needs_the_applicants_consent(self, people):
        case = make.issued(people)
        before = standing()
        service = replace(make.SERVICE, method="electronic", note="到达 a@example.cn 2026-03-03 10:00")
        with pytest.raises(DomainError, match="没有同意电子送达"):
            deliver_case(case.number, service=service, actor=people.issuer, at=make.days_later(1))
        assert standing() == before


class TestWrittenOnce:
    def test_events_opinions_and_decisions_refuse_change_in_python(self, people):
        case = make.granted(people)
        for row in (case.events.first(), case.opinions.first(), case.decision):
            with pytest.raises(AppendOnlyError):
                row.save()
            with pytest.raises(AppendOnlyError):
                row.delete()
            with pytest.raises(AppendOnlyError):
                type(row).objects.filter(pk=row.pk).update(at="2020-01-01")
            with pytest.raises(AppendOnlyError):
                type(row).objects.filter(pk=row.pk).delete()

    @pytest.mark.parametrize("table", ["windows_caseevent", "windows_opinion", "windows_decision"])
    @pytest.mark.parametrize("sql", ["UPDATE {} SET id = id + 1000000", "DELETE FROM {}"])
    def test_the_database_itself_refuses_change(self, people, table, sql):
        make.granted(people)

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(table))
        assert CaseEvent.objects.count() == 6

    def test_a_refusal_without_reasons_cannot_even_be_stored(self, people):
        case = make.pending_decision(people)
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.create(
                case=case,
                result="refused",
                department=case.deciding_department,
                decider=people.decider,
                decided_at=make.days_later(1),
                decided_on=date(2026, 3, 3),
                basis="x",
            )

    def test_a_case_has_one_decision_whatever_the_code_does(self, people):
        case = make.granted(people)
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.create(
                case=case,
                result="granted",
                department=case.deciding_department,
                decider=people.decider,
                decided_at=make.days_later(1),
                decided_on=date(2026, 3, 3),
                basis="x",
            )


def test_a_case_accepted_before_a_handover_stays_with_the_body_that_accepted_it(people):
    # Trap 20, with the powers moving on after the acceptance: from 2026-03-03 another body decides.
    case = make.pending_decision(people, code="WJ-10", party=make.PERSON)
    health = make.People("WJ19")
    for authority in Authority.objects.filter(matter=case.matter, valid_to__isnull=True):
        Authority.objects.filter(pk=authority.pk).update(valid_to=date(2026, 3, 2))
        Authority.objects.create(
            matter=case.matter,
            department=health.clerk.department,
            power=authority.power,
            valid_from=date(2026, 3, 3),
            instrument="测试用移交文件",
        )
    decided = grant_case(case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(2))
    assert (decided.state, decided.decision.department.code) == ("granted", "SP")
    later = make.pending_decision(health, code="WJ-10", at=make.days_later(2), party=make.PERSON)
    assert (later.handling_department.code, later.deciding_department.code) == ("WJ19", "WJ19")


def test_a_correction_after_acceptance_is_not_possible(people):
    case = make.accepted(people)
    before = standing()
    with pytest.raises(StaleState):
        decide_intake(case.number, chosen=OutcomeInput(Outcome.CORRECT), actor=people.clerk, at=make.days_later(1))
    assert standing() == before
