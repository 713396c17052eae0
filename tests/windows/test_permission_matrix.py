"""Who may do which act on a case, asked over HTTP for every cell: role × action × state × own or other department (R13).

The expected answer of a cell is worked out here from the table's rows; forty cells are written out beside it, so that a
wrong table does not agree with itself. A refused cell also asserts that the case did not change.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.template.backends import django as backend
from django.test import Client
from guardian.shortcuts import assign_perm

from laiyang_approval.access import ACCESS
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import Department, StoredFile, User, UserRole
from laiyang_approval.kernel.roles import Role
from tests.corpus import files
from tests.factories import cases as made
from tests.factories import clock as clock_of
from tests.factories import examination as procedures
from tests.factories import licences as lic
from windows import permissions
from windows.case_file import export as case_file_export
from windows.commands.consulting import VisitPlan, appoint_visit
from windows.commands.expert_panels import NamedExpert, PanelPlan, convene_panel, name_expert
from windows.commands.hearing_records import challenge_host
from windows.commands.hearings import order_hearing
from windows.commands.intake import withdraw_case
from windows.commands.licences.ex_officio import tell_holder
from windows.commands.preconditions import notify_fee, report_upward
from windows.commands.site_checks import assign_site_check
from windows.domain.intake import Outcome
from windows.domain.states import HANDLING_STATES, State
from windows.models import (
    Case,
    CaseFile,
    Consultation,
    Extension,
    FeeNotice,
    Hearing,
    HearingRecord,
    ProcedureNotice,
    SiteCheck,
    SpecialProcedure,
)
from windows.permissions import BY_ASSIGNMENT, DECIDE, INTAKE, REVIEW, RULES, SUPERVISE, WATCHERS, WORKERS
from windows.views import case as case_views
from windows.views import checks, consultations, desk, intake_correction

NOW = made.days_later(1)
#: What a body above sends back.
PAPER = files.pdf()
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
    State.SUSPENDED: lambda people: clock_of.suspended(people, made.in_review(people), at=made.days_later(0, hours=3)),
    State.PENDING_DECISION: made.pending_decision,
    State.GRANTED: made.granted,
    State.REFUSED: made.refused,
    State.ISSUED: made.issued,
    State.DELIVERED: made.delivered,
}
#: No command leads here yet; the table must already refuse every act in them.
NOT_YET = tuple(state for state in State if state not in BY_COMMANDS)


#: Matters under which the other cases of a state stand: with every procedure under way, with none, with a challenged host.
EXAMINED, QUIET, CHALLENGED = "SJ-08", "WJ-10", "NY-02"


#: The right each role is given on its department.
RIGHTS = {
    Role.WINDOW_CLERK: (INTAKE,),
    Role.ISSUING_CLERK: (INTAKE,),
    Role.DEPARTMENT_STAFF: (INTAKE, REVIEW),
    Role.REVIEWER: (REVIEW,),
    Role.DECIDER: (DECIDE,),
    Role.HEAD_OF_GOVERNMENT: (DECIDE,),
    Role.SUPERVISOR: (SUPERVISE,),
    Role.INSPECTOR: (REVIEW,),
    Role.HEARING_HOST: (REVIEW,),
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
    case: int = 0
    upload: str = ""

    def by(self, browser: Client) -> HttpResponse:
        """The answer to this browser; a form is posted as one without files is, which is also the cheapest to read."""
        if self.method == "get":
            return browser.get(self.path)
        if self.upload:
            paper = SimpleUploadedFile("决定书.pdf", PAPER, content_type="application/pdf")
            return browser.post(self.path, self.data | {self.upload: paper})
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
    upward = same_state.filter(matter__code=UPWARD, upward_report=None).first() or case
    reported = same_state.filter(upward_report__isnull=False).first() or case
    own_motion = same_state.filter(origin=Case.Origin.EX_OFFICIO)
    striking_off = own_motion.filter(purpose=Case.Purpose.CANCELLATION).first() or case
    untold = own_motion.filter(ex_officio__ground="fraud", ex_officio__told_letter__isnull=True).first() or case
    unserved = own_motion.filter(ex_officio__told_letter__isnull=False, ex_officio__told_on__isnull=True).first()
    served = own_motion.filter(ex_officio__told_on__isnull=False).first() or case
    notice = FeeNotice.objects.filter(case=charged, settled_at__isnull=True).values_list("pk", flat=True).first() or 0

    instant = same_state.filter(edition__handling="instant").first() or case
    deferred = same_state.filter(deferred_acceptance=True).first() or case
    awaited = deferred.materials.filter(status="missing").values_list("edition_material_id", flat=True).first() or 0
    promising = same_state.filter(materials__status="missing", by_commitment=False).first() or case
    committed = same_state.filter(by_commitment=True).first() or case

    def intake(outcome: str, of: Case = case, **typed: str) -> Ask:
        data = {"version": str(of.version)} | words | _checklist(of) | typed | {"outcome": outcome}
        return Ask("hall-decide", "post", f"/hall/cases/{of.number}/intake/", data, of.pk)

    def act(name: str, /, of: Case = case, **data: str) -> Ask:
        path = f"/cases/{of.number}/acts/{name}/"
        return Ask("case-act", "post", path, {"version": str(of.version)} | data, of.pk)

    asks = {
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
        "grant": act(
            "grant", content="热食类食品制售", valid_from="2026-03-03", valid_to="2031-03-02", cites_hearing="on"
        ),
        "refuse": act(
            "refuse",
            facts="场所与申请不符。",
            reasons="不符合食品安全要求。",
            basis="《食品安全法》第三十三条",
            cites_hearing="on",
        ),
        "issue": act("issue"),
        "deliver": act("deliver", of=plain, method="direct", recipient="邹念慈", relation="本人", place="出件窗口"),
        # ---- what people put right
        "correct_intake": Ask(
            "intake-correct",
            "post",
            f"{hall}/correct/",
            version
            | {
                f"m{pk}-{what}": "1"
                for pk in case.materials.values_list("edition_material", flat=True)
                for what in ("originals", "copies")
            }
            | {"name": "莱阳市某某餐饮馆", "request": "冷食类食品制售", "reason": "录入有误"},
        ),
        "reassign": act("reassign", to_id=str(_taker().pk), reason="调离"),
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
        "record_outside_decision": replace(
            act(
                "record_outside_decision",
                of=reported,
                result="granted",
                document_number="莱政〔2026〕1号",
                document_on="2026-03-03",
                basis="《森林防火条例》第二十五条",
                content="野外用火",
            ),
            upload="scan",
        ),
        # ---- site check, experts, interested parties, hearing, other departments
        **_asks_of_procedures(case, act),
        # ---- clock procedures
        **_clock_asks(case, act),
        # ---- licence life
        "tell_holder": act("tell_holder", of=untold),
        "serve_holder": act("serve_holder", of=unserved or case, method="direct", recipient="邹念慈"),
        "record_holder_statement": act("record_holder_statement", of=served, statement="不知系伪造。"),
        "propose_ex_officio": act("propose_ex_officio", of=striking_off, proposal="act", text="应当注销。"),
        "decide_ex_officio": act("decide_ex_officio", of=striking_off, reasons="应当注销。"),
        "drop_ex_officio": act("drop_ex_officio", of=striking_off, why="not_established", reasons="事由不成立。"),
        "correct_letter": Ask(
            "letter-correct",
            "post",
            f"/letters/{case.letters.first().pk}/correct/",
            version | {"entry": "party.name", "wrong": "餐饮店", "right": "餐饮馆", "reason": "录入有误"},
        ),
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
    return {action: ask if ask.case else replace(ask, case=case.pk) for action, ask in asks.items()}


def _taker() -> User:
    return made.person("taker", Role.REVIEWER, right=REVIEW)


def _clock_asks(case: Case, act) -> dict[str, Ask]:
    """Each asks the case of this state in which it has something to do: one that waits for a head, for a service, for a result."""
    rows = SpecialProcedure.objects.filter(case__state=case.state).select_related("case")
    asked = rows.filter(approved_at__isnull=True).first()
    sealed = rows.filter(approved_at__isnull=False, started_on__isnull=True).first()
    standing = rows.filter(started_on__isnull=False).first()
    longer = Extension.objects.filter(case__state=case.state).select_related("case")
    extendable = Case.objects.filter(state=case.state, matter__code=clock_of.REVIEWED, extensions=None).last() or case
    waiting, untold = longer.filter(approved_at__isnull=True).first(), longer.filter(approved_at__isnull=False).first()
    told = {"method": "direct", "recipient": "邹念慈"}

    def on(name: str, row, **data: str) -> Ask:
        if row is None:
            return act(name, procedure_id="0", **data)
        return act(name, of=row.case, procedure_id=str(row.pk), **data)

    return {
        "request_procedure": act(
            "request_procedure", kind="testing", legal_basis="《食品安全法》第八十七条", reason="送检", needed_days="5"
        ),
        "answer_procedure": on("answer_procedure", asked, answer="approve"),
        "serve_procedure": on("serve_procedure", sealed, **told),
        "end_procedure": on("end_procedure", standing, ended_on="2026-03-03", result="合格"),
        "request_more_time": on("request_more_time", standing, needed_days="2", reason="复检"),
        "request_extension": act("request_extension", of=extendable, reason="案情复杂"),
        "answer_extension": on("answer_extension", waiting, answer="decline", reason="抓紧办理"),
        "serve_extension": on("serve_extension", untold, **told),
        "declare_joint": act(
            "declare_joint", department_ids=str(Department.objects.get(code="SW").pk), basis="市政府联合办理的决定"
        ),
        "serve_correction": act("serve_correction", **told),
    }


def _asks_of_procedures(case: Case, act) -> dict[str, Ask]:
    same_state = Case.objects.filter(state=case.state)
    full = same_state.filter(matter__code=EXAMINED).first() or case
    quiet = same_state.filter(matter__code=QUIET).first() or case
    challenged = same_state.filter(matter__code=CHALLENGED).first() or case
    check, asked = full.site_checks.get(), case.consultations.get()
    told = ProcedureNotice.objects.filter(case=full, kind="hearing_right", interested_party__isnull=False).first()
    unserved = ProcedureNotice.objects.filter(case=full, service__isnull=True).first()
    party = full.interested_parties.first()
    (inspector, second), host = _sent(), _host()
    visit = full.joint_visits.first()
    ids = {
        "told": told.pk if told else 0,
        "unserved": unserved.pk if unserved else 0,
        "party": party.pk if party else 0,
        "visit": visit.pk if visit else 0,
    }
    heard = {
        "began_at": "2026-03-03T09:00", "review_case": "布局符合要求。", "defence": "没有异议。",
        "name-reviewer": "隋志远", "signature-reviewer": "signed",
        "name-applicant": "邹念慈", "signature-applicant": "signed",
        f"name-{ids['party']}": "吕䶮", f"signature-{ids['party']}": "signed",
    }  # fmt: skip
    found = {
        "checked_at": "2026-03-03T09:00", "findings": "布局与平面图一致。", "conclusion": "met",
        "party_signature": "signed", "party_name": "邹念慈",
    }  # fmt: skip
    return {
        "assign_site_check": act(
            "assign_site_check", of=quiet, first_inspector_id=str(inspector.pk), first_certificate="1",
            second_inspector_id=str(second.pk), second_certificate="2", planned_at="2026-03-04T09:00", place="现场",
            subject="布局",
        ),
        "record_site_check": Ask("check", "post", f"/checks/{check.pk}/", found, full.pk),
        "convene_panel": act(
            "convene_panel", of=quiet, subject="布局", legal_basis="第五条", meets_on="2026-03-04", place="会议室"
        ),
        "name_expert": act(
            "name_expert", of=full, name="初昇", organisation="某某学院", title="教授", has_conflict="no"
        ),
        "conclude_panel": act(
            "conclude_panel", of=full, votes_for="3", votes_against="0", votes_abstained="0", opinion="可行。"
        ),
        "inform_interested": act(
            "inform_interested", of=quiet, kind="natural", name="吕䶮", interest="共用通风道"
        ),
        "record_statement": act(
            "record_statement", of=full, interested_party_id=str(ids["party"]), stated_on="2026-03-02", text="没有意见"
        ),
        "tell_hearing_right": act("tell_hearing_right", of=quiet),
        "answer_hearing_right": act(
            "answer_hearing_right", of=full, notice_id=str(ids["told"]), answer="waived", answered_on="2026-02-10",
            proof="窗口收件登记",
        ),
        "order_hearing": act("order_hearing", of=quiet, basis="涉及公共利益"),
        "call_hearing": act(
            "call_hearing", of=full, host_id=str(host.pk), held_at="2026-03-12T09:00", place="听证室"
        ),
        "serve_notice": act(
            "serve_notice", of=full, notice_id=str(ids["unserved"]), method="direct", recipient="吕䶮", relation="本人"
        ),
        "challenge_host": act("challenge_host", of=full, reason="亲属"),
        "decide_challenge": act("decide_challenge", of=challenged, upheld="no", reason="不成立"),
        "record_hearing": act("record_hearing", of=full, **heard),
        "consult": act(
            "consult", of=quiet, kind="opinion", question="请提出意见。",
            department_id=str(Department.objects.get(code="MZ").pk),
        ),
        "appoint_visit": act(
            "appoint_visit", of=full, kind="acceptance", meets_at="2026-03-12T09:00", place="现场"
        ),
        "record_visit": act("record_visit", of=full, visit_id=str(ids["visit"]), result="符合要求。"),
        "view_consultation": Ask("consultation", "get", f"/consultations/{asked.pk}/"),
        "download_consulted": Ask(
            "consultation-file", "get", f"/consultations/{asked.pk}/files/{case.files.get().pk}/"
        ),
        "answer_consultation": Ask("consultation", "post", f"/consultations/{asked.pk}/", {"answer": "agreed"}),
    }  # fmt: skip


#: What a browser is told: it worked, log in first, may not, does not exist for you, too late or too early.
DONE, LOG_IN, MAY_NOT, NOT_THERE, NOT_NOW = "done", "log in", "may not", "not there", "not now"


def _told(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith("/login/"):
        return LOG_IN
    return {200: DONE, 302: DONE, 403: MAY_NOT, 404: NOT_THERE, 409: NOT_NOW}.get(
        response.status_code, f"HTTP {response.status_code}"
    )


def expected(person: Person, action: str, state: State, ask: Ask, assigned: set[tuple[str, int]]) -> str:
    """The cell, from the rows of the table; ``assigned``: which role was sent to, or hosts, which case."""
    if person.is_disabled or person.role == "visitor":
        return LOG_IN
    if person.role not in ACCESS[ask.url_name].roles:
        return NOT_THERE
    rule, is_own = RULES[action], person.department == OWN
    if rule.of_consulted_body:
        # The question was put to the other department: nobody else knows of it, nor does that one of the case.
        if is_own:
            return NOT_THERE
        return DONE if state in rule.states else NOT_NOW
    if person.role not in WATCHERS and not (person.role in WORKERS and is_own):
        return NOT_THERE
    if person.role in BY_ASSIGNMENT and not (person.has_right and (person.role, ask.case) in assigned):
        return NOT_THERE
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
    pages = (
        (case_views, "_case_response"),
        (desk, "_case_page"),
        (checks, "_page"),
        (consultations, "_page"),
        (intake_correction, "_page"),
    )
    for module, name in pages:
        monkeypatch.setattr(module, name, _shown_again_as_a_status(getattr(module, name)))
    for module in (case_views, consultations):
        monkeypatch.setattr(module, "serve_stored", lambda stored, inline=False: HttpResponse(b"file"))
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
            away = made.pending_decision(people, code=UPWARD)
            report_upward(away.number, opinion="建议准予。", actor=people.decider, at=made.days_later(0, hours=3))
            lic.proposed(people, lic.old_licence(people, 1), "cancel_6", at=NOW - timedelta(hours=6))
        if state in {State.IN_REVIEW, State.SUSPENDED, State.PENDING_DECISION}:
            _waiting_for_others(people, state)
        if state is State.IN_REVIEW:
            early = NOW - timedelta(hours=6)
            lic.opened(people, lic.old_licence(people, 1), "cancel_6", at=early)
            lic.opened(people, lic.old_licence(people, 2), "fraud", at=early)
            sealed = lic.opened(people, lic.old_licence(people, 3), "fraud", at=early)
            tell_holder(sealed.number, actor=people.reviewer, at=NOW)
            lic.told(people, lic.old_licence(people, 4), "fraud", at=early)
        stored = StoredFile.objects.create(
            storage_name="a" * 32, original_name="平面图.pdf", media_type="application/pdf", size=1, uploaded_at=NOW
        )
        CaseFile.objects.create(case=case, stored=stored, material=case.materials.first(), added_at=NOW)
        _send_and_ask(people, case)
        if state in HANDLING_STATES:
            _with_procedures(people, state)
        return case

    return make


def _user_of(role: Role, department: str) -> User | None:
    """The person of the matrix with this role and its right, once there are browsers."""
    found = User.objects.filter(
        username__startswith="q", role_rows__role=role, department__code=department, is_active=True
    )
    return next((user for user in found.order_by("pk") if user.grants or role not in RIGHTS), None)


def _sent() -> tuple[User, User]:
    """The inspector and the member of staff of the matrix, or two others."""
    return (
        _user_of(Role.INSPECTOR, OWN) or procedures.inspector(),
        _user_of(Role.DEPARTMENT_STAFF, OWN) or procedures.inspector("inspector-2"),
    )


def _host() -> User:
    return _user_of(Role.HEARING_HOST, OWN) or procedures.host()


def _assigned() -> set[tuple[str, int]]:
    checks = SiteCheck.objects.filter(first_inspector__role_rows__role=Role.INSPECTOR)
    hosted = Hearing.objects.filter(host__role_rows__role=Role.HEARING_HOST)
    return {(Role.INSPECTOR, pk) for pk in checks.values_list("case", flat=True)} | {
        (Role.HEARING_HOST, pk) for pk in hosted.values_list("case", flat=True)
    }


def _send_and_ask(people, case: Case) -> None:
    """Whatever its state: somebody was sent to the site, somebody hosted a hearing, another department was asked."""
    first, second = _sent()
    SiteCheck.objects.create(
        case=case, subject="布局", planned_at=NOW, place="现场", first_inspector=first, first_certificate="1",
        second_inspector=second, second_certificate="2", assigned_by=people.reviewer, assigned_at=made.MONDAY,
        checked_at=NOW, findings="一致", conclusion="met", party_signature="signed", recorded_at=NOW,
    )  # fmt: skip
    hearing = Hearing.objects.create(
        case=case,
        origin="own_motion",
        basis="公共利益",
        ordered_by=people.reviewer,
        ordered_at=made.MONDAY,
        host=_host(),
    )
    HearingRecord.objects.create(
        hearing=hearing, letter=case.letters.first(), host=_host(), began_at=NOW, review_case="审查意见", defence="无",
        attendees=[], recorded_at=NOW,
    )  # fmt: skip
    asked = Consultation.objects.create(
        case=case, kind="opinion", department=Department.objects.get(code=OTHER), question="请提出意见。",
        asked_by=people.reviewer, asked_at=made.MONDAY, due_on=date(2026, 3, 2),
    )  # fmt: skip
    asked.materials.set(case.materials.all()[:1])


def _with_procedures(people, state: State) -> None:
    """A case in ``state`` with each procedure as far as one act before its end, so that every act finds its use."""
    early = procedures.moment("2026-02-09")
    case = made.in_review(people, code=EXAMINED, at=early)
    host = _host()
    assign_site_check(
        case.number, plan=procedures.plan(*_sent(), at=early), actor=people.reviewer, at=early + timedelta(hours=1)
    )
    procedures.informed(people, case, at=early + timedelta(hours=2))
    notice = procedures.told_right(people, case, at=early + timedelta(hours=3))
    procedures.answered(people, notice, "requested", at=early + timedelta(hours=4))
    procedures.called(people, case, held_at=procedures.moment("2026-03-03", 9), at=early + timedelta(hours=5), by=host)
    procedures.serve_all(people, case, at=early + timedelta(hours=6), only="hearing")
    convene_panel(
        case.number, plan=PanelPlan("布局", "第五条", local_date(early), "会议室"), actor=people.reviewer, at=early
    )
    for name in ("宋喆", "昌珺", "慕容玥"):
        expert = NamedExpert(name, "某某研究院", "高级工程师", has_conflict=False)
        name_expert(case.number, expert=expert, actor=people.reviewer, at=early)
    for kind in ("drawings", "acceptance"):
        row = procedures.consulted(people, case, "GA", at=early, kind=kind)
        procedures.people_sent("GA", row, at=early)
    visit = VisitPlan("drawings", early + timedelta(hours=7), "会议室")
    appoint_visit(case.number, visit=visit, actor=people.reviewer, at=early + timedelta(hours=6))
    quiet = made.in_review(people, code=QUIET, at=early)
    challenged = made.in_review(people, code=CHALLENGED, at=early)
    order_hearing(challenged.number, basis="公共利益", actor=people.reviewer, at=early)
    procedures.called(people, challenged, held_at=procedures.moment("2026-03-04", 9), at=early, by=host)
    challenge_host(
        challenged.number, interested_party_id=None, reason="亲属", actor=people.reviewer, at=early + timedelta(hours=1)
    )
    Case.objects.filter(pk__in=[case.pk, quiet.pk, challenged.pk]).update(state=state.value)


def _waiting_for_others(people, state: State) -> None:
    """Cases of this state that wait for a head's approval or for a service, of what stops and of what lengthens the clock."""
    made_so = (
        clock_of.requested,
        clock_of.approved,
        clock_of.extension_asked,
        clock_of.extension_approved,
        lambda people, case, at: case,
    )
    for step in made_so:
        case = made.in_review(people, code=clock_of.REVIEWED)
        if step in {clock_of.requested, clock_of.approved} and state is State.SUSPENDED:
            clock_of.suspended(people, case, at=NOW - timedelta(hours=2))
        step(people, case, at=NOW - timedelta(hours=1))
        Case.objects.filter(pk=case.pk).update(state=state.value)


def _standing() -> list[tuple]:
    return list(Case.objects.order_by("pk").values_list("state", "version", "event_count", "last_event_hash"))


def _wrong_cells(browsers, case: Case, state: State) -> list[str]:
    wrong, before, asks, assigned = [], _standing(), _asks(case), _assigned()
    shut_out = set()
    for person, browser in browsers.items():
        for action, ask in asks.items():
            due = expected(person, action, state, ask, assigned)
            by_address = person.role not in ACCESS[ask.url_name].roles or person.is_disabled
            # Decided by the address alone, or by whose case it is, before the act is looked at: asked once an address. To whom
            # a case is not there, every act is nevertheless asked for in one state.
            if by_address or (due == NOT_THERE and state is not State.IN_REVIEW):
                if (person, ask.url_name, ask.case) in shut_out:
                    continue
                shut_out.add((person, ask.url_name, ask.case))
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
    "visibility": ("is_visible", lambda user, case, on=None: True),
    "own department": ("_is_own", lambda user, rule, case: True),
    "everything": ("require_event", lambda user, action, case, on=None: None),
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
