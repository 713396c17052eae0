"""docs/law.md: article, rule, command, test and pages of the law, one row a provision.

``python -m tests.books.law`` writes it anew; with a folder of pictures (PORTAL_SHOTS of the page tests) those too.
"""

import ast
import csv
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

from PIL import Image

TOP = Path(__file__).resolve().parents[2]
BOOK = TOP / "docs" / "law.md"
PICTURES = TOP / "docs" / "law"
SIZES = ("hall", "phone")
#: Widths of the pictures in pixels; a page longer than five screens is cut there.
WIDTHS = {"hall": 683, "phone": 260}
LONGEST = 5


@dataclass(frozen=True)
class Entry:
    """一条规定: the law record, the rule in one sentence, and where it lives; lists are divided by a blank."""

    record: str
    rule: str
    commands: str
    tests: str
    screen: str


def entries() -> list[Entry]:
    with (Path(__file__).parent / "law.csv").open(encoding="utf-8", newline="") as file:
        return [Entry(**row) for row in csv.DictReader(file)]


@cache
def articles() -> dict[str, tuple[str, str]]:
    """Law and article of each record; of a record with several versions the newest."""
    with (TOP / "fixtures" / "law_records.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["law"].removeprefix("中华人民共和国"), row["article"]) for row in csv.DictReader(file)}


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def command(name: str):
    """The function a row names; raises AttributeError or ModuleNotFoundError where there is none."""
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module), function)


def faults(entry: Entry, *, screens: set[str]) -> Iterator[str]:
    """What is wrong with a row: an empty cell, a record, command, test or page that is not there, a picture that lacks."""
    for field, value in zip(fields(entry), astuple(entry), strict=True):
        if not value.strip():
            yield f"{field.name} is empty"
    if entry.record not in articles():
        yield f"no law record {entry.record}"
    for name in entry.commands.split():
        try:
            command(name)
        except (AttributeError, ModuleNotFoundError, ValueError):
            yield f"no command {name}"
    for name in entry.tests.split():
        path, _, function = name.partition("::")
        if not (TOP / path).is_file() or function not in _functions(TOP / path):
            yield f"no test {name}"
    if entry.screen not in screens:
        yield f"no page {entry.screen}"
    for size in SIZES:
        if not picture(entry.screen, size).is_file():
            yield f"no picture {entry.screen}-{size}"


def picture(screen: str, size: str) -> Path:
    return PICTURES / f"{screen}-{size}.png"


def sources(entry: Entry) -> str:
    """The source of the modules in which the row's commands and tests stand."""
    modules = {inspect.getsourcefile(inspect.unwrap(command(name))) for name in entry.commands.split()}
    return "".join(Path(path).read_text(encoding="utf-8") for path in sorted(modules))


def written() -> str:
    """The whole of docs/law.md."""
    lines = [
        "# The law in the code",
        "",
        "Each provision the procedure rests on: its rule, the command that keeps it, the test that shows it, and the page where a person",
        "meets it, at the desk and on a phone. Made by `python -m tests.books.law` from `tests/books/law.csv`; a cell that is empty or leads",
        "nowhere fails `tests/books/test_law.py`. The state table itself is `windows/domain/states.py`.",
        "",
        "| 条文 | 规则 | 命令 | 测试 | 页面 |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_line(entry) for entry in entries()), ""])


def _line(entry: Entry) -> str:
    law, article = articles()[entry.record]
    commands = "<br>".join(f"[`{name.rpartition('.')[2]}`](../{_path_of(name)})" for name in entry.commands.split())
    tests = "<br>".join(f"[{name.partition('::')[2]}](../{name.partition('::')[0]})" for name in entry.tests.split())
    pages = " ".join(
        f"[{word}](law/{picture(entry.screen, size).name})" for size, word in zip(SIZES, ("大屏", "手机"), strict=True)
    )
    return f"| {law}{article} | {entry.rule} | {commands} | {tests} | {entry.screen}：{pages} |"


def _path_of(name: str) -> str:
    return Path(inspect.getsourcefile(inspect.unwrap(command(name)))).relative_to(TOP).as_posix()


def take_pictures(folder: Path) -> None:
    """Afterwards docs/law holds the pictures the book names, small and of few colours, and no others."""
    PICTURES.mkdir(exist_ok=True)
    wanted = {picture(entry.screen, size): size for entry in entries() for size in SIZES}
    for old in set(PICTURES.glob("*.png")) - set(wanted):
        old.unlink()
    for path, size in wanted.items():
        with Image.open(folder / path.name) as full:
            height = min(full.height, full.width * LONGEST)
            shown = full.convert("RGB").crop((0, 0, full.width, height))
            scale = WIDTHS[size] / full.width
            small = shown.resize((WIDTHS[size], round(height * scale)), Image.Resampling.LANCZOS)
            small.quantize(48).save(path, optimize=True)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laiyang_approval.settings")
    os.environ.setdefault("PORTAL_MODE", "test")
    django.setup()
    if len(sys.argv) > 1:
        take_pictures(Path(sys.argv[1]))
    BOOK.write_text(written(), encoding="utf-8")
