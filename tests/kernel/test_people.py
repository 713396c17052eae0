"""Accounts, roles and rights: made by the security officer alone, three officers apart, every change on record."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel.commands import people as commands
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import AuditRecord, Department, User
from laiyang_approval.kernel.permissions import role_conflict
from laiyang_approval.kernel.roles import OFFICER_ROLES, Role

from .staff import MORNING, PASSWORD, person, security_officer, signed_in


@pytest.fixture
def officer(db):
    load_organisations()
    return security_officer()


@pytest.fixture
def clerk(officer):
    return person("chuangkou", Role.WINDOW_CLERK, department="SP")


def _create(officer: User, **changed):
    given = {"username": "xinren", "display_name": "新人", "department": None, "roles": [Role.REVIEWER]} | changed
    return commands.create_account(**given, actor=officer, at=MORNING)


def _last() -> AuditRecord:
    return AuditRecord.objects.order_by("sequence").last()


def test_a_new_account_has_a_first_password_that_must_be_changed(officer):
    user, first = _create(officer, username=" XinRen ", department=Department.objects.get(code="SP"))
    kept = User.objects.get(username="xinren")
    assert kept.check_password(first)
    assert (kept.must_change_password, kept.roles, kept.department.code) == (True, {"reviewer"}, "SP")
    assert (_last().action, _last().object_ref, _last().detail) == (
        "account_created",
        f"user:{user.pk}",
        {"roles": ["reviewer"]},
    )
    assert first not in str(AuditRecord.objects.values())


def test_first_passwords_differ_and_keep_the_rules(officer):
    passwords = {_create(officer, username=f"ren{number}")[1] for number in range(20)}
    assert len(passwords) == 20
    assert all(
        len(one) == 16 and re.search("[a-z]", one) and re.search("[A-Z]", one) and re.search("[0-9]", one)
        for one in passwords
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"username": "ab"}, "3至30位"),
        ({"username": "于晓静"}, "3至30位"),
        ({"username": "a b c"}, "3至30位"),
        ({"username": "x" * 31}, "3至30位"),
        ({"username": "anquan"}, "已有人使用"),
        ({"username": "ANQUAN"}, "已有人使用"),
        ({"display_name": "  "}, "请填写姓名"),
        ({"display_name": "长" * 51}, "请填写姓名"),
        ({"roles": []}, "至少选择一个岗位"),
        ({"roles": ["emperor"]}, "不存在的岗位"),
    ],
)
def test_what_makes_no_account(officer, changed, reason):
    before = (User.objects.count(), AuditRecord.objects.count())
    with pytest.raises(InvalidInput, match=reason):
        _create(officer, **changed)
    assert (User.objects.count(), AuditRecord.objects.count()) == before


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        ({"system_officer", "security_officer"}, "三员分立"),
        ({"security_officer", "audit_officer"}, "三员分立"),
        ({"system_officer", "audit_officer"}, "三员分立"),
        ({"audit_officer", "supervisor"}, "审计管理员不得兼任其他岗位"),
        ({"system_officer", "catalogue_admin"}, "系统管理员不得兼任其他岗位"),
        ({"security_officer", "citizen"}, "安全管理员不得兼任其他岗位"),
        ({"citizen", "window_clerk"}, "申请人账号不得登录办理系统"),
        ({"window_clerk", "reviewer", "issuing_clerk"}, ""),
        ({"decider", "hearing_host"}, ""),
        ({"audit_officer"}, ""),
        ({"citizen"}, ""),
    ],
)
def test_which_roles_go_together(roles, sentence):
    assert sentence in role_conflict(roles)
    assert bool(role_conflict(roles)) == bool(sentence)


@pytest.mark.parametrize("extra", sorted(OFFICER_ROLES))
def test_a_clerk_does_not_become_an_officer_beside(clerk, officer, extra):
    with pytest.raises(InvalidInput, match="不得兼任"):
        commands.set_roles(clerk.pk, roles=["window_clerk", extra], actor=officer, at=MORNING)
    assert User.objects.get(pk=clerk.pk).roles == {"window_clerk"}


def test_roles_given_and_taken_are_on_record(clerk, officer):
    commands.set_roles(clerk.pk, roles=["reviewer", "issuing_clerk"], actor=officer, at=MORNING)
    assert User.objects.get(pk=clerk.pk).roles == {"reviewer", "issuing_clerk"}
    assert (_last().action, _last().detail) == (
        "roles_changed",
        {"given": ["issuing_clerk", "reviewer"], "taken": ["window_clerk"]},
    )


def test_rights_given_and_taken_are_on_record(clerk, officer):
    bureau, police = Department.objects.get(code="SP"), Department.objects.get(code="GA")
    assign_perm("kernel.intake_for_department", clerk, police)
    commands.set_department_rights(clerk.pk, rights=[("intake_for_department", bureau.pk)], actor=officer, at=MORNING)
    assert commands.department_rights(clerk) == {("intake_for_department", bureau.pk)}
    assert _last().detail == {
        "given": [["intake_for_department", bureau.pk]],
        "taken": [["intake_for_department", police.pk]],
    }


@pytest.mark.parametrize("rights", [[("rule_the_world", 1)], [("intake_for_department", 10**6)]])
def test_rights_that_do_not_exist_are_refused(clerk, officer, rights):
    with pytest.raises(InvalidInput, match="不存在的权限或机关"):
        commands.set_department_rights(clerk.pk, rights=rights, actor=officer, at=MORNING)
    assert commands.department_rights(clerk) == set()


def test_disabling_needs_a_reason_and_happens_once(clerk, officer):
    with pytest.raises(InvalidInput, match="写明原因"):
        commands.disable_account(clerk.pk, reason="  ", actor=officer, at=MORNING)
    assert User.objects.get(pk=clerk.pk).is_active
    commands.disable_account(clerk.pk, reason="调离本局", actor=officer, at=MORNING)
    assert (_last().action, _last().purpose) == ("account_disabled", "调离本局")
    with pytest.raises(DomainError, match="已经停用"):
        commands.disable_account(clerk.pk, reason="再来一次", actor=officer, at=MORNING)
    commands.enable_account(clerk.pk, actor=officer, at=MORNING)
    assert signed_in(clerk).get("/account/").status_code == 200


#: Every act of this module, as a colleague without the role would try it.
ACTS = {
    "create": lambda pk, who: commands.create_account(
        username="xinren", display_name="新人", department=None, roles=["reviewer"], actor=who, at=MORNING
    ),
    "change": lambda pk, who: commands.change_account(
        pk, display_name="别人", department=None, window_label="", actor=who, at=MORNING
    ),
    "disable": lambda pk, who: commands.disable_account(pk, reason="随便", actor=who, at=MORNING),
    "enable": lambda pk, who: commands.enable_account(pk, actor=who, at=MORNING),
    "roles": lambda pk, who: commands.set_roles(pk, roles=["decider"], actor=who, at=MORNING),
    "rights": lambda pk, who: commands.set_department_rights(pk, rights=[], actor=who, at=MORNING),
    "reset": lambda pk, who: commands.reset_password(pk, actor=who, at=MORNING),
    "unlock": lambda pk, who: commands.unlock_account(pk, actor=who, at=MORNING),
    "unlock address": lambda pk, who: commands.unlock_address("10.0.0.1", actor=who, at=MORNING),
}


def _standing(user: User) -> tuple:
    kept = User.objects.get(pk=user.pk)
    return kept.display_name, kept.is_active, kept.roles, kept.password, User.objects.count()


@pytest.mark.parametrize("act", ACTS)
def test_only_a_security_officer_touches_accounts(clerk, officer, act):
    for role in (Role.SYSTEM_OFFICER, Role.AUDIT_OFFICER, Role.DECIDER, Role.CITIZEN):
        other = person(f"q.{role}", role)
        before, records = _standing(clerk), AuditRecord.objects.count()
        with pytest.raises(NotPermitted, match="安全管理员"):
            ACTS[act](clerk.pk, other)
        assert (_standing(clerk), AuditRecord.objects.count()) == (before, records)


@pytest.mark.parametrize("act", ["change", "disable", "enable", "roles", "rights", "reset"])
def test_nobody_changes_their_own_account(officer, act):
    before = _standing(officer)
    with pytest.raises(NotPermitted, match="自己的账号"):
        ACTS[act](officer.pk, officer)
    assert _standing(officer) == before


def test_a_disabled_security_officer_has_no_power(officer, clerk):
    second = person("anquan2", Role.SECURITY_OFFICER)
    commands.disable_account(second.pk, reason="离职", actor=officer, at=MORNING)
    with pytest.raises(NotPermitted):
        commands.unlock_account(clerk.pk, actor=User.objects.get(pk=second.pk), at=MORNING)


@pytest.mark.parametrize("act", ["change", "disable", "enable", "roles", "rights", "reset", "unlock"])
def test_an_account_nobody_has_is_not_found(officer, act):
    with pytest.raises(NotFound, match="没有查到这个账号"):
        ACTS[act](10**6, officer)


# ---- the pages


def test_the_whole_life_of_an_account_through_the_pages(officer):
    client = signed_in(officer)
    bureau = Department.objects.get(code="SP")
    made = client.post(
        "/officers/people/new/",
        {"username": "xinren", "display_name": "新人", "department": bureau.pk, "roles": ["window_clerk"]},
    )
    user = User.objects.get(username="xinren")
    first = re.search(r'class="first-password">([^<]+)<', made.content.decode()).group(1)
    assert user.check_password(first)
    base = f"/officers/people/{user.pk}/"
    assert client.post(f"{base}rights/", {"intake_for_department": [bureau.pk]})["Location"] == base
    assert commands.department_rights(user) == {("intake_for_department", bureau.pk)}
    assert (
        client.post(f"{base}details/", {"display_name": "新人甲", "department": "", "window_label": "综合3号窗"})[
            "Location"
        ]
        == base
    )
    changed = User.objects.get(pk=user.pk)
    assert (changed.display_name, changed.department, changed.window_label) == ("新人甲", None, "综合3号窗")
    assert client.post(f"{base}disable/", {"reason": "调离"})["Location"] == base
    assert "已停用" in client.get(base).content.decode()
    assert client.post(f"{base}enable/")["Location"] == base
    page = client.post(f"{base}reset/").content.decode()
    assert User.objects.get(pk=user.pk).check_password(re.search(r'class="first-password">([^<]+)<', page).group(1))


def test_a_refused_role_stands_beside_its_field_and_changes_nothing(clerk, officer):
    client = signed_in(officer)
    answer = client.post(f"/officers/people/{clerk.pk}/roles/", {"roles": ["window_clerk", "audit_officer"]})
    assert (answer.status_code, "不得兼任其他岗位" in answer.content.decode()) == (422, True)
    assert User.objects.get(pk=clerk.pk).roles == {"window_clerk"}


def test_fields_nobody_offers_are_not_taken(clerk, officer):
    client = signed_in(officer)
    client.post(
        f"/officers/people/{clerk.pk}/details/",
        {
            "display_name": "于晓静",
            "department": "",
            "window_label": "",
            "is_superuser": "1",
            "is_staff": "1",
            "is_active": "0",
            "username": "root",
            "password": "x",
            "roles": "decider",
        },
    )
    kept = User.objects.get(pk=clerk.pk)
    assert (kept.display_name, kept.username, kept.is_superuser, kept.is_staff, kept.is_active, kept.roles) == (
        "于晓静",
        "chuangkou",
        False,
        False,
        True,
        {"window_clerk"},
    )
    assert kept.check_password(PASSWORD)


def test_locks_are_shown_and_lifted_on_the_page(clerk, officer):
    for _ in range(5):
        Client().post("/login/", {"username": "chuangkou", "password": "Cuode-mima-1"}, REMOTE_ADDR="10.0.3.17")
    client = signed_in(officer)
    page = client.get("/officers/locks/").content.decode()
    assert "10.0.3.17" in page and "测试chuangkou" in page
    assert client.post(f"/officers/people/{clerk.pk}/unlock/")["Location"] == f"/officers/people/{clerk.pk}/"
    assert "现在没有被锁定的账号" in client.get("/officers/locks/").content.decode()


def test_the_list_costs_the_same_for_five_people_and_for_forty(officer):
    client = signed_in(officer)

    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/officers/people/")
        return len(seen)

    for number in range(5):
        _create(officer, username=f"ren{number:02}")
    few = queries_needed()
    for number in range(5, 40):
        _create(officer, username=f"ren{number:02}")
    assert queries_needed() == few


def test_the_audit_page_shows_acts_in_words_and_checks_the_chain(clerk, officer):
    client = signed_in(person("shenji", Role.AUDIT_OFFICER))
    page = client.get("/officers/audit/?action=account_created").content.decode()
    assert "新建账号" in page and "账号 测试chuangkou" in page and "user:" not in page.split("<table")[1]
    answer = client.post("/officers/audit/verify/", follow=True).content.decode()
    assert re.search(r"校验通过：\d+条审计记录完整", answer)
    assert (_last().action, _last().result) == ("audit_verified", "ok")


@pytest.mark.parametrize(
    "query",
    ["action=nichts", "since=2026-13-45", "address=keine", "actor=" + "长" * 200, "since=0001-01-01&until=9999-12-31"],
)
def test_odd_filters_of_the_audit_page_are_answered_in_words(db, query):
    client = signed_in(person("shenji", Role.AUDIT_OFFICER))
    assert client.get(f"/officers/audit/?{query}").status_code in {200, 422}


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "１２", "0"])
def test_odd_page_marks_of_the_audit_page_are_harmless(db, after):
    client = signed_in(person("shenji", Role.AUDIT_OFFICER))
    assert client.get("/officers/audit/", {"after": after}).status_code == 200
