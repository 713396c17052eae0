"""A page that says the same every time but for a few values: cut once by its template, then only filled in.

Rendering a template costs a page ten times what reading its rows costs, and nearly all of it draws again what was drawn the
last time: head, navigation, labels. A ``Stencil`` renders its template with a mark in place of each value, keeps the text between
the marks, and from then on joins text and values. The template stays the only source of the page: ``tests`` hold the filled
stencil equal to the rendered template, byte by byte.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.safestring import SafeData, mark_safe

from .csrf_tokens import page_token

#: So many cuts of one template are kept, some ten kilobytes each; more readers than that and it begins anew.
MOST_CUTS = 256

# Nobody outside this process can write a mark, and no template holds one. Letters and digits only, so that escaping and
# quoting in the template leave it as it is.
_MARK = f"x{secrets.token_hex(12)}x"
_CUT = re.compile(rf"{_MARK}(\w+?){_MARK}")


class Stencil:
    """一种页面的底板. In its template a value may be shown, or asked whether it is empty; no filter may change it, no test look into it.

    What the template looks into belongs to ``kind``: plain hashable values of which there are few. A page of one kind has one
    cut for each frame around it (``settings.FRAME_KEY``) and each set of empty values.
    """

    def __init__(self, template: str):
        self.template = template
        self._cuts: dict[tuple, list[str]] = {}

    def page(
        self, request: HttpRequest, kind: Mapping[str, Any], values: Mapping[str, str], *, status: int = 200
    ) -> HttpResponse:
        """The same answer as ``rendered``, from the cut of this kind."""
        if len(get_messages(request)):  # said once to one person
            return self.rendered(request, kind, values, status=status)
        key = (_frame_key()(request), *kind.values(), *(name for name, value in values.items() if not value))
        cut = self._cuts.get(key)
        if cut is None:
            if len(self._cuts) >= MOST_CUTS:
                self._cuts.clear()
            cut = self._cuts[key] = self._cut(request, kind, values)
        # Text and names of values by turns.
        filled = list(cut)
        for place in range(1, len(cut), 2):
            name = cut[place]
            if name == "csrf_token":
                filled[place] = page_token(request)
            else:
                value = values[name]
                filled[place] = value if isinstance(value, SafeData) else escape(value)
        return HttpResponse("".join(filled), status=status)

    def rendered(
        self, request: HttpRequest, kind: Mapping[str, Any], values: Mapping[str, str], *, status: int = 200
    ) -> HttpResponse:
        """The page by its template, for what is asked too rarely to be worth a cut."""
        return render(request, self.template, {**kind, **values}, status=status)

    def _cut(self, request: HttpRequest, kind: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
        marks = {name: _mark(name) if value else "" for name, value in values.items()}
        text = render_to_string(self.template, {**kind, **marks, "csrf_token": _mark("csrf_token")}, request)
        return _CUT.split(text)


def _mark(name: str) -> str:
    return mark_safe(f"{_MARK}{name}{_MARK}")  # noqa: S308  a constant of this process and a name of ours


@cache
def _frame_key() -> Callable[[HttpRequest], tuple]:
    return import_string(settings.FRAME_KEY)
