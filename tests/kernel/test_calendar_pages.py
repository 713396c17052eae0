"""The calendar pages of the system officer: years and versions, an import tried before it counts, the way back."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from laiyang_approval.kernel import calendar_forms, clock
from laiyang_approval.kernel.calendars import DayRow, shipped_days
from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.models import CalendarNotice, User, UserRole
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import load_business_rules
from laiyang_approval.kernel.year_picture import draw_year

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LIST, IMPORT, ACTIVATE = "/tables/calendar/", "/tables/calendar/import/", "/tables/calendar/activate/"
GOOD = "日期,类别,名称\n2026-12-27,调休上班,元旦调休上班\n2027-01-01,放假,元旦\n2027-01-02,放假,元旦\n2027-01-03,放假,元旦\n"


@pytest.fixture
def officer(client, monkeypatch):
    """The browser of the system officer, on 24 November 2026."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    load_calendar()
    load_business_rules()
    user = User.objects.create_user("xitong", display_name="纪维正", password_changed_at=AT)
    UserRole.objects.create(user=user, role=Role.SYSTEM_OFFICER)
    client.force_login(user)
    return client


def upload(content=GOOD, **fields):
    data = {"year": "2027", "notice_no": "国办发明电〔2026〕8号", "title": "", "published_on": "2026-11-04"} | fields
    return data | {"file": SimpleUploadedFile("2027.csv", content.encode())}


def words(response) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def sealed(response) -> str:
    return re.search(r'name="preview" value="([^"]+)"', response.content.decode())[1]


def active(year):
    return CalendarNotice.objects.filter(year=year, is_active=True).values_list("version", flat=True).first()


def test_the_list_shows_every_year_with_its_notice_and_working_days(officer):
    page = words(officer.get(LIST))
    assert "2026年国办发明电〔2025〕7号248" in page
    assert "2019年国办发明电〔2019〕3号第2版250" in page
    assert "文号待核对原件" in page


def test_a_year_is_drawn_with_its_days_off_and_make_up_days(officer):
    page = officer.get(LIST, {"year": "2026"}).content.decode()
    assert page.count('class="year-month"') == 12
    assert "2026年2月，放假15日、16日、17日、18日、19日、20日、21日、22日、23日，调休上班14日、28日" in page


@pytest.mark.parametrize("year", ["1999", "x", "２０２６", ""])
def test_a_year_that_is_not_there_shows_the_newest(officer, year):
    page = officer.get(LIST, {"year": year})
    assert page.status_code == 200
    assert "2026年：国办发明电〔2025〕7号" in words(page)


def test_an_empty_portal_says_what_to_do(client, monkeypatch):
    user = User.objects.create_user("xitong", display_name="纪维正", password_changed_at=clock.now())
    UserRole.objects.create(user=user, role=Role.SYSTEM_OFFICER)
    load_business_rules()
    client.force_login(user)
    page = client.get(LIST)
    assert page.status_code == 200
    assert "还没有放假安排" in words(page)


def test_an_upload_is_previewed_and_changes_nothing(officer):
    page = officer.post(IMPORT, upload())
    assert page.status_code == 200
    assert "2027年放假安排（国办发明电〔2026〕8号）" in words(page)
    assert "没有在办件的期限因此变动" in words(page)
    assert "2026-12-27调休上班元旦调休上班2027-01-01至2027-01-03放假元旦" in words(page)
    assert not CalendarNotice.objects.filter(year=2027).exists()


def test_a_confirmed_preview_is_in_force(officer):
    answer = officer.post(ACTIVATE, {"preview": sealed(officer.post(IMPORT, upload()))}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?year=2027", 302)]
    assert "2027年第1版（国办发明电〔2026〕8号）已生效，在办件的期限已重新计算。" in words(answer)
    notice = CalendarNotice.objects.get(year=2027)
    assert (notice.is_active, notice.imported_by.username, notice.published_on) == (True, "xitong", date(2026, 11, 4))
    assert notice.days.count() == 4


def test_confirming_twice_imports_once(officer):
    preview = sealed(officer.post(IMPORT, upload()))
    officer.post(ACTIVATE, {"preview": preview})
    again = officer.post(ACTIVATE, {"preview": preview})
    assert again.status_code == 409
    assert "请重新预览" in words(again)
    assert CalendarNotice.objects.filter(year=2027).count() == 1


@pytest.mark.parametrize("preview", ["", "x", "eyJ4IjoxfQ:1abc:xyz"])
def test_a_preview_that_somebody_wrote_himself_is_refused(officer, preview):
    answer = officer.post(ACTIVATE, {"preview": preview})
    assert answer.status_code == 409
    assert "预览已失效" in words(answer)
    assert not CalendarNotice.objects.filter(year=2027).exists()


def test_an_old_preview_is_made_again(officer, monkeypatch):
    preview = sealed(officer.post(IMPORT, upload()))
    monkeypatch.setattr(calendar_forms, "PREVIEW_SECONDS", -1)
    assert officer.post(ACTIVATE, {"preview": preview}).status_code == 409
    assert not CalendarNotice.objects.filter(year=2027).exists()


def test_going_back_a_version_is_previewed_and_confirmed_too(officer):
    old = CalendarNotice.objects.get(year=2020, version=1)
    page = officer.get(f"{LIST}{old.pk}/preview/")
    assert "改用2020年第1版（国办发明电〔2019〕16号）" in words(page)
    assert "2020年共251个工作日（现行版本249个）" in words(page)
    assert active(2020) == 2
    officer.post(ACTIVATE, {"preview": sealed(page)})
    assert active(2020) == 1


def test_the_version_in_force_needs_no_preview(officer):
    now = CalendarNotice.objects.get(year=2026)
    answer = officer.get(f"{LIST}{now.pk}/preview/", follow=True)
    assert "是现行版本" in words(answer)
    assert officer.get(f"{LIST}99999/preview/").status_code == 404


def test_an_import_of_the_same_days_says_so(officer):
    rows = "".join(f"{day.date},{day.kind},{day.name}\n" for day in shipped_days(2026, 1))
    page = officer.post(IMPORT, upload(f"date,kind,name\n{rows}", year="2026"))
    assert "与现行版本的日期完全相同" in words(page)


def test_the_number_may_stand_in_the_file(officer):
    content = "date,kind,name,notice_no\n2027-01-01,off,元旦,国办发明电〔2026〕8号\n"
    page = officer.post(IMPORT, upload(content, notice_no=""))
    assert "2027年放假安排（国办发明电〔2026〕8号）" in words(page)


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        (GOOD.replace("2027-01-02", "2027-01-32"), {}, "第4行：日期“2027-01-32”应写作2027-01-01的形式。"),
        (GOOD.replace("2027-01-02,放假", "2027-01-02,休息"), {}, "第4行：类别应为off（放假）或work（调休上班）。"),
        (GOOD.replace("2026-12-27", "2027-01-04"), {}, "第2行：2027-01-04是周一至周五"),
        ("日期,名称\n2027-01-01,元旦\n", {}, "缺少列“类别”"),
        ("日期,类别\n", {}, "文件里没有放假日"),
        (GOOD, {"notice_no": ""}, "请填写文号"),
        (GOOD, {"year": "2028"}, "应先导入2027年"),
        (GOOD, {"year": ""}, "请填写年度"),
        (GOOD, {"published_on": "2027-01-01"}, "请核对发布日期"),
        (GOOD, {"published_on": "gestern"}, "日期应写作2026-11-04的形式"),
        (GOOD, {"notice_no": "国办发明电😀"}, "不能有表情符号"),
        ("\x00\x01", {}, "无法识别"),
        ("", {}, "文件是空的"),
    ],
)
def test_what_cannot_be_imported_is_named_and_nothing_changes(officer, content, fields, said):
    page = officer.post(IMPORT, upload(content, **fields))
    assert page.status_code == 422
    assert said in words(page)
    assert CalendarNotice.objects.count() == 11


def test_the_warning_stands_on_the_page_from_december_on(officer, monkeypatch):
    assert "2027年放假安排尚未导入" not in words(officer.get(LIST))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, 2, 0, tzinfo=UTC))
    officer.logout()
    officer.force_login(User.objects.get(username="xitong"))
    assert "2027年放假安排尚未导入" in words(officer.get(LIST))


def test_the_list_costs_the_same_for_any_number_of_years(officer, django_assert_max_num_queries):
    officer.get(LIST)
    with django_assert_max_num_queries(12):
        officer.get(LIST)


def test_the_picture_rings_the_days_two_versions_have_otherwise():
    drawn = draw_year(2020, shipped_days(2020, 2), compared_with=shipped_days(2020, 1))
    assert drawn.count('stroke="#a61b1b"') == 3
    assert 'stroke="#a61b1b"' not in draw_year(2020, shipped_days(2020, 2))


def test_names_in_the_picture_are_escaped():
    drawn = draw_year(2027, [DayRow(date(2027, 1, 1), "off", "<script>")])
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn
