"""The counter through the client: one post from the matter to the receipt, and every way it can go wrong."""

import io
import re
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.models import FormToken, StoredFile
from windows.commands.drafts import drop_used_drafts, save_draft
from windows.models import Case, CaseFile, IntakeDraft, Letter, Party

from .hall_setup import (
    FOOD,
    NOW,
    PERSON_ID,
    RESTAURANT_CODE,
    SOLE_TRADER_CODE,
    at_nine_thirty,
    clerk,
    clerk_of,
    edition_of,
    shipped,
    typed,
    window,
)

__all__ = ["at_nine_thirty", "clerk", "shipped", "window"]
pytestmark = pytest.mark.django_db

COUNTER = "/hall/"


def _one_page_pdf() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.save(made)
    return made.getvalue()


PDF = _one_page_pdf()


def nothing_happened() -> bool:
    return not (
        Case.objects.exists() or Party.objects.exists() or Letter.objects.exists() or FormToken.objects.exists()
    )


def text_of(response) -> str:
    """The page's words, without tags and spaces between them."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def material(number: int, code: str = FOOD):
    return list(edition_of(code).materials.all())[number - 1]


# ---- the page


def test_an_empty_counter_asks_for_the_matter(window):
    page = window.get(COUNTER)
    assert page.status_code == 200
    assert "请先选择事项" in text_of(page)
    assert 'id="counter-form" data-counter-form hidden' in page.content.decode()


def test_a_matter_picked_by_link_shows_limits_materials_and_both_due_dates(window):
    page = text_of(window.get(COUNTER, {"matter": FOOD}))
    assert "食品经营许可SJ-04·法定10个工作日" in page
    assert "今日受理：承诺截止" in page
    assert "法定截止2026-03-16" in page
    for one in edition_of().materials.all():
        assert one.name in page


def test_without_javascript_a_search_lists_the_matters_as_links(window):
    page = window.get(COUNTER, {"q": "spjy"}).content.decode()
    assert 'href="/hall/?matter=SJ-04"' in page


def test_a_search_that_finds_nothing_says_what_to_type(window):
    assert "没有查到“没有这个事项”" in text_of(window.get(COUNTER, {"q": "没有这个事项"}))


def test_the_type_ahead_finds_by_pinyin_initials(window):
    found = window.get(reverse("counter-matters"), {"q": "spjy"}).content.decode()
    assert found.index('data-code="SJ-04"') < found.index("</li>")


def test_a_citizen_or_a_stranger_does_not_find_the_counter(client, shipped, db, at_nine_thirty):
    assert client.get(COUNTER).status_code == 302
    stranger = clerk_of(username="chengke")
    stranger.role_rows.all().update(role="citizen")
    client.force_login(stranger)
    assert client.get(COUNTER).status_code == 404


# ---- one post


def test_one_post_registers_and_accepts_and_shows_the_query_code_once(window, clerk):
    response = window.post(COUNTER, typed())
    case = Case.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/hall/results/{case.number}/")
    assert (case.state, case.received_by, case.accepted_by) == ("accepted", clerk, clerk)
    assert case.statutory_due_on.isoformat() == "2026-03-16"
    assert [letter.kind for letter in case.letters.order_by("id")] == ["D01", "D06"]
    assert case.party.name == "莱阳市某某餐饮店"
    assert case.party.phone == "13800000000"
    assert set(case.materials.values_list("status", flat=True)) == {"complete"}

    first = text_of(window.get(response["Location"]))
    code = re.search(r"查询码([2-9A-Z]{8})只显示这一次", first)[1]
    assert case.query_code_hmac
    assert code not in str(window.session.items())
    again = text_of(window.get(response["Location"]))
    assert code not in again
    assert "查询码只显示一次，系统不保存明文" in again


def test_the_query_code_travels_encrypted_to_the_one_page_that_shows_it(window):
    response = window.post(COUNTER, typed())
    carried = response.cookies["query_code"]
    code = re.search(r"查询码([2-9A-Z]{8})只显示", text_of(window.get(response["Location"])))[1]
    assert (carried["path"], carried["httponly"], carried["samesite"]) == (response["Location"], True, "Strict")
    assert code not in carried.value
    assert not {"query_code", "intake_codes"} & set(window.session.keys())


def test_a_query_code_carried_to_another_case_or_by_another_person_or_for_too_long_is_not_shown(window, monkeypatch):
    first = window.post(COUNTER, typed(token=new_form_token()))
    sealed = first.cookies["query_code"].value

    def shows(browser, page: str) -> bool:
        browser.cookies["query_code"] = sealed
        return "只显示这一次" in text_of(browser.get(page))

    second = window.post(COUNTER, typed(token=new_form_token()))
    assert not shows(window, second["Location"])
    colleague = Client()
    colleague.force_login(clerk_of(username="chuangkou2"))
    assert not shows(colleague, first["Location"])
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    assert not shows(window, first["Location"])
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=9))
    assert shows(window, first["Location"])


def test_the_same_form_posted_again_leads_to_the_first_result(window):
    page = typed(token=new_form_token())
    first, second = window.post(COUNTER, page), window.post(COUNTER, page)
    assert second.status_code == 302
    assert second["Location"] == first["Location"]
    assert Case.objects.count() == 1
    assert Letter.objects.count() == 2


def test_two_forms_with_the_same_content_are_two_applications(window):
    window.post(COUNTER, typed(token=new_form_token()))
    window.post(COUNTER, typed(token=new_form_token()))
    assert Case.objects.count() == 2
    assert Party.objects.count() == 1


def test_a_form_of_another_person_cannot_be_replayed_into_their_result(window, client):
    page = typed(token=new_form_token())
    window.post(COUNTER, page)
    client.force_login(clerk_of(username="chuangkou2"))
    response = client.post(COUNTER, page)
    assert response.status_code == 409
    assert "页面已失效" in text_of(response)
    assert Case.objects.count() == 1


def test_a_missing_paper_is_told_once_with_the_prefilled_words(window):
    third = material(3)
    page = typed(outcome="correct") | {f"m{third.pk}-status": "missing"}
    assert window.post(COUNTER, page).status_code == 302
    case = Case.objects.get()
    item = case.correction_notices.get().items.get()
    assert case.state == "correction_pending"
    assert (item.material.edition_material, item.reason) == (third, "未提交")
    assert item.remedy.startswith(f"提交{third.name}")
    assert item.material.copies == 0


def test_a_defective_paper_needs_the_clerks_words(window):
    second = material(2)
    page = typed(outcome="correct") | {f"m{second.pk}-status": "defective"}
    response = window.post(COUNTER, page)
    assert response.status_code == 422
    assert "请写明这项材料存在的问题" in text_of(response)
    assert nothing_happened()
    page[f"m{second.pk}-reason"] = "复印件未加盖公章"
    assert window.post(COUNTER, page).status_code == 302
    assert Case.objects.get().correction_notices.get().items.get().reason == "复印件未加盖公章"


def test_acceptance_with_a_paper_missing_is_refused_and_names_it(window):
    response = window.post(COUNTER, typed() | {f"m{material(1).pk}-status": "missing"})
    assert response.status_code == 409
    assert "不能受理：属本机关职权范围；有1项材料不齐或不合格（食品经营许可申请书）" in text_of(response)
    assert nothing_happened()


def test_no_licence_needed_wants_a_reason_for_the_letter(window):
    page = typed(outcome="not_required", licence_not_required="on")
    response = window.post(COUNTER, page)
    assert response.status_code == 422
    assert "请写明不需要许可的理由" in text_of(response)
    assert nothing_happened()
    assert window.post(COUNTER, page | {"reason": "仅销售预包装食品，依法备案即可"}).status_code == 302
    assert Case.objects.get().state == "not_required"


def test_differing_from_the_judgement_wants_a_reason(window):
    page = typed(outcome="not_required", reason="仅销售预包装食品，依法备案即可")
    response = window.post(COUNTER, page)
    assert response.status_code == 422
    assert "请填写与系统判断不同的理由" in text_of(response)
    assert nothing_happened()
    assert window.post(COUNTER, page | {"override_reason": "申请书写明只卖预包装食品"}).status_code == 302


def test_a_deferred_matter_is_not_accepted_and_the_competent_body_named(window):
    response = window.post(COUNTER, typed("GT-03", outcome="not_accept"))
    assert response.status_code == 302
    assert Case.objects.get().state == "not_accepted"


def test_the_panel_of_a_deferred_matter_names_the_competent_body(window):
    page = text_of(window.get(COUNTER, {"matter": "GT-03"}))
    assert "建议：不予受理行政许可法第三十二条第一款第二项" in page
    assert "莱阳市自然资源和规划局" in page


def test_a_closed_matter_says_since_when(window):
    page = text_of(window.get(COUNTER, {"matter": "LS-01"}))
    assert "建议：不受理（无需许可）" in page
    assert "不再需要取得许可" in page


def test_received_first_and_answered_later(window):
    response = window.post(COUNTER, typed(outcome="keep"))
    assert Case.objects.get().state == "received"
    assert "请在2026年3月9日前作出处理" in text_of(window.get(response["Location"]))


def test_the_agent_and_the_request_are_kept_with_the_case(window):
    window.post(
        COUNTER,
        typed(
            agent_name="古丽娜•买买提",
            agent_id_number=PERSON_ID,
            contact_phone="１３９００００００００",
            electronic_service="on",
        ),
    )
    case = Case.objects.get()
    assert (case.agent_name, case.agent_id_kind, case.agent_id_number) == ("古丽娜·买买提", "resident_id", PERSON_ID)
    assert (case.contact_phone, case.electronic_service, case.request) == ("13900000000", True, "热食类食品制售")


def test_nobody_is_told_to_correct_what_nobody_looked_at(window):
    page = {key: value for key, value in typed(outcome="correct").items() if not key.endswith("-status")}
    response = window.post(COUNTER, page)
    assert response.status_code == 422
    assert text_of(response).count("还没有登记这项材料；请先核对，选“齐、缺、不合格”之一。") == 14, (
        "at the top and beside each"
    )
    assert not Case.objects.exists()


def test_a_year_that_is_not_published_yet_stops_nothing(window, monkeypatch):
    december = datetime(2026, 12, 10, 1, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: december)
    page = text_of(window.get(COUNTER, {"matter": "HY-03"}))
    assert "今日受理：承诺截止2026-12-21·法定截止待公布暂定2027-01-07（2027年放假安排公布后确定）" in page
    response = window.post(COUNTER, typed("HY-03"))
    case = Case.objects.get()
    assert (case.state, case.statutory_due_on, case.calendar_missing_year) == ("accepted", None, 2027)
    assert window.get(response["Location"]).status_code == 200


# ---- bad input: a sentence beside the field, what was typed kept, nothing done


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("id_number", "91370682MA00000A9N", "统一社会信用代码的校验位不对"),
        ("id_number", "370682199001019997", "身份证号码的校验位不对"),
        ("id_number", "370682203001019999", "出生日期2030-01-01晚于今天"),
        ("id_number", "37068219900101", "身份证号码应为18位，现为14位"),
        ("id_number", "9" * 10_000, "身份证号码过长（10000个字符）"),
        ("id_number", "", "请填写申请人的证件号码或统一社会信用代码"),
        ("name", "莱阳好吃餐饮店🍜", "单位名称中不能有表情符号"),
        ("name", "<b>莱阳餐饮店</b>", "单位名称中不能有尖括号"),
        ("name", "餐" * 10_000, "单位名称过长（10000个字），最多200个字"),
        ("name", "", "请填写申请人的姓名或名称"),
        ("phone", "12345", "手机号码应为11位，现为5位"),
        ("phone", "7000000", "固定电话缺少区号"),
        ("request", "热" * 10_000, "内容过长（10000个字），最多2000个字"),
        ("premises", "路" * 10_000, "内容过长（10000个字），最多200个字"),
        ("legal_representative", "13800000000", "姓名中"),
        ("agent_id_number", RESTAURANT_CODE, "经办人请填写本人身份证件号码"),
        ("agent_id_number", PERSON_ID, "请一并填写经办人姓名"),
        ("outcome", "", "请选择处理结果"),
        ("outcome", "grant", "请选择处理结果"),
        ("matter", "XX-99", "没有查到这个事项"),
        ("matter", "", "请先选择事项"),
        ("token", "short", "页面已失效"),
    ],
)
def test_what_cannot_be_taken_is_explained_and_kept(window, field, value, sentence):
    response = window.post(COUNTER, typed(**{field: value}))
    assert response.status_code in {409, 422}
    page = response.content.decode()
    assert sentence in text_of(response)
    assert "没有办理，请先改正以下内容。已填写的内容都还在。" in text_of(response)
    assert "莱阳市某某街道某某路18号" in page
    if field not in {"token", "outcome", "matter"} and value and "<" not in value:
        assert value in page
    assert nothing_happened()


def test_markup_in_a_name_comes_back_as_text(window):
    page = window.post(COUNTER, typed(name="<script>alert(1)</script>")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("name", ["姜𠮷", "古丽娜·买买提", "=吕䶮", "Müller-Lüdenscheidt Jörg"])
def test_real_names_are_kept_as_written(window, name):
    response = window.post(COUNTER, typed(id_number=PERSON_ID, name=name))
    assert response.status_code == 302, text_of(response)
    assert Party.objects.get().name == name


def test_a_sole_traders_code_tells_its_kind(window):
    window.post(COUNTER, typed(id_number=SOLE_TRADER_CODE.lower(), name="莱阳梨乡某某烘焙坊"))
    party = Party.objects.get()
    assert (party.kind, party.id_kind, party.id_number) == ("sole_trader", "credit_code", SOLE_TRADER_CODE)


@pytest.mark.parametrize("count", ["-1", "1000", "1.5", "１", "九", "9" * 5000])
def test_counts_that_are_no_counts(window, count):
    first = material(1)
    response = window.post(COUNTER, typed() | {f"m{first.pk}-originals": count})
    assert response.status_code == 422
    assert f"第1项{first.name}：份数须为0至999的整数" in text_of(response)
    assert f'value="{count}"' in response.content.decode()
    assert nothing_happened()


def test_a_status_that_is_none(window):
    response = window.post(COUNTER, typed() | {f"m{material(1).pk}-status": "accepted"})
    assert response.status_code == 422
    assert "请选择“齐、缺、不合格、本件不需要”之一" in text_of(response)
    assert nothing_happened()


def test_materials_of_another_list_are_refused(window):
    foreign = material(1, "WJ-05")
    response = window.post(COUNTER, typed() | {f"m{foreign.pk}-status": "complete"})
    assert response.status_code == 422
    assert "材料清单与本事项现行办事指南不一致" in text_of(response)
    assert nothing_happened()


def test_fields_that_are_not_on_the_form_change_nothing(window, clerk):
    window.post(
        COUNTER,
        typed()
        | {
            "state": "granted",
            "received_at": "2020-01-01",
            "accepted_on": "2020-01-01",
            "handling_department": "1",
            "number": "X",
        },
    )
    case = Case.objects.get()
    assert (case.state, case.received_at, case.accepted_on.isoformat()) == ("accepted", NOW, "2026-03-02")
    assert case.handling_department == clerk.department


def test_a_clerk_without_the_right_is_told_who_can_give_it(window, clerk):
    clerk.userobjectpermission_set.all().delete() if hasattr(clerk, "userobjectpermission_set") else None
    from guardian.models import UserObjectPermission

    UserObjectPermission.objects.filter(user=clerk).delete()
    response = window.post(COUNTER, typed())
    assert response.status_code == 403
    assert "没有为莱阳市行政审批服务局收件的权限" in text_of(response)
    assert nothing_happened()


# ---- files


def test_files_are_bound_to_their_material(window):
    first = material(1)
    upload = SimpleUploadedFile("申请书.pdf", PDF, content_type="application/pdf")
    response = window.post(COUNTER, typed() | {f"m{first.pk}-files": upload})
    assert response.status_code == 302, text_of(response)
    file = CaseFile.objects.get()
    assert file.material.edition_material == first
    assert file.stored.original_name == "申请书.pdf"


def test_a_refused_file_is_named_beside_its_material_and_must_be_chosen_again(window):
    first, second = material(1), material(2)
    good = SimpleUploadedFile("申请书.pdf", PDF, content_type="application/pdf")
    bad = SimpleUploadedFile("照片.exe", b"MZ\x90\x00", content_type="application/pdf")
    response = window.post(COUNTER, typed() | {f"m{first.pk}-files": good, f"m{second.pk}-files": bad})
    assert response.status_code == 422
    page = text_of(response)
    assert "附件“照片.exe”未能上传" in page
    assert "附件须重新选择" in page
    assert not StoredFile.objects.exists()
    assert nothing_happened()


def test_files_of_a_refused_act_are_not_kept(window):
    upload = SimpleUploadedFile("申请书.pdf", PDF, content_type="application/pdf")
    page = typed() | {f"m{material(1).pk}-files": upload, f"m{material(2).pk}-status": "missing"}
    assert window.post(COUNTER, page).status_code == 409
    assert not StoredFile.objects.exists()


# ---- the fragments


def ask_party(window, number: str, **more: str) -> dict:
    return window.post(reverse("counter-party"), {"number": number, "known": "yes"} | more).json()


def test_a_number_is_checked_as_typed(window):
    assert ask_party(window, PERSON_ID) == {
        "is_valid": True,
        "number": PERSON_ID,
        "id_kind": "resident_id",
        "id_kind_label": "居民身份证",
        "kind": "natural",
        "known": None,
    }
    assert "校验位不对" in ask_party(window, PERSON_ID[:-1] + "7")["message"]
    assert ask_party(window, SOLE_TRADER_CODE)["kind"] == "sole_trader"


def test_a_known_applicant_is_filled_in_with_the_phone_masked(window):
    window.post(COUNTER, typed())
    known = ask_party(window, RESTAURANT_CODE)["known"]
    assert known == {
        "name": "莱阳市某某餐饮店",
        "address": "莱阳市某某街道某某路18号",
        "legal_representative": "邹念慈",
        "phone": "138****0000",
    }
    assert ask_party(window, RESTAURANT_CODE.lower())["known"] == known


def test_a_blank_phone_keeps_the_one_on_record(window):
    window.post(COUNTER, typed(token=new_form_token()))
    window.post(COUNTER, typed(token=new_form_token(), phone=""))
    assert Party.objects.get().phone == "13800000000"


def test_an_identity_number_never_stands_in_an_address(window):
    assert window.get(reverse("counter-party"), {"number": PERSON_ID}).status_code == 405


def judgement(window, **fields: str) -> str:
    page = typed(outcome="")
    return text_of(window.post(reverse("counter-judgement"), page | fields))


def test_the_live_judgement_follows_the_checklist(window):
    assert "建议：受理" in judgement(window)
    assert "材料齐全，符合法定形式7/7" in judgement(window)
    missing = judgement(window, **{f"m{material(3).pk}-status": "missing", f"m{material(2).pk}-status": "defective"})
    assert "材料5/7：缺1项、不合格1项，均可容缺" in missing
    assert "建议：容缺受理" in missing
    # The fourth, the layout plan, may not be deferred.
    missing = judgement(window, **{f"m{material(4).pk}-status": "missing", f"m{material(2).pk}-status": "defective"})
    assert "材料5/7：缺1项、不合格1项，应当一次性告知全部内容" in missing
    assert "建议：一次性告知补正行政许可法第三十二条第一款第四项" in missing
    assert "还有2项材料不齐或不合格；收齐后即可受理" in missing
    assert "建议：不受理（无需许可）" in judgement(window, licence_not_required="on")


def test_the_live_judgement_of_an_unknown_matter_asks_for_one(window):
    assert "请先选择事项" in judgement(window, matter="XX-99")


# ---- the draft


def save(window, **fields: str):
    return window.post(reverse("counter-draft"), {"token": "d" * 43, "matter": FOOD} | fields)


def test_what_is_typed_is_saved_and_comes_back(window, clerk):
    third = material(3)
    answer = save(window, name="莱阳市某某餐饮店", id_number=RESTAURANT_CODE, **{f"m{third.pk}-status": "defective"})
    assert answer.json() == {"saved_at": "09:30:00"}
    page = window.get(COUNTER)
    assert "已恢复03月02日09:30:00保存的内容" in text_of(page)
    html = page.content.decode()
    assert f'value="{RESTAURANT_CODE}"' in html
    assert re.search(rf'name="m{third.pk}-status" value="defective"[^>]*checked', html)


def test_a_draft_is_encrypted_and_keeps_nothing_but_the_page(window, django_db_blocker):
    save(window, id_number=RESTAURANT_CODE, password="secret", csrfmiddlewaretoken="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM windows_intakedraft")
        raw = str(cursor.fetchone()[0])
    assert RESTAURANT_CODE not in raw
    assert IntakeDraft.objects.get().content["fields"] == {"matter": FOOD, "id_number": RESTAURANT_CODE}


def test_taking_in_ends_the_draft_and_a_late_save_does_not_bring_it_back(window):
    token = new_form_token()
    save(window, token=token, name="莱阳市某某餐饮店")
    window.post(COUNTER, typed(token=token))
    assert "已恢复" not in text_of(window.get(COUNTER))
    assert save(window, token=token, name="莱阳市某某餐饮店").json() == {"saved_at": None}
    assert drop_used_drafts() == 1
    assert not IntakeDraft.objects.exists()


def test_taking_in_leaves_what_is_typed_on_another_form(window):
    save(window, token=new_form_token(), name="莱阳市另一餐饮店")
    window.post(COUNTER, typed(token=new_form_token()))
    assert drop_used_drafts() == 0
    assert "莱阳市另一餐饮店" in window.get(COUNTER).content.decode()


def test_a_draft_can_be_thrown_away(window):
    save(window, name="莱阳市某某餐饮店")
    assert window.post(reverse("counter-draft-discard"))["Location"] == COUNTER
    assert not IntakeDraft.objects.exists()
    assert "请先选择事项" in text_of(window.get(COUNTER))


def test_more_than_a_page_holds_is_not_saved(window):
    answer = save(window, request="长" * 500_000)
    assert answer.status_code == 422
    assert "页面内容过长" in answer.json()["message"]
    assert not IntakeDraft.objects.exists()


def test_each_clerk_has_a_draft_of_their_own(window, clerk):
    other = clerk_of(username="chuangkou2")
    save_draft({"matter": FOOD, "name": "别人的申请人"}, token="o" * 43, actor=other, at=NOW)
    assert "别人的申请人" not in window.get(COUNTER).content.decode()


# ---- the result page


def test_the_letters_are_asked_for_until_they_are_there_and_not_for_ever(window):
    response = window.post(COUNTER, typed())
    letters = reverse("intake-letters", args=[Case.objects.get().number])
    assert "hx-trigger" in window.get(response["Location"]).content.decode()
    assert "hx-trigger" in window.get(letters, {"polls": "3"}).content.decode()
    tired = window.get(letters, {"polls": "45"})
    assert "hx-trigger" not in tired.content.decode()
    assert "办理已经生效，不受影响" in text_of(tired)
    Letter.objects.update(state=Letter.State.RENDERED)
    there = window.get(letters, {"polls": "3"}).content.decode()
    assert "hx-trigger" not in there
    assert 'data-print="D01"' in there


def test_the_result_of_another_department_is_not_there(window, client):
    response = window.post(COUNTER, typed())
    client.force_login(clerk_of("GA", "gongan"))
    assert client.get(response["Location"]).status_code == 404
