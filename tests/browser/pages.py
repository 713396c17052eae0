"""Every page of the portal that answers GET, who looks at it, and what must stand in the database for it.

``tests/browser/test_every_page.py`` holds this table equal to the resolver, so that a new page is looked at or fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.laws import load_law_records
from laiyang_approval.kernel.models import CalendarNotice, Department, Seal, User
from laiyang_approval.kernel.rules import load_business_rules
from laiyang_approval.kernel.spreadsheets import write_csv
from matters.commands.catalogue import load_catalogue
from matters.commands.editions import create_draft
from matters.commands.imports import preview_import
from matters.exports import COLUMNS, matter_rows, read_upload
from matters.models import CatalogueImport, Edition
from matters.queries import chains_with_counts, forget_cached_editions
from supervision.commands.inspections import Order, open_inspection
from supervision.commands.pushing import queue_pushes
from supervision.commands.receiving import Message, Report, receive_feedback
from supervision.commands.reconciling import reconcile_until_yesterday
from supervision.commands.review_checklist import load_review_checklist
from supervision.commands.review_scoring import ItemVerdict, score_file
from supervision.commands.reviews import Plan, draw_review, freeze_population
from supervision.commands.tracking import dispute_push
from supervision.models import CaseReview, InspectionTask, Push, ReviewFile, SupervisionFeedback
from supervision.reviewing import checklist_on
from transfers.commands.loading import load_transfers
from transfers.commands.reform import NewQuestion, load_milestones, raise_question
from transfers.demo import load_demo_transfers
from transfers.models import InventoryLine, Question, TransferItem
from windows.commands.provisions import load_stop_provisions
from windows.demo.cases import load_demo_cases
from windows.demo.people import load_demo_accounts
from windows.domain.states import State
from windows.models import Case, Consultation, Deferral, Letter, Licence, PostCheck, SiteCheck

#: A Tuesday, 10:00 in Shanghai: next year's holidays are not announced, so that long limits are 待公布.
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def load_world() -> None:
    """The shipped data, the demo people and cases of every state and light, a draft and an import that wait."""
    forget_cached_editions()
    load_organisations()
    load_calendar()
    load_business_rules()
    load_law_records()
    load_catalogue(at=TUESDAY)
    load_stop_provisions()
    load_demo_accounts()
    load_demo_cases(at=TUESDAY)
    queue_pushes(at=TUESDAY, since=None, on_failure=_as_it_is)
    _report_something()
    _review_something()
    reconcile_until_yesterday(at=TUESDAY)
    load_transfers(at=TUESDAY)
    load_demo_transfers(at=TUESDAY)
    load_milestones()
    asked = NewQuestion("客运站的安全检查由哪个单位负责？", "JY-02")
    raise_question(asked, actor=User.objects.get(username="jiaotong"), at=TUESDAY)
    admin = User.objects.get(username="shixiang")
    create_draft("SJ-04", actor=admin)
    rows, sha256 = read_upload("matters", _changed_table())
    waiting, _ = preview_import("matters", file_name="目录.csv", sha256=sha256, rows=rows, actor=admin, at=TUESDAY)
    assert waiting is not None


def _review_something() -> None:
    """Two reviews: one drawn, with a file to score and one to mend, and one whose population is frozen; and an inspection."""
    load_review_checklist()
    watcher, today = User.objects.get(username="jiandu"), TUESDAY.date()
    plan = Plan(
        "2026年11月案卷抽查", today.replace(day=1), today, ("decision", "department"), "双色球第2026135期开奖号码"
    )
    drawn = freeze_population(plan, actor=watcher, at=TUESDAY)
    draw_review(drawn.number, seed="02 09 13 21 26 31＋05", reviewers=["jiandu"], actor=watcher, at=TUESDAY)
    file = ReviewFile.objects.filter(case__handling_department__code="SP").first()
    verdicts = {
        item.pk: ItemVerdict("not_met", "没有送达回证。") if item.code == "D1" else ItemVerdict("met")
        for item in checklist_on(today)
    }
    score_file(file.pk, verdicts=verdicts, conclusion="补齐送达回证。", actor=watcher, at=TUESDAY)
    freeze_population(plan, actor=watcher, at=TUESDAY)
    order = Order("recordings", "抽看综合窗口一次性告知情况", "jiandu", department="SP")
    open_inspection(order, actor=watcher, at=TUESDAY)


def _file_that_is(state: str) -> int:
    return ReviewFile.objects.filter(state=state).values_list("pk", flat=True)[0]


def _as_it_is(reference: object, error: Exception) -> None:
    raise error


def _report_something() -> None:
    """The market supervision bureau suggests a revocation, reports an inspection, and disputes one push."""
    body, regulator = Department.objects.get(code="SJ"), User.objects.get(username="jianguan")
    number = _licence(state="valid", matter__code="SJ-04").number
    for kind, finding in (
        ("inspection", "未见异常。"),
        ("suggestion_revoke", "申请时提交的场所证明系伪造，建议撤销许可。"),
    ):
        report = Report(kind, TUESDAY.date(), finding, licence_number=number, officers=("张三丰", "李四光"))
        receive_feedback(report, message=Message(body, kind, "a" * 64, "portal"), actor=regulator, at=TUESDAY)
    last = Push.objects.filter(regulator=body).latest("pk").number
    dispute_push(last, reason="该场所位于开发区，应由市卫生健康局监管。", actor=regulator, at=TUESDAY)


def _feedback(kind: str) -> str:
    return SupervisionFeedback.objects.get(kind=kind).number


def _push(decision_type: str) -> str:
    """The number of a demo decision told to the market supervision bureau."""
    return Push.objects.filter(regulator__code="SJ", decision_type=decision_type).earliest("pk").number


def _changed_table() -> SimpleUploadedFile:
    """The catalogue's own table, as an admin would bring it back with one alias more."""
    rows = matter_rows()
    rows[0]["aliases"] = "示例别名"
    return SimpleUploadedFile("目录.csv", write_csv(rows, COLUMNS[CatalogueImport.Table.MATTERS]))


