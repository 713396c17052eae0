"""The log: JSON lines that never hold an ID number, a mobile number or a path."""

import json
import logging

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory

from laiyang_approval.kernel.log_lines import RouteInsteadOfPath, json_formatter
from laiyang_approval.kernel.log_masking import mask_text, mask_values
from laiyang_approval.kernel.middleware.request_log import RequestLog

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("no person 370682199003071234 found", "no person [id-number] found"),
        ("证件37068219900307123X的材料", "证件[id-number]的材料"),
        ("id=37068219900307123x;", "id=[id-number];"),
        ("date mistyped 370682199013991234", "date mistyped [id-number]"),
        ("电话13812345678。", "电话[phone]。"),
        ("call +86 138 1234 5678 now", "call [phone] now"),
        ("call 138-1234-5678", "call [phone]"),
        ("case=37068220260302000123 at 1795486518002", "case=37068220260302000123 at 1795486518002"),
        ("request_id=2fed15868268425db62496bcd1fb4670", "request_id=2fed15868268425db62496bcd1fb4670"),
        ("sha=ab370682199003071234cd", "sha=ab370682199003071234cd"),
        ("ID370682199003071234 TEL13812345678", "ID[id-number] TEL[phone]"),
        ("landline 0535-7221234, code 91370682MA3C0000X1", "landline 0535-7221234, code 91370682MA3C0000X1"),
        ("莱审批受字〔2026〕第0001号", "莱审批受字〔2026〕第0001号"),
    ],
)
def test_numbers_of_persons_are_masked_and_nothing_else(text, masked):
    assert mask_text(text) == masked


def test_masking_reaches_into_values_and_keys():
    value = {"13812345678": [370682199003071234, {"x": ("37068219900307123X", 7, None, True, 1.5)}]}
    assert mask_values(value) == {"[phone]": ["[id-number]", {"x": ["[id-number]", 7, None, True, 1.5]}]}


@pytest.fixture
def lines():
    """Whatever is logged to "portal", as the JSON objects a file would hold."""
    written: list[dict] = []

    class Collect(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Collect()
    handler.setFormatter(json_formatter())
    handler.addFilter(RouteInsteadOfPath())
    logger = logging.getLogger("portal")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_line_is_one_json_object_with_its_request_and_case(lines):
    with structlog.contextvars.bound_contextvars(request_id="abc", case="2026-1"):
        logging.getLogger("portal.x").warning("letter late days=%s", 3)
    assert {key: lines[0][key] for key in ("event", "level", "logger", "request_id", "case")} == {
        "event": "letter late days=3",
        "level": "warning",
        "logger": "portal.x",
        "request_id": "abc",
        "case": "2026-1",
    }
    assert lines[0]["timestamp"].endswith("Z")


def test_a_traceback_is_masked_too(lines):
    try:
        raise ValueError("370682199003071234")
    except ValueError:
        logging.getLogger("portal.x").exception(
            "failed phone=%s", "13812345678", extra={"id_number": "37068219900307123X"}
        )
    assert lines[0]["event"] == "failed phone=[phone]"
    assert lines[0]["id_number"] == "[id-number]"
    assert "ValueError: [id-number]" in lines[0]["exception"]
    assert "3706821990" not in json.dumps(lines)


def test_a_failed_request_is_logged_by_route_and_never_by_path(lines):
    request = RequestFactory().get("/verify/SECRETTOKEN/", {"code": "SECRETCODE"})
    request.resolver_match = type("Match", (), {"view_name": "verify"})()
    logging.getLogger("portal.x").error(
        "%s: %s", "Internal Server Error", request.path, extra={"request": request, "status_code": 500}
    )
    assert lines[0]["event"] == "Internal Server Error: verify"
    assert lines[0]["status_code"] == 500
    assert "SECRET" not in json.dumps(lines)


def _ask(response, **headers):
    middleware = RequestLog(lambda request: response)
    request = RequestFactory().get("/cases/7/?code=SECRETCODE", headers=headers)
    return middleware, request, middleware(request)


def test_every_request_leaves_a_line_and_gets_its_id_back(lines):
    _, _, response = _ask(HttpResponse(status=404))
    assert lines[0]["event"].startswith("request method=GET status=404 ms=")
    assert lines[0]["event"].endswith(" user=-")
    assert response["X-Request-ID"] == lines[0]["request_id"]
    assert len(lines[0]["request_id"]) == 32
    assert "SECRETCODE" not in json.dumps(lines)


def test_an_id_given_by_the_proxy_is_kept_and_one_that_is_no_id_is_not(lines):
    assert _ask(HttpResponse(), **{"X-Request-ID": "proxy-0001"})[2]["X-Request-ID"] == "proxy-0001"
    forged = 'x" injected="1'
    assert _ask(HttpResponse(), **{"X-Request-ID": forged})[2]["X-Request-ID"] != forged


def test_the_case_is_forgotten_after_its_request(lines):
    middleware = RequestLog(
        lambda request: middleware.process_view(request, None, (), {"number": "2026-1"}) or HttpResponse()
    )
    request = RequestFactory().get("/x")
    request.resolver_match = type("Match", (), {"view_name": "hall:case"})()
    middleware(request)
    logging.getLogger("portal.x").warning("after")
    assert (lines[0]["case"], lines[0]["route"]) == ("2026-1", "hall:case")
    assert "case" not in lines[1] and "request_id" not in lines[1]
