"""The clock's picture and its sentence: what a person sees of a period, in every situation it can be in."""

import re
from datetime import date

import pytest

from laiyang_approval.kernel.calendars import shipped_calendar
from windows.clock_strip import FoldedMonth, Week, strip_of
from windows.domain.clock import Limit, Suspension, Unit, run_both
from windows.domain.sentences import clock_sentence, span_text

CALENDAR = shipped_calendar()
D = date.fromisoformat
REVIEW = {"label": "专家评审", "reference": "特别程序告知书〔2026〕12号"}


def clocks(trigger="2026-03-02", promised=10, statutory=20, unit="workday", **more):
    both = run_both(
        D(trigger),
        promised=Limit(promised, Unit(unit)),
        statutory=Limit(statutory, Unit(unit)),
        calendar=CALENDAR,
        **more,
    )
    return both.promised, both.statutory


def strip(today, *arguments, is_printed=False, **more):
    return strip_of(*clocks(*arguments, **more), today=D(today), is_printed=is_printed)


def cells(found):
    return [cell for block in found.blocks if isinstance(block, Week) for cell in block.cells]


def cell(found, day):
    return next(one for one in cells(found) if one.date == D(day))


def line(found):
    """The strip as one would type it: a mark a day, | between weeks."""
    return "|".join(
        " ".join(one.mark or "?" for one in block.cells) if isinstance(block, Week) else f"[{block.first.month}月]"
        for block in found.blocks
    )


# The cells


def test_a_usual_case_of_twenty_working_days():
    found = strip("2026-03-13")
    assert line(found) == "○ 1 2 3 4 · ·|5 6 7 8 9 · ·|10 11 12 13 14 · ·|15 16 17 18 19 · ·|20"
    assert [one.look for one in cells(found)][:7] == ["trigger", "used", "used", "used", "used", "free", "free"]
    assert (cell(found, "2026-03-13").look, cell(found, "2026-03-13").is_today) == ("used", True)
    assert cell(found, "2026-03-16").look == "counted"
    assert cell(found, "2026-03-16").flags == (("承诺", "promised"),)
    assert cell(found, "2026-03-30").flags == (("法定", "statutory"),)


def test_spring_festival_is_days_off_and_make_up_saturdays_count():
    found = strip("2026-02-25", "2026-02-05", 15)
    assert line(found) == "○ 1 · ·|2 3 4 5 6 7 休|休 休 休 休 休 休 休|休 8 9 10 11 12 ·|13 14 15 16 17 · ·|18 19 20"
    assert [one.date.isoformat() for one in cells(found) if one.is_makeup] == ["2026-02-14", "2026-02-28"]
    assert cell(found, "2026-02-16").tip == "2月16日　放假（春节）"


def test_days_excluded_name_their_notice():
    found = strip("2026-03-17", suspensions=[Suspension(D("2026-03-08"), D("2026-03-13"), **REVIEW)])
    assert line(found).split("|")[1] == "‖ ‖ ‖ ‖ ‖ · ·"
    assert cell(found, "2026-03-09").tip == "3月9日　不计入（专家评审（特别程序告知书〔2026〕12号））"
    assert cell(found, "2026-04-07").flags == (("法定", "statutory"),)


def test_a_case_that_stands_still_is_drawn_to_today():
    found = strip("2026-03-17", suspensions=[Suspension(D("2026-03-08"), None, **REVIEW)])
    assert line(found) == "○ 1 2 3 4 · ·|‖ ‖ ‖ ‖ ‖ · ·|‖ ‖"
    assert not any(one.flags for one in cells(found))


def test_days_of_an_unpublished_year_are_dashed_to_an_estimate_on_screen_only():
    screen = strip("2026-12-17", "2026-12-14")
    assert line(screen) == "○ 1 2 3 4 · ·|5 6 7 8 9 · ·|10 11 12 13 ? ? ?|? ? ? ? ? ? ?|?"
    assert (screen.missing_year, screen.estimate) == (2027, D("2027-01-11"))
    assert cell(screen, "2027-01-11").flags == (("暂定", "guess"),)
    assert "暂定2027年1月11日" in screen.html
    paper = strip("2026-12-17", "2026-12-14", is_printed=True)
    assert paper.estimate is None
    assert "暂定" not in paper.html
    assert [one.look for one in cells(paper)][-7:] == ["unknown"] * 7


