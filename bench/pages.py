"""W1 status look-up, W2 register and accept with five materials, W3 inbox: the portal beside the bare views (bare.py)."""

import random
import secrets

from django.conf import settings
from django.db import connection

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.models import User
from matters import queries as catalogue
from windows.demo.codes import credit_code, mobile
from windows.demo.people import demo_password
from windows.models import Case

from .harness import BARE, PORTAL, Request, Row, Server, compare, page_file

CODE = "ABCDEFGH"


def _csrf(portal: Server) -> str:
    """A CSRF cookie and the token a form would send with it."""
    token = secrets.token_hex(16)
    portal.cookies[settings.CSRF_COOKIE_NAME] = token
    return token


def sign_in(portal: Server, username: str) -> User:
    """Afterwards ``portal`` carries the session of this demo person, signed in over the log-in page."""
    fields = {"username": username, "password": demo_password(), "csrfmiddlewaretoken": _csrf(portal)}
    answer = portal.ask(portal.post("/login/", fields))
    assert answer.status == 302, answer.body.decode()[:2000]
    return User.objects.get(username=username)


def status_lookup(label: str) -> Row:
    """W1. The case is found by number and code, the page says where it stands."""
    numbers = list(Case.objects.filter(state="in_review").order_by("?").values_list("number", flat=True)[:120])
    Case.objects.filter(number__in=numbers).update(query_code_hmac=query_code_hmac(CODE))
    with Server(PORTAL) as portal:
        token = _csrf(portal)
        requests = [
            portal.post("/status/", {"number": number, "code": CODE, "csrfmiddlewaretoken": token})
            for number in numbers
        ]
        # A process serves for days: it has read the editions in force long before (they never change, so they are kept).
        portal.warm(requests)
        with page_file(portal.ask(requests[0])) as page, Server(BARE, BENCH_PAGE=page) as bare:
            return compare(
                f"W1 状态查询（{label}）",
                portal,
                bare,
                lambda index: requests[index % len(requests)],
                each=40,
                good=2.2,
                moonshot=1.6,
            )


def inbox(label: str) -> Row:
    """W3. Fifty open cases of the reviewer's department, first due first; what W2 has added is in PostgreSQL's statistics."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with Server(PORTAL) as portal:
        user = sign_in(portal, "shencha")
        request = portal.get("/inbox/")
        portal.warm([request] * 6)  # PostgreSQL settles on a plan after five
        answer = portal.ask(request)
        assert answer.status == 200, answer.status
        with page_file(answer) as page, Server(BARE, BENCH_PAGE=page, BENCH_DEPARTMENT=user.department_id) as bare:
            return compare(
                f"W3 待办列表（{label}）", portal, bare, lambda index: request, each=20, good=2.0, moonshot=1.5
            )


def register(label: str) -> Row:
    """W2. One post: received and accepted with all its materials, receipt and notice sealed, events chained.

    The bare limit writes copies of the rows of one such case into the same tables: it keeps their indexes and references, no chain."""
    edition = _five_materials()
    with Server(PORTAL) as portal:
        sign_in(portal, "chuangkou")
        fields = _counter_form(edition) | {"csrfmiddlewaretoken": _csrf(portal)}
        base = random.randrange(10**8)

        def post(index: int) -> Request:
            serial = base + index
            own = {"token": new_form_token(), "id_number": credit_code(serial), "phone": mobile(serial)}
            return portal.post("/hall/", fields | own)

        before = Case.objects.count()
        portal.ask(post(-1))
        assert Case.objects.count() == before + 1
        with Server(BARE, BENCH_CASE=Case.objects.latest("id").number) as bare:
            return compare(
                f"W2 收件并受理，{edition.materials.count()}项材料（{label}）",
                portal,
                bare,
                post,
                each=20,
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


def _counter_form(edition) -> dict[str, str]:
    """The counter's form as a clerk fills it in, but for what is each applicant's own."""
    fields = {
        "matter": edition.matter.code,
        "outcome": "accept",
        "name": "莱阳市某某餐饮店",
        "legal_representative": "邹念慈",
        "address": "莱阳市某某街道某某路18号",
        "premises": "莱阳市某某街道某某路18号",
        "request": "测量用申请",
    }
    for material in edition.materials.all():
        fields |= {
            f"m{material.pk}-status": "complete",
            f"m{material.pk}-originals": str(material.original_count),
            f"m{material.pk}-copies": str(material.copy_count),
        }
    return fields
