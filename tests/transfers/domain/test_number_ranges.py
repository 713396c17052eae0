"""号段: what belongs to a range, what is missing, and where ranges do not follow each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from laiyang_approval.kernel.errors import InvalidInput
from transfers.domain.number_ranges import as_text, missing_of, range_of, seams


def test_a_range_counts_both_ends():
    found = range_of("鲁交000101", "鲁交000200")
    assert (found.prefix, found.width, found.count) == ("鲁交", 6, 100)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("鲁交", "鲁交000200", "number_from"),
        ("鲁交000101", "鲁运000200", "number_to"),
        ("鲁交0101", "鲁交000200", "number_to"),
        ("鲁交000200", "鲁交000101", "number_to"),
        ("000000000000", "999999999999", "number_to"),
    ],
)
def test_what_is_no_range_is_told_at_its_field(first, last, field):
    with pytest.raises(InvalidInput) as refusal:
        range_of(first, last)
    assert field in refusal.value.fields


def test_missing_numbers_are_read_as_people_write_them():
    within = range_of("鲁交000101", "鲁交000200")
    assert missing_of(within, "鲁交000115、120-122，000130") == (115, 120, 121, 122, 130)
    assert as_text(within, (115, 120, 121, 122, 130)) == "鲁交000115、鲁交000120至鲁交000122、鲁交000130"


@pytest.mark.parametrize("text", ["000201", "100", "122-120", "不明", "000110-000300"])
def test_a_missing_number_outside_the_range_is_refused(text):
    with pytest.raises(InvalidInput):
        missing_of(range_of("鲁交000101", "鲁交000200"), text)


@given(some.sets(some.integers(101, 200)))
def test_writing_missing_numbers_and_reading_them_gives_them_back(numbers):
    within = range_of("鲁交000101", "鲁交000200")
    assert missing_of(within, as_text(within, numbers).replace("至", "-")) == tuple(sorted(numbers))
    assert missing_of(within, as_text(within, numbers)) == tuple(sorted(numbers))


def test_a_gap_and_an_overlap_between_ranges_are_named():
    ranges = [range_of("A001", "A010"), range_of("A021", "A030"), range_of("A030", "A040"), range_of("B001", "B002")]
    assert [(seam.kind, seam.text) for seam in seams(ranges)] == [("gap", "A011至A020"), ("overlap", "A030")]
    assert seams([range_of("A001", "A010"), range_of("A011", "A020")]) == []


def test_a_range_inside_another_hides_no_gap_after_it():
    ranges = [range_of("A001", "A100"), range_of("A010", "A020"), range_of("A101", "A110")]
    assert [(seam.kind, seam.text) for seam in seams(ranges)] == [("overlap", "A010至A020")]
