"""W1 status look-up, W2 register and accept with five materials, W3 inbox: the portal beside a bare Django view.

The bare view reads or writes the same rows in one statement and answers with as many bytes.
"""

import json
import random
import secrets
from io import BytesIO

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.html import escape

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.models import User
from matters import queries as catalogue
from windows.demo.codes import credit_code, mobile
from windows.demo.people import demo_password
from windows.models import Case

from .harness import Bare, Portal, Row, compare, form_post

CODE = "ABCDEFGH"


def _csrf(portal: Portal) -> str:
    """A CSRF cookie and the token a form would send with it."""
    token = secrets.token_hex(16)
    portal.cookies[settings.CSRF_COOKIE_NAME] = token
    return token


def sign_in(portal: Portal, username: str) -> User:
    """Afterwards ``portal`` carries the session of this demo person, signed in over the log-in page."""
    fields = {"username": username, "password": demo_password(), "csrfmiddlewaretoken": _csrf(portal)}
    answer = portal.post("/login/", fields)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return User.objects.get(username=username)


def status_lookup(label: str) -> Row:
    """W1. The case is found by number and code, the page says where it stands."""
    numbers = list(Case.objects.filter(state="in_review").order_by("?").values_list("number", flat=True)[:400])
    Case.objects.filter(number__in=numbers).update(query_code_hmac=query_code_hmac(CODE))
    # A process serves for days: it has read the editions in force long before (they never change, so they are kept).
    for edition in Case.objects.filter(number__in=numbers).values_list("edition_id", flat=True).distinct():
        catalogue.edition_with_materials(edition)
    portal = Portal()
    token = _csrf(portal)
    requests = [
        form_post("/status/", {"number": number, "code": CODE, "csrfmiddlewaretoken": token}) for number in numbers
    ]
    bodies = [request.environ["wsgi.input"].read() for request in requests]
    first = portal.call(requests[0].environ | {"wsgi.input": BytesIO(bodies[0])})
    assert first.status_code == 200, first.status_code
    size = len(first.content)
    columns = "number, state, received_at, accepted_on, promised_due_on, statutory_due_on, light, query_code_hmac"

    def view(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM windows_case WHERE number = %s", [request.POST["number"]])
            row = cursor.fetchone()
        text = "".join(f"<p>{escape(value)}</p>" for value in row)
        return HttpResponse(text.ljust(size))

    bare = Bare(view)

    def environ(index: int) -> dict:
        which = index % len(requests)
        return requests[which].environ | {"wsgi.input": BytesIO(bodies[which])}

    return compare(
        f"W1 状态查询（{label}）",
        lambda index: portal.call(environ(index)),
        lambda index: bare.call(environ(index)),
        each=120,
        good=2.2,
        moonshot=1.6,
    )


def inbox(label: str) -> Row:
    """W3. Fifty open cases of the reviewer's department, first due first."""
    portal = Portal()
    user = sign_in(portal, "shencha")
    request = RequestFactory().get("/inbox/")
    first = portal.call(dict(request.environ))
    assert first.status_code == 200, first.status_code
    size = len(first.content)
    sql = """
        SELECT c.id, c.number, c.state, c.light, c.next_due_on, c.promised_due_on, c.statutory_due_on, e.name, p.name, u.display_name
        FROM windows_case c JOIN matters_edition e ON e.id = c.edition_id JOIN windows_party p ON p.id = c.party_id
        LEFT JOIN kernel_user u ON u.id = c.reviewer_id
        WHERE c.handling_department_id = %s AND c.state IN ('accepted', 'in_review')
        ORDER BY c.next_due_on, c.id LIMIT 51
    """

    def view(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(sql, [user.department_id])
            rows = cursor.fetchall()
        text = "".join("<tr>" + "".join(f"<td>{escape(value)}</td>" for value in row) + "</tr>" for row in rows)
        return HttpResponse(text.ljust(size))

    bare = Bare(view)
    return compare(
        f"W3 待办列表（{label}）",
        lambda index: portal.call(dict(request.environ)),
        lambda index: bare.call(dict(request.environ)),
        each=60,
        good=2.0,
        moonshot=1.5,
    )


def register(label: str) -> Row:
    """W2. One post: received and accepted with all its materials, receipt and notice sealed, events chained."""
    portal = Portal()
    sign_in(portal, "chuangkou")
    token = _csrf(portal)
    edition = _five_materials()
    _bench_tables()
    fields = {
        "matter": edition.matter.code,
        "outcome": "accept",
        "name": "莱阳市某某餐饮店",
        "legal_representative": "邹念慈",
        "address": "莱阳市某某街道某某路18号",
        "premises": "莱阳市某某街道某某路18号",
        "request": "测量用申请",
        "csrfmiddlewaretoken": token,
    }
    for material in edition.materials.all():
        fields |= {
            f"m{material.pk}-status": "complete",
            f"m{material.pk}-originals": str(material.original_count),
            f"m{material.pk}-copies": str(material.copy_count),
        }

    base = random.randrange(10**8)

    def post(index: int):
        serial = base + index
        return form_post(
            "/hall/", fields | {"token": new_form_token(), "id_number": credit_code(serial), "phone": mobile(serial)}
        )

    before = Case.objects.count()
    answer = portal.call(dict(post(-1).environ))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert Case.objects.count() == before + 1

    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic(), connection.cursor() as cursor:
            _insert_all(cursor, request)
        return HttpResponse(status=302, headers={"Location": "/done/"})

    bare = Bare(view)
    return compare(
        f"W2 收件并受理，{edition.materials.count()}项材料（{label}）",
        lambda index: portal.call(dict(post(index).environ)),
        lambda index: bare.call(dict(post(index).environ)),
        each=25,
        good=3.0,
        moonshot=1.7,
    )


def _five_materials():
    """An edition with five materials of the bureau's that anybody may apply for."""
    today = clock.today()
    for code in ("CG-06", "WJ-05", "SJ-04", "NY-02", "JS-03", "RS-02", "SW-02"):
        edition = catalogue.edition_with_materials(catalogue.edition_on(catalogue.matter_by_code(code), today).pk)
        if edition.materials.count() == 5:
            return edition
    raise LookupError("no edition with five materials among the candidates")


def _bench_tables() -> None:
    """The bare limit's own tables: a case, its materials, its events, letters and jobs."""
    with connection.cursor() as cursor:
        for table in ("case", "material", "event", "letter", "job"):
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            key = "BIGSERIAL PRIMARY KEY" if connection.vendor == "postgresql" else "INTEGER PRIMARY KEY"
            cursor.execute(f"CREATE TABLE bench_{table} (id {key}, case_number text, body text)")


def _insert_all(cursor, request: HttpRequest) -> None:
    """The rows of one registration: in one statement on PostgreSQL, one a table on SQLite."""
    number, body = secrets.token_hex(7), json.dumps(request.POST.dict())
    counts = {"case": 1, "material": 5, "event": 2, "letter": 2, "job": 2}
    if connection.vendor == "postgresql":
        parts = [
            f"i_{table} AS (INSERT INTO bench_{table} (case_number, body) SELECT %s, %s FROM generate_series(1, {count}))"
            for table, count in counts.items()
        ]
        cursor.execute(f"WITH {', '.join(parts)} SELECT 1", [number, body] * len(counts))
        return
    for table, count in counts.items():
        cursor.executemany(f"INSERT INTO bench_{table} (case_number, body) VALUES (%s, %s)", [(number, body)] * count)
