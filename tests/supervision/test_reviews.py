"""案卷抽查: stated, drawn by a published seed, reviewed by people who did not handle the case, mended within a term."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from supervision.commands.review_checklist import load_review_checklist
from supervision.commands.review_scoring import ItemVerdict, recheck_file, score_file, submit_rectification
from supervision.commands.review_terms import remind_of_reviews
from supervision.commands.reviews import assign_reviewer, draw_review, freeze_population
from supervision.domain.draw import population_sha256, population_text
from supervision.models import (
    CaseReview,
    ChecklistItem,
    PopulationEntry,
    ReviewFile,
    ReviewFinding,
    ReviewReminder,
    ReviewStep,
)
from supervision.reviewing import checklist_on, frozen_population
from tests.factories import cases as make
from tests.factories import reviews as rev
from tests.factories.cases import days_later

TUESDAY, WEDNESDAY, THURSDAY = days_later(1), days_later(2), days_later(3)


@pytest.fixture
def decided(people):
    """Three grants and one refusal of the food licence that Monday."""
    return [make.granted(people) for _ in range(3)] + [make.refused(people)]


@pytest.fixture
def file(people, watch) -> ReviewFile:
    """One drawn file, with the supervisor."""
    make.granted(people)
    return rev.drawn(watch.supervisor).files.get()


def now(file: ReviewFile) -> ReviewFile:
    return ReviewFile.objects.select_related("reviewer").get(pk=file.pk)


# ---- the population and the draw


def test_the_population_is_stated_before_the_seed_is_known(decided, watch):
    review = rev.frozen(watch.supervisor)
    entries = frozen_population(review)
    assert (review.number, review.population_size, review.seed, review.drawn_at) == ("AC20260001", 4, "", None)
    assert sorted(entry.stratum for entry in entries) == ["不予许可；SJ-04", *["准予许可；SJ-04"] * 3]
    assert {entry.number for entry in entries} == {case.number for case in decided}
    assert review.population_sha256 == population_sha256(entries)
    assert (review.percent, review.least) == (5, 1)


def test_what_is_decided_on_another_day_is_not_in_it(decided, people, watch):
    make.granted(people, at=days_later(7))
    review = rev.frozen(watch.supervisor, at=days_later(8))
    assert review.population_size == 4


def test_one_of_each_stratum_is_drawn_and_each_has_a_reviewer(decided, watch):
    review = rev.drawn(watch.supervisor)
    files = list(review.files.all())
    assert [file.stratum for file in files] == ["不予许可；SJ-04", "准予许可；SJ-04"]
    assert {file.reviewer for file in files} == {watch.supervisor}
    # Ten working days after Tuesday 2026-03-03.
    assert {file.due_on for file in files} == {date(2026, 3, 17)}
    assert [step.kind for step in ReviewStep.objects.filter(file=files[0])] == ["draw"]


def test_drawn_once(decided, watch):
    review = rev.drawn(watch.supervisor)
    drawn = set(review.files.values_list("case_id", flat=True))
    with pytest.raises(StaleState, match="已于2026-03-03抽取，种子不能更换"):
        draw_review(review.number, seed="另一个", reviewers=["supervisor"], actor=watch.supervisor, at=TUESDAY)
    review.refresh_from_db()
    assert (review.seed, set(review.files.values_list("case_id", flat=True))) == (rev.SEED, drawn)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE supervision_casereview SET seed = 'x'",
        "UPDATE supervision_casereview SET population_sha256 = 'x'",
        "DELETE FROM supervision_casereview",
        "UPDATE supervision_populationentry SET stratum = 'x'",
        "DELETE FROM supervision_populationentry",
        "UPDATE supervision_reviewfinding SET verdict = 'met'",
        "UPDATE supervision_checklistitem SET points = 0",
    ],
)
def test_the_database_itself_keeps_what_a_draw_rests_on(file, sql):
    rev.scored(file, D1="没有送达回证")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert CaseReview.objects.get().seed == rev.SEED


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": " "}, "名称"),
        ({"seed_source": ""}, "种子来源"),
        ({"to_on": date(2026, 3, 1)}, "早于"),
        ({"to_on": date(2026, 3, 9)}, "已经作出的决定"),
        ({"dimensions": ()}, "分层"),
        ({"dimensions": ("mood",)}, "分层"),
        ({"from_on": date(2026, 2, 1), "to_on": date(2026, 2, 2)}, "无卷可抽"),
    ],
)
def test_a_plan_that_cannot_be_leaves_nothing(decided, watch, changed, told):
    with pytest.raises(DomainError, match=told):
        rev.frozen(watch.supervisor, **changed)
    assert (CaseReview.objects.count(), PopulationEntry.objects.count()) == (0, 0)


def test_only_a_supervisor_states_and_draws(decided, watch, people):
    for actor in (people.reviewer, watch.coordinator, watch.regulator):
        with pytest.raises(NotPermitted, match="监督检查人员"):
            freeze_population(rev.plan(), actor=actor, at=TUESDAY)
    review = rev.frozen(watch.supervisor)
    with pytest.raises(NotPermitted):
        draw_review(review.number, seed="1", reviewers=["supervisor"], actor=people.decider, at=TUESDAY)
    assert ReviewFile.objects.count() == 0


@pytest.mark.parametrize(("seed", "names"), [(" ", ["supervisor"]), ("1", []), ("1", ["nobody"]), ("1", ["clerk-SP"])])
def test_no_draw_without_a_seed_and_people_who_may_review(decided, watch, seed, names):
    review = rev.frozen(watch.supervisor)
    with pytest.raises(InvalidInput):
        draw_review(review.number, seed=seed, reviewers=names, actor=watch.supervisor, at=TUESDAY)
    assert ReviewFile.objects.count() == 0


# ---- redrawn by anyone


def redrawn(*args, **options) -> str:
    out = StringIO()
    call_command("redraw_review", *args, stdout=out, **options)
    return out.getvalue()


def test_redrawn_from_the_record(decided, watch):
    review = rev.drawn(watch.supervisor)
    said = redrawn(review.number)
    assert "核对一致：总体4件，抽中2件。" in said
    assert all(number in said for number in review.files.values_list("case__number", flat=True))


def test_redrawn_from_the_published_file_alone(decided, watch, tmp_path):
    review = rev.drawn(watch.supervisor)
    published = tmp_path / "population.csv"
    published.write_text(population_text(frozen_population(review)), encoding="utf-8")
    said = redrawn(population=published, seed=rev.SEED)
    assert review.population_sha256 in said
    assert {line.split("\t")[0] for line in said.splitlines()[1:]} == set(
        review.files.values_list("case__number", flat=True)
    )


def test_control_a_file_slipped_in_is_seen(decided, watch):
    review = rev.drawn(watch.supervisor)
    case = next(one for one in decided if not review.files.filter(case=one).exists())
    ReviewFile.objects.create(review=review, case=case, stratum="x", rank="0" * 64, term_from_on=date(2026, 3, 3))
    with pytest.raises(CommandError, match="不一致"):
        redrawn(review.number)


@pytest.mark.parametrize("args", [(), ("AC20260009",)])
def test_nothing_to_redraw(db, args):
    with pytest.raises(CommandError):
        redrawn(*args)


# ---- reviewers did not handle the case


def test_whoever_handled_the_case_is_passed_over(people, watch):
    case = make.granted(people)
    other = rev.colleague()
    review = rev.drawn(watch.supervisor, people.reviewer, people.decider, other)
    assert review.files.get(case=case).reviewer == other


def test_a_file_all_named_people_handled_waits_for_somebody(people, watch):
    make.granted(people)
    file = rev.drawn(watch.supervisor, people.reviewer, people.decider).files.get()
    assert file.reviewer is None
    assert "均须回避" in file.steps.get().note
    for handler in (people.reviewer, people.decider):
        with pytest.raises(NotPermitted, match="办理过"):
            assign_reviewer(file.pk, username=handler.username, reason="", actor=watch.supervisor, at=TUESDAY)
    assign_reviewer(file.pk, username="supervisor", reason="", actor=watch.supervisor, at=TUESDAY)
    assert now(file).reviewer == watch.supervisor


def test_replaced_with_a_reason(file, watch):
    other = rev.colleague()
    with pytest.raises(InvalidInput, match="须写明理由"):
        assign_reviewer(file.pk, username="colleague", reason="", actor=watch.supervisor, at=TUESDAY)
    assign_reviewer(file.pk, username="colleague", reason="申请人的近亲属，回避", actor=watch.supervisor, at=TUESDAY)
    assert now(file).reviewer == other
    assert file.steps.last().note == "左文慧：申请人的近亲属，回避"
    with pytest.raises(NotPermitted, match="由左文慧评查"):
        rev.scored(file)
    assert now(file).state == "to_score"


def test_a_reviewer_who_handled_the_case_meanwhile_is_refused(people, watch):
    case = make.granted(people)
    other = rev.colleague()
    file = rev.drawn(watch.supervisor, other).files.get()
    from windows.models import Opinion

    Opinion.objects.create(case=case, kind="grant", text="补记", author=other, at=TUESDAY)
    with pytest.raises(NotPermitted, match="办理过.*更换评查人"):
        rev.scored(file)
    assert (now(file).state, ReviewFinding.objects.count()) == ("to_score", 0)


def test_somebody_who_may_not_see_the_case_cannot_review_it(file, watch):
    stranger = make.person("stranger", make.Role.REVIEWER, department="GA", right="review_for_department")
    with pytest.raises(NotPermitted, match="无权查阅"):
        assign_reviewer(file.pk, username=stranger.username, reason="调整", actor=watch.supervisor, at=TUESDAY)
    assert now(file).reviewer == watch.supervisor


# ---- scoring


def test_a_clean_file_is_done(file):
    done = rev.scored(file)
    assert (done.state, done.points, done.grade, done.due_on) == ("clean", 100, "excellent", None)
    assert ReviewFinding.objects.filter(file=file).count() == 20


def test_what_is_not_met_must_be_mended_within_ten_working_days(file):
    done = rev.scored(file, D1="没有送达回证", G1="没有目录")
    # 6 and 3 points; ten working days after Wednesday 2026-03-04.
    assert (done.state, done.points, done.grade, done.due_on) == ("rectifying", 91, "excellent", date(2026, 3, 18))


def test_the_wrong_body_fails_the_file(file):
    done = rev.scored(file, Z1="由内设科室作出")
    assert (done.points, done.grade, done.state) == (0, "fail", "rectifying")


def test_every_item_needs_its_verdict(file, watch):
    given = rev.verdicts()
    first, second, *_ = given
    given |= {first: ItemVerdict("n_a"), second: ItemVerdict("not_met")}
    last = list(given)[-1]
    del given[last]
    with pytest.raises(InvalidInput) as refusal:
        score_file(file.pk, verdicts=given, conclusion="改", actor=watch.supervisor, at=WEDNESDAY)
    assert set(refusal.value.fields) == {f"v{first}", f"n{second}", f"v{last}"}
    assert (now(file).state, ReviewFinding.objects.count()) == ("to_score", 0)


def test_scored_once(file):
    rev.scored(file)
    with pytest.raises(StaleState, match="评查已经办结"):
        rev.scored(file)
    assert ReviewFinding.objects.count() == 20


def test_the_checklist_of_the_day_counts(file):
    old = ChecklistItem.objects.get(code="D1")
    ChecklistItem.objects.filter(pk=old.pk).update(valid_to=date(2026, 3, 4))
    ChecklistItem.objects.create(
        code="D1", position=16, part="送达", text="送达回证", basis="新标准", severity="deduct", points=20,
        valid_from=date(2026, 3, 5),
    )  # fmt: skip
    assert [item.points for item in checklist_on(date(2026, 3, 4)) if item.code == "D1"] == [6]
    assert [item.points for item in checklist_on(date(2026, 3, 5)) if item.code == "D1"] == [20]


def test_loading_the_checklist_again_changes_nothing(db):
    assert (load_review_checklist(), load_review_checklist()) == (20, 0)


# ---- rectification and re-check


def test_mended_and_closed(file, people, watch):
    rev.scored(file, D1="没有送达回证")
    done = rev.rectified(file, people.reviewer)
    # Five working days after Thursday 2026-03-05.
    assert (done.state, done.due_on) == ("rectified", date(2026, 3, 12))
    closed = recheck_file(file.pk, is_mended=True, text="已到位。", actor=watch.supervisor, at=days_later(4))
    assert (closed.state, closed.due_on, closed.ended_at) == ("closed", None, days_later(4))
    assert [step.kind for step in file.steps.all()] == ["draw", "score", "rectify", "close"]


def test_not_good_enough_goes_back_with_a_new_term(file, people, watch):
    rev.scored(file, D1="没有送达回证")
    rev.rectified(file, people.reviewer)
    back = recheck_file(file.pk, is_mended=False, text="回证没有日期。", actor=watch.supervisor, at=days_later(4))
    # Ten working days after Friday 2026-03-06.
    assert (back.state, back.due_on) == ("rectifying", date(2026, 3, 20))


def test_who_mends_and_who_looks_again_are_two(file, people, watch):
    other = rev.colleague()
    assign_reviewer(file.pk, username="colleague", reason="调整", actor=watch.supervisor, at=TUESDAY)
    rev.scored(now(file), D1="没有送达回证")
    with pytest.raises(NotPermitted, match="整改须由他人提交"):
        rev.rectified(file, other)
    with pytest.raises(NotPermitted, match="整改须由莱阳市行政审批服务局"):
        rev.rectified(file, watch.supervisor)
    rev.rectified(file, people.decider)
    for somebody in (people.decider, watch.supervisor):
        with pytest.raises(NotPermitted):
            recheck_file(file.pk, is_mended=True, text="好", actor=somebody, at=days_later(4))
    assert now(file).state == "rectified"


@pytest.mark.parametrize("stage", ["to_score", "clean"])
def test_nothing_to_mend_or_to_look_at(file, people, watch, stage):
    if stage == "clean":
        rev.scored(file)
    with pytest.raises((StaleState, NotFound)):
        submit_rectification(file.pk, text="整改", actor=people.reviewer, at=THURSDAY)
    with pytest.raises(StaleState):
        recheck_file(file.pk, is_mended=True, text="好", actor=watch.supervisor, at=THURSDAY)
    assert now(file).state == stage


def test_a_file_not_yet_scored_is_not_there_for_those_reviewed(file, people, watch):
    with pytest.raises(NotFound):
        submit_rectification(file.pk, text="整改", actor=people.reviewer, at=THURSDAY)
    with pytest.raises(NotFound):
        score_file(file.pk, verdicts={}, conclusion="", actor=watch.regulator, at=THURSDAY)


# ---- terms and reminders


def reminded(at) -> int:
    def fail(reference, error):
        raise error

    return remind_of_reviews(at=at, on_failure=fail)


def test_reminded_two_working_days_before_and_after_the_end_once_each(file, people):
    rev.scored(file, D1="没有送达回证")  # due on Wednesday 2026-03-18
    assert reminded(days_later(11)) == 0  # Friday: three working days left
    assert (reminded(days_later(14)), reminded(days_later(14))) == (1, 0)  # Monday
    assert (reminded(days_later(17)), reminded(days_later(30))) == (1, 0)
    kinds = list(ReviewReminder.objects.order_by("id").values_list("kind", "state", "due_on"))
    assert kinds == [("soon", "rectifying", date(2026, 3, 18)), ("overdue", "rectifying", date(2026, 3, 18))]


def test_the_re_check_has_a_clock_of_its_own(file, people):
    rev.scored(file, D1="没有送达回证")
    reminded(days_later(17))
    rev.rectified(file, people.reviewer, at=days_later(17))
    assert reminded(days_later(18)) == 0
    assert reminded(days_later(25)) == 1
    assert ReviewReminder.objects.latest("id").state == "rectified"


def test_what_has_ended_is_left_alone(file):
    rev.scored(file)
    assert reminded(days_later(60)) == 0
