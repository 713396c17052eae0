"""The one route of the bare limit."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import re_path

view: Callable[[HttpRequest], HttpResponse] | None = None


def _call(request: HttpRequest) -> HttpResponse:
    return view(request)


urlpatterns = [re_path(r"^", _call)]
