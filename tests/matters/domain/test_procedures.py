import pytest

from matters.domain.procedures import stops_clock


@pytest.mark.parametrize("name", ["听证", "专家评审", "检验检测", "检疫", "鉴定", "招标", "拍卖"])
def test_article_45_steps_may_be_left_out(name):
    assert stops_clock(name)


@pytest.mark.parametrize("name", ["现场勘验", "公示", "征求意见", "考核"])
def test_trap_9_other_steps_consume_the_clock(name):
    assert not stops_clock(name)
