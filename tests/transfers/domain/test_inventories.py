"""四交接: what stands in the way of a hand-over, and in which words."""

from dataclasses import replace

from transfers.domain.inventories import Inventory, Line, Party, blockers
from transfers.domain.number_ranges import range_of

ALL = frozenset(Party)
SIGNED = [Line(1, inventory, "无", 0, ALL) for inventory in Inventory]
PAPERS = Line(2, Inventory.ASSETS, "许可证（空白）", 100, ALL, range_of("鲁交000101", "鲁交000200"))


def sentences(*lines):
    return [one.sentence for one in blockers(lines)]


def test_four_lists_with_three_signatures_have_nothing_in_their_way():
    assert blockers(SIGNED) == []
    assert blockers([*SIGNED, PAPERS]) == []


def test_a_list_without_a_line_is_named():
    assert sentences(*SIGNED[:3]) == ["“印章、空白证书和资产”清单还没有内容；没有可移交的，请登记为“无”。"]


def test_missing_signatures_are_named_by_party_and_line():
    unsigned = [replace(line, signed=frozenset({Party.GIVER})) for line in SIGNED[:2]]
    assert sentences(*unsigned, *SIGNED[2:]) == [
        "接收方还没有签字：事项和在办件；人员和编制。",
        "监交方还没有签字：事项和在办件；人员和编制。",
    ]
    second = replace(SIGNED[0], seq=2, signed=ALL - {Party.RECEIVER})
    assert sentences(SIGNED[0], second, *SIGNED[1:]) == ["接收方还没有签字：事项和在办件第2行。"]


def test_missing_certificate_numbers_block_until_they_are_accounted_for():
    missing = replace(PAPERS, missing=(115, 120, 121), quantity=97)
    assert sentences(*SIGNED, missing) == [
        "第2行“许可证（空白）”缺号鲁交000115、鲁交000120至鲁交000121，没有说明去向。"
    ]
    assert sentences(*SIGNED, replace(missing, explained="2017年作废销毁，销毁记录在案")) == []


def test_a_quantity_that_does_not_fit_the_numbers_blocks():
    assert sentences(*SIGNED, replace(PAPERS, quantity=99)) == [
        "第2行“许可证（空白）”写明99份，按号段扣除缺号应为100份。"
    ]


def test_a_gap_between_two_ranges_blocks():
    after = replace(PAPERS, seq=3, numbers=range_of("鲁交000221", "鲁交000230"), quantity=10)
    assert sentences(*SIGNED, PAPERS, after) == ["号段之间缺鲁交000201至鲁交000220，请补登记，或者作为缺号说明去向。"]


def test_a_disputed_line_says_why():
    disputed = replace(SIGNED[2], description="2017年案卷", disputed="缺第12卷", signed=frozenset())
    assert sentences(*SIGNED[:2], disputed, SIGNED[3])[0] == "第1行“2017年案卷”有异议：缺第12卷。请移交方改正。"
