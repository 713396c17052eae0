"""特别程序: which steps stop the clock (行政许可法第四十五条) and which consume it. Pure."""

#: Named in Article 45; excluded only when the law requires the step and the applicant was told the time in writing.
ARTICLE_45 = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")


def stops_clock(procedure: str) -> bool:
    """Whether Article 45 lets the time of this step be left out; 现场勘验, 公示 and 征求意见 consume it (trap 9)."""
    return any(name in procedure for name in ARTICLE_45)
