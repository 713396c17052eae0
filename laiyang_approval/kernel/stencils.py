"""A page that says the same to every visitor but for a few values: cut once by its template, then only filled in (ADR 0076).

A ``Stencil`` renders its template with a mark in place of each value, keeps the text between the marks, and from then on joins
text and values. The template stays the only source of the page: tests hold the filled stencil equal to the rendered template,
byte by byte. Only visitors without a session are served from a cut, so nothing about a person can stand in one.
"""

import re
import secrets
from collections.abc import Mapping
from html import escape

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeData, SafeString, mark_safe

#: A page with more different gaps than this is cut anew.
MOST_CUTS = 64

# Nobody outside this process can write a mark. Letters and digits only, so that escaping and quoting leave it as it is.
_MARK = f"x{secrets.token_hex(12)}x"
_CUT = re.compile(rf"{_MARK}(\w+?){_MARK}")


class Stencil:
    """底板: its template may show a value or ask whether it is empty; no filter may change it and no test look into it."""

    def __init__(self, template: str):
        self.template = template
        self._cuts: dict[tuple[str, ...], list[str]] = {}

    def fill(self, request: HttpRequest, values: Mapping[str, str]) -> HttpResponse:
        """The page with these values; each is text and escaped, unless it is marked safe."""
        if not _is_visitor(request):
            return render(request, self.template, values)
        empty = tuple(name for name, value in values.items() if not value)
        cut = self._cuts.get(empty) or self._cut(request, values, empty)
        known = {**values, "csrf_token": get_token(request)}
        # Text and names of values by turns.
        filled = [_text(known[part]) if place % 2 else part for place, part in enumerate(cut)]
        return HttpResponse("".join(filled))

    def _cut(self, request: HttpRequest, values: Mapping[str, str], empty: tuple[str, ...]) -> list[str]:
        marks = {name: _mark(name) if value else "" for name, value in values.items()}
        text = render_to_string(self.template, {**marks, "csrf_token": _mark("csrf_token")}, request)
        if len(self._cuts) >= MOST_CUTS:
            self._cuts.clear()
        cut = self._cuts[empty] = _CUT.split(text)
        return cut


def _is_visitor(request: HttpRequest) -> bool:
    """Somebody without a session, to whom there is no message to give either: the frame around the page is everybody's."""
    return not request.session.session_key and "messages" not in request.COOKIES


def _text(value: str) -> str:
    return value if isinstance(value, SafeData) else escape(value)


def _mark(name: str) -> SafeString:
    return mark_safe(f"{_MARK}{name}{_MARK}")  # noqa: S308  a constant of this process and a name of ours
