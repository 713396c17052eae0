"""登录、退出、修改密码、再次验证身份。"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import clock
from ..addresses import client_address
from ..auditing import AuditAction, record
from ..commands.people import change_password
from ..errors import InvalidInput
from ..models import AuditRecord
from ..passwords import is_password_due
from ..people_forms import ConfirmForm, LoginForm, PasswordForm
from ..permissions import RecentLoginRequired, confirm, mark_signed_in
from ..security_rules import limit
from ..signing_in import check_password

WRONG = "登录名或密码不正确，请核对后重新输入。"
ENDED = "登录已超时，为保护办件信息已自动退出；请重新登录。"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The log-in page. The same answer for unknown, disabled and wrong."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_back(request, request.GET.get("next", "")))
    form = LoginForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            at = clock.now()
            attempt = check_password(request, **form.cleaned_data, at=at)
            if attempt.user is not None:
                # Always a new key, also for somebody who was signed in already: the old one may be known to others.
                request.session.flush()
                login(request, attempt.user)
                mark_signed_in(request, at)
                record(
                    AuditAction.LOGIN,
                    actor=attempt.user,
                    at=at,
                    object_ref=f"user:{attempt.user.pk}",
                    address=client_address(request),
                )
                return redirect(_back(request, request.POST.get("next", "")))
            status = 429 if attempt.locked else 422
            form.add_error(None, locked_sentence() if attempt.locked else WRONG)
    ended = request.GET.get("ended") == "1"
    context = {"form": form, "next": request.GET.get("next") or request.POST.get("next", ""), "ended": ended and ENDED}
    return render(request, "registration/login.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session on the server; a copied cookie is worth nothing afterwards."""
    if request.user.is_authenticated:
        record(
            AuditAction.LOGOUT,
            actor=request.user,
            at=clock.now(),
            object_ref=f"user:{request.user.pk}",
            address=client_address(request),
        )
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who I am to the portal, and where this account was used lately."""
    user = request.user
    shown = (AuditAction.LOGIN, AuditAction.LOGOUT, AuditAction.SESSION_EXPIRED, AuditAction.PASSWORD_CHANGED)
    acts = AuditRecord.objects.filter(actor=user, action__in=shown).order_by("-sequence")[:10]
    context = {
        "person": user,
        "roles": user.role_rows.order_by("role"),
        "acts": [(act.at, AuditAction(act.action).label, act.address or "") for act in acts],
        "is_due": is_password_due(user, clock.today()),
        "max_age_days": limit("password_max_age_days", clock.today()),
    }
    return render(request, "registration/account.html", context)


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Takes a new password; other sessions of this account end, this one goes on under a new key."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at, data = clock.now(), form.cleaned_data
        attempt = check_password(request, username=request.user.username, password=data["old"], at=at, confirming=True)
        if attempt.user is None:
            form.add_error("old", locked_sentence() if attempt.locked else "现用密码不正确，请重新输入。")
        else:
            try:
                user = change_password(user=request.user, new=data["new"], at=at, address=client_address(request))
            except InvalidInput as error:
                form.add_error("new", error.message)
            else:
                update_session_auth_hash(request, user)
                mark_signed_in(request, at)
                messages.success(request, "密码已修改；其他设备上的登录已退出。")
                return redirect("account")
    context = {
        "form": form,
        "is_due": is_password_due(request.user, clock.today()),
        "min_length": limit("password_min_length", clock.today()),
        "classes": limit("password_classes", clock.today()),
        "history": limit("password_history", clock.today()),
    }
    return render(request, "registration/password_change.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("confirm_password")
@require_http_methods(["GET", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Asks for the password again and goes back to where the person was going."""
    form = ConfirmForm(request.POST or None)
    target = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST" and form.is_valid():
        try:
            confirm(request, form.cleaned_data["confirm_password"], at=clock.now())
        except RecentLoginRequired as error:
            form.add_error("confirm_password", error.failed)
        else:
            return redirect(_back(request, target))
    context = {"form": form, "next": target}
    return render(request, "registration/confirm.html", context, status=422 if form.errors else 200)


def locked_sentence() -> str:
    """What a person reads whose account and address are locked together, or whose address failed too often."""
    minutes = limit("login_lock_minutes", clock.today())
    return f"登录名或密码多次不正确，暂停从本机登录{minutes}分钟；请稍后再试，或请安全管理员解除锁定。"


def _back(request: HttpRequest, target: str) -> str:
    """Only to a page of our own; else to where this person's work begins."""
    own = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    # Only a path: redirect() would look anything else up as the name of a page, and stop at one that is none.
    return target if own and target.startswith("/") else settings.LOGIN_REDIRECT_URL
