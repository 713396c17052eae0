from matters.domain.content import Content, limit_text, shown
from matters.domain.differences import difference


def guide(**fields):
    content = Content(fields={"name": "食品经营许可", "promised_value": 7, "promised_unit": "workday"} | fields)
    content.rows["materials"] = [
        {"name": "申请书", "form": "original", "original_count": 1, "deferrable": False},
        {"name": "平面布局图", "form": "original", "original_count": 1, "deferrable": True},
    ]
    return content


def lines(old, new):
    return [(change.where, change.verb, change.old, change.new) for change in difference(old, new)]


def test_nothing_changed():
    assert difference(guide(), guide()) == []


def test_a_changed_field_shows_both_values_in_words():
    assert lines(guide(), guide(promised_value=5, promised_unit="calday")) == [
        ("承诺时限", "修改", "7", "5"),
        ("承诺时限单位", "修改", "工作日", "日（自然日）"),
    ]


def test_a_field_filled_for_the_first_time_is_new():
    assert lines(guide(phone=""), guide(phone="0535-7210000")) == [("咨询电话", "新增", "", "0535-7210000")]


def test_a_material_added_removed_and_changed():
    new = guide()
    new.rows["materials"] = [
        {"name": "申请书", "form": "original", "original_count": 2, "deferrable": False},
        {"name": "健康证明", "form": "copy", "original_count": 0, "deferrable": False},
    ]
    assert lines(guide(), new) == [
        ("申请材料“申请书”：原件份数", "修改", "1", "2"),
        ("申请材料", "新增", "", "健康证明；形式：复印件；原件份数：0"),
        ("申请材料", "删除", "平面布局图；形式：原件；原件份数：1；可容缺：是", ""),
    ]


def test_materials_in_another_order():
    new = guide()
    new.rows["materials"].reverse()
    assert lines(guide(), new) == [("申请材料", "调整顺序", "申请书、平面布局图", "平面布局图、申请书")]


def test_against_nothing_everything_said_is_new():
    assert [change.kind for change in difference(None, guide())] == ["added"] * 5


def test_limits_and_unknown_values_in_words():
    assert limit_text(20, "workday") == "20个工作日"
    assert limit_text(7, "calday") == "7日（自然日）"
    assert limit_text(3, "month") == "3个月"
    assert limit_text(0, "workday") == "当场办结"
    assert limit_text(None, "") == "待核实"
    assert shown("phone", "") == "待核实"
