"""好差评: once per service and within five working days; a bad one is called back and answered by its day, and re-checked by another."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import BusinessRule
from laiyang_approval.kernel.rules import forget_cached_rules
from supervision.commands.rating_terms import (
    mark_late,
    open_missing_rectifications,
    record_default_praise,
    settle_terms,
)
from supervision.commands.ratings import (
    Opinion,
    appeal_rating,
    close_rectification,
    contact_rater,
    extend_rectification,
    rate_service,
    recheck_rating,
    revisit_rectification,
)
from supervision.models import RatingStep, Rectification, ServiceRating
from supervision.satisfaction import satisfaction
from supervision.services import services_of
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.cases import days_later
from windows.commands.licences.ex_officio import Cause, open_ex_officio

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
GOOD = Opinion("very_satisfied", "web")
BAD = Opinion("dissatisfied", "qr", ("slow", "extra_papers"), "等了一上午。")


def rated(case, number: int = 2, opinion: Opinion = BAD, *, days: int = 1) -> ServiceRating:
    return rate_service(case.number, number, opinion=opinion, at=days_later(days))


@pytest.fixture
def case(people):
    """Taken in and handed over that Monday."""
    return make.delivered(people)


@pytest.fixture
def bad(case):
    """The handing over rated badly on Tuesday."""
    return rated(case)


def fresh(rating) -> Rectification:
    return Rectification.objects.get(rating=rating)


def kinds(rating) -> list[str]:
    return list(rating.steps.values_list("kind", flat=True))


def refuse(error: Exception) -> None:
    raise error


# ---- rating


def test_receipt_and_delivery_are_two_services_each_rated_once(people, case):
    assert [(one.number, one.label, one.on, one.until_on) for one in services_of(case.pk)] == [
        (1, "收件", MONDAY, date(2026, 3, 9)),
        (2, "送达", MONDAY, date(2026, 3, 9)),
    ]
    first, second = rated(case, 1, GOOD), rated(case, 2)
    assert (first.assess_number, first.service, first.clerk, first.channel) == (1, "received", people.clerk, "web")
    assert (second.clerk, second.reasons, second.is_bad) == (people.issuer, ["slow", "extra_papers"], True)
    with pytest.raises(StaleState, match="这次收件服务已经评价过，一次服务评价一次"):
        rated(case, 1, BAD)
    assert ServiceRating.objects.count() == 2
    assert ServiceRating.objects.get(pk=first.pk).level == "very_satisfied"


def test_the_fifth_working_day_after_the_service_is_the_last(case):
    with pytest.raises(DomainError, match="评价期限至2026-03-09，已经届满"):
        rated(case, days=8)
    assert not ServiceRating.objects.exists()
    assert rated(case, days=7).rated_at == days_later(7)


def test_what_nobody_asked_for_is_no_service(people):
    licence = lic.old_licence(people, at=make.MONDAY)
    cause = Cause("fraud", "场所证明系伪造。", "巡查")
    own = open_ex_officio(licence.pk, cause=cause, actor=people.reviewer, at=days_later(1))
    assert services_of(own.pk) == []
    with pytest.raises(NotFound, match="没有查到这次服务"):
        rate_service(own.number, 1, opinion=GOOD, at=days_later(1))


@pytest.mark.parametrize(
    ("opinion", "sentence"),
    [
        (Opinion("5", "web"), "请选择满意程度"),
        (Opinion("dissatisfied", "web"), "请告诉我们哪里没有做好"),
        (Opinion("dissatisfied", "web", ("nothing",)), "请告诉我们哪里没有做好"),
        (Opinion("satisfied", "fax"), "评价页已失效"),
    ],
)
def test_a_rating_that_says_nothing_is_not_taken(case, opinion, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        rated(case, opinion=opinion)
    assert not ServiceRating.objects.exists()


def test_the_words_never_change_and_stay(bad):
    for change in (
        lambda: ServiceRating.objects.filter(pk=bad.pk).update(level="satisfied"),
        lambda: ServiceRating.objects.filter(pk=bad.pk).update(text=""),
        lambda: RatingStep.objects.filter(pk=bad.steps.first().pk)._raw_delete("default"),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    assert ServiceRating.objects.get(pk=bad.pk).text == "等了一上午。"


def test_the_database_itself_holds_one_rating_a_service(bad):
    copy = ServiceRating.objects.get(pk=bad.pk)
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


# ---- bad ratings


def test_a_bad_rating_is_contacted_in_one_and_closed_in_five_working_days(bad):
    row = fresh(bad)
    assert (row.state, row.department.code, row.opened_on) == ("open", "SP", TUESDAY)
    assert (row.contact_by_on, row.close_by_on) == (date(2026, 3, 4), date(2026, 3, 10))
    assert kinds(bad) == ["bad"]


def test_a_good_one_needs_nothing(case):
    assert not hasattr(rated(case, opinion=Opinion("fairly_satisfied", "web")), "rectification")


def test_called_back_then_answered_then_revisited_by_the_applicant(people, case, bad):
    with pytest.raises(StaleState, match="请先联系评价人核实"):
        close_rectification(bad.pk, outcome="fixed", reply="已改正。", actor=people.reviewer, at=days_later(1))
    contact_rater(bad.pk, note="电话联系，情况属实。", actor=people.reviewer, at=days_later(2))
    with pytest.raises(StaleState, match="答复以后再评价处理结果"):
        revisit_rectification(case.number, 2, satisfied=True, at=days_later(2))
    close_rectification(bad.pk, outcome="fixed", reply="已增设窗口。", actor=people.reviewer, at=days_later(3))
    revisit_rectification(case.number, 2, satisfied=True, at=days_later(4))
    with pytest.raises(StaleState, match="不必重复提交"):
        revisit_rectification(case.number, 2, satisfied=False, at=days_later(4))
    row = fresh(bad)
    assert (row.state, row.outcome, row.reply, row.revisit_satisfied) == ("closed", "fixed", "已增设窗口。", True)
    assert kinds(bad) == ["bad", "contact", "close", "revisit"]


def test_the_rated_clerk_neither_calls_back_nor_answers(people, bad):
    for act in (
        lambda: contact_rater(bad.pk, note="x", actor=people.issuer, at=days_later(1)),
        lambda: extend_rectification(bad.pk, reason="x", actor=people.reviewer, at=days_later(1)),
    ):
        with pytest.raises(NotPermitted):
            act()
    other = make.person("clerk-GA", make.Role.WINDOW_CLERK, department="GA", right="intake_for_department")
    with pytest.raises(NotFound, match="没有查到这条评价"):
        contact_rater(bad.pk, note="x", actor=other, at=days_later(1))
    assert (fresh(bad).state, kinds(bad)) == ("open", ["bad"])


def test_what_is_complex_is_extended_once_by_the_head_in_time(people, bad):
    extend_rectification(bad.pk, reason="涉及系统改造。", actor=people.decider, at=days_later(2))
    row = fresh(bad)
    assert (row.extended_from_on, row.close_by_on) == (date(2026, 3, 10), date(2026, 3, 24))
    with pytest.raises(DomainError, match="已经延长过一次"):
        extend_rectification(bad.pk, reason="再延长。", actor=people.decider, at=days_later(3))


def test_an_extension_after_the_term_is_refused(people, bad):
    with pytest.raises(DomainError, match="办结期限至2026-03-10，已经届满"):
        extend_rectification(bad.pk, reason="来不及。", actor=people.decider, at=days_later(9))
    assert fresh(bad).extended_from_on is None


def test_an_appeal_is_ruled_by_somebody_else_and_an_upheld_one_counts_nowhere(people, watch, bad):
    appeal_rating(bad.pk, reason="误评，评价人来电更正。", actor=people.issuer, at=days_later(2))
    with pytest.raises(StaleState, match="一条评价只申诉一次"):
        appeal_rating(bad.pk, reason="再申诉。", actor=people.reviewer, at=days_later(2))
    with pytest.raises(NotPermitted, match="须由监督检查人员办理"):
        recheck_rating(bad.pk, uphold=True, ruling="属实。", actor=people.decider, at=days_later(3))
    assert fresh(bad).state == "open"
    appeal = recheck_rating(bad.pk, uphold=True, ruling="录音证实误评。", actor=watch.supervisor, at=days_later(3))
    assert (appeal.state, appeal.rule_by_on, fresh(bad).state) == ("upheld", date(2026, 3, 11), "voided")
    whole = satisfaction(MONDAY, MONDAY, today=TUESDAY).whole
    assert (whole.services, whole.ratings, whole.satisfaction) == (2, 0, None)
    with pytest.raises(StaleState, match="已经复核"):
        recheck_rating(bad.pk, uphold=False, ruling="再看。", actor=watch.supervisor, at=days_later(4))


def test_a_dismissed_appeal_changes_nothing(people, watch, bad):
    appeal_rating(bad.pk, reason="不实。", actor=people.reviewer, at=days_later(2))
    recheck_rating(bad.pk, uphold=False, ruling="评价属实。", actor=watch.supervisor, at=days_later(3))
    assert fresh(bad).state == "open"
    assert satisfaction(MONDAY, MONDAY, today=TUESDAY).whole.bad_rate == 100.0


def test_the_appellant_does_not_rule_even_with_both_roles(people, watch, bad):
    people.reviewer.role_rows.create(role=make.Role.SUPERVISOR)
    both = type(people.reviewer).objects.get(pk=people.reviewer.pk)
    appeal_rating(bad.pk, reason="不实。", actor=both, at=days_later(2))
    with pytest.raises(NotPermitted, match="须由其他人员复核"):
        recheck_rating(bad.pk, uphold=True, ruling="属实。", actor=both, at=days_later(3))
    assert ServiceRating.objects.get(pk=bad.pk).voided_at is None


def test_an_appeal_ruled_by_its_author_is_refused_by_the_database_too(people, bad):
    appeal = appeal_rating(bad.pk, reason="不实。", actor=people.reviewer, at=days_later(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        type(appeal).objects.filter(pk=appeal.pk).update(
            state="upheld", ruling="x", ruled_at=days_later(3), ruled_by=people.reviewer
        )


# ---- the sweep


def test_each_term_that_passes_is_recorded_once(bad):
    assert mark_late(at=days_later(2)) == 0
    assert mark_late(at=days_later(3)) == 1
    assert mark_late(at=days_later(3)) == 0
    assert mark_late(at=days_later(9)) == 1
    assert mark_late(at=days_later(10)) == 0
    assert kinds(bad) == ["bad", "contact_late", "close_late"]


def test_a_bad_rating_without_its_task_gets_it(bad):
    Rectification.objects.all().delete()
    assert (open_missing_rectifications(at=days_later(2)), open_missing_rectifications(at=days_later(2))) == (1, 0)
    assert fresh(bad).contact_by_on == date(2026, 3, 4)


def test_terms_are_set_once_the_calendar_is_there(bad):
    Rectification.objects.update(contact_by_on=None, close_by_on=None)
    assert (settle_terms(at=days_later(2)), settle_terms(at=days_later(2))) == (1, 0)
    assert fresh(bad).close_by_on == date(2026, 3, 10)


def test_default_praise_only_where_the_rule_says_so_after_the_term_and_in_no_rate(case, bad):
    def sweep(days: int) -> int:
        return record_default_praise(at=days_later(days), on_failure=lambda _, error: refuse(error))

    assert sweep(8) == 0
    BusinessRule.objects.filter(key="rating_default_praise").update(value="yes")
    forget_cached_rules()
    try:
        assert [sweep(7), sweep(8), sweep(8)] == [0, 1, 0]
    finally:
        forget_cached_rules()
    praise = ServiceRating.objects.get(is_default=True)
    assert (praise.assess_number, praise.level, praise.channel) == (1, "very_satisfied", "")
    whole = satisfaction(MONDAY, MONDAY, today=date(2026, 3, 10)).whole
    assert (whole.ratings, whole.defaults, whole.satisfaction, whole.participation) == (1, 1, 0.0, 50.0)
    with pytest.raises(DomainError, match="已经届满"):
        rated(case, 1, days=8)


# ---- figures


def test_the_figures_of_ten_services_by_hand(people):
    """Five cases, ten services, six rated: 2 + 1 + 1 good, 2 bad; one closed in time, one late; one of one revisit satisfied."""
    cases = [make.delivered(people) for _ in range(5)]
    for one, level in zip(cases, ("very_satisfied", "very_satisfied", "satisfied", "fairly_satisfied"), strict=False):
        rated(one, 1, Opinion(level, "window"))
    first, second = rated(cases[4], 1), rated(cases[4], 2)
    for rating, days in ((first, 3), (second, 9)):
        contact_rater(rating.pk, note="已联系。", actor=people.reviewer, at=days_later(days))
        close_rectification(
            rating.pk, outcome="fixed", reply="已改正。", actor=people.reviewer, at=days_later(days, hours=1)
        )
    revisit_rectification(cases[4].number, 1, satisfied=True, at=days_later(10))
    found = satisfaction(MONDAY, MONDAY, today=date(2026, 3, 12))
    whole = found.whole
    assert (whole.services, whole.levels) == (10, (2, 1, 1, 2, 0))
    assert (whole.participation, whole.satisfaction, whole.bad_rate) == (60.0, 66.7, 33.3)
    assert (whole.closing_rate, whole.revisit_rate) == (50.0, 100.0)
    assert [(body.code, tally) for body, tally in found.bodies] == [("SP", whole)]
    assert satisfaction(MONDAY + timedelta(days=1), TUESDAY, today=date(2026, 3, 12)).whole.services == 0


def test_the_figures_cost_the_same_for_any_number_of_ratings(people, case, django_assert_num_queries):
    rated(case, 1, GOOD)
    with django_assert_num_queries(4):
        satisfaction(MONDAY, MONDAY, today=TUESDAY)
    rated(make.delivered(people), 1, BAD)
    with django_assert_num_queries(4):
        satisfaction(MONDAY, MONDAY, today=TUESDAY)