def case_in(state: State, **more) -> str:
    """The number of a demo case in this state."""
    return Case.objects.filter(state=state.value, **more).order_by("number").values_list("number", flat=True)[0]


@dataclass(frozen=True)
class Visit:
    """一次访问: the URL name, who looks, and where; ``let_in_to`` finds a case the citizen has shown the code of."""

    name: str
    where: Callable[[], str]
    by: str = ""
    shown: str = ""
    status: int = 200
    let_in_to: Callable[[], str] | None = None

    def __str__(self) -> str:
        return self.shown or self.name


def page(name: str, *args, by: str = "", shown: str = "", status: int = 200, query: str = "", let_in_to=None) -> Visit:
    """``args`` are values, or functions that find one once the data is there."""

    def where() -> str:
        return reverse(name, args=[one() if callable(one) else one for one in args]) + query

    return Visit(name, where, by, shown, status, let_in_to)


def _case(state: State, **more) -> Callable[[], str]:
    return lambda: case_in(state, **more)


def _pk_of(username: str) -> Callable[[], int]:
    return lambda: User.objects.get(username=username).pk


def _draft() -> int:
    return Edition.objects.get(matter__code="SJ-04", state="draft").pk


def _import() -> int:
    return CatalogueImport.objects.latest("pk").pk


CLERK, REVIEWER, DECIDER, ISSUER, ADMIN, SECURITY, AUDITOR = (
    "chuangkou", "shencha", "juzhang", "chujian", "shixiang", "anquan", "shenji",
)  # fmt: skip
#: The states a case can be shown in, each with who would look at it first.
CASE_PAGES = {
    State.RECEIVED: CLERK,
    State.CORRECTION_PENDING: CLERK,
    State.ACCEPTED: REVIEWER,
    State.IN_REVIEW: REVIEWER,
    State.PENDING_DECISION: DECIDER,
    State.GRANTED: ISSUER,
    State.REFUSED: ISSUER,
    State.ISSUED: ISSUER,
    State.DELIVERED: ISSUER,
    State.WITHDRAWN: CLERK,
    State.NOT_REQUIRED: CLERK,
    State.NOT_ACCEPTED: CLERK,
    State.LAPSED: CLERK,
}

