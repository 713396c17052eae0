"""docs/law.md: every provision leads to a rule, a command, a test and pages that are there."""

import re
from dataclasses import replace

import pytest

from tests.browser.pages import PAGES
from windows.domain.states import TABLE

from . import law

SCREENS = {str(visit) for visit in PAGES}
#: 行政许可法第三十二条第一款第四项 → 第三十二条
ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条")
SAMPLE = law.entries()[0]


@pytest.mark.parametrize("entry", law.entries(), ids=lambda entry: entry.record)
def test_every_cell_leads_to_what_it_names(entry):
    assert list(law.faults(entry, screens=SCREENS)) == []


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ({"rule": " "}, "rule is empty"),
        ({"tests": ""}, "tests is empty"),
        ({"record": "xkf_999"}, "no law record xkf_999"),
        ({"commands": "windows.commands.review.no_such"}, "no command windows.commands.review.no_such"),
        ({"tests": "tests/books/test_law.py::test_no_such"}, "no test tests/books/test_law.py::test_no_such"),
        ({"screen": "no-such"}, "no page no-such"),
    ],
)
def test_control_a_cell_that_is_empty_or_leads_nowhere_is_found(spoilt, fault):
    assert fault in list(law.faults(replace(SAMPLE, **spoilt), screens=SCREENS))


def test_every_article_of_the_state_table_has_its_row():
    in_table = {found for row in TABLE.rows if "行政许可法" in row.article for found in ARTICLE.findall(row.article)}
    in_book = {ARTICLE.match(law.articles()[entry.record][1])[0] for entry in law.entries()}
    assert sorted(in_table - in_book) == []


@pytest.mark.parametrize("entry", law.entries(), ids=lambda entry: entry.record)
def test_the_command_names_the_article(entry):
    named = ARTICLE.match(law.articles()[entry.record][1])[0]
    assert named in law.sources(entry) or entry.record in law.sources(entry)


def test_no_provision_has_two_rows():
    records = [entry.record for entry in law.entries()]
    assert sorted(record for record in records if records.count(record) > 1) == []


def test_the_book_is_of_today():
    assert law.BOOK.read_text(encoding="utf-8") == law.written()
