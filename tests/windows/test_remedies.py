"""What a letter says about review and suit (domain reference 1.9, trap 14). No database."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError
from tests.windows.shipped_laws import shipped_law
from windows.domain.remedies import Remedies, Terms
from windows.domain.remedies import remedies_for as told_by


@dataclass(frozen=True)
class Route:
    review_organ: str = "莱阳市人民政府"
    review_address: str = ""
    online_review_channel: str = ""
    court: str = "莱阳市人民法院"
    basis: str = "《行政复议法》（2023年修订）第二十四条第一款第一项"


DAY = date(2026, 8, 5)


def remedies_for(route: Route | None, *, on: date, served_online: bool) -> Remedies:
    """The remedies of a day, with the terms the shipped law records give for it."""
    keys = {"review": "fyf_review", "suit": "ssf_suit", "after_review": "ssf_after_review"}
    terms = Terms(**{name: shipped_law(key, on) for name, key in keys.items()})
    return told_by(route, terms=terms, served_online=served_online)


def test_a_refusal_of_the_bureau_names_organ_court_and_periods():
    told = remedies_for(Route(), on=DAY, served_online=False)
    assert told.review == "可以自知道或者应当知道本决定之日起60日内，向莱阳市人民政府申请行政复议"
    assert "6个月内，直接向莱阳市人民法院提起行政诉讼" in told.suit
    assert "收到复议决定书之日起15日内" in told.suit
    assert told.online == ""
    assert told.basis == (
        "《行政复议法》第二十条第一款；《行政复议法》（2023年修订）第二十四条第一款第一项；"
        "《行政诉讼法》第四十六条第一款；《行政诉讼法》第四十五条"
    )


def test_before_2024_the_period_stood_in_another_article():
    assert remedies_for(Route(), on=date(2023, 12, 31), served_online=False).basis.startswith(
        "《行政复议法》第九条第一款；"
    )
    assert remedies_for(Route(), on=date(2024, 1, 1), served_online=False).basis.startswith("《行政复议法》第二十条")


def test_the_address_is_printed_where_it_is_known():
    told = remedies_for(replace(Route(), review_address="莱阳市旌旗西路"), on=DAY, served_online=False)
    assert told.review.endswith("申请行政复议（递交地址：莱阳市旌旗西路）")


def test_a_decision_served_online_tells_the_online_channel():
    told = remedies_for(replace(Route(), online_review_channel="山东政务服务网"), on=DAY, served_online=True)
    assert told.online == "也可以通过互联网申请行政复议，渠道：山东政务服务网"


def test_a_decision_served_online_without_channel_is_refused():
    with pytest.raises(DomainError) as refused:
        remedies_for(Route(), on=DAY, served_online=True)
    assert refused.value.article == "行政复议法第二十二条第二款"
    assert "改用纸质送达" in refused.value.message


@pytest.mark.parametrize("route", [None, replace(Route(), review_organ=" "), replace(Route(), court="")])
def test_without_organ_or_court_nothing_is_sealed(route):
    with pytest.raises(DomainError) as refused:
        remedies_for(route, on=DAY, served_online=False)
    assert refused.value.article == "行政许可法第三十八条第二款"