PAGES = [
    page("home"),
    page("login"),
    page("matter-list"),
    page("matter-list", query="?q=zzzz", shown="matter-list-empty"),
    page("matter-guide", "SJ-04"),
    page("matter-guide", "GT-03", shown="matter-guide-deferred"),
    page("matter-guide", "LS-01", shown="matter-guide-closed"),
    page("matter-edition", "SJ-04", 1),
    page("package-list"),
    page("package-detail", lambda: _first_package()),
    page("who-decides"),
    page("who-decides", query="?on=2018-12-25&kind=licence", shown="who-decided-before"),
    page("matter-competence", "SJ-04"),
    page("matter-competence", "GT-03", query="?on=2018-12-25", shown="matter-competence-before"),
    page("status"),
    *(
        page("status-case", shown=f"status-case-{state.value}", let_in_to=_case(state))
        for state in CASE_PAGES
    ),
    page(
        "status-case",
        shown="status-case-calendar-missing",
        let_in_to=_case(State.IN_REVIEW, calendar_missing_year__isnull=False),
    ),
    page("status-letters", let_in_to=_case(State.DELIVERED)),
    page("verify"),
    page("verify-paper", lambda: _verify_token(), shown="verify-paper-good"),
    page("verify-paper", "x" * 43, shown="verify-paper-bad", status=404),
    page("component-gallery"),
    page("my-cases", by="shimin"),
    page("account", by="shimin", shown="account-citizen"),
    page("account", by=CLERK),
    page("password-change", by=CLERK),
    page("confirm-identity", by=DECIDER, query="?next=/inbox/"),
    page("workbench", by=CLERK),
    page("counter", by=CLERK),
    page("counter", by=CLERK, query="?matter=SJ-04", shown="counter-with-matter"),
    page("counter", by=CLERK, query="?matter=GT-03", shown="counter-deferred"),
    page("counter", by=CLERK, query="?q=spjy", shown="counter-search"),
    page("hall-desk", by=CLERK),
    page("hall-desk", by=CLERK, query="?list=correction", shown="hall-desk-correction"),
    page("hall-desk", by=CLERK, query="?list=today", shown="hall-desk-today"),
    page("hall-case", _case(State.RECEIVED), by=CLERK),
    page("hall-case", _case(State.CORRECTION_PENDING), by=CLERK, shown="hall-case-correction"),
    page("intake-result", _case(State.ACCEPTED), by=CLERK),
    page("intake-result", _case(State.CORRECTION_PENDING), by=CLERK, shown="intake-result-correction"),
    page("inbox", by=REVIEWER),
    page("inbox", by=DECIDER, shown="inbox-decider"),
    page("inbox", by="zhengfu", shown="inbox-empty"),
    page("inbox-done", by=DECIDER),
    page("issuing", by=ISSUER),
    page("cases", by="jiandu"),
    page("cases", by="jiandu", query="?q=%E6%B2%A1%E6%9C%89", shown="cases-none-found"),
    *(page("case", _case(state), by=who, shown=f"case-{state.value}") for state, who in CASE_PAGES.items()),
    page("case", _case(State.IN_REVIEW, calendar_missing_year__isnull=False), by="shencha2", shown="case-calendar-missing"),
    page("catalogue-desk", by=ADMIN),
    page("catalogue-matters", by=ADMIN),
    page("catalogue-matter", "SJ-04", by=ADMIN),
    page("catalogue-findings", by=ADMIN),
    page("catalogue-quotas", by=ADMIN),
    page("catalogue-boundaries", by=ADMIN),
    page("catalogue-boundary", "SJ-04", by=ADMIN),
    page("laws", by="xitong"),
    page("law", "xkf_44", by="xitong"),
    page("catalogue-draft", _draft, by=ADMIN),
    page("catalogue-publish", _draft, by=ADMIN),
    page("catalogue-exchange", by=ADMIN),
    page("catalogue-import", _import, by=ADMIN),
    page("people", by=SECURITY),
    page("person-new", by=SECURITY),
    page("person", _pk_of("gongan"), by=SECURITY),
    page("locks", by=SECURITY),
    page("audit-log", by=AUDITOR),
    page("calendar-list", by="xitong"),
    page("calendar-import", by="xitong"),
    page("calendar-preview", lambda: _former_notice(), by="xitong"),
    page("rules", by="xitong"),
    page("rule", "correction_deadline_days", by="xitong"),
    page("void-numbers", by=ISSUER),
    page("reminders", by=REVIEWER),
    page("reminders", by="zhengfu", shown="reminders-none"),
    # ---- clock procedures
    page("approvals", by=DECIDER),
    page("approvals", by="gongan2", shown="approvals-none"),
    page("stop-provisions", by=ADMIN),
    page("case", _case(State.SUSPENDED, statutory_due_on__isnull=True), by=REVIEWER, shown="case-suspended"),
    page("status-case", shown="status-case-suspended", let_in_to=_case(State.SUSPENDED, statutory_due_on__isnull=True)),
    page("case", lambda: _told_time_over(), by=REVIEWER, shown="case-told-time-over"),
    page("case", lambda: _joint_case(), by="zhengfu", shown="case-joint"),
    page("status-case", shown="status-case-told-time-over", let_in_to=lambda: _told_time_over()),
    page("status-case", shown="status-case-correction-near-its-end", let_in_to=lambda: _near_its_end()),
    # ---- what people put right, and who answers for what
    page("advice", by=CLERK),
    page("advice", by=CLERK, query="?matter=SJ-04", shown="advice-with-matter"),
    page("advice", by=CLERK, query="?q=spjy", shown="advice-search"),
    page("intake-correct", _case(State.ACCEPTED), by=CLERK),
    page("hall-desk", by=CLERK, query="?list=above", shown="hall-desk-above"),
    page("case", lambda: Case.objects.get(upward_report__isnull=False).number, by=CLERK, shown="case-sent-up"),
    page("case", lambda: Case.objects.get(reassignments__isnull=False).number, by="shencha2", shown="case-put-right"),
    page("delegations", by="shencha2"),
    page("delegations", by=DECIDER, shown="delegations-given"),
    page("delegations", by=CLERK, shown="delegations-none"),
    page("handover", by=DECIDER),
    page("handover", by="jiandu", shown="handover-supervisor"),
    page("handover-person", _pk_of(REVIEWER), by=DECIDER),
    page("handover-person", _pk_of("takan"), by=DECIDER, shown="handover-inspector"),
    page("handover-person", _pk_of("juzhang"), by=DECIDER, shown="handover-nothing"),
    # ---- site checks, experts, hearings, other departments
    page("checks", by="takan"),
    page("checks", by="gongan", shown="checks-none"),
    page("check", lambda: _check_that_is(made=False), by="takan"),
    page("check", lambda: _check_that_is(made=True), by="takan2", shown="check-recorded"),
    page("consultations", by="gongan"),
    page("consultation", lambda: _question_to("gongan", "opinion"), by="gongan"),
    page("consultation", lambda: _question_to("shijian", "site_visit"), by="shijian", shown="consultation-answered"),
    page("hearings", by=REVIEWER),
    page("hearings", by="tingzheng", shown="hearings-host"),
    page("hearing-notices"),
    page("case", _case(State.IN_REVIEW, hearings__called_at__isnull=False), by="tingzheng", shown="case-hearing-host"),
    page("case", _case(State.IN_REVIEW, expert_panels__isnull=False), by=REVIEWER, shown="case-experts"),
    page("case", _case(State.IN_REVIEW, joint_visits__isnull=False), by=REVIEWER, shown="case-joint-visit"),
    page("case", _case(State.PENDING_DECISION, hearings__record__isnull=False), by=DECIDER, shown="case-heard"),
    page("status-case", shown="status-case-hearing", let_in_to=_case(State.IN_REVIEW, hearings__called_at__isnull=False)),
    # ---- licence life
    page("licences", by=REVIEWER),
    page("licences", by=REVIEWER, query="?list=to_cancel", shown="licences-to-cancel"),
    page("licences", by=REVIEWER, query="?q=zzzz", shown="licences-none-found"),
    *(
        page("licence", lambda state=state: _licence(state=state).pk, by=REVIEWER, shown=f"licence-{state}")
        for state in ("valid", "suspended", "forfeited", "cancelled", "superseded")
    ),
    page("letter-correct", lambda: _licence(state="valid", previous__isnull=False).letter_id, by=DECIDER),
    page("case", lambda: _about_a_licence("revocation", state="in_review"), by=REVIEWER, shown="case-own-motion"),
    page("case", lambda: _about_a_licence("renewal", state="in_review"), by=REVIEWER, shown="case-renewal"),
    page("status-case", shown="status-case-renewal", let_in_to=lambda: _about_a_licence("renewal", state="in_review")),
    page("counter", by=CLERK, query="?matter=SW-01&purpose=renewal", shown="counter-renewal"),
    page("verify-paper", lambda: _token_of(_corrected_letter()), shown="verify-paper-corrected"),
    # ---- supervision
    page("pushes", by="jianguan"),
    page("pushes", by="jianguan", query="?list=disputed", shown="pushes-none"),
    page("pushes", by="jiandu", query="?list=all", shown="pushes-watcher"),
    page("push", lambda: _push("grant"), by="jianguan"),
    page("push", lambda: _push("grant"), by="xietiao", shown="push-coordinator"),
    page("push", lambda: Push.objects.get(state="disputed").number, by="xietiao", shown="push-disputed"),
    page("push-desk", by="xietiao"),
    page("feedback-list", by=REVIEWER),
    page("feedback-list", by="gongan2", shown="feedback-list-none"),
    page("feedback-list", by="jianguan", query="?list=all", shown="feedback-list-regulator"),
    page("feedback", lambda: _feedback("suggestion_revoke"), by=REVIEWER),
    page("feedback", lambda: _feedback("inspection"), by="jianguan", shown="feedback-inspection"),
    page("feedback-new", by="jianguan"),
    page("reconciliation", by="jiandu"),
    page("push-channels", by="xitong"),
    page("push-channel", "SJ", by="xitong"),
    page("reconciliation", by="jianguan", query="?list=month", shown="reconciliation-month"),
    page("licence", lambda: SupervisionFeedback.objects.first().licence_id, by=REVIEWER, shown="licence-reported-on"),
    page("case", lambda: SupervisionFeedback.objects.first().case.number, by=REVIEWER, shown="case-reported-on"),
    # ---- file reviews and inspections
    page("reviews", by="jiandu"),
    page("review-new", by="jiandu"),
    page("review-checklist", by="jiandu"),
    page("review", lambda: CaseReview.objects.get(drawn_at__isnull=False).number, by="jiandu"),
    page("review", lambda: CaseReview.objects.get(drawn_at__isnull=True).number, by="jiandu", shown="review-frozen"),
    page("review-files", by="jiandu"),
    page("review-files", by="gongan2", shown="review-files-none"),
    page("review-file", lambda: _file_that_is("to_score"), by="jiandu"),
    page("review-file", lambda: _file_that_is("rectifying"), by="shencha2", shown="review-file-rectifying"),
    page("review-draws"),
    page("inspections", by="jiandu"),
    page("inspections", by="shencha2", shown="inspections-none"),
    page("inspection-new", by="jiandu"),
    page("inspection", lambda: InspectionTask.objects.get().number, by="jiandu"),
    # ---- transfers
    page("transfer-board", by="xietiao"),
    page("transfer-board", by="jiaotong", shown="transfer-board-of-a-department"),
    page("transfer-batch-new", by="xietiao"),
    page("transfer-batch", lambda: _item("JY-01").batch_id, by="xietiao"),
    page("transfer-handover", lambda: _item("JY-01").batch_id, "JY", by="xietiao"),
    page("transfer-handover", lambda: _item("JY-01").batch_id, "JY", by="jiaotong", shown="transfer-handover-of-giver"),
    page("transfer-item", lambda: _item("JY-01").pk, by="jiaotong"),
    page("transfer-item", lambda: _item("SJ-04").pk, by="xietiao", shown="transfer-item-effective"),
    page("transfer-item", lambda: _item("JY-06").pk, by="xietiao", shown="transfer-item-planned"),
    page("transfer-import", lambda: _item("JY-01").pk, by="jiaotong"),
    page("transfer-line", lambda: _disputed_line(), by="jiaotong"),
    page("transfer-line", lambda: _disputed_line(), by="shixiang", shown="transfer-line-of-receiver"),
    page("transfer-seals", by="xietiao"),
    page("transfer-registers", by="jiaotong"),
    page("transfer-timetable", by="xietiao"),
    page("transfer-questions", by="xietiao"),
    page("transfer-question", lambda: Question.objects.latest("pk").pk, by="xietiao"),
    page("power-list"),
    page("power-list", query="?on=2019-01-01&since=2018-12-25&body=WJ", shown="power-list-difference"),
    page("power-list", query="?body=SP", by="xietiao", shown="power-list-of-the-bureau"),
    page("transfer-seal-new", by="xietiao"),
    page("transfer-seal", lambda: _seal("JY"), by="xietiao"),
    page("transfer-seal", lambda: _seal("WJ"), by="jiandu", shown="transfer-seal-stopped"),
    # ---- 容缺受理
    page("intake-result", _case(State.IN_REVIEW, deferral__isnull=False), by=CLERK, shown="intake-result-deferred"),
    page("case", lambda: _deferred(is_late=False), by=REVIEWER, shown="case-deferral"),
    page("case", lambda: _deferred(is_late=False), by=CLERK, shown="case-deferral-clerk"),
    page("case", lambda: _deferred(is_late=True), by=REVIEWER, shown="case-deferral-over"),
    page("case", lambda: _deferred(is_late=None), by=REVIEWER, shown="case-deferral-settled"),
    page("status-case", shown="status-case-deferral", let_in_to=lambda: _deferred(is_late=False)),
    page("status-case", shown="status-case-deferral-over", let_in_to=lambda: _deferred(is_late=True)),
    # ---- 告知承诺
    page("counter", by=CLERK, query="?matter=CZ-01", shown="counter-promise"),
    page("intake-result", _case(State.RECEIVED, by_commitment=True), by=CLERK, shown="intake-result-promise"),
    page("hall-case", _case(State.RECEIVED, by_commitment=True), by=CLERK, shown="hall-case-promise"),
    page("case", _case(State.RECEIVED, by_commitment=True), by=DECIDER, shown="case-promise"),
    page("status-case", shown="status-case-promise", let_in_to=_case(State.RECEIVED, by_commitment=True)),
    page("status-case", shown="status-case-promise-granted", let_in_to=_case(State.GRANTED, by_commitment=True)),
    page("status-case", shown="status-case-promise-false", let_in_to=lambda: _check_in("rectifying")),
    *(page("post-check", lambda state=state: _check_in(state), by="jianguan", shown=f"post-check-{state}")
      for state in ("open", "rectifying", "broken")),
    page("post-check", lambda: _check_in("rectifying"), by=REVIEWER, shown="post-check-reader"),
    page("case", lambda: _check_in("broken"), by=REVIEWER, shown="case-promise-broken"),
    page("post-checks", by="jianguan"),
    page("post-checks", by="jianguan", query="?done=1", shown="post-checks-done"),
    page("post-checks", by="takan", shown="post-checks-bureau"),
    page("restrictions", by=DECIDER),
    page("restrictions", by=REVIEWER, query="?done=1", shown="restrictions-done"),
    # ---- 即办
    page("inbox-at-once", by=DECIDER),
    page("inbox-at-once", by="gongan2", shown="inbox-at-once-none"),
    page("case", _case(State.ACCEPTED, receipt_owed=True), by=DECIDER, shown="case-instant"),
]  # fmt: skip

