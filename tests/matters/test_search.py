from datetime import date

import pytest

from matters.queries import normalised, search_matters


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("spjy", "SJ-04"),
        ("SPJY", "SJ-04"),
        ("ｓｐｊｙ", "SJ-04"),
        ("食品经营", "SJ-04"),
        (" 食品 经营 ", "SJ-04"),
        ("shipinjingying", "SJ-04"),
        ("SJ-04", "SJ-04"),
        ("开饭店", "SJ-04"),
        ("网吧", "WG-01"),
        ("ktv", "WG-02"),
        ("yd", "SJ-08"),  # 药店, an alias, by its initials
        ("施工许可", "JS-01"),
    ],
)
def test_what_people_type_finds_the_matter_first(catalogue, typed, first):
    assert search_matters(typed)[0].code == first


@pytest.mark.parametrize("typed", ["", "   ", "不存在的事项", "%", "_", "zzzz", "'; DROP TABLE", "😀"])
def test_nothing_found_is_an_empty_list(catalogue, typed):
    assert search_matters(typed) == []


def test_search_is_one_query_and_keeps_the_limit(catalogue, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(search_matters("许可", limit=8)) == 8


def test_matters_that_have_been_stopped_come_last(catalogue):
    names = [matter.code for matter in search_matters("木材", on=date(2026, 3, 2))]
    assert "LY-06" in names
    open_first = search_matters("登记", on=date(2026, 3, 2), limit=200)
    stopped = [matter.is_stopped for matter in open_first]
    assert stopped == sorted(stopped)
    assert stopped[-1] is True


def test_typed_text_is_folded():
    assert normalised("　ＳＰ jy ") == "spjy"
    assert len(normalised("长" * 500)) == 60
