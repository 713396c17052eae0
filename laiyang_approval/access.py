"""Who may open which address. Every URL name of the portal stands in ``ACCESS``; what does not stand there answers 404.

How to add a page: give its ``path()`` a name, and add one line to your part's block below::

    "case_page": roles(*CASE_READERS),          # a staff page: any of these roles
    "guide": public(),                          # everybody, cacheable, no session read
    "case_status": public(personal=True),       # everybody, but the answer is about one person: never stored anywhere
    "my_applications": roles(Role.CITIZEN),
    "notices": signed_in(),                     # anybody with an account
    "workbench": staff(),                       # anybody with an account but citizens

Names in a namespace are written ``"namespace:name"``. A rule here opens the page; whether a person may see this *case* or do
this *act* is asked again by queries and commands (``windows.permissions``). ``tests/guards/test_access_table.py`` holds the
table equal to the resolver.

Anonymous on a page that needs an account: to the log-in page and back. Signed in without the role: 404, because what is not
yours is not there.
"""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.middleware.sessions import BACKGROUND_HEADER
from laiyang_approval.kernel.passwords import is_password_due
from laiyang_approval.kernel.roles import Role

log = logging.getLogger("portal.access")


@dataclass(frozen=True)
class Rule:
    """访问规则: ``needs_account``, then any of ``roles`` (empty: any account); ``personal`` answers are never stored."""

    needs_account: bool
    roles: frozenset[str] = frozenset()
    personal: bool = True


def public(*, personal: bool = False) -> Rule:
    """Open to everybody; ``personal`` when the answer is about one person (a case, a letter)."""
    return Rule(needs_account=False, personal=personal)


def signed_in() -> Rule:
    """Open to everybody with an account."""
    return Rule(needs_account=True)


def roles(*names: Role) -> Rule:
    """Open to people who hold any of these roles."""
    return Rule(needs_account=True, roles=frozenset(names))


def staff() -> Rule:
    """Open to everybody who works here, not to citizens' accounts."""
    return roles(*(role for role in Role if role is not Role.CITIZEN))