#: Answers to GET that are no pages: files, parts of a page for htmx, and what machines ask.
NO_PAGES = {
    "api-competence", "transfer-lists-pdf", "transfer-lists-table", "transfer-seal-imprint", "transfer-register-form", "power-list-file",
    "matter-guide-pdf", "catalogue-export", "case-file", "letter-file", "status-letter",
    "counter-matters", "intake-letters", "matter-search", "rail-counts", "consultation-file", "reconciliation-file", "post-check-letter", "review-population", "advice-sheet", "health_live", "health_ready",
}  # fmt: skip

#: Acts: they answer POST only.
ACTS = {
    "transfer-sign", "transfer-complete", "transfer-item-act", "transfer-batch-activate", "transfer-seal-act",
    "transfer-register-settle",
    "logout", "person-details", "person-roles", "person-rights", "person-disable", "person-enable", "person-reset",
    "person-unlock", "unlock-address", "calendar-activate", "audit-verify", "catalogue-draft-create", "catalogue-discard",
    "catalogue-import-confirm", "catalogue-import-discard", "counter-party", "counter-judgement", "counter-draft",
    "counter-draft-discard", "delegation-revoke", "hall-materials", "hall-decide", "hall-resubmit", "hall-withdraw", "case-act",
    "case-reveal", "verify-compare", "case-file-export", "stop-provision-end", "reminder-read", "status-leave", "my-case", "licence-act",
    "review-file-act", "inspection-act", "push-act", "push-reveal", "push-again", "push-channel-key", "pushback-api",
    "counter-promise", "post-check-finding", "restriction-lift",
}  # fmt: skip


