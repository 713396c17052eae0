"""安全管理员的账号、授权与解锁，审计管理员的审计日志（三员分立）。"""

from axes.models import AccessAttempt
from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import clock
from ..addresses import client_address
from ..auditing import AuditAction, AuditResult, audit_page, record, verify_audit
from ..commands import people as commands
from ..errors import InvalidInput, NotFound
from ..models import AuditRecord, Department, User
from ..open_work import open_work_of
from ..people_forms import (
    AuditFilterForm,
    NewPersonForm,
    PeopleFilterForm,
    PersonForm,
    ReasonForm,
    RightsForm,
    RolesForm,
    UnlockAddressForm,
    person_initial,
)
from ..permissions import require_recent_login
from ..roles import OFFICER_ROLES, Role
from ..security_rules import limit, minutes

PAGE_SIZE = 50


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The accounts, by login name; found by name, login name or role."""
    form = PeopleFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = User.objects.select_related("department").prefetch_related("role_rows").order_by("username")
    if wanted.get("q"):
        found = found.filter(Q(username__icontains=wanted["q"]) | Q(display_name__icontains=wanted["q"]))
    if wanted.get("role"):
        found = found.filter(role_rows__role=wanted["role"])
    after = request.GET.get("after", "")[:150]
    if after:
        found = found.filter(username__gt=after)
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "form": form,
        "people": rows[:PAGE_SIZE],
        "next_cursor": rows[PAGE_SIZE - 1].username if len(rows) > PAGE_SIZE else "",
        "query": urlencode({key: value for key, value in wanted.items() if value}),
        "is_first": not after,
    }
    return render(request, "kernel/people.html", context)


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Makes an account; its first password is shown once, on the answer to this post."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST":
        require_recent_login(request)
        if form.is_valid():
            try:
                user, first = commands.create_account(**form.cleaned_data, **_act(request))
                return _first_password(request, user, first, "账号已建立")
            except InvalidInput as error:
                _explain(form, error)
    context = {"form": form, "officer_roles": _officer_labels()}
    return render(request, "kernel/person_new.html", context, status=422 if form.errors else 200)


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: who, which roles, for which bodies, locks, and the acts on it."""
    return _person_page(request, _get(pk))


