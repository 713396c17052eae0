"""Text that nobody typed gets 400 before any view (control C11); real people's text passes untouched."""

import json
from io import BytesIO
from time import perf_counter
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from laiyang_approval.kernel.middleware import broken_text
from laiyang_approval.kernel.middleware.broken_text import MAX_QUERY_BYTES, RefuseBrokenText

factory = RequestFactory()
SENTENCE = "提交的内容含有无法识别的字符或编码有误，系统没有保存；请返回上一页，删去特殊字符后重新提交。"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _no_templates(settings):
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]


class Door:
    """The middleware in front of a view that notes whether it was reached."""

    def __init__(self):
        self.seen = []
        self.middleware = RefuseBrokenText(self.view)

    def view(self, request):
        self.seen.append(request)
        return HttpResponse("view")

    def __call__(self, request):
        return self.middleware(request)


def get(query: str = "", path: str = "/", cookie: str = ""):
    """A GET as the server hands it over: path and query as bytes in latin-1 clothing."""
    request = factory.get("/")
    request.META |= {"QUERY_STRING": query, "PATH_INFO": path, "HTTP_COOKIE": cookie}
    return request


def post(body: bytes, content_type: str = URLENCODED):
    return factory.generic("POST", "/", body, content_type)


def multipart(name: bytes, value: bytes, filename: bytes | None = None) -> bytes:
    disposition = b'form-data; name="' + name + b'"' + (b'; filename="' + filename + b'"' if filename else b"")
    return b"--B\r\nContent-Disposition: " + disposition + b"\r\n\r\n" + value + b"\r\n--B--\r\n"


BROKEN = {
    "NUL in the query": lambda: get("q=%00"),
    "raw NUL in the query": lambda: get("q=\x00"),
    "NUL in a query key": lambda: get("%00=1"),
    "invalid UTF-8 in the query": lambda: get("q=%FF%FE"),
    "raw invalid bytes in the query": lambda: get("q=\xff\xfe"),
    "overlong slash in the query": lambda: get("q=%C0%AF"),
    "lone surrogate in the query": lambda: get("q=%ED%A0%80"),
    "GBK in the query": lambda: get("q=" + quote("莱阳".encode("gbk"))),
    "replacement character in the query": lambda: get("q=" + quote("\ufffd")),
    "query over the limit": lambda: get("q=" + "a" * MAX_QUERY_BYTES),
    "NUL in the path": lambda: get(path="/a\x00b"),
    "invalid UTF-8 in the path": lambda: get(path="/\xff\xfe"),
    "lone surrogate in the path": lambda: get(path="/\xed\xa0\x80"),
    "path over the limit": lambda: get(path="/" + "a" * 5000),
    "NUL in a cookie": lambda: get(cookie='session="\\000aaaaaaaaaaaaaaaa"'),
    "NUL in a form": lambda: post(b"name=%00"),
    "NUL in a form key": lambda: post(b"na%00me=1"),
    "raw NUL in a form": lambda: post(b"name=\x00"),
    "invalid UTF-8 in a form": lambda: post(b"name=%FF"),
    "lone surrogate in a form": lambda: post(b"name=%ED%A0%80"),
    "GBK in a form": lambda: post(b"name=" + "莱阳".encode("gbk")),
    "second value broken": lambda: post(b"name=a&name=%00"),
    "form in another charset": lambda: post("name=莱阳".encode("gbk"), URLENCODED + "; charset=gbk"),
    "NUL in a multipart form": lambda: post(multipart(b"a", b"x\x00"), "multipart/form-data; boundary=B"),
    "invalid UTF-8 in a multipart form": lambda: post(multipart(b"a", b"\xff"), "multipart/form-data; boundary=B"),
    "raw NUL in JSON": lambda: post(b'{"a": "\x00"}', "application/json"),
    "escaped NUL in JSON": lambda: post(b'{"a": ["\\u0000"]}', "application/json"),
    "escaped NUL in a JSON key": lambda: post(b'{"\\u0000": 1}', "application/json"),
    "half a pair in JSON": lambda: post(b'{"a": "\\ud83d"}', "application/json"),
    "invalid UTF-8 in JSON": lambda: post(b'{"a": "\xff"}', "application/json"),
}

