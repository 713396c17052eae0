"""The pages of those who look after the catalogue: every act is a plain post."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.urls import reverse

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.roles import Role
from matters.commands.editions import create_draft
from matters.models import CatalogueImport, Edition, Matter
from tests.matters.conftest import person

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


class _Fields(HTMLParser):
    """What a browser would post from the form that holds the field ``version`` and the rows."""

    def __init__(self):
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select = self.textarea = ""

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        name = at.get("name", "")
        if tag == "input" and name and at.get("type") not in ("submit", "search"):
            if at.get("type") in ("checkbox", "radio") and "checked" not in at:
                return
            self.values.setdefault(name, []).append(at.get("value", "on" if at.get("type") == "checkbox" else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in at:
            self.values[self.select] = [at.get("value", "")]
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = [""]

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data):
        if self.textarea:
            self.values[self.textarea][0] += data.removeprefix("\n")


def posted(client, edition_id):
    body = client.get(reverse("catalogue-draft", args=[edition_id])).content.decode()
    parser = _Fields()
    parser.feed(body[body.index('<form method="post" novalidate') :])
    parser.values.pop("csrfmiddlewaretoken", None)
    return parser.values


def names_of(edition_id):
    return list(Edition.objects.get(pk=edition_id).materials.values_list("name", flat=True))


@pytest.fixture
def draft(desk, catalogue):
    response = desk.post("/catalogue/matters/SJ-04/draft/")
    assert response.status_code == 302
    return Edition.objects.get(state="draft")


def save(client, draft, act="save", **changes):
    data = posted(client, draft.pk) | {
        name: value if isinstance(value, list) else [value] for name, value in changes.items()
    }
    return client.post(reverse("catalogue-draft", args=[draft.pk]), data | {"act": act})


def test_only_the_catalogue_admin_finds_these_pages(client, catalogue, admin):
    draft = create_draft("SJ-04", actor=admin)
    addresses = [
        "/catalogue/",
        "/catalogue/matters/",
        "/catalogue/matters/SJ-04/",
        "/catalogue/findings/",
        "/catalogue/exchange/",
        "/catalogue/export/matters.csv",
        f"/catalogue/drafts/{draft.pk}/",
        f"/catalogue/drafts/{draft.pk}/publish/",
    ]
    for address in addresses:
        assert client.get(address).status_code == 302, address
    client.force_login(person("shencha", Role.REVIEWER))
    for address in addresses:
        assert client.get(address).status_code == 404, address


def test_the_desk_opens_without_and_with_drafts(desk, catalogue):
    assert "没有草稿" in desk.get("/catalogue/").content.decode()
    desk.post("/catalogue/matters/SJ-04/draft/")
    body = desk.get("/catalogue/").content.decode()
    assert "核对并发布" in body
    assert "待核实 3389 处" in body


def test_saving_an_untouched_draft_changes_nothing(desk, draft):
    from matters.content import content_of

    before = content_of(draft)
    assert save(desk, draft).status_code == 302
    assert content_of(Edition.objects.get(pk=draft.pk)) == before


def test_a_field_is_saved_and_shown_again(desk, draft):
    assert save(desk, draft, phone="0535-7210000", change_note="补电话").status_code == 302
    saved = Edition.objects.get(pk=draft.pk)
    assert (saved.phone, saved.change_note, saved.draft_version) == ("0535-7210000", "补电话", 1)


def test_rows_are_added_moved_and_removed_by_posts_alone(desk, draft):
    first = names_of(draft.pk)
    response = save(desk, draft, act="add:materials")
    assert response.headers["Location"].endswith("?add=materials#materials-end")
    body = desk.get(response.headers["Location"]).content.decode()
    assert 'name="materials-7-name"' in body
    save(
        desk,
        draft,
        **{
            "materials-7-name": "食品安全承诺书",
            "materials-7-form": "original",
            "materials-7-original_count": "1",
            "materials-7-copy_count": "0",
            "materials-7-source": "applicant",
        },
    )
    assert names_of(draft.pk) == [*first, "食品安全承诺书"]
    save(desk, draft, act="up:materials:7")
    assert names_of(draft.pk) == [*first[:6], "食品安全承诺书", first[6]]
    save(desk, draft, act="down:materials:0")
    assert names_of(draft.pk)[:2] == [first[1], first[0]]
    save(desk, draft, act="remove:materials:2")
    assert first[2] not in names_of(draft.pk)


@pytest.mark.parametrize("act", ["remove:materials:99", "up:materials:0", "remove:nothing:1", "up:materials:x", "x"])
def test_a_button_that_means_nothing_saves_and_changes_no_row(desk, draft, act):
    first = names_of(draft.pk)
    assert save(desk, draft, act=act).status_code == 302
    assert names_of(draft.pk) == first


def test_what_cannot_be_saved_is_told_and_kept_on_the_page(desk, draft):
    response = save(
        desk, draft, statutory_value="-3", name="许" * 201, phone="0535-7210000", **{"materials-0-form": "x"}
    )
    body = response.content.decode()
    assert response.status_code == 422
    assert "没有保存，请先改正" in body
    assert "申请材料第1行" in body
    assert 'value="0535-7210000"' in body
    assert Edition.objects.get(pk=draft.pk).draft_version == 0


def test_a_stale_page_is_told_and_keeps_what_was_typed(desk, draft):
    old = posted(desk, draft.pk)
    save(desk, draft, phone="0535-1")
    response = desk.post(reverse("catalogue-draft", args=[draft.pk]), old | {"phone": ["0535-2"], "act": "save"})
    assert response.status_code == 409
    assert "已被他人修改" in response.content.decode()
    assert 'value="0535-2"' in response.content.decode()
    assert Edition.objects.get(pk=draft.pk).phone == "0535-1"


def test_a_post_without_version_is_refused(desk, draft):
    assert desk.post(reverse("catalogue-draft", args=[draft.pk]), {"name": "x"}).status_code == 422
    assert Edition.objects.get(pk=draft.pk).name == "食品经营许可"


def test_publishing_shows_the_difference_and_the_findings(desk, draft):
    save(desk, draft, promised_value="11", phone="0535-7210000")
    body = desk.get(reverse("catalogue-publish", args=[draft.pk])).content.decode()
    assert "<del>7</del>" in body
    assert "<ins>11</ins>" in body
    assert "承诺时限（11个工作日）长于法定时限（10个工作日）" in body
    assert "《优化营商环境条例》第三十六条" in body
    assert 'aria-disabled="true"' in body
    response = desk.post(
        reverse("catalogue-publish", args=[draft.pk]), {"effective_from": "2026-03-02", "version": "1"}
    )
    assert response.status_code == 422
    assert "不能发布" in response.content.decode()
    save(desk, draft, promised_value="5")
    response = desk.post(
        reverse("catalogue-publish", args=[draft.pk]), {"effective_from": "2026-03-02", "version": "2"}
    )
    assert response.headers["Location"] == "/catalogue/matters/SJ-04/"
    assert "5个工作日" in desk.get("/matters/SJ-04/").content.decode()
    assert desk.get(reverse("catalogue-draft", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("day", ["2026-03-01", "二〇二六年", "", "0000-00-00"])
def test_a_day_that_cannot_be_is_told(desk, draft, day):
    response = desk.post(reverse("catalogue-publish", args=[draft.pk]), {"effective_from": day, "version": "0"})
    assert response.status_code == 422
    assert Edition.objects.get(pk=draft.pk).state == "draft"


def test_a_draft_is_discarded_by_a_post_only(desk, draft):
    address = reverse("catalogue-discard", args=[draft.pk])
    assert desk.get(address).status_code == 405
    assert desk.post(address, {"version": "0"}).headers["Location"] == "/catalogue/matters/SJ-04/"
    assert not Edition.objects.filter(state="draft").exists()


def test_aliases_and_note(desk, catalogue):
    response = desk.post("/catalogue/matters/SJ-04/", {"aliases": "奶茶店；烧烤", "note": "核对中"})
    assert response.status_code == 302
    assert Matter.objects.get(code="SJ-04").aliases == "奶茶店;烧烤"
    response = desk.post("/catalogue/matters/SJ-04/", {"aliases": "长" * 501, "note": ""})
    assert response.status_code == 422
    assert Matter.objects.get(code="SJ-04").aliases == "奶茶店;烧烤"


def test_the_list_of_matters_is_narrowed(desk, draft):
    body = desk.get("/catalogue/matters/?state=draft").content.decode()
    assert body.count("<tr data-href") == 1
    assert "有草稿" in body
    assert desk.get("/catalogue/matters/?q=spjy&kind=licence").content.decode().count("<tr data-href") == 1
    assert "没有符合条件的事项" in desk.get("/catalogue/matters/?state=official").content.decode()


def test_findings_over_the_whole_catalogue(desk, catalogue):
    body = desk.get("/catalogue/findings/").content.decode()
    assert "检查 199 份指南" in body
    assert "民用爆炸物品运输许可" in body


def upload(desk, data, table="matters", name="目录.csv"):
    file = BytesIO(data)
    file.name = name
    return desk.post("/catalogue/exchange/", {"table": table, "file": file})


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_edit_import_preview_confirm(desk, catalogue, file_format):
    exported = desk.get(f"/catalogue/export/matters.{file_format}")
    assert exported.headers["Content-Disposition"].endswith(f'filename="catalogue-matters-20260302.{file_format}"')
    if file_format == "csv":
        changed = exported.content.replace("食品经营许可证,5年".encode(), "食品经营许可证,10年".encode())
        assert changed != exported.content
    else:
        changed = exported.content
    response = upload(desk, changed, name=f"目录.{file_format}")
    waiting = CatalogueImport.objects.get()
    assert response.headers["Location"] == f"/catalogue/imports/{waiting.pk}/"
    body = desk.get(response.headers["Location"]).content.decode()
    if file_format == "csv":
        assert "<ins>10年</ins>" in body
    else:
        assert "没有改动" in body
    assert not Edition.objects.filter(state="draft").exists()
    assert desk.post(f"/catalogue/imports/{waiting.pk}/confirm/").headers["Location"] == "/catalogue/"
    assert Edition.objects.filter(state="draft").count() == (1 if file_format == "csv" else 0)
    assert desk.post(f"/catalogue/imports/{waiting.pk}/confirm/").status_code == 409
    assert "这次导入已经处理" in desk.get(f"/catalogue/imports/{waiting.pk}/").content.decode()


def test_a_wrong_table_lists_its_faults_by_row(desk, catalogue):
    exported = desk.get("/catalogue/export/matters.csv").content
    response = upload(desk, exported.replace(b",workday,accepted,", b",tian,accepted,", 1))
    assert response.status_code == 422
    body = response.content.decode()
    assert "没有导入：1 处错误" in body
    assert "第2行“时限单位”列：“tian”不在可选值中" in body
    assert CatalogueImport.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"\xff\xd8\xff\xe0 not a table", "photo.csv"),
        (b"a,b\n1,2\n", "other.csv"),
        (b"PK\x03\x04broken", "broken.xlsx"),
        ("事项代码\n=1+1\n".encode(), "short.csv"),
    ],
)
def test_files_that_are_no_catalogue_are_told_apart(desk, catalogue, data, name):
    response = upload(desk, data, name=name)
    assert response.status_code == 422
    assert CatalogueImport.objects.count() == 0


def test_a_waiting_import_is_let_go(desk, catalogue):
    upload(desk, desk.get("/catalogue/export/materials.csv").content, table="materials")
    waiting = CatalogueImport.objects.get()
    assert desk.post(f"/catalogue/imports/{waiting.pk}/discard/").headers["Location"] == "/catalogue/exchange/"
    waiting.refresh_from_db()
    assert waiting.state == "discarded"


def test_exports_that_do_not_exist(desk, catalogue):
    assert desk.get("/catalogue/export/people.csv").status_code == 404
    assert desk.get("/catalogue/export/matters.exe").status_code == 404


@pytest.mark.parametrize(
    ("address", "most"),
    [("/catalogue/", 26), ("/catalogue/matters/", 18), ("/catalogue/findings/", 20), ("/catalogue/matters/SJ-04/", 18)],
)
def test_desk_pages_ask_a_fixed_number_of_queries(desk, catalogue, django_assert_max_num_queries, address, most):
    with django_assert_max_num_queries(most):
        assert desk.get(address).status_code == 200
