"""对账: the counts of 莱政发〔2018〕18号 against the catalogue. Pure."""

from dataclasses import dataclass

#: 意见: 133 licensing matters = 103 at once + 30 deferred (市国土局 15, 市交通局 11, 市建设局规划类 4); 19 related items.
LICENCES = 103
RELATED = 19
DEFERRED = {"GT": 15, "JY": 11, "JS": 4}
DEFERRED_NAMES = {"GT": "市国土局", "JY": "市交通局", "JS": "市建设局规划类"}
TRANSFERRED_TOTAL = 133
#: The opinion gives no number for the retained matters; 47 is the reconstruction's own (README, section 1).
RETAINED = 47


@dataclass(frozen=True)
class Line:
    """One figure: what it is, what it must be, what it is, and where the right one comes from."""

    label: str
    expected: int
    actual: int
    source: str
    #: Whether the decision of 2018 gives the figure.
    is_decided: bool = True

    @property
    def agrees(self) -> bool:
        return self.expected == self.actual


def reconcile(counts: dict[str, int]) -> list[Line]:
    """Every figure of the decision beside the catalogue's own (``matters.queries.catalogue_counts``)."""
    opinion = "莱政发〔2018〕18号"
    return [
        Line("划转行政许可事项合计", TRANSFERRED_TOTAL, counts["licence"] + counts["deferred"], opinion),
        Line("其中：立即划转", LICENCES, counts["licence"], opinion),
        Line("其中：暂缓划转", sum(DEFERRED.values()), counts["deferred"], opinion),
        *[
            Line(f"暂缓：{DEFERRED_NAMES[code]}", number, counts.get(f"deferred_{code}", 0), opinion)
            for code, number in DEFERRED.items()
        ],
        Line("关联事项", RELATED, counts["related"], opinion),
        Line("不划转（进驻大厅）", RETAINED, counts["retained"], "重建目录（文件未给数量）", is_decided=False),
    ]
