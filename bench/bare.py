"""The bare limit: Django in one file, function views behind no middleware, a cursor, joined strings.

Each view reads or writes the same rows as the portal's page in one statement and answers with as many bytes (``BENCH_BYTES``).
"""

import gc
import json
import os
import secrets

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import escape

from laiyang_approval.settings.storage import DATABASES

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": DATABASES["default"] | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}},
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",
    USE_TZ=True,
)

SIZE = int(os.environ.get("BENCH_BYTES", "0"))
DEPARTMENT = os.environ.get("BENCH_DEPARTMENT")
#: The rows of one registration.
ROWS = {"case": 1, "material": 5, "event": 2, "letter": 2, "job": 2}

_CASE = """
    SELECT number, state, received_at, accepted_on, promised_due_on, statutory_due_on, light, query_code_hmac
    FROM windows_case WHERE number = %s
"""
_CASES = """
    SELECT c.id, c.number, c.state, c.light, c.next_due_on, c.promised_due_on, c.statutory_due_on, e.name, p.name, u.display_name
    FROM windows_case c JOIN matters_edition e ON e.id = c.edition_id JOIN windows_party p ON p.id = c.party_id
    LEFT JOIN kernel_user u ON u.id = c.reviewer_id
    WHERE c.handling_department_id = %s AND c.state IN ('accepted', 'in_review')
    ORDER BY c.next_due_on, c.id LIMIT 51
"""


def status(request: HttpRequest) -> HttpResponse:
    """W1"""
    with connection.cursor() as cursor:
        cursor.execute(_CASE, [request.POST["number"]])
        row = cursor.fetchone()
    return HttpResponse("".join(f"<p>{escape(value)}</p>" for value in row).ljust(SIZE))


def register(request: HttpRequest) -> HttpResponse:
    """W2: in one statement on PostgreSQL, one a table on SQLite."""
    number, body = secrets.token_hex(7), json.dumps(request.POST.dict())
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            parts = [
                f"i_{table} AS (INSERT INTO bench_{table} (case_number, body) SELECT %s, %s FROM generate_series(1, {count}))"
                for table, count in ROWS.items()
            ]
            cursor.execute(f"WITH {', '.join(parts)} SELECT 1", [number, body] * len(ROWS))
        else:
            for table, count in ROWS.items():
                cursor.executemany(
                    f"INSERT INTO bench_{table} (case_number, body) VALUES (%s, %s)", [(number, body)] * count
                )
    return HttpResponse(status=302, headers={"Location": "/done/"})


def inbox(request: HttpRequest) -> HttpResponse:
    """W3"""
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [DEPARTMENT])
        rows = cursor.fetchall()
    text = "".join("<tr>" + "".join(f"<td>{escape(value)}</td>" for value in row) + "</tr>" for row in rows)
    return HttpResponse(text.ljust(SIZE))


urlpatterns = [path("status/", status), path("hall/", register), path("inbox/", inbox)]
application = get_wsgi_application()
gc.collect()
gc.freeze()  # as laiyang_approval.wsgi does