SOUND = {
    "plain": lambda: get("q=spjy&page=2"),
    "no query": lambda: get(),
    "Chinese, escaped": lambda: get("q=" + quote("食品经营许可")),
    "Chinese, raw bytes": lambda: get(
        "q=" + "食品".encode().decode("latin-1"), path="/" + "事项".encode().decode("latin-1")
    ),
    "plane 2 and compatibility characters": lambda: get("q=" + quote("𠮷䶮\uf900")),
    "percent sign": lambda: get("q=100%25"),
    "broken escape is text": lambda: get("q=100%"),
    "ordinary cookies": lambda: get(cookie='session=abcdefgh; messages="a\\054b"'),
    "empty form": lambda: post(b""),
    "form with line ends and emoji": lambda: post(("name=" + quote("张\r\n伟😀")).encode()),
    "multipart in Chinese": lambda: post(multipart(b"a", "莱阳".encode(), None), "multipart/form-data; boundary=B"),
    "file of any bytes": lambda: post(
        multipart(b"f", bytes(range(256)), "材料.pdf".encode()), "multipart/form-data; boundary=B"
    ),
    "JSON": lambda: post(json.dumps({"a": "莱阳😀"}).encode(), "application/json"),
    "JSON that is none": lambda: post(b"{\\u0000", "application/json"),
    "backslash before u0000": lambda: post(b'{"a": "\\\\u0000"}', "application/json"),
    "other content is the view's affair": lambda: post(b"\x00\xff", "application/octet-stream"),
}


@pytest.mark.parametrize("situation", BROKEN)
def test_broken_text_is_refused_before_any_view(situation):
    door = Door()
    response = door(BROKEN[situation]())
    assert response.status_code == 400
    assert door.seen == []
    assert response.content.decode("utf-8") in {SENTENCE, "网址过长，系统没有处理；请缩短查询条件后重试。"}
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert "object-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("situation", SOUND)
def test_what_people_type_passes(situation):
    door = Door()
    assert door(SOUND[situation]()).content == b"view"
    assert len(door.seen) == 1


def test_the_form_is_still_there_for_the_view():
    door = Door()
    upload = SimpleUploadedFile("材料.pdf", b"%PDF")
    door(factory.post("/", {"name": "买买提·艾力", "file": upload}))
    assert door.seen[0].POST["name"] == "买买提·艾力"
    assert door.seen[0].FILES["file"].read() == b"%PDF"


def test_a_file_whose_name_is_no_text_is_not_handed_over():
    door = Door()
    door(post(multipart(b"f", b"x", b"\xff.pdf"), "multipart/form-data; boundary=B"))
    assert [list(request.FILES) for request in door.seen] == [[]]


def test_the_page_of_the_portal_is_shown_where_it_is_installed(settings):
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"400.html": "<h1>{{ message }}</h1>"})]},
        }
    ]
    response = Door()(BROKEN["NUL in the query"]())
    assert (response.status_code, response.content.decode()) == (400, f"<h1>{SENTENCE}</h1>")


def test_a_browser_that_went_away_is_no_error_of_ours():
    class Gone(BytesIO):
        def read(self, *args):
            raise OSError("connection reset")

    request = post(b"name=a")
    request._stream = Gone()
    assert Door()(request).status_code == 400


def test_more_than_one_request_may_carry_is_neither_kept_nor_parsed(monkeypatch):
    monkeypatch.setattr(broken_text, "MAX_REQUEST_BYTES", 1000)
    body = multipart(b"f", b"x" * 5000, b"a.pdf")
    request = post(body, "multipart/form-data; boundary=B")
    door = Door()
    response = door(request)
    assert (response.status_code, door.seen) == (400, [])
    assert response.content.decode() == "一次提交的文件合计超过300MB，系统没有保存；请压缩文件或分几次上传。"
    assert request.read() == b""  # read to its end, so that the browser comes to read the answer
    assert not hasattr(request, "_files")


@pytest.mark.parametrize("length", ["-1", "９", "1" * 50, "abc"])
def test_a_length_that_is_none_is_refused(length):
    request = post(b"name=a")
    request.META["CONTENT_LENGTH"] = length
    assert Door()(request).status_code == 400


@given(query=st.binary(max_size=40), path=st.binary(max_size=40), body=st.binary(max_size=60))
def test_any_bytes_are_refused_or_are_text(query, path, body):
    door = Door()
    request = post(body)
    request.META |= {"QUERY_STRING": query.decode("latin-1"), "PATH_INFO": "/" + path.decode("latin-1")}
    response = door(request)
    if response.status_code == 400:
        assert door.seen == []
    else:
        texts = [request.META["PATH_INFO"].encode("latin-1").decode("utf-8")]
        texts += [text for pair in [*request.GET.lists(), *request.POST.lists()] for text in (pair[0], *pair[1])]
        for text in texts:
            text.encode("utf-8")
            assert "\x00" not in text and "\ufffd" not in text


def test_a_plain_page_costs_less_than_fifty_microseconds():
    door = RefuseBrokenText(lambda request: None)
    request = get("q=spjy&page=2")
    best = min(_time(door, request) for _ in range(5))
    assert best < 50e-6


def _time(door, request, rounds=2000) -> float:
    started = perf_counter()
    for _ in range(rounds):
        door(request)
    return (perf_counter() - started) / rounds
