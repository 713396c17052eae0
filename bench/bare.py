"""The bare limit: Django in one file, function views behind no middleware, a cursor, joined strings.

Each view reads or writes the same rows as the portal's page in one statement, and answers with as many bytes of the same text: what
stands around the values is taken from an answer of the portal (``BENCH_PAGE``), as a program that joins strings would hold it.
"""

import gc
import os
import random
import secrets
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import escape

from laiyang_approval.settings.storage import DATABASES

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": DATABASES["default"]
        | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
        | ({} if "sqlite3" in DATABASES["default"]["ENGINE"] else {"ENGINE": "django.db.backends.postgresql"})
    },
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",
    USE_TZ=True,
)

#: A page of the portal; its end stands where the joined strings are shorter than it.
PAGE = Path(os.environ["BENCH_PAGE"]).read_text(encoding="utf-8") if "BENCH_PAGE" in os.environ else ""
DEPARTMENT = os.environ.get("BENCH_DEPARTMENT")
#: The case whose registration is written again and again.
TEMPLATE = os.environ.get("BENCH_CASE", "")

_CASE = """
    SELECT number, edition_id, handling_department_id, state, deemed_accepted, received_at, accepted_on, decided_at, issued_at,
        delivered_at, ended_at, clock_from_on, promised_due_on, statutory_due_on, delivery_due_on, light, query_code_hmac
    FROM windows_case WHERE number = %s
"""
_CASES = """
    SELECT c.id, c.number, c.state, c.light, c.next_due_on, c.promised_due_on, c.statutory_due_on, e.name, p.name, u.display_name
    FROM windows_case c JOIN matters_edition e ON e.id = c.edition_id JOIN windows_party p ON p.id = c.party_id
    LEFT JOIN kernel_user u ON u.id = c.reviewer_id
    WHERE c.handling_department_id = %s AND c.state IN ('accepted', 'in_review', 'suspended')
    ORDER BY c.next_due_on, c.id LIMIT 51
"""


def _answer(text: str) -> HttpResponse:
    return HttpResponse(text + PAGE[len(text) :])


def status(request: HttpRequest) -> HttpResponse:
    """W1"""
    with connection.cursor() as cursor:
        cursor.execute(_CASE, [request.POST["number"]])
        row = cursor.fetchone()
    return _answer("".join(f"<p>{escape(value)}</p>" for value in row))


def inbox(request: HttpRequest) -> HttpResponse:
    """W3"""
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [DEPARTMENT])
        rows = cursor.fetchall()
    text = "".join("<tr>" + "".join(f"<td>{escape(value)}</td>" for value in row) + "</tr>" for row in rows)
    return _answer(text)


#: Columns of a registration that may not come twice, with a fresh value for each.
FRESH = {
    "number": lambda: f"LY{secrets.token_hex(6).upper()}",
    "query_token_hash": lambda: secrets.token_hex(32),
    "verify_token_hash": lambda: secrets.token_hex(32),
    "key": lambda: secrets.token_hex(16),
    "serial": lambda: random.randrange(2**31),
    "acceptance_order": lambda: random.randrange(2**31),
}


def _rows_of(table: str, where: str, *parameters: object) -> tuple[list[str], list[tuple]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id", parameters)
        names = [column[0] for column in cursor.description]
        return names[1:], [row[1:] for row in cursor.fetchall()]


def _registration() -> list[tuple[str, list[str], list[tuple]]]:
    """Table by table the columns and rows of the case ``TEMPLATE``."""
    number = "(SELECT id FROM windows_case WHERE number = %s)"
    tables = [("windows_case", "number = %s", TEMPLATE)]
    tables += [
        (f"windows_{table}", f"case_id = {number}", TEMPLATE) for table in ("casematerial", "caseevent", "letter")
    ]
    letters = f"SELECT number FROM windows_letter WHERE case_id = {number}"
    tables.append(("kernel_job", f"key IN (SELECT 'letter:' || number FROM ({letters}) own)", TEMPLATE))
    return [(table, *_rows_of(table, where, *more)) for table, where, *more in tables]


def _values(columns: list[str], row: tuple) -> list:
    return [
        FRESH[name]() if name in FRESH else value for name, value in zip(columns, row, strict=True) if name != "case_id"
    ]


def _insert_into(table: str, columns: list[str], count: int, case_id: str) -> str:
    row = ", ".join(case_id if name == "case_id" else "%s" for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([f'({row})'] * count)} RETURNING id"


def register(request: HttpRequest) -> HttpResponse:
    """W2: the rows of one registration, in one statement on PostgreSQL, one a table on SQLite."""
    if not request.POST["name"]:
        return HttpResponse(status=422)
    values = [[value for row in rows for value in _values(columns, row)] for _, columns, rows in REGISTRATION]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TOGETHER, [value for own in values for value in own])
        else:
            for (table, columns, rows), own in zip(REGISTRATION, values, strict=True):
                case_id = "(SELECT max(id) FROM windows_case)"
                cursor.execute(_insert_into(table, columns, len(rows), case_id), own)
                cursor.fetchall()
    return HttpResponse(status=302, headers={"Location": "/done/"})


urlpatterns = [path("status/", status), path("hall/", register), path("inbox/", inbox)]
application = get_wsgi_application()
if TEMPLATE:
    REGISTRATION = _registration()
    parts = [
        f"t{place} AS ({_insert_into(table, columns, len(rows), '(SELECT id FROM t0)')})"
        for place, (table, columns, rows) in enumerate(REGISTRATION)
    ]
    TOGETHER = f"WITH {', '.join(parts)} SELECT 1"
    connection.close()  # each worker opens its own
gc.collect()
gc.freeze()  # as laiyang_approval.wsgi does
gc.set_threshold(20_000, 20, 20)
