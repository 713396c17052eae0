"""The system's own judgement of the five outcomes of Article 32."""

from windows.domain.intake import MaterialStanding, Outcome, judge

COMPLETE = (MaterialStanding(1, "申请书", "complete"), MaterialStanding(2, "平面图", "not_needed"))
LACKING = (
    MaterialStanding(1, "申请书", "complete"),
    MaterialStanding(2, "平面图", "missing"),
    MaterialStanding(3, "健康证明", "defective"),
)


def judged(**facts):
    defaults = {
        "licence_required": True,
        "in_power": True,
        "power_reason": "",
        "competent_name": "莱阳市行政审批服务局",
        "standings": COMPLETE,
    }
    return judge(**(defaults | facts))


def test_complete_materials_in_power_call_for_acceptance():
    judgement = judged()
    assert judgement.outcome is Outcome.ACCEPT
    assert judgement.article == "行政许可法第三十二条第一款第五项"
    assert judgement.unmet == ()


def test_missing_and_defective_materials_call_for_one_notice_of_all_of_them():
    judgement = judged(standings=LACKING)
    assert judgement.outcome is Outcome.CORRECT
    assert [standing.name for standing in judgement.unmet] == ["平面图", "健康证明"]
    assert "有2项材料不齐或不合格（平面图、健康证明）" in judgement.sentence


def test_outside_the_power_names_the_competent_body_even_when_materials_are_missing():
    judgement = judged(
        in_power=False,
        power_reason="本事项不属于本机关职权范围",
        competent_name="莱阳市自然资源和规划局",
        standings=LACKING,
    )
    assert judgement.outcome is Outcome.NOT_ACCEPT
    assert "莱阳市自然资源和规划局" in judgement.sentence
    assert judgement.article == "行政许可法第三十二条第一款第二项"


def test_no_licence_needed_comes_before_everything_else():
    judgement = judged(licence_required=False, in_power=False, standings=LACKING)
    assert judgement.outcome is Outcome.NOT_REQUIRED
    assert judgement.article == "行政许可法第三十二条第一款第一项"
    assert not judgement.explained


def test_a_matter_turned_into_a_filing_explains_itself():
    judgement = judged(licence_required=False, not_required_reason="本事项自2021年4月15日起改为备案。")
    assert judgement.sentence == "本事项自2021年4月15日起改为备案。"
    assert judgement.explained