def test_past_the_promise_the_days_used_are_marked_late():
    found = strip("2026-03-19", promised=7)
    assert [cell(found, f"2026-03-{day}").look for day in ("11", "12", "19", "20")] == [
        "used",
        "late",
        "late",
        "counted",
    ]


def test_past_the_law_the_days_over_are_counted_to_today():
    found = strip("2026-04-09", promised=7)
    assert line(found).split("|")[-2:] == ["20 +1 +2 +3 +4 休 休", "休 +5 +6 +7"]
    assert cells(found)[-1].is_today


def test_both_ends_on_one_day_carry_both_flags():
    assert cell(strip("2026-03-03", promised=20), "2026-03-30").flags == (("承诺", "promised"), ("法定", "statutory"))


def test_a_promise_later_than_the_law_is_not_flagged():
    both = run_both(D("2026-03-02"), promised=Limit(20), statutory=Limit(10, Unit.CALDAY), calendar=CALENDAR)
    found = strip_of(both.promised, both.statutory, today=D("2026-03-03"))
    assert cell(found, "2026-03-12").flags == (("承诺", "promised"), ("法定", "statutory"))
    assert found.sentence == "法定时限已用1日、剩9日。"


def test_a_long_span_folds_the_months_in_which_nothing_happens():
    found = strip("2026-03-20", promised=60, statutory=90, unit="calday")
    folded = [block for block in found.blocks if isinstance(block, FoldedMonth)]
    assert folded == [FoldedMonth(D("2026-04-01"), counted=30, excluded=0, is_published=True)]
    assert line(found).startswith("○ 1 2 3 4 5 6|7 8")
    assert line(found).endswith("|顺")
    assert strip("2026-04-20", promised=60, statutory=90, unit="calday").blocks[5] != folded[0]  # today is never folded


def test_forty_five_working_days_are_drawn_day_by_day():
    found = strip("2026-03-20", promised=45, statutory=45)
    assert not any(isinstance(block, FoldedMonth) for block in found.blocks)
    assert cells(found)[-1].mark == "45"


@pytest.mark.parametrize(
    ("today", "more"),
    [
        ("2026-03-13", {}),
        ("2026-03-20", {"promised": 60, "statutory": 90, "unit": "calday"}),
        ("2026-12-17", {"trigger": "2026-12-14"}),
        ("2026-06-30", {"promised": 1}),
    ],
)
def test_every_day_is_drawn_once_in_order(today, more):
    found = strip(today, **more)
    days = [one.date for one in cells(found)]
    assert days == sorted(set(days))
    for block in found.blocks:
        if isinstance(block, Week):
            assert len({one.date.isocalendar()[:2] for one in block.cells}) == 1


# The picture


def test_the_picture_has_a_group_a_day_and_no_style_sheet():
    found = strip("2026-03-13")
    assert found.svg.count("<g>") == len(cells(found)) == 29
    assert found.svg.count("<svg") == 5
    assert "style=" not in found.html
    assert "<script" not in found.html


def test_a_screen_reader_hears_each_week():
    labels = re.findall(r'aria-label="(3月[^"]*)"', strip("2026-03-13").svg)
    assert labels[1] == "3月9日起的一周，计入第5至9日，13日今天"
    assert labels[4] == "3月30日起的一周，计入第20日，30日法定届满"


def test_the_words_of_a_notice_are_escaped():
    nasty = Suspension(D("2026-03-08"), D("2026-03-13"), label="<b>评审</b>", reference='"x"&')
    found = strip("2026-03-17", suspensions=[nasty])
    assert "<b>" not in found.html
    assert "&lt;b&gt;评审&lt;/b&gt;（&quot;x&quot;&amp;）" in found.svg
    assert "&lt;b&gt;" in found.table


def test_the_table_says_of_each_day_why_and_by_which_article():
    rows = re.findall(
        r"<tr>(.*?)</tr>",
        strip("2026-03-13", suspensions=[Suspension(D("2026-03-03"), D("2026-03-04"), **REVIEW)]).table,
    )
    texts = [re.sub(r"<[^>]+>", "|", row).strip("|") for row in rows]
    assert texts[0] == "2026-03-02 周一||—||起算日||民法典第二百零一条"
    assert texts[2] == "2026-03-04 周三||—||不计入　专家评审（特别程序告知书〔2026〕12号）||行政许可法第四十五条"
    assert texts[5] == "2026-03-07 周六||—||休息日||行政许可法第八十二条"
    assert len(texts) == 30


