"""Who may do which act on a case, asked over HTTP for every cell: role × action × state × own or other department (R13).

The expected answer of a cell is worked out here from the table's rows; forty cells are written out beside it, so that a
wrong table does not agree with itself. A refused cell also asserts that the case did not change.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.template.backends import django as backend
from django.test import Client
from guardian.shortcuts import assign_perm

from laiyang_approval.access import ACCESS
from laiyang_approval.kernel.models import Department, StoredFile, User, UserRole
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as made
from windows import permissions
from windows.case_file import export as case_file_export
from windows.commands.intake import withdraw_case
from windows.commands.preconditions import notify_fee
from windows.domain.intake import Outcome
from windows.domain.states import HANDLING_STATES, State
from windows.models import Case, CaseFile, FeeNotice
from windows.permissions import DECIDE, INTAKE, REVIEW, RULES, SUPERVISE, WATCHERS, WORKERS
from windows.views import case as case_views
from windows.views import desk

NOW = made.days_later(1)
#: A matter the bureau has no power over: the only kind that may be answered with 不予受理 (Article 32(2)).
OUTSIDE = "GT-03"
#: A matter whose decision is itself the result: it is delivered without a certificate.
PLAIN = "RS-04"
#: A matter the county government decides: opinion and file go up first.
UPWARD = "LY-07"
#: A matter that gets an edition with two lawful fees; one of them is already asked for.
CHARGED = "WJ-05"

#: How a case comes to stand in each state: by the real commands.
BY_COMMANDS = {
    State.RECEIVED: made.received,
    State.CORRECTION_PENDING: made.correction_pending,
    State.NOT_REQUIRED: lambda people: (
        made.taken_in(
            people,
            outcome=Outcome.NOT_REQUIRED,
            override_reason="申请人要求出具",
            reason="该活动依法不需要取得行政许可。",
        ).case
    ),
    State.NOT_ACCEPTED: lambda people: made.taken_in(people, OUTSIDE, outcome=Outcome.NOT_ACCEPT).case,
    State.WITHDRAWN: lambda people: withdraw_case(
        made.accepted(people).number, reason="申请人书面请求", actor=people.clerk, at=NOW
    ),
    State.ACCEPTED: made.accepted,
    State.IN_REVIEW: lambda people: made.credit_checked(people, made.in_review(people), at=made.days_later(0, hours=2)),
    State.PENDING_DECISION: made.pending_decision,
    State.GRANTED: made.granted,
    State.REFUSED: made.refused,
    State.ISSUED: made.issued,
    State.DELIVERED: made.delivered,
}
#: No command leads here yet; the table must already refuse every act in them.
NOT_YET = tuple(state for state in State if state not in BY_COMMANDS)


#: The right each role is given on its department.
RIGHTS = {
    Role.WINDOW_CLERK: (INTAKE,),
    Role.ISSUING_CLERK: (INTAKE,),
    Role.DEPARTMENT_STAFF: (INTAKE, REVIEW),
    Role.REVIEWER: (REVIEW,),
    Role.DECIDER: (DECIDE,),
    Role.HEAD_OF_GOVERNMENT: (DECIDE,),
    Role.SUPERVISOR: (SUPERVISE,),
}
OWN, OTHER = "SP", "GA"


@dataclass(frozen=True)
class Person:
    """Somebody at a browser: a role in the handling department or another one, or nobody."""

    role: str
    department: str = OWN
    has_right: bool = True
    is_disabled: bool = False

    def __str__(self) -> str:
        return (
            f"{self.role}{'' if self.department == OWN else ' elsewhere'}{'' if self.has_right else ' without right'}"
        )


PEOPLE = (
    *(Person(role, department) for role in Role for department in (OWN, OTHER)),
    *(Person(role, OWN, has_right=False) for role in RIGHTS if role != Role.SUPERVISOR),
    Person("disabled decider", is_disabled=True),
    Person("visitor"),
)


@dataclass(frozen=True)
class Ask:
    """How an action is asked for: the URL name behind which it stands, and the request."""

    url_name: str
    method: str
    path: str
    data: dict | None = None

    def by(self, browser: Client) -> HttpResponse:
        """The answer to this browser; a form is posted as one without files is, which is also the cheapest to read."""
        if self.method == "get":
            return browser.get(self.path)
        return browser.post(self.path, urlencode(self.data), content_type="application/x-www-form-urlencoded")


def _checklist(case: Case, status: str = "") -> dict:
    """The checklist as posted: every row ``status``, or as it stands."""
    rows = case.materials.all()
    if case.state == State.CORRECTION_PENDING:
        rows = rows.filter(correction_items__notice__case=case)
    typed = {}
    for row in rows:
        typed |= {
            f"m{row.edition_material_id}-status": status or row.status,
            f"m{row.edition_material_id}-originals": "1",
            f"m{row.edition_material_id}-reason": "未盖章" if row.status == "defective" else "",
        }
    return typed


SIGNED = {"promise_by": "邹念慈", "promise_signed": "on", "credit_source": "信用中国（山东）", "credit_result": "clear"}
GRANTED = {"content": "热食类食品制售", "valid_from": "2026-03-03", "valid_to": "2031-03-02"}


def _asks(case: Case) -> dict[str, Ask]:
    version = {"version": str(case.version)}
    hall, desk = f"/hall/cases/{case.number}", f"/cases/{case.number}"
    words = {"override_reason": "申请人要求出具", "reason": "该活动依法不需要取得行政许可。"}
    # Where these acts belong to the state, the law wants another case: outside the bureau's power, or with a faulty material.
    same_state = Case.objects.filter(state=case.state)
    outside = same_state.filter(matter__code=OUTSIDE).first() or case
    plain = same_state.filter(matter__code=PLAIN).first() or case
    faulty = same_state.filter(materials__status="defective").first() or case
    charged = same_state.filter(edition__fees__is_for_licence=True).first() or case
    upward = same_state.filter(matter__code=UPWARD).first() or case
    notice = FeeNotice.objects.filter(case=charged, settled_at__isnull=True).values_list("pk", flat=True).first() or 0

    instant = same_state.filter(edition__handling="instant").first() or case
    deferred = same_state.filter(deferred_acceptance=True).first() or case
    awaited = deferred.materials.filter(status="missing").values_list("edition_material_id", flat=True).first() or 0
    promising = same_state.filter(materials__status="missing", by_commitment=False).first() or case
    committed = same_state.filter(by_commitment=True).first() or case

    def intake(outcome: str, of: Case = case, **typed: str) -> Ask:
        data = {"version": str(of.version)} | words | _checklist(of) | typed | {"outcome": outcome}
        return Ask("hall-decide", "post", f"/hall/cases/{of.number}/intake/", data)

    def act(name: str, of: Case = case, **data: str) -> Ask:
        return Ask("case-act", "post", f"/cases/{of.number}/acts/{name}/", {"version": str(of.version)} | data)

    return {
        "view": Ask("case", "get", f"{desk}/"),
        "download_file": Ask("case-file", "get", f"{desk}/files/{case.files.get().pk}/"),
        "download_letter": Ask("letter-file", "get", f"/letters/{case.letters.first().pk}/"),
        "reveal": Ask("case-reveal", "post", f"{desk}/reveal/", {"purpose": "电话核对身份"}),
        "export_file": Ask("case-file-export", "post", f"{desk}/case-file/", {}),
        "upload_material": Ask("hall-materials", "post", f"{hall}/materials/", version | _checklist(case, "complete")),
        "give_correction": intake("correct", of=faulty),
        "resubmit": Ask("hall-resubmit", "post", f"{hall}/resubmit/", version | _checklist(case, "complete")),
        "not_required": intake("not_required"),
        "not_accept": intake("not_accept", of=outside),
        "accept": intake("accept"),
        "withdraw": act("withdraw", reason="申请人书面请求撤回"),
        "start_review": act("start_review"),
        "submit_opinion": act("submit_opinion", proposal="grant", text="材料齐全，建议准予。"),
        "return_to_review": act("return_to_review", reason="请补充核查面积。"),
        "grant": act("grant", content="热食类食品制售", valid_from="2026-03-03", valid_to="2031-03-02"),
        "refuse": act(
            "refuse", facts="场所与申请不符。", reasons="不符合食品安全要求。", basis="《食品安全法》第三十三条"
        ),
        "issue": act("issue"),
        "deliver": act("deliver", of=plain, method="direct", recipient="邹念慈", relation="本人", place="出件窗口"),
        # ---- what must stand on record before a decision
        "credit_check": act("credit_check", source="信用中国（山东）", result="clear"),
        "notify_fee": act(
            "notify_fee",
            of=charged,
            fee_id=str(charged.edition.fees.order_by("seq").values_list("pk", flat=True).last() or 0),
            amount="100.00",
            payee="莱阳市财政局",
        ),
        "settle_fee": act(
            "settle_fee",
            of=charged,
            notice_id=str(notice),
            voucher_number="P-1",
            payer="莱阳市某某餐饮店",
            amount="100.00",
            paid_on="2026-03-03",
        ),
        "reduce_fee": act("reduce_fee", of=charged, notice_id=str(notice), basis="省政府减免规定"),
        "report_upward": act("report_upward", of=upward, opinion="符合条件，建议准予。"),
        # ---- 容缺受理、告知承诺、即办
        "accept_deferred": intake("defer", of=faulty, **SIGNED),
        "supply_deferred": act("supply_deferred", of=deferred, material_ids=str(awaited)),
        "end_deferral": act("end_deferral", of=deferred),
        "take_commitment": intake("commit", of=promising, **SIGNED),
        "drop_commitment": act("drop_commitment", of=committed, reason="申请人改为提交材料"),
        "decline_commitment": act("decline_commitment", of=committed, reason="须现场核查"),
        "grant_by_commitment": act("grant_by_commitment", of=committed, **GRANTED),
        "grant_at_once": act("grant_at_once", of=instant, **GRANTED, source="信用中国（山东）", result="clear"),
    }


#: What a browser is told: it worked, log in first, may not, does not exist for you, too late or too early.
DONE, LOG_IN, MAY_NOT, NOT_THERE, NOT_NOW = "done", "log in", "may not", "not there", "not now"


def _told(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith("/login/"):
        return LOG_IN
    return {200: DONE, 302: DONE, 403: MAY_NOT, 404: NOT_THERE, 409: NOT_NOW}.get(
        response.status_code, f"HTTP {response.status_code}"
    )


def expected(person: Person, action: str, state: State, ask: Ask) -> str:
    """The cell, from the rows of the table."""
    if person.is_disabled or person.role == "visitor":
        return LOG_IN
    if person.role not in ACCESS[ask.url_name].roles:
        return NOT_THERE
    is_own = person.department == OWN
    if person.role not in WATCHERS and not (person.role in WORKERS and is_own):
        return NOT_THERE
    rule = RULES[action]
    if person.role not in rule.roles:
        return MAY_NOT
    if rule.right and not (is_own and person.has_right and rule.right in RIGHTS[person.role]):
        return MAY_NOT
    return DONE if state in rule.states else NOT_NOW


@pytest.fixture
def browsers(people) -> dict[Person, Client]:
    opened = {}
    for number, person in enumerate(PEOPLE):
        opened[person] = Client()
        if person.role == "visitor":
            continue
        body = Department.objects.get(code=person.department)
        role = Role.DECIDER if person.is_disabled else person.role
        user = User.objects.create(username=f"q{number}", display_name="测试", department=body, password_changed_at=NOW)
        UserRole.objects.create(user=user, role=role)
        for right in RIGHTS.get(role, ()) if person.has_right else ():
            assign_perm(f"kernel.{right}", user, body)
        opened[person].force_login(user)
        if person.is_disabled:
            User.objects.filter(pk=user.pk).update(is_active=False)
    return opened


def _shown_again_as_a_status(show):
    """After a refused post the page is shown again with its status; the status is the answer, the page is left out."""

    def answer(request, *args, status=200, **more):
        return show(request, *args, status=status, **more) if request.method == "GET" else HttpResponse(status=status)

    return answer


@pytest.fixture
def only_answers(monkeypatch):
    """Neither the file store nor the drawing of pages is asked here, only who is told what: fourteen thousand answers."""
    monkeypatch.setattr(backend.Template, "render", lambda self, context=None, request=None: "")
    for module, name in ((case_views, "_case_response"), (desk, "_case_page")):
        monkeypatch.setattr(module, name, _shown_again_as_a_status(getattr(module, name)))
    monkeypatch.setattr(case_views, "serve_stored", lambda stored, inline=False: HttpResponse(b"file"))
    monkeypatch.setattr(case_views, "letter_response", lambda letter: HttpResponse(b"letter"))
    monkeypatch.setattr(case_file_export, "_parts", lambda case: {"x": b"x"})


@pytest.fixture
def case_in(people):
    def make(state: State) -> Case:
        if state in BY_COMMANDS:
            case = BY_COMMANDS[state](people)
        else:
            case = made.in_review(people)
            Case.objects.filter(pk=case.pk).update(state=state.value)
        case = Case.objects.get(pk=case.pk)
        assert case.state == state.value
        if state is State.RECEIVED:
            made.received(people, OUTSIDE)
            made.received(people, unmet={2: "defective"})
            made.received(people, unmet={4: "missing"})
            made.committed(people)
        if state is State.ACCEPTED:
            made.accepted(people, made.INSTANT)
        if state is State.GRANTED:
            made.granted(people, code=PLAIN)
        if state in HANDLING_STATES:
            # Before the spring festival, so that its term is over.
            late = made.deferred(people, at=made.days_later(-21))
            Case.objects.filter(pk=late.pk).update(state=state.value)
            first, _ = made.with_fees(CHARGED)
            charged = made.in_review(people, code=CHARGED)
            notify_fee(
                charged.number,
                fee_id=first.pk,
                amount=Decimal("100.00"),
                payee="莱阳市财政局",
                actor=people.reviewer,
                at=NOW,
            )
            Case.objects.filter(pk=charged.pk).update(state=state.value)
        if state is State.PENDING_DECISION:
            made.pending_decision(people, code=UPWARD)
        stored = StoredFile.objects.create(
            storage_name="a" * 32, original_name="平面图.pdf", media_type="application/pdf", size=1, uploaded_at=NOW
        )
        CaseFile.objects.create(case=case, stored=stored, added_at=NOW)
        return case

    return make


def _standing() -> list[tuple]:
    return list(Case.objects.order_by("pk").values_list("state", "version", "event_count", "last_event_hash"))


def _wrong_cells(browsers, case: Case, state: State) -> list[str]:
    wrong, before, asks = [], _standing(), _asks(case)
    for person, browser in browsers.items():
        for action, ask in asks.items():
            due = expected(person, action, state, ask)
            with transaction.atomic():
                told = _told(ask.by(browser))
                if due != DONE and _standing() != before:
                    wrong.append(f"{person}, {action}, {state}: refused, and yet the case changed")
                transaction.set_rollback(True)
            if told != due:
                wrong.append(f"{person}, {action}, {state}: {told} instead of {due}")
    return wrong


# Once: who may do what is decided in Python from a table and from rows that both engines hold alike; what an engine could
# answer differently, the cells written out below ask of both.
@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("state", list(State), ids=str)
def test_every_cell_over_http(browsers, case_in, only_answers, state):
    with time_machine.travel(NOW, tick=False):
        case = case_in(state)
        assert _wrong_cells(browsers, case, state) == []


def test_every_action_of_the_table_is_asked_for(people, case_in):
    assert set(_asks(case_in(State.RECEIVED))) == set(RULES)
    assert set(BY_COMMANDS) | set(NOT_YET) == set(State)


#: Forty cells, written out: role, department, state of the case, action, what the browser is told.
LITERAL = [
    ("window_clerk", OWN, "received", "accept", DONE),
    ("window_clerk", OWN, "received", "give_correction", DONE),
    ("window_clerk", OWN, "received", "not_accept", DONE),
    ("window_clerk", OWN, "received", "not_required", DONE),
    ("window_clerk", OWN, "correction_pending", "resubmit", DONE),
    ("window_clerk", OWN, "accepted", "accept", NOT_NOW),
    ("window_clerk", OWN, "in_review", "withdraw", DONE),
    ("window_clerk", OWN, "granted", "withdraw", NOT_NOW),
    ("window_clerk", OWN, "pending_decision", "grant", MAY_NOT),
    ("window_clerk", OWN, "granted", "issue", MAY_NOT),
    ("window_clerk", OTHER, "received", "accept", NOT_THERE),
    ("window_clerk", OTHER, "received", "view", NOT_THERE),
    ("reviewer", OWN, "accepted", "start_review", DONE),
    ("reviewer", OWN, "in_review", "submit_opinion", DONE),
    ("reviewer", OWN, "received", "start_review", NOT_NOW),
    ("reviewer", OWN, "pending_decision", "grant", MAY_NOT),
    ("reviewer", OTHER, "in_review", "submit_opinion", NOT_THERE),
    ("decider", OWN, "pending_decision", "grant", DONE),
    ("decider", OWN, "pending_decision", "refuse", DONE),
    ("decider", OWN, "pending_decision", "return_to_review", DONE),
    ("decider", OWN, "in_review", "grant", NOT_NOW),
    ("decider", OWN, "granted", "refuse", NOT_NOW),
    ("decider", OWN, "received", "withdraw", MAY_NOT),
    ("decider", OTHER, "pending_decision", "grant", NOT_THERE),
    ("issuing_clerk", OWN, "granted", "issue", DONE),
    ("issuing_clerk", OWN, "issued", "deliver", DONE),
    ("issuing_clerk", OWN, "pending_decision", "grant", MAY_NOT),
    ("issuing_clerk", OTHER, "granted", "issue", NOT_THERE),
    ("inspector", OWN, "in_review", "view", DONE),
    ("inspector", OWN, "in_review", "reveal", MAY_NOT),
    ("inspector", OTHER, "in_review", "view", NOT_THERE),
    ("supervisor", OTHER, "in_review", "view", DONE),
    ("supervisor", OWN, "in_review", "reveal", MAY_NOT),
    ("audit_officer", OTHER, "granted", "view", DONE),
    ("audit_officer", OWN, "granted", "download_file", MAY_NOT),
    ("system_officer", OWN, "in_review", "view", NOT_THERE),
    ("security_officer", OWN, "in_review", "reveal", NOT_THERE),
    ("catalogue_admin", OWN, "granted", "download_letter", NOT_THERE),
    ("citizen", OWN, "granted", "view", NOT_THERE),
    ("visitor", OWN, "granted", "download_file", LOG_IN),
]


def test_there_are_forty_literal_cells():
    assert len(LITERAL) == 40 == len(set(LITERAL))


@pytest.mark.parametrize("state", sorted({row[2] for row in LITERAL}))
def test_cells_written_out(browsers, case_in, only_answers, state):
    with time_machine.travel(NOW, tick=False):
        case = case_in(State(state))
        asks, told = _asks(case), {}
        cells = [row for row in LITERAL if row[2] == state]
        for role, department, _, action, _ in cells:
            ask = asks[action]
            with transaction.atomic():
                told[role, department, action] = _told(ask.by(browsers[Person(role, department)]))
                transaction.set_rollback(True)
    assert told == {(role, department, action): due for role, department, _, action, due in cells}


def test_the_accepting_clerk_does_not_decide_even_as_a_decider(people, case_in):
    case = case_in(State.PENDING_DECISION)
    clerk = case.accepted_by
    UserRole.objects.create(user=clerk, role=Role.DECIDER)
    assign_perm("kernel.decide_for_department", clerk, Department.objects.get(code=OWN))
    browser = Client()
    browser.force_login(clerk)
    with time_machine.travel(NOW, tick=False):
        asks = _asks(case)
        answers = {
            action: browser.post(asks[action].path, asks[action].data)
            for action in ("grant", "refuse", "return_to_review")
        }
    assert [answers[action].status_code for action in ("grant", "refuse", "return_to_review")] == [403, 403, 302]
    assert "您是本件的受理人" in answers["grant"].content.decode()
    assert Case.objects.get(pk=case.pk).state == "in_review"


#: The controls: each check behind the table taken away; the same question must then find at least one wrong cell.
REMOVED = {
    "visibility": ("is_visible", lambda user, case: True),
    "own department": ("_is_own", lambda user, rule, case: True),
    "everything": ("require_event", lambda user, action, case: None),
}


@pytest.mark.parametrize("check", REMOVED)
def test_one_check_less_turns_a_cell_red(browsers, case_in, only_answers, monkeypatch, check):
    name, hole = REMOVED[check]
    monkeypatch.setattr(permissions, name, hole)
    if check == "visibility":
        monkeypatch.setattr(permissions, "visible_filter", lambda user: permissions.Q())
    asked = {person: browser for person, browser in browsers.items() if person.role == Role.REVIEWER}
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert _wrong_cells(asked, case_in(State.IN_REVIEW), State.IN_REVIEW) != []