def _item(code: str) -> TransferItem:
    return TransferItem.objects.get(matter__code=code)


def _seal(code: str) -> int:
    return Seal.objects.get(department__code=code, kind="official").pk


def _disputed_line() -> int:
    return InventoryLine.objects.exclude(disputed_reason="").latest("pk").pk


def _check_that_is(*, made: bool) -> int:
    return SiteCheck.objects.filter(recorded_at__isnull=not made).order_by("pk").values_list("pk", flat=True)[0]


def _question_to(username: str, kind: str) -> int:
    department = User.objects.get(username=username).department
    return Consultation.objects.filter(department=department, kind=kind).latest("pk").pk


def _told_time_over() -> str:
    return Case.objects.get(state=State.SUSPENDED.value, statutory_due_on__isnull=False).number


def _joint_case() -> str:
    return Case.objects.get(is_joint=True).number


def _near_its_end() -> str:
    return Case.objects.get(state=State.CORRECTION_PENDING.value, reminders__kind="correction_due").number


def _deferred(*, is_late: bool | None) -> str:
    """A case whose promised papers are still to come, or late, or (None) all in."""
    found = Deferral.objects.filter(settled_at__isnull=is_late is not None)
    if is_late is not None:
        found = found.filter(**{"due_on__lt" if is_late else "due_on__gte": TUESDAY.date()})
    return found.values_list("case__number", flat=True).latest("pk")


def _check_in(state: str) -> str:
    return PostCheck.objects.filter(state=state).values_list("case__number", flat=True).latest("pk")


def _former_notice() -> int:
    """A version of a year that is no longer in force."""
    return CalendarNotice.objects.get(year=2020, version=1).pk


def _first_package() -> str:
    return chains_with_counts()[0].code


def _licence(**of) -> Licence:
    return Licence.objects.filter(**of).latest("pk")


def _about_a_licence(purpose: str, **more) -> str:
    return Case.objects.filter(purpose=purpose, **more).latest("pk").number


def _corrected_letter() -> Letter:
    return Letter.objects.filter(corrections__isnull=False).latest("pk")


def _verify_token() -> str:
    return _token_of(Letter.objects.filter(licence__isnull=False, case__state=State.DELIVERED.value).latest("pk"))


def _token_of(letter: Letter) -> str:
    return verify_path(letter).strip("/").split("/")[-1]


def verify_path(letter: Letter) -> str:
    """Where the letter's QR code leads, without the host."""
    return "/" + letter.snapshot["meta"]["verify_url"].split("/", 3)[3]
