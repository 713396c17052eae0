from dataclasses import replace

import pytest

from matters.domain.content import Content, unknown_fields
from matters.domain.linter import Facts, Level, blocking, lint, promise_against_law

OFFICIAL = Facts(is_reconstructed=False, has_regulator=True)
RECONSTRUCTED = Facts(is_reconstructed=True, has_regulator=True)


def material(name="食品经营许可申请书", **values):
    return {
        "name": name,
        "form": "original",
        "original_count": 1,
        "copy_count": 0,
        "is_main": False,
        "is_conditional": False,
        "condition": "",
        "deferrable": False,
        "commitment_allowed": False,
        "source": "applicant",
        "basis": "《食品经营许可和备案管理办法》第十四条",
        "note": "",
    } | values


def complete_guide(**fields) -> Content:
    """A guide with nothing left to say."""
    content = Content(
        fields={
            "name": "食品经营许可",
            "applicant_kinds": "自然人;法人",
            "handling": "committed",
            "statutory_value": 10,
            "statutory_unit": "workday",
            "clock_start": "accepted",
            "statutory_basis": "《食品经营许可和备案管理办法》",
            "promised_value": 7,
            "promised_unit": "workday",
            "result_document": "食品经营许可证",
            "validity_text": "5年",
            "special_procedures": "现场勘验",
            "acceptance_condition": "在莱阳市从事食品经营",
            "quantity_limit": "无数量限制",
            "form_sample": "大厅和网站免费提供",
            "fee_note": "无",
            "window": "综合窗口",
            "address": "莱阳市政务服务大厅",
            "service_hours": "工作日",
            "phone": "0535-0000000",
            "complaint_phone": "12345",
            "catalog_code": "000131001000",
            "task_code": "x" * 31,
            "power_source": "法定本级行使",
            "service_area": "本市",
            "online_depth": "全程网办",
            "visits": 0,
        }
        | fields
    )
    content.rows["legal_bases"] = [{"citation": "《食品安全法》第三十五条"}]
    content.rows["conditions"] = [{"text": "具有与经营的食品品种、数量相适应的场所", "basis": ""}]
    content.rows["process_steps"] = [{"name": "受理", "duty": "", "limit_text": "", "standard": ""}]
    content.rows["materials"] = [material()]
    return content


def messages(content, facts=OFFICIAL):
    return [finding.message for finding in lint(content, facts)]


def test_a_complete_guide_has_no_findings():
    assert lint(complete_guide(), OFFICIAL) == []
    assert unknown_fields(complete_guide()) == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("legal_bases", "没有公布设定依据。"),
        ("conditions", "没有公布许可条件。"),
        ("process_steps", "没有公布办理程序。"),
        ("materials", "没有列出需要提交的全部材料。"),
    ],
)
def test_article_30_elements_kept_as_rows_must_be_there(kind, message):
    content = complete_guide()
    content.rows[kind] = []
    findings = [finding for finding in lint(content, OFFICIAL) if finding.message == message]
    assert [(one.level, one.article) for one in findings] == [(Level.ERROR, "《行政许可法》第三十条")]
    assert blocking(lint(content, OFFICIAL), OFFICIAL) != []


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("name", "没有写事项名称。"),
        ("quantity_limit", "没有公布数量限制（没有限制的写“无数量限制”）。"),
        ("form_sample", "没有公布申请书示范文本。"),
        ("statutory_value", "没有填写法定时限。"),
        ("promised_value", "没有填写承诺时限。"),
    ],
)
def test_article_30_elements_kept_as_fields_must_be_there(field, message):
    assert message in messages(complete_guide(**{field: None}))


def test_unknown_elements_block_an_official_row_but_not_a_reconstructed_one():
    content = complete_guide(quantity_limit="", phone="")
    official = blocking(lint(content, OFFICIAL), OFFICIAL)
    assert {finding.about for finding in official} == {"quantity_limit", "phone"}
    found = lint(content, RECONSTRUCTED)
    assert {(finding.about, finding.level) for finding in found} == {
        ("quantity_limit", Level.UNKNOWN),
        ("phone", Level.UNKNOWN),
    }
    assert blocking(found, RECONSTRUCTED) == []


@pytest.mark.parametrize("field", ["statutory_unit", "promised_unit", "clock_start"])
def test_trap_15_no_unit_or_clock_start_is_never_published(field):
    found = lint(complete_guide(**{field: ""}), RECONSTRUCTED)
    assert [finding.about for finding in blocking(found, RECONSTRUCTED)] == [field]
    assert "第四十二条" in found[0].article


@pytest.mark.parametrize(
    ("promise", "law", "level"),
    [
        ((10, "workday"), (10, "workday"), None),
        ((11, "workday"), (10, "workday"), Level.ERROR),
        ((3, "workday"), (7, "calday"), None),  # 施工许可: 3个工作日 within 7日
        ((2, "workday"), (3, "calday"), Level.WARNING),  # Friday + 2 workdays = Tuesday, + 3 days = Monday
        ((5, "workday"), (4, "calday"), Level.ERROR),
        ((30, "workday"), (3, "month"), None),
        ((70, "workday"), (3, "month"), Level.ERROR),
        ((1, "month"), (20, "workday"), Level.WARNING),
        ((0, "workday"), (0, "workday"), None),
    ],
)
def test_a_promise_is_compared_with_the_law_across_units(promise, law, level):
    assert promise_against_law(*promise, *law) is level


def test_a_promise_longer_than_the_law_blocks_publishing():
    found = lint(complete_guide(promised_value=11), RECONSTRUCTED)
    assert found[0].message == "承诺时限（11个工作日）长于法定时限（10个工作日）；请缩短承诺时限。"
    assert "《优化营商环境条例》第三十六条" in found[0].article
    assert blocking(found, RECONSTRUCTED) == [found[0]]


def test_an_instant_matter_promises_at_most_one_workday():
    assert lint(complete_guide(handling="instant", promised_value=1), OFFICIAL) == []
    found = lint(complete_guide(handling="instant", promised_value=2), OFFICIAL)
    assert [finding.about for finding in found] == ["handling"]


@pytest.mark.parametrize("level", ["local_regulation", "rule", "other"])
def test_articles_58_and_59_a_fee_needs_a_law_or_an_administrative_regulation(level):
    content = complete_guide(fee_note="工本费")
    content.rows["fees"] = [{"name": "工本费", "basis": "省物价局文件", "basis_level": level, "is_for_licence": True}]
    found = lint(content, RECONSTRUCTED)
    assert [(one.level, one.article) for one in found] == [(Level.ERROR, "《行政许可法》第五十八条、第五十九条")]
    content.rows["fees"][0]["basis_level"] = "admin_regulation"
    assert lint(content, OFFICIAL) == []


def test_a_fee_without_basis_is_unknown_while_reconstructed():
    content = complete_guide(fee_note="工本费")
    content.rows["fees"] = [{"name": "工本费", "basis": "", "basis_level": "", "is_for_licence": True}]
    assert [finding.level for finding in lint(content, RECONSTRUCTED)] == [Level.UNKNOWN]
    assert [finding.level for finding in lint(content, OFFICIAL)] == [Level.ERROR]


def test_no_regulator_blocks_publishing():
    facts = replace(RECONSTRUCTED, has_regulator=False)
    assert [finding.about for finding in blocking(lint(complete_guide(), facts), facts)] == ["boundary"]


@pytest.mark.parametrize("name", ["其他材料", "其他有关材料", "法律、法规规定的其他材料", "审批机关要求的其他文件"])
def test_other_materials_block_an_official_guide(name):
    content = complete_guide()
    content.rows["materials"].append(material(name))
    assert [finding.about for finding in blocking(lint(content, OFFICIAL), OFFICIAL)] == ["materials"]


def test_a_plain_catch_all_blocks_a_reconstructed_guide_too():
    content = complete_guide()
    content.rows["materials"].append(material("其他材料"))
    assert len(blocking(lint(content, RECONSTRUCTED), RECONSTRUCTED)) == 1


@pytest.mark.parametrize(
    "name", ["营业执照（或其他主体资格证明）", "三名以上专职工作人员的相关材料", "林木采伐许可证或其他合法来源证明"]
)
def test_naming_an_alternative_is_no_catch_all(name):
    content = complete_guide()
    content.rows["materials"].append(material(name))
    assert lint(content, OFFICIAL) == []


def test_a_main_material_is_never_deferred():
    content = complete_guide()
    content.rows["materials"] = [material(is_main=True, deferrable=True)]
    assert messages(content) == ["材料“食品经营许可申请书”是主件，不能容缺；请取消容缺。"]


def test_a_material_without_copies_or_named_twice_is_an_error():
    content = complete_guide()
    content.rows["materials"] = [material(original_count=0), material()]
    assert messages(content) == [
        "材料“食品经营许可申请书”没有写份数。",
        "材料“食品经营许可申请书”列了两次。",
    ]


def test_article_27_no_condition_to_buy_named_goods():
    content = complete_guide()
    content.rows["conditions"] = [{"text": "购买指定的收银设备", "basis": ""}]
    assert [finding.article for finding in lint(content, OFFICIAL)] == ["《行政许可法》第二十七条、第三十一条"]


def test_visits_to_the_site_are_explained():
    assert messages(complete_guide(visits=1)) == ["须到现场1次，但没有写明原因。"]
