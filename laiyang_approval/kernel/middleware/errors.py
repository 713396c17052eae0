"""Refusals as pages: a DomainError nobody caught becomes its Chinese sentence with its status, never an HTTP 500."""

import logging

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from ..errors import DomainError, InvalidInput, NotFound
from ..permissions import CONFIRM_FIELD, RecentLoginRequired

log = logging.getLogger("portal.refusals")

_TITLES = {
    400: "提交的内容无法识别",
    403: "不能办理",
    404: "没有查到",
    405: "不支持这种操作方式",
    409: "没有生效",
    422: "填写有误",
    503: "系统繁忙",
}
BUSY = "系统暂时繁忙，刚才的操作没有生效；请稍等片刻再试，如仍不行请联系本局系统管理员。"
#: A post longer than this is not carried through the page that asks for the password.
_MAX_CARRIED = 64 * 1024


class ShowDomainErrors:
    """Afterwards the person reads what is wrong and what to do next, as a page, or as a message where htmx asked for a part."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = refusal_page(request, 405, "这个地址不支持这样的操作；请返回上一页，从页面上的按钮办理。")
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RecentLoginRequired):
            return ask_again(request, error)
        if isinstance(error, DomainError):
            log.info("refused kind=%s status=%s", type(error).__name__, error.status)
            fields = error.fields if isinstance(error, InvalidInput) else {}
            return refusal_page(request, error.status, str(error), fields=fields)
        if isinstance(error, OperationalError):
            # The database is away or locked too long; the act rolled back, so trying again is safe.
            log.error("database unavailable kind=%s", type(error).__name__)
            return refusal_page(request, 503, BUSY)
        if isinstance(error, Http404):
            return refusal_page(request, 404, "")
        return None


def refusal_page(
    request: HttpRequest, status: int, message: str, *, fields: dict[str, str] | None = None
) -> HttpResponse:
    """The page (or, for htmx, the message) that says why not; ``status`` also names the template where one is made for it."""
    context = {
        "message": message,
        "status": status,
        "title": _TITLES.get(status, _TITLES[409]),
        "field_messages": list((fields or {}).values()),
        "article": "",
    }
    if request.headers.get("HX-Request") == "true":
        response = render(request, "kernel/refusal_part.html", context, status=status)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
        return response
    template = "404.html" if status == NotFound.status else "kernel/refusal.html"
    return render(request, template, context, status=status)


def ask_again(request: HttpRequest, error: RecentLoginRequired) -> HttpResponse:
    """The page that asks for the password: a visit comes back to where it was going, a post is kept and goes on."""
    posted = request.method == "POST"
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = _confirm_address(request.headers.get("HX-Current-URL", ""))
        return response
    if not posted:
        response = HttpResponse(status=302)
        response["Location"] = _confirm_address(request.get_full_path())
        return response
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {CONFIRM_FIELD, "csrfmiddlewaretoken"}
        for value in values
    ]
    if request.FILES or sum(len(name) + len(value) for name, value in carried) > _MAX_CARRIED:
        return refusal_page(request, error.status, f"{error.message}请先完成身份验证，再重新提交本页。")
    context = {"carried": carried, "confirm_field": CONFIRM_FIELD, "message": error.message, "failed": error.failed}
    return render(request, "registration/confirm_post.html", context, status=error.status)


def _confirm_address(back: str) -> str:
    try:
        address = reverse("confirm-identity")
    except NoReverseMatch:
        address = "/"
    return f"{address}?{urlencode({'next': back})}"