def test_cases_of_one_day_and_limit_share_their_strip():
    assert strip("2026-03-13") is strip("2026-03-13")
    assert strip("2026-03-13") is not strip("2026-03-14")


# The sentence


@pytest.mark.parametrize(
    ("today", "more", "sentence"),
    [
        ("2026-03-09", {"promised": 20}, "已用5个工作日，剩15个工作日。"),
        ("2026-03-02", {}, "已用0个工作日，距承诺届满剩10个工作日，距法定届满剩20个工作日。"),
        ("2026-03-16", {}, "已用10个工作日，今天承诺届满，距法定届满剩10个工作日。"),
        ("2026-03-30", {"promised": 20}, "已用20个工作日，今天届满。"),
        ("2026-03-17", {}, "已用11个工作日，已超承诺时限1个工作日，距法定届满剩9个工作日。"),
        ("2026-03-31", {}, "已用21个工作日，已超承诺时限11个工作日，已超法定时限1个工作日。"),
        ("2026-03-21", {"promised": 14}, "已用14个工作日，已过承诺时限，距法定届满剩6个工作日。"),
        (
            "2026-03-12",
            {"unit": "calday", "promised": 10, "statutory": 30},
            "已用10日，今天承诺届满，距法定届满剩20日。",
        ),
        (
            "2026-12-17",
            {"trigger": "2026-12-14"},
            "已用3个工作日，距承诺届满剩7个工作日，距法定届满剩17个工作日，法定届满日待2027年放假安排公布。",
        ),
        (
            "2026-12-31",
            {"trigger": "2026-12-25"},
            "已用4个工作日，距承诺届满剩6个工作日，距法定届满剩16个工作日，承诺和法定届满日待2027年放假安排公布。",
        ),
        ("2027-01-05", {"trigger": "2026-12-25"}, "2027年放假安排尚未公布，已用和剩余时间待公布后计算。"),
    ],
)
def test_the_clock_in_one_sentence(today, more, sentence):
    assert clock_sentence(*clocks(**more), D(today)) == sentence


def test_limits_of_two_units_say_each_their_own():
    both = run_both(D("2026-11-12"), promised=Limit(15), statutory=Limit(60, Unit.CALDAY), calendar=CALENDAR)
    assert clock_sentence(both.promised, both.statutory, D("2026-11-24")) == (
        "承诺时限已用8个工作日、剩7个工作日，法定时限已用12日、剩48日，法定届满日待2027年放假安排公布。"
    )


@pytest.mark.parametrize(
    ("suspension", "phrase"),
    [
        (
            Suspension(D("2026-03-08"), D("2026-03-13"), **REVIEW),
            "3月9日至13日因专家评审不计入（特别程序告知书〔2026〕12号）",
        ),
        (
            Suspension(D("2026-03-08"), None, **REVIEW),
            "自3月9日起因专家评审暂停计时，恢复后确定届满日（特别程序告知书〔2026〕12号）",
        ),
        (Suspension(D("2026-03-30"), None), "将自3月31日起依法暂停计时，恢复后确定届满日"),
        (Suspension(D("2026-03-12"), D("2026-03-13")), "3月13日依法不计入"),
        (
            Suspension(D("2026-03-12"), D("2026-03-16"), label="公示", excluded_from_statutory=False),
            "3月13日至16日因公示不计入（只停承诺时限）",
        ),
    ],
)
def test_each_suspension_has_its_phrase(suspension, phrase):
    sentence = clock_sentence(*clocks(promised=20, suspensions=[suspension]), D("2026-03-17"))
    assert sentence.endswith(f"；{phrase}。")


def test_suspensions_that_changed_nothing_are_not_mentioned():
    before = Suspension(D("2026-02-02"), D("2026-02-20"), **REVIEW)
    after = Suspension(D("2026-04-02"), D("2026-04-20"), **REVIEW)
    nothing = Suspension(D("2026-03-05"), D("2026-03-05"), **REVIEW)
    assert (
        clock_sentence(*clocks(promised=20, suspensions=[before, after, nothing]), D("2026-03-09"))
        == "已用5个工作日，剩15个工作日。"
    )


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2026-03-09", "2026-03-09", "3月9日"),
        ("2026-03-09", "2026-03-13", "3月9日至13日"),
        ("2026-03-30", "2026-04-02", "3月30日至4月2日"),
        ("2026-12-30", "2027-01-05", "12月30日至2027年1月5日"),
    ],
)
def test_a_span_of_days_in_words(start, end, text):
    assert span_text(D(start), D(end)) == text
