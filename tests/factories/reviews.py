"""File reviews at each stage, made by the real commands."""

from datetime import date, datetime

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from supervision import reviewing
from supervision.commands.review_checklist import load_review_checklist
from supervision.commands.review_scoring import ItemVerdict, score_file, submit_rectification
from supervision.commands.reviews import Plan, draw_review, freeze_population
from supervision.models import CaseReview, ReviewFile
from tests.factories import cases as make
from tests.factories.cases import days_later

SEED = "双色球2026025期：03 11 17 22 28 33＋09"


def colleague(username: str = "colleague", name: str = "左文慧") -> User:
    """A reviewer of the bureau who handled none of the cases."""
    return make.person(username, Role.REVIEWER, right="review_for_department", name=name)


def plan(**changed) -> Plan:
    values = {
        "title": "2026年3月案卷抽查",
        "from_on": date(2026, 3, 2),
        "to_on": date(2026, 3, 3),
        "dimensions": ("decision", "matter"),
        "seed_source": "中国福利彩票双色球2026025期开奖号码",
    }
    return Plan(**values | changed)


def frozen(supervisor: User, *, at: datetime | None = None, **changed) -> CaseReview:
    load_review_checklist()
    return freeze_population(plan(**changed), actor=supervisor, at=at or days_later(1))


def drawn(supervisor: User, *reviewers: User, at: datetime | None = None, **changed) -> CaseReview:
    """The review of those days, drawn on the Tuesday."""
    review = frozen(supervisor, at=at, **changed)
    names = [one.username for one in reviewers or (supervisor,)]
    return draw_review(review.number, seed=SEED, reviewers=names, actor=supervisor, at=at or days_later(1))


def verdicts(on: date = date(2026, 3, 4), **unmet: str) -> dict[int, ItemVerdict]:
    """Every item met, but those named by code, each with what is wrong."""
    return {
        item.pk: ItemVerdict("not_met", unmet[item.code]) if item.code in unmet else ItemVerdict("met")
        for item in reviewing.checklist_on(on)
    }


def scored(file: ReviewFile, *, at: datetime | None = None, **unmet: str) -> ReviewFile:
    return score_file(
        file.pk,
        verdicts=verdicts(**unmet),
        conclusion="请逐项整改。" if unmet else "",
        actor=file.reviewer,
        at=at or days_later(2),
    )


def rectified(file: ReviewFile, by: User, *, at: datetime | None = None) -> ReviewFile:
    return submit_rectification(file.pk, text="已补正送达回证。", actor=by, at=at or days_later(3))
