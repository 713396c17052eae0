"""The pins: exact, hashed, complete, and the same for running and for testing."""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.once


def _pins(name: str) -> dict[str, str]:
    text = (settings.BASE_DIR / name).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            continue
        assert " --hash=sha256:" in line, line
        package, version = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)", line).groups()
        pins[package.lower().replace("_", "-")] = version
    return pins


def _asked_for(name: str) -> set[str]:
    lines = (settings.BASE_DIR / name).read_text(encoding="utf-8").splitlines()
    return {
        re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace("_", "-")
        for line in lines
        if line and line[0] not in "#-"
    }


def test_everything_asked_for_is_pinned():
    assert _asked_for("deploy/runtime.in") - set(_pins("requirements.txt")) == set()
    assert _asked_for("deploy/dev.in") - set(_pins("requirements-dev.txt")) == set()


def test_tests_run_on_the_versions_that_serve():
    running, testing = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert {name: testing.get(name) for name in running} == running


def test_the_pins_name_no_address_to_fetch_from():
    for name in ("requirements.txt", "requirements-dev.txt", "deploy/uv.txt"):
        text = (settings.BASE_DIR / name).read_text(encoding="utf-8")
        assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []
