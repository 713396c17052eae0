"""Text that no person typed is refused before any view, session or database sees it (control C11).

PostgreSQL refuses NUL and lone surrogates with an exception in the middle of a command, SQLite stores them; neither
may depend on the engine. Django itself replaces invalid bytes by U+FFFD, which would store a changed name silently.
"""

import json
import re
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from .headers import ALWAYS

#: Longest query string in bytes: the longest the portal itself makes is a search with every filter, under 1,000.
MAX_QUERY_BYTES = 4096
#: Longest path in bytes; a token, a case number and a file id together stay under 200.
MAX_PATH_BYTES = 1024
#: Longest request in bytes, all files of one form together; each file has its own limit (rule upload_max_mb). Django would
#: write any amount to disk before a view could count it.
MAX_REQUEST_BYTES = 300 * 1024 * 1024
#: A browser reads the answer only after it has sent everything, so somewhat longer requests are read and thrown away.
MAX_DRAINED_BYTES = 1024 * 1024 * 1024

# NUL, halves of a surrogate pair, and U+FFFD, which is what Django leaves in place of bytes that are no text.
_BROKEN = re.compile("[\x00\ufffd\ud800-\udfff]")
_BROKEN_BYTES = re.compile(rb"\x00")
_JSON_ESCAPES = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_MESSAGE = "提交的内容含有无法识别的字符或编码有误，系统没有保存；请返回上一页，删去特殊字符后重新提交。"
_TOO_LARGE = f"一次提交的文件合计超过{MAX_REQUEST_BYTES // 1024 // 1024}MB，系统没有保存；请压缩文件或分几次上传。"
_TOO_LONG = "网址过长，系统没有处理；请缩短查询条件后重试。"


class RefuseBrokenText:
    """Afterwards no view meets NUL, lone surrogates or invalid UTF-8 in path, query, cookies or body: such a request gets 400."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        message = _objection(request)
        return refusal(message) if message else self.get_response(request)


def refusal(message: str) -> HttpResponse:
    """The Chinese 400 page; plain text where no template is installed. Nothing of the request is repeated in it."""
    try:
        response = HttpResponse(get_template("400.html").render({"message": message}), status=400)
    except TemplateDoesNotExist:
        response = HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")
    # Told here too, so that this door is as tight wherever it stands.
    for name, value in ALWAYS.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response


def _objection(request: HttpRequest) -> str:
    """The sentence for the person, or "" when everything is text."""
    environ = request.META
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if len(query) > MAX_QUERY_BYTES or len(path) > MAX_PATH_BYTES:
        return _TOO_LONG
    if "\x00" in path or not (path.isascii() or _is_text(path.encode("latin-1", "replace"))):
        return _MESSAGE
    if ("%" in query or not query.isascii() or "\x00" in query) and not _is_text(_query_bytes(query)):
        return _MESSAGE
    if "\\" in environ.get("HTTP_COOKIE", "") and any(_BROKEN.search(value) for value in request.COOKIES.values()):
        return _MESSAGE
    if request.method in _BODY_METHODS:
        length = _length(environ)
        if length > MAX_REQUEST_BYTES:
            _drain(request)
            return _TOO_LARGE
        if length < 0 or not _body_is_text(request):
            return _MESSAGE
    return ""


def _length(environ: dict) -> int:
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else -1


def _drain(request: HttpRequest) -> None:
    left = _length(request.META)
    if left > MAX_DRAINED_BYTES:
        return
    try:
        while left > 0 and (piece := request.read(min(left, 256 * 1024))):
            left -= len(piece)
    except UnreadablePostError:  # the browser went away: nobody waits for the answer
        return


def _query_bytes(query: str) -> bytes:
    # WSGI hands bytes over as latin-1; unquote_to_bytes would otherwise take them for text and encode them again.
    return unquote_to_bytes(query.encode("latin-1", "replace"))


def _is_text(raw: bytes) -> bool:
    if _BROKEN_BYTES.search(raw):
        return False
    try:
        return "\ufffd" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _body_is_text(request: HttpRequest) -> bool:
    content_type = request.content_type
    try:
        if content_type == "application/x-www-form-urlencoded":
            # Raw, because Django reads a body that is not UTF-8 as latin-1: somebody else's name.
            return _is_utf8_form(request) and _is_text(unquote_to_bytes(request.body))
        if content_type == "multipart/form-data":
            return _is_utf8_form(request) and _parts_are_text(request)
        if content_type == "application/json" or content_type.endswith("+json"):
            return _json_is_text(request.body)
    except UnreadablePostError:  # the browser went away in the middle; nobody reads the answer
        return False
    return True


def _is_utf8_form(request: HttpRequest) -> bool:
    return (request.encoding or "utf-8").lower().replace("_", "-") in {"utf-8", "utf8"}


def _parts_are_text(request: HttpRequest) -> bool:
    for name, values in request.POST.lists():
        if _BROKEN.search(name) or any(_BROKEN.search(value) for value in values):
            return False
    return not any(
        _BROKEN.search(name) or any(_BROKEN.search(upload.name or "") for upload in uploads)
        for name, uploads in request.FILES.lists()
    )


def _json_is_text(body: bytes) -> bool:
    if not _is_text(body):
        return False
    if not _JSON_ESCAPES.search(body):
        return True
    try:  # an escaped pair is a character, an escaped half is not: only the parser knows which
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return True  # not JSON at all: the view has its own answer to that
    pending = [parsed]
    while pending:
        match pending.pop():
            case str(text):
                if _BROKEN.search(text):
                    return False
            case list(items):
                pending.extend(items)
            case dict(members):
                pending.extend(members.keys())
                pending.extend(members.values())
    return True
