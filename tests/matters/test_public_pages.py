"""What everybody sees: list, search, guide, PDF, packages, who decides."""

from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel import clock
from matters import queries
from matters.guides import guide_on, standing_on
from matters.models import Edition, Matter

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


def page(client, address, status=200, **extra):
    response = client.get(address, **extra)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def test_the_list_can_be_narrowed_by_domain_department_and_applicant(client, catalogue):
    first = page(client, "/matters/")
    assert "危险化学品经营许可" in first
    assert "农林水牧渔 36" in first
    assert "after=" in first
    tax = page(client, "/matters/?domain=税务管理")
    assert tax.count('class="matter-row-name"') == 4
    market = page(client, "/matters/?department=SJ&applicant=自然人")
    assert "食品经营许可" in market
    assert "农药经营许可" not in market
    assert "没有符合条件的事项" in page(client, "/matters/?domain=税务管理&applicant=自然人&department=GA")
    assert "危险化学品经营许可" in page(client, "/matters/?domain=不存在&department=';--")


def test_the_list_goes_on_page_by_page_to_the_end(client, catalogue):
    seen, address = set(), "/matters/"
    for _ in range(6):
        body = page(client, address)
        seen |= {
            body.split('class="matter-row-name" href="')[1:][i].split('"')[0]
            for i in range(body.count('class="matter-row-name"'))
        }
        if 'rel="next"' not in body:
            break
        address = "/matters/" + body.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == 199


def test_search_without_javascript_and_as_a_part_of_the_page(client, catalogue):
    whole = page(client, "/matters/?q=spjy")
    assert "查到 1 个事项" in whole
    assert "/matters/SJ-04/" in whole
    part = page(client, "/matters/search/?q=spjy", headers={"HX-Request": "true"})
    assert "<html" not in part
    assert "/matters/SJ-04/" in part
    redirected = client.get("/matters/search/?q=spjy")
    assert (redirected.status_code, redirected.headers["Location"]) == (302, "/matters/?q=spjy")


@pytest.mark.parametrize("typed", ["不存在的事项", "<script>alert(1)</script>", "=1+1", "😀", "许" * 300])
def test_a_search_that_finds_nothing_says_what_to_do(client, catalogue, typed):
    response = client.get("/matters/", {"q": typed})
    body = response.content.decode()
    assert response.status_code == 200
    assert "没有查到" in body
    assert "<script>alert" not in body


def test_the_guide_of_a_food_business_licence(client, catalogue):
    body = page(client, "/matters/SJ-04/")
    for words in (
        "谁可以申请",
        "自然人、法人",
        "食品经营许可证",
        "7个工作日",
        "10个工作日",
        "自受理之日起",
        "经本行政机关负责人批准，可以延长10个工作日，并告知您理由。",
        "不收费",
        "营业执照（或其他主体资格证明）",
        "《食品经营许可和备案管理办法》（2023年12月1日施行）",
        "莱阳市人民政府",
        "莱阳市人民法院",
        "莱阳市市场监督管理局",
        "莱阳市政务服务大厅综合受理窗口",
        "重建稿",
        "待核实",
        "现场勘验",
    ):
        assert words in body, words
    assert "《食品经营许可管理办法》" not in body
    assert body.count('type="checkbox"') == 7
    assert page(client, "/matters/sj-04/") == body


def test_an_older_edition_says_that_it_is_not_todays(client, catalogue):
    body = page(client, "/matters/SJ-04/editions/1/")
    assert "不是今天的指南" in body
    assert "20个工作日" in body
    assert client.get("/matters/SJ-04/editions/9/").status_code == 404


def test_a_deferred_matter_names_the_department_that_decides_today(client, catalogue):
    body = page(client, "/matters/GT-01/")
    assert "本事项暂缓划转，今天由莱阳市自然资源和规划局受理和决定，行政审批服务局不受理。" in body


def test_a_closed_matter_says_since_when_and_why(client, catalogue):
    body = page(client, "/matters/LY-06/")
    assert "自2020年7月1日起停止办理" in body
    assert "《森林法》取消木材运输许可" in body
    assert "到这里申请" not in body
    assert "请向所在地乡（镇）人民政府申请" in page(client, "/matters/GT-09/")


def test_a_matter_decided_by_the_county_government_names_yantai_for_review(catalogue):
    guide = guide_on(queries.matter_by_code("JT-04"), date(2026, 3, 2))
    assert guide.standing.accepting.code == "SP"
    assert guide.standing.decider_name == "莱阳市人民政府"
    assert (guide.remedy.review_organ, guide.remedy.court) == ("烟台市人民政府", "烟台市中级人民法院")


def test_an_unknown_code_is_a_page_not_a_fault(client, catalogue):
    body = page(client, "/matters/XX-99/", status=404)
    assert "没有查到这个事项" in body


def test_a_matter_without_a_published_guide_says_so(client, catalogue):
    original = Matter.objects.get(code="SJ-04")
    Matter.objects.create(
        code="SJ-99",
        kind="licence",
        matter_type="行政许可",
        name="尚未发布的事项",
        domain="市场准入",
        original_department=original.original_department,
        supervising_department=original.supervising_department,
        statutory_decider="department",
        confidence="low",
        basis_check="none",
    )
    assert "办事指南尚未发布" in page(client, "/matters/SJ-99/", status=404)
    assert client.get("/matters/SJ-99/guide.pdf").status_code == 404
    assert "没有登记受理机关" in standing_on(queries.matter_by_code("SJ-99"), date(2026, 3, 2)).notice


def test_the_guide_as_pdf_carries_its_materials(client, catalogue):
    response = client.get("/matters/SJ-04/guide.pdf")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert client.get("/matters/SJ-04/guide.pdf").content == response.content


def test_the_twelve_packages_and_one_list_of_materials(client, catalogue):
    body = page(client, "/packages/")
    assert body.count('href="/packages/YL-') == 12
    body = page(client, "/packages/YL-01/")
    assert "前面步骤办出，不用另备" in body
    assert body.count(">营业执照（或其他主体资格证明）<") == 1
    assert client.get("/packages/YL-99/").status_code == 404


def test_who_decides_today_shows_the_figures_and_all_matters(client, catalogue):
    body = page(client, "/who-decides/?kind=deferred")
    assert "133" in body
    assert body.count("<tr>") == 31
    assert "市自然资源和规划局" in body
    assert "市行政审批服务局</td>" not in body
    assert "不划转（进驻大厅）" in body


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/matters/", 9),
        ("/matters/?q=许可", 6),
        ("/matters/SJ-04/", 18),
        ("/packages/", 4),
        ("/packages/YL-07/", 12),
        ("/who-decides/", 10),
    ],
)
def test_pages_ask_a_number_of_queries_that_does_not_grow(
    client, catalogue, django_assert_max_num_queries, address, most
):
    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200


# Once: what differs from guide to guide is text, and both engines hold the same.
@pytest.mark.once
def test_guides_of_all_199_matters_open(client, catalogue):
    for code in Matter.objects.values_list("code", flat=True):
        assert client.get(f"/matters/{code}/").status_code == 200, code
    assert Edition.objects.filter(state="published").count() == 205
