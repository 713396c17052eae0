"""What a letter's template cites: found in the template itself, answered from the law records of the letter's day.

A template writes ``{{ meta.cite.xkf_38_1 }}`` for a provision and ``{{ meta.term.fyf_review }}`` for the term it gives; neither is
ever typed by hand, so that a letter of a day says what the law of that day says.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.laws import law_on
from laiyang_approval.kernel.models import LawRecord

_USED = re.compile(r"meta\.(cite|term)\.(\w+)")
_OTHER_TEMPLATE = re.compile(r"{%\s*(?:extends|include)\s+\"([^\"]+)\"")
_TAGS = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)
#: An article, or a term, typed by hand.
_ARTICLE = re.compile(r"第[零一二三四五六七八九十百]+条")
_TERM = re.compile(r"[0-9一二三四五六七八九十两]+(?:个工作日|日内|日以内|个月|年内)")


@cache
def _used_in(template: str) -> frozenset[tuple[str, str]]:
    source = _source(template)
    used = set(_USED.findall(source))
    for other in _OTHER_TEMPLATE.findall(source):
        used |= _used_in(other)
    return frozenset(used)


def _source(template: str) -> str:
    return (Path(settings.BASE_DIR) / "templates" / template).read_text(encoding="utf-8")


def cited(template: str, on: date, look_up: Callable[[str, date], LawRecord] = law_on) -> dict[str, dict[str, str]]:
    """What ``template`` and the templates it stands on cite, in the words of the day ``on``: {"cite": …, "term": …}.

    Raises DomainError naming the provision that is not in force that day.
    """
    words: dict[str, dict[str, str]] = {"cite": {}, "term": {}}
    for what, key in _used_in(template):
        record = look_up(key, on)
        words[what][key] = record.citation if what == "cite" else record.term_text
    return words


@dataclass(frozen=True)
class Mark:
    """检查结果: a line of a template with something typed by hand, or a provision that is not in force."""

    template: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line} {self.sentence}"


def marks(templates: Iterable[Path], *, on: date, look_up: Callable[[str, date], LawRecord] = law_on) -> list[Mark]:
    """Everything in these templates that does not come from a law record in force on ``on``."""
    found = []
    for path in sorted(templates):
        source = path.read_text(encoding="utf-8")
        for number, line in enumerate(_lines_without_tags(source), 1):
            found += [Mark(path.name, number, f"条文“{hit}”须引自法律条文登记") for hit in _ARTICLE.findall(line)]
            found += [
                Mark(path.name, number, f"期限“{hit}”须引自法律条文登记或者业务规则") for hit in _TERM.findall(line)
            ]
        for number, line in enumerate(source.splitlines(), 1):
            for _, key in _USED.findall(line):
                try:
                    look_up(key, on)
                except DomainError as error:
                    found.append(Mark(path.name, number, error.message))
    return found


def _lines_without_tags(source: str) -> list[str]:
    """The template's own words line by line; tags leave their line breaks behind."""
    return _TAGS.sub(lambda tag: "\n" * tag.group().count("\n"), source).splitlines()


def letter_templates() -> list[Path]:
    """The templates of letters and certificates; the guide is no letter."""
    folder = Path(settings.BASE_DIR) / "templates" / "print"
    return [path for path in folder.glob("*.html") if path.name != "guide.html"]
