"""Limits of number: set by date on a page of the catalogue's, never rewritten (行政许可法第五十七条)."""

from datetime import date

import pytest
import time_machine

from laiyang_approval.kernel.errors import InvalidInput, NotPermitted
from matters.commands.quotas import NewQuota, set_quota
from matters.models import Matter, Quota
from matters.queries import quota_on

from .test_editions import AT, TODAY


def limit(number: int, valid_from: date, **more) -> NewQuota:
    return NewQuota("SJ-04", number, "市政府数量规划第三条", valid_from, **more)


def test_a_new_limit_ends_the_former_the_day_before(catalogue, admin):
    set_quota(limit(10, TODAY), actor=admin, at=AT)
    set_quota(limit(12, date(2026, 7, 1)), actor=admin, at=AT)
    matter = Matter.objects.get(code="SJ-04")
    assert [quota_on(matter, day).number for day in (TODAY, date(2026, 6, 30), date(2026, 7, 1))] == [10, 10, 12]
    assert quota_on(matter, date(2026, 3, 1)) is None
    assert Quota.objects.get(number=10).valid_to == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("quota", "sentence"),
    [
        (limit(1, date(2026, 3, 1)), "起始日不能早于今天"),
        (limit(1, TODAY, valid_to=date(2026, 3, 1)), "截止日早于起始日"),
        (NewQuota("XX-99", 1, "依据", TODAY), "没有这个事项代码"),
        (NewQuota("SJ-04", 1, "  ", TODAY), "请填写数量限制的依据"),
    ],
)
def test_what_cannot_be_is_refused_in_words(catalogue, admin, quota, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        set_quota(quota, actor=admin, at=AT)
    assert Quota.objects.count() == 0


def test_a_limit_before_the_last_one_is_refused(catalogue, admin):
    set_quota(limit(10, date(2026, 7, 1)), actor=admin, at=AT)
    with pytest.raises(InvalidInput, match="新的起始日须在此之后"):
        set_quota(limit(9, date(2026, 7, 1)), actor=admin, at=AT)
    assert Quota.objects.get().number == 10


def test_only_the_catalogue_admin_sets_a_limit(catalogue, clerk):
    with pytest.raises(NotPermitted):
        set_quota(limit(10, TODAY), actor=clerk, at=AT)
    assert Quota.objects.count() == 0


def test_the_page_sets_a_limit_and_tells_what_is_wrong(catalogue, admin, client):
    client.force_login(admin)
    with time_machine.travel(AT, tick=False):
        wrong = client.post(
            "/catalogue/quotas/", {"matter_code": "SJ-04", "number": "-1", "basis": "", "valid_from": ""}
        )
        assert wrong.status_code == 422
        page = wrong.content.decode()
        assert "总数不能为负数。" in page and "请写明依据" in page and "请填写起始日。" in page
        typed = {"matter_code": "sj-04", "number": "10", "basis": "规划第三条", "valid_from": "2026-03-02"}
        assert client.post("/catalogue/quotas/", typed).status_code == 302
        assert "食品经营许可" in client.get("/catalogue/quotas/").content.decode()
    assert Quota.objects.get().matter.code == "SJ-04"