@require_POST
def person_details(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, department and window."""
    form = PersonForm(request.POST)
    return _save(
        request, pk, "details", form, lambda: commands.change_account(pk, **form.cleaned_data, **_act(request))
    )


@require_POST
def person_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """The roles, from the person's next request on."""
    require_recent_login(request)
    form = RolesForm(request.POST)
    return _save(
        request, pk, "roles", form, lambda: commands.set_roles(pk, roles=form.cleaned_data["roles"], **_act(request))
    )


@require_POST
def person_rights(request: HttpRequest, pk: int) -> HttpResponse:
    """For which bodies the person may act, from their next request on."""
    require_recent_login(request)
    form = RightsForm(request.POST)
    return _save(
        request,
        pk,
        "rights",
        form,
        lambda: commands.set_department_rights(pk, rights=form.rights(), **_act(request)),
    )


@require_POST
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody can use the account any more."""
    form = ReasonForm(request.POST)
    return _save(
        request,
        pk,
        "disable",
        form,
        lambda: commands.disable_account(pk, reason=form.cleaned_data["reason"], **_act(request)),
        "账号已停用，该人员的下一次操作起即不能使用系统。",
    )


@require_POST
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """The account can be used again."""
    commands.enable_account(pk, **_act(request))
    messages.success(request, "账号已启用。")
    return redirect("person", pk)


@require_POST
def person_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new first password, shown once; open sessions end."""
    require_recent_login(request)
    user, first = commands.reset_password(pk, **_act(request))
    return _first_password(request, user, first, "密码已重置")


@require_POST
def person_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lifts the locks on one account."""
    lifted = commands.unlock_account(pk, **_act(request))
    messages.success(request, "已解除锁定，本人可立即登录。" if lifted else "该账号没有被锁定，无须解除。")
    return redirect("person", pk)


@require_GET
def locks(request: HttpRequest) -> HttpResponse:
    """Which accounts are locked from which address now."""
    return _locks_page(request, UnlockAddressForm())


@require_POST
def unlock_address(request: HttpRequest) -> HttpResponse:
    """Lifts the locks on one address and forgets its failures."""
    form = UnlockAddressForm(request.POST)
    if not form.is_valid():
        return _locks_page(request, form, status=422)
    commands.unlock_address(form.cleaned_data["address"], **_act(request))
    messages.success(request, "已解除该地址的锁定。")
    return redirect("locks")


@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    """The trail, newest first."""
    form = AuditFilterForm(request.GET)
    after = request.GET.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) <= 18 else None
    records, next_before = [], None
    if form.is_valid():
        records, next_before = audit_page(request.user, form.wanted(), before=before)
    filters = {key: value for key, value in request.GET.items() if key in form.fields and value}
    context = {
        "form": form,
        "rows": _audit_rows(records),
        "next_cursor": next_before or "",
        "query": urlencode(filters),
        "is_first": before is None,
    }
    return render(request, "kernel/audit_log.html", context, status=200 if form.is_valid() else 422)


@require_POST
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Reads the whole chain and says whether it holds; that it was read is on record too."""
    check = verify_audit()
    broken = check.broken_at is not None
    record(
        AuditAction.AUDIT_VERIFIED,
        actor=request.user,
        at=clock.now(),
        address=client_address(request),
        detail={"records": check.records, "broken_at": check.broken_at},
        result=AuditResult.BROKEN if broken else AuditResult.OK,
    )
    if broken:
        messages.error(
            request,
            f"校验不通过：第{check.broken_at}号记录{check.reason}，之前{check.records}条完整；请立即报告分管领导并保全数据库。",
        )
    else:
        messages.success(request, f"校验通过：{check.records}条审计记录完整、未被改动。")
    return redirect("audit-log")


def _act(request: HttpRequest) -> dict:
    return {"actor": request.user, "at": clock.now(), "address": client_address(request)}


def _get(pk: int) -> User:
    user = User.objects.select_related("department").filter(pk=pk).first()
    if user is None:
        raise NotFound("没有查到这个账号；请返回账号列表核对。")
    return user


def _save(
    request: HttpRequest, pk: int, part: str, form, act, done: str = "已保存，对方的下一次操作起生效。"
) -> HttpResponse:
    """Runs one command with a parsed form, or shows the person again with what is wrong beside the field."""
    user = _get(pk)
    if form.is_valid():
        try:
            act()
        except InvalidInput as error:
            _explain(form, error)
        else:
            messages.success(request, done)
            return redirect("person", pk)
    return _person_page(request, user, status=422, **{part: form})


def _explain(form, error: InvalidInput) -> None:
    fields = {name: text for name, text in error.fields.items() if name in form.fields}
    for name, text in fields.items():
        form.add_error(name, text)
    if not fields:
        form.add_error(None, error.message)


def _person_page(request: HttpRequest, user: User, *, status: int = 200, **forms) -> HttpResponse:
    held = commands.department_rights(user)
    given = {right: [d for r, d in held if r == right] for right in commands.DEPARTMENT_RIGHTS}
    names = dict(Department.objects.values_list("pk", "short_name"))
    labels = dict(Department._meta.permissions)
    context = {
        "person": user,
        "is_self": user.pk == request.user.pk,
        "details": forms.get("details") or PersonForm(initial=person_initial(user), auto_id="details_%s"),
        "roles": forms.get("roles") or RolesForm(initial={"roles": list(user.roles)}, auto_id="roles_%s"),
        "rights": forms.get("rights") or RightsForm(initial=given, auto_id="rights_%s"),
        "disable": forms.get("disable") or ReasonForm(auto_id="disable_%s"),
        "role_labels": [Role(role).label for role in sorted(user.roles)],
        "right_lines": [
            (labels[right], "、".join(names[pk] for pk in sorted(given[right])))
            for right in commands.DEPARTMENT_RIGHTS
            if given[right]
        ],
        "officer_roles": _officer_labels(),
        "open_work": "、".join(open_work_of(user)) if user.is_active else "",
        "locked_from": _locked(username=user.username),
        "open_part": next(iter(forms), ""),
    }
    return render(request, "kernel/person.html", context, status=status)


def _first_password(request: HttpRequest, user: User, first: str, title: str) -> HttpResponse:
    return render(request, "kernel/first_password.html", {"person": user, "first_password": first, "title": title})


def _locks_page(request: HttpRequest, form: UnlockAddressForm, *, status: int = 200) -> HttpResponse:
    on = clock.today()
    context = {
        "form": form,
        "locks": _locked(),
        "failures": limit("login_failures", on),
        "minutes": limit("login_lock_minutes", on),
        "address_failures": limit("login_failures_per_address", on),
        "address_minutes": limit("login_address_minutes", on),
    }
    return render(request, "kernel/locks.html", context, status=status)


def _locked(**about) -> list[dict]:
    """The pairs of account and address that are locked now; accounts nobody has are left out, they lock nobody."""
    at = clock.now()
    on = clock.local_date(at)
    rows = (
        AccessAttempt.objects.filter(attempt_time__gte=at - minutes("login_lock_minutes", on), **about)
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=limit("login_failures", on))
        .order_by("username")[:200]
    )
    known = {user.username: user for user in User.objects.filter(username__in=[row["username"] for row in rows])}
    return [
        {"person": known[row["username"]], "address": row["ip_address"]} for row in rows if row["username"] in known
    ]


def _audit_rows(records: list[AuditRecord]) -> list[dict]:
    """Records in words: what was done, to whose account, from where."""
    ids = {
        int(row.object_ref[5:])
        for row in records
        if row.object_ref.startswith("user:") and row.object_ref[5:].isdigit()
    }
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name"))
    actions, results = dict(AuditAction.choices), dict(AuditResult.choices)
    return [
        {
            "sequence": row.sequence,
            "at": row.at,
            "who": row.actor.display_name if row.actor else "—",
            "action": actions.get(row.action, row.action),
            "object": _object_words(row.object_ref, names),
            "purpose": row.purpose,
            "address": row.address or "",
            "result": row.result,
            "result_label": results.get(row.result, row.result),
        }
        for row in records
    ]


_OBJECTS = {
    "user": "账号",
    "case": "办件",
    "letter": "文书",
    "file": "材料",
    "address": "地址",
    "department": "机关",
    "party": "申请人",
}


def _object_words(ref: str, names: dict[int, str]) -> str:
    kind, _, key = ref.partition(":")
    if kind == "user":
        return f"账号 {names.get(int(key), key)}" if key.isdigit() else "不存在的账号"
    return f"{_OBJECTS.get(kind, kind)} {key}".strip()


def _officer_labels() -> str:
    return "、".join(role.label for role in Role if role in OFFICER_ROLES)