#: Who takes applications in at the window.
COUNTER = (Role.WINDOW_CLERK, Role.DEPARTMENT_STAFF)
#: Who reviews.
REVIEWERS = (Role.REVIEWER, Role.DEPARTMENT_STAFF)
#: Who decides.
DECIDERS = (Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
#: Who makes and hands out certificates.
ISSUERS = (Role.ISSUING_CLERK,)
#: Who may be sent to look at a site.
INSPECTORS = (Role.INSPECTOR, Role.DEPARTMENT_STAFF)
#: Who works on cases.
CASE_WORKERS = (*COUNTER, Role.REVIEWER, *DECIDERS, *ISSUERS)
#: Who watches over all departments and changes nothing.
WATCHERS = (Role.SUPERVISOR, Role.COORDINATOR, Role.AUDIT_OFFICER)
#: Who may see some case or other, working on it or watching over it.
CASE_READERS = (
    *CASE_WORKERS,
    Role.INSPECTOR,
    Role.HEARING_HOST,
    *WATCHERS,
)
#: Who watches over transfers, or stands on one side of them.
TRANSFER_READERS = (
    Role.COORDINATOR,
    Role.HEAD_OF_GOVERNMENT,
    Role.SUPERVISOR,
    Role.AUDIT_OFFICER,
    Role.DEPARTMENT_STAFF,
    Role.DECIDER,
    Role.CATALOGUE_ADMIN,
)

#: Who may be asked to review files of others, and whose body mends what was found.
FILE_REVIEWERS = (Role.SUPERVISOR, *REVIEWERS, *DECIDERS)

#: Who checks what was promised, for the supervising department or for the body that granted; who reads it besides.
POST_CHECKERS = (Role.REGULATOR, Role.DEPARTMENT_STAFF, Role.INSPECTOR)
POST_CHECK_READERS = (
    *POST_CHECKERS,
    Role.REVIEWER,
    *DECIDERS,
    *WATCHERS,
)

ACCESS: dict[str, Rule] = {
    # ---- house
    "home": public(),
    "component-gallery": public(),
    "health_live": public(),
    "health_ready": public(),
    "workbench": signed_in(),
    "rail-counts": staff(),
    # ---- kernel: sessions, people, audit
    "login": public(personal=True),
    "logout": public(personal=True),
    "account": signed_in(),
    "password-change": signed_in(),
    "confirm-identity": signed_in(),
    "people": roles(Role.SECURITY_OFFICER),
    "person-new": roles(Role.SECURITY_OFFICER),
    "person": roles(Role.SECURITY_OFFICER),
    "person-details": roles(Role.SECURITY_OFFICER),
    "person-roles": roles(Role.SECURITY_OFFICER),
    "person-rights": roles(Role.SECURITY_OFFICER),
    "person-disable": roles(Role.SECURITY_OFFICER),
    "person-enable": roles(Role.SECURITY_OFFICER),
    "person-reset": roles(Role.SECURITY_OFFICER),
    "person-unlock": roles(Role.SECURITY_OFFICER),
    "locks": roles(Role.SECURITY_OFFICER),
    "unlock-address": roles(Role.SECURITY_OFFICER),
    "audit-log": roles(Role.AUDIT_OFFICER),
    "audit-verify": roles(Role.AUDIT_OFFICER),
    "rules": roles(Role.SYSTEM_OFFICER),
    "rule": roles(Role.SYSTEM_OFFICER),
    "laws": roles(Role.SYSTEM_OFFICER),
    "law": roles(Role.SYSTEM_OFFICER),
    "void-numbers": roles(Role.ISSUING_CLERK),
    # ---- matters
    "matter-list": public(),
    "matter-search": public(),
    "matter-guide": public(),
    "matter-guide-pdf": public(),
    "matter-edition": public(),
    "package-list": public(),
    "package-detail": public(),
    "who-decides": public(),
    "matter-competence": public(),
    "api-competence": public(),
    "catalogue-desk": roles(Role.CATALOGUE_ADMIN),
    "catalogue-matters": roles(Role.CATALOGUE_ADMIN),
    "catalogue-matter": roles(Role.CATALOGUE_ADMIN),
    "catalogue-findings": roles(Role.CATALOGUE_ADMIN),
    "catalogue-draft-create": roles(Role.CATALOGUE_ADMIN),
    "catalogue-draft": roles(Role.CATALOGUE_ADMIN),
    "catalogue-publish": roles(Role.CATALOGUE_ADMIN),
    "catalogue-discard": roles(Role.CATALOGUE_ADMIN),
    "catalogue-quotas": roles(Role.CATALOGUE_ADMIN),
    "catalogue-boundaries": roles(Role.CATALOGUE_ADMIN),
    "catalogue-boundary": roles(Role.CATALOGUE_ADMIN),
    "catalogue-exchange": roles(Role.CATALOGUE_ADMIN),
    "catalogue-export": roles(Role.CATALOGUE_ADMIN),
    "catalogue-import": roles(Role.CATALOGUE_ADMIN),
    "catalogue-import-confirm": roles(Role.CATALOGUE_ADMIN),
    "catalogue-import-discard": roles(Role.CATALOGUE_ADMIN),
    # ---- windows: hall
    "counter": roles(*COUNTER),
    "counter-matters": roles(*COUNTER),
    "counter-party": roles(*COUNTER),
    "counter-judgement": roles(*COUNTER),
    "counter-draft": roles(*COUNTER),
    "counter-draft-discard": roles(*COUNTER),
    "intake-result": roles(*COUNTER),
    "intake-letters": roles(*COUNTER),
    "advice": roles(*COUNTER),
    "advice-sheet": roles(*COUNTER),
    "hall-desk": roles(*COUNTER),
    "hall-case": roles(*COUNTER),
    "hall-materials": roles(*COUNTER),
    "hall-decide": roles(*COUNTER),
    "hall-resubmit": roles(*COUNTER),
    "hall-withdraw": roles(*COUNTER),
    "intake-correct": roles(*COUNTER),
    # ---- windows: review, decision, certificate, service
    "reminders": roles(*CASE_WORKERS, Role.SUPERVISOR),
    "reminder-read": roles(*CASE_WORKERS, Role.SUPERVISOR),
    "inbox": roles(*REVIEWERS, *DECIDERS),
    "inbox-done": roles(*REVIEWERS, *DECIDERS),
    "issuing": roles(*ISSUERS, Role.DEPARTMENT_STAFF),
    "cases": roles(*CASE_READERS),
    "case": roles(*CASE_READERS),
    "case-act": roles(*CASE_READERS),
    "case-reveal": roles(*CASE_READERS),
    "case-file": roles(*CASE_READERS),
    "case-file-export": roles(*CASE_READERS),
    "letter-file": roles(*CASE_READERS),
    # ---- windows: licence life
    "licences": roles(*CASE_READERS),
    "licence": roles(*CASE_READERS),
    "licence-act": roles(*REVIEWERS),
    "letter-correct": roles(*DECIDERS),
    # ---- windows: public
    "status": public(personal=True),
    "status-case": public(personal=True),
    "status-letters": public(personal=True),
    "status-letter": public(personal=True),
    "status-leave": public(personal=True),
    "verify": public(personal=True),
    "verify-compare": public(personal=True),
    "verify-paper": public(personal=True),
    "my-cases": roles(Role.CITIZEN),
    "my-case": roles(Role.CITIZEN),
    # ---- clock and calendar
    "calendar-list": roles(Role.SYSTEM_OFFICER),
    "calendar-import": roles(Role.SYSTEM_OFFICER),
    "calendar-preview": roles(Role.SYSTEM_OFFICER),
    "calendar-activate": roles(Role.SYSTEM_OFFICER),
    # ---- documents
    # ---- site checks, other departments, hearings
    "checks": roles(*INSPECTORS),
    "check": roles(*INSPECTORS),
    "consultations": roles(Role.DEPARTMENT_STAFF),
    "consultation": roles(Role.DEPARTMENT_STAFF),
    "consultation-file": roles(Role.DEPARTMENT_STAFF),
    "hearings": roles(*REVIEWERS, *DECIDERS, Role.HEARING_HOST),
    "hearing-notices": public(),
    # ---- windows: who answers for what
    "delegations": roles(*CASE_WORKERS),
    "delegation-revoke": roles(*CASE_WORKERS),
    "handover": roles(*DECIDERS, Role.SUPERVISOR),
    "handover-person": roles(*DECIDERS),
    # ---- windows: clock procedures
    "approvals": roles(*DECIDERS),
    "stop-provisions": roles(Role.CATALOGUE_ADMIN),
    "stop-provision-end": roles(Role.CATALOGUE_ADMIN),
    # ---- supervision: pushes
    "pushes": roles(Role.REGULATOR, *WATCHERS),
    "push": roles(Role.REGULATOR, *WATCHERS),
    "push-act": roles(Role.REGULATOR, Role.COORDINATOR),
    "push-reveal": roles(Role.REGULATOR),
    "push-desk": roles(Role.COORDINATOR, Role.SUPERVISOR),
    "push-again": roles(Role.COORDINATOR, Role.SUPERVISOR),
    "feedback-list": roles(Role.REGULATOR, *REVIEWERS, *DECIDERS, *WATCHERS),
    "feedback": roles(Role.REGULATOR, *REVIEWERS, *DECIDERS, *WATCHERS),
    "feedback-new": roles(Role.REGULATOR),
    "reconciliation": roles(Role.REGULATOR, *WATCHERS),
    "reconciliation-file": roles(Role.REGULATOR, *WATCHERS),
    "push-channels": roles(Role.SYSTEM_OFFICER),
    "push-channel": roles(Role.SYSTEM_OFFICER),
    "push-channel-key": roles(Role.SYSTEM_OFFICER),
    "pushback-api": public(personal=True),  # signed, department by department
    # ---- supervision: file reviews and inspections
    "reviews": roles(*WATCHERS),
    "review-new": roles(Role.SUPERVISOR),
    "review-checklist": roles(*FILE_REVIEWERS, *WATCHERS),
    "review": roles(*WATCHERS),
    "review-files": roles(*FILE_REVIEWERS, *WATCHERS),
    "review-file": roles(*FILE_REVIEWERS, *WATCHERS),
    "review-file-act": roles(*FILE_REVIEWERS),
    "inspections": roles(*FILE_REVIEWERS, *WATCHERS),
    "inspection-new": roles(Role.SUPERVISOR),
    "inspection": roles(*FILE_REVIEWERS, *WATCHERS),
    "inspection-act": roles(*FILE_REVIEWERS),
    "review-draws": public(),
    "review-population": public(),
    # ---- transfers
    "power-list": public(),
    "power-list-file": staff(),
    "transfer-board": roles(*TRANSFER_READERS),
    "transfer-batch-new": roles(Role.COORDINATOR),
    "transfer-batch": roles(*TRANSFER_READERS),
    "transfer-handover": roles(*TRANSFER_READERS),
    "transfer-sign": roles(*TRANSFER_READERS),
    "transfer-complete": roles(Role.COORDINATOR),
    "transfer-item": roles(*TRANSFER_READERS),
    "transfer-item-act": roles(*TRANSFER_READERS),
    "transfer-import": roles(Role.DEPARTMENT_STAFF),
    "transfer-lists-pdf": roles(*TRANSFER_READERS),
    "transfer-lists-table": roles(*TRANSFER_READERS),
    "transfer-line": roles(*TRANSFER_READERS),
    "transfer-registers": roles(*COUNTER),
    "transfer-register-form": roles(*COUNTER),
    "transfer-register-settle": roles(*COUNTER),
    "transfer-timetable": roles(*TRANSFER_READERS),
    "transfer-questions": roles(*TRANSFER_READERS),
    "transfer-question": roles(*TRANSFER_READERS),
    "transfer-batch-activate": roles(Role.COORDINATOR),
    "transfer-seals": roles(*TRANSFER_READERS),
    "transfer-seal-new": roles(Role.COORDINATOR, Role.HEAD_OF_GOVERNMENT),
    "transfer-seal": roles(*TRANSFER_READERS),
    "transfer-seal-imprint": roles(*TRANSFER_READERS),
    "transfer-seal-act": roles(Role.COORDINATOR, Role.HEAD_OF_GOVERNMENT),
    # ---- windows: 容缺受理、告知承诺、即办、失信限制
    "counter-promise": roles(*COUNTER),
    "inbox-at-once": roles(*DECIDERS),
    "post-checks": roles(*POST_CHECK_READERS),
    "post-check": roles(*POST_CHECK_READERS),
    "post-check-finding": roles(*POST_CHECKERS),
    "post-check-letter": roles(*POST_CHECK_READERS),
    "restrictions": roles(*REVIEWERS, *DECIDERS, *WATCHERS),
    "restriction-lift": roles(*DECIDERS),
}


#: What a person whose password is due may still open.
BESIDE_PASSWORD = frozenset({"password-change", "account", "logout"})


class AccessMiddleware:
    """Afterwards a view runs only for whom ``ACCESS`` admits; the resolved rule stands on ``request.access_rule``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        name = request.resolver_match.view_name
        rule = ACCESS.get(name)
        if rule is None:
            log.warning("access unlisted url=%s", name or "-")
            raise Http404
        request.access_rule = rule
        if not rule.needs_account:
            return None
        if not request.user.is_authenticated:
            return _to_login(request)
        if rule.roles and not request.user.has_role(*rule.roles):
            log.warning("access refused url=%s user=%s", name, request.user.pk)
            raise Http404
        if (
            settings.FORCE_PASSWORD_CHANGE
            and name not in BESIDE_PASSWORD
            and is_password_due(request.user, clock.today())
        ):
            return redirect("password-change")
        return None


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the log-in page and back; a part of a page (htmx) moves the whole window, a lost post comes back to the page it stood on.

    What a page asks for by itself moves nothing: somebody may be typing in it.
    """
    login = resolve_url("login")
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        if BACKGROUND_HEADER not in request.headers:
            response["HX-Redirect"] = login
        return response
    asked = {"next": request.get_full_path()} if request.method in {"GET", "HEAD"} else {}
    if getattr(request, "session_ended", False):
        asked["ended"] = "1"
    return redirect(f"{login}?{urlencode(asked)}" if asked else login)
