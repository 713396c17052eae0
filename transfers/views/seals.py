"""印章登记簿: every body's seals, their dates, and the acts of the city government on them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotPermitted
from laiyang_approval.kernel.models import Seal, User
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.seals import seal_svg
from laiyang_approval.kernel.uploads import serve_stored
from laiyang_approval.kernel.views.showing import show_refusal
from transfers.commands.seals import (
    NewSeal,
    cases_needing,
    keep_imprint,
    register_seal,
    require_government,
    seal_up,
    stop_seal,
)
from transfers.forms import ImprintForm, SealForm, SealUpForm, StopSealForm

STATES = (("in_use", "在用"), ("coming", "待启用"), ("stopped", "已停用"), ("sealed_up", "已封存"))
_ACTS = {
    "stop": (StopSealForm, lambda pk, data, **who: stop_seal(pk, **data, **who), "停用日期已登记。", "停用"),
    "seal-up": (SealUpForm, lambda pk, data, **who: seal_up(pk, **data, **who), "印章已封存。", "封存"),
    "imprint": (
        ImprintForm,
        lambda pk, data, **who: keep_imprint(pk, data["imprint"], **who),
        "印模已备案。",
        "上传印模",
    ),
}


def state_of(seal: Seal, today) -> str:
    """在用、待启用、已停用或已封存 on ``today``."""
    if seal.sealed_up_on is not None and seal.sealed_up_on <= today:
        return "sealed_up"
    if seal.in_use_to is not None and seal.in_use_to < today:
        return "stopped"
    return "coming" if seal.in_use_from > today else "in_use"


def _is_government(user: User) -> bool:
    try:
        require_government(user)
    except NotPermitted:
        return False
    return True


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Every seal with its dates; narrowed by what it is today."""
    today, wanted = clock.today(), request.GET.get("state", "")
    rows = [
        (one, state_of(one, today))
        for one in Seal.objects.select_related("department").order_by("department__code", "kind", "-in_use_from")
    ]
    counts = {value: sum(state == value for _, state in rows) for value, _ in STATES}
    context = {
        "rows": [(one, state, dict(STATES)[state]) for one, state in rows if not wanted or state == wanted],
        "state": wanted if wanted in dict(STATES) else "",
        "states": [(value, f"{label} {counts[value]}") for value, label in STATES if counts[value]],
        "may_act": _is_government(request.user),
    }
    return render(request, "transfers/seals.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form that registers a seal."""
    require_government(request.user)
    form, status = SealForm(request.POST or None), 200
    if request.method == "POST":
        require_recent_login(request)
        status = 422
        if form.is_valid():
            try:
                made = register_seal(NewSeal(**form.cleaned_data), actor=request.user, at=clock.now())
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, "印章已登记。")
                return redirect("transfer-seal", made.pk)
    return render(request, "transfers/seal_new.html", {"form": form}, status=status)


@require_GET
def seal(request: HttpRequest, seal_id: int) -> HttpResponse:
    """One seal: its sample, its dates, its cases, its acts."""
    return _page(request, seal_id)


def _page(request: HttpRequest, seal_id: int, *, action: str = "", bound=None, status: int = 200) -> HttpResponse:
    found, today = _find(seal_id), clock.today()
    may_act, state = _is_government(request.user), state_of(found, today)
    offered = [name for name in _ACTS if _fits(name, found, state)] if may_act else []
    context = {
        "seal": found,
        "state": state,
        "state_label": dict(STATES)[state],
        "sample": seal_svg(found),
        "cases": cases_needing(found),
        "may_act": may_act,
        "acts": [
            {
                "action": name,
                "label": _ACTS[name][3],
                "form": bound if name == action and bound is not None else _ACTS[name][0](auto_id=f"{name}-%s"),
                "is_open": name == action,
            }
            for name in offered
        ],
        "failed_form": bound if bound is not None and bound.errors else None,
    }
    return render(request, "transfers/seal.html", context, status=status)


def _fits(name: str, found: Seal, state: str) -> bool:
    if name == "stop":
        return found.in_use_to is None and state in ("in_use", "coming")
    return name == "imprint" or state == "stopped"


@require_POST
def seal_act(request: HttpRequest, seal_id: int, action: str) -> HttpResponse:
    """Stops or seals up the seal, or keeps its imprint; a refused act is shown with its reason."""
    if action not in _ACTS:
        raise Http404
    kind, run, done, _ = _ACTS[action]
    found = _find(seal_id)
    if action != "imprint":
        require_recent_login(request)
    form, status = kind(request.POST, request.FILES, auto_id=f"{action}-%s"), 422
    if form.is_valid():
        try:
            run(found.pk, form.cleaned_data, actor=request.user, at=clock.now())
        except DomainError as error:
            status = show_refusal(form, error)
        else:
            messages.success(request, done)
            return redirect("transfer-seal", found.pk)
    return _page(request, seal_id, action=action, bound=form, status=status)


@require_GET
def imprint(request: HttpRequest, seal_id: int) -> HttpResponse:
    """The registered picture of the imprint."""
    found = _find(seal_id)
    if found.imprint is None:
        raise Http404
    return serve_stored(found.imprint, inline=True)


def _find(seal_id: int) -> Seal:
    found = Seal.objects.select_related("department", "imprint").filter(pk=seal_id).first()
    if found is None:
        raise Http404
    return found
