"""收件: the counter page, its live fragments, and the page after an application was taken in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.form_tokens import new_form_token, once, result_of
from laiyang_approval.kernel.id_codes import IdKind, check_id, guess_kind
from laiyang_approval.kernel.masking import mask_phone
from laiyang_approval.kernel.models import FormToken
from matters import queries as catalogue
from matters.models import Edition, Matter

from .. import desk, judging, queries
from ..commands.drafts import discard_draft, save_draft
from ..commands.intake import TakenIn, take_in
from ..domain.intake import Outcome
from ..forms.checklist import CHANGED_LIST, Checklist, rows_of
from ..forms.intake import CounterForm, OutcomeForm, is_counter_field, party_kind_of
from ..models import Case, Letter, Party
from ..query_code_cookie import carried_code, forget_code, send_code
from ..uploading import RefusedUpload, discard_all, store_by_material

MOST_SUGGESTIONS = 8
#: What an address may fill in of the counter's form: an application about a licence begins on the licence's page.
_ASKED_FOR = {"purpose": "purpose", "licence_number": "licence"}
#: Polls of the letters on the result page, every two seconds; then the page says so and stops asking.
MOST_POLLS = 45
CHOOSE_FILES_AGAIN = "附件须重新选择：浏览器不会保留上次选中的文件。"


@dataclass
class Submission:
    """What a form with a checklist said: the forms, and the sentences that belong to no field."""

    form: OutcomeForm
    checklist: Checklist
    problems: list[str] = field(default_factory=list)

    def is_valid(self) -> bool:
        if self.checklist.strangers:
            self.problems.append(CHANGED_LIST)
        return all([self.form.is_valid(), self.checklist.is_readable and self._has_words(), not self.problems])

    def uploads(self) -> dict[int, Sequence[UploadedFile]]:
        """The chosen files by material, and the scan of a signed promise."""
        return self.checklist.uploads() | self.form.uploads()

    def _has_words(self) -> bool:
        """A notice says of each unmet paper what is wrong with it; so does a promise to bring it later."""
        telling = self.form.cleaned_data.get("outcome") in {Outcome.CORRECT, Outcome.DEFER, Outcome.COMMIT}
        return not telling or self.checklist.require_words()

    def explain(self, error: DomainError) -> None:
        """Afterwards the refusal stands beside its field, or above the form with its article."""
        row = self.checklist.row_of(error.material_id) if isinstance(error, RefusedUpload) else None
        told = False
        if row is not None:
            row.errors["files"] = error.message
            told = True
        for name, sentence in getattr(error, "fields", {}).items():
            if name in self.form.fields and self.form.is_bound:
                self.form.errors  # noqa: B018 - a form takes errors only after its own check
                self.form.add_error(name, sentence)
                told = told or sentence == error.message
        if not told and str(error) not in self.problems:
            self.problems.append(str(error))


@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """The page a window clerk lives in: one form from the matter to the receipt, one post for all of it."""
    if request.method == "POST":
        return _take_in(request)
    now = clock.now()
    draft = desk.draft_of(request.user)
    typed = draft.fields if draft else {}
    matter, edition, problems = _look_up(request.GET.get("matter") or typed.get("matter", ""), now)
    asked = {name: request.GET[key] for name, key in _ASKED_FOR.items() if request.GET.get(key)}
    form = CounterForm(initial=typed | asked | {"matter": matter.code if matter else ""}, today=local_date(now))
    submission = Submission(form, Checklist.empty(rows_of(edition), typed), problems)
    return _counter_page(request, submission, matter=matter, edition=edition, now=now, draft=draft)


def _take_in(request: HttpRequest) -> HttpResponse:
    now, token = clock.now(), request.POST.get("token", "")
    matter, edition, problems = _look_up(request.POST.get("matter", ""), now)
    submission = Submission(
        CounterForm(request.POST, request.FILES, today=local_date(now)),
        Checklist.posted(rows_of(edition), request.POST, request.FILES),
        problems,
    )
    status = 422
    try:
        # ``once`` would find a second post too; found here, its files need not pass the gate again.
        if request.FILES and (already := result_of(token, user=request.user)) is not None:
            return redirect(already)
        if submission.is_valid() and matter is not None:
            return _receive(request, submission, matter=matter, token=token, now=now)
    except DomainError as error:
        status = error.status
        submission.explain(error)
    if request.FILES:
        submission.problems.append(CHOOSE_FILES_AGAIN)
    return _counter_page(request, submission, matter=matter, edition=edition, now=now, status=status)


def _receive(
    request: HttpRequest, submission: Submission, *, matter: Matter, token: str, now: datetime
) -> HttpResponse:
    """To the result page; files of a post that failed or came second are thrown away."""
    form, checklist, user = submission.form, submission.checklist, request.user
    stored = store_by_material(submission.uploads(), actor=user, at=now)
    made: dict[str, TakenIn] = {}

    def act(used: FormToken) -> str:
        def mark(case: Case) -> list[FormToken]:
            used.result_url = reverse("intake-result", args=[case.number])
            return [used]

        taken = take_in(
            form.application(matter, checklist.inputs(stored)),
            chosen=form.outcome_input(checklist, stored),
            actor=user,
            at=now,
            along=mark,
        )
        made[used.result_url] = taken
        return used.result_url

    page = ""
    try:
        page = once(token, user=user, at=now, act=act)
    finally:
        if page not in made:
            discard_all(stored.values())
    response = HttpResponseRedirect(page)
    if taken := made.get(page):
        number, secure = taken.case.number, request.is_secure()
        send_code(response, taken.query_code, number=number, page=page, user=user, at=now, secure=secure)
    return response


def _look_up(code: str, now: datetime) -> tuple[Matter | None, Edition | None, list[str]]:
    """The matter and its edition of today with its rows; a sentence instead of a matter that is not there."""
    if not code:
        return None, None, []
    try:
        matter = catalogue.matter_by_code(code)
    except NotFound as error:
        return None, None, [error.message]
    edition = catalogue.competence_on(matter, local_date(now)).edition
    return matter, edition and catalogue.edition_with_materials(edition.pk), []


def _counter_page(
    request: HttpRequest,
    submission: Submission,
    *,
    matter: Matter | None,
    edition: Edition | None,
    now: datetime,
    draft: desk.Draft | None = None,
    status: int = 200,
) -> HttpResponse:
    today, wanted = local_date(now), request.GET.get("q", "")
    context = {
        "matter": matter,
        "edition": edition,
        "form": submission.form,
        "rows": submission.checklist.rows,
        "checklist": submission.checklist,
        "row_errors": not submission.checklist.is_readable,
        "problems": submission.problems,
        "token": new_form_token(),
        "draft": draft,
        "today": today,
        "wanted": wanted,
        "found": catalogue.search_matters(wanted, limit=MOST_SUGGESTIONS, on=today) if wanted else [],
    }
    if matter is None:
        context["recent"] = desk.recent_matters(request.user)
    else:
        context["panel"] = _panel(request, submission, matter, now)
        context["dues"] = judging.due_preview(edition, on=today) if edition else None
    return render(request, "windows/hall/counter.html", context, status=status)


def _panel(request: HttpRequest, submission: Submission, matter: Matter, now: datetime) -> judging.Panel:
    return judging.application_panel(
        matter,
        submission.checklist.standings(),
        licence_required=not submission.form["licence_not_required"].value(),
        actor=request.user,
        on=local_date(now),
        unseen=submission.checklist.unseen,
        purpose=submission.form["purpose"].value() or Case.Purpose.NEW.value,
        licence_number=submission.form["licence_number"].value() or "",
        id_kind=submission.form["id_kind"].value() or "",
        id_number=submission.form["id_number"].value() or "",
    )


@require_GET
def counter_matters(request: HttpRequest) -> HttpResponse:
    """Fragment: the matters that answer what is being typed, best first."""
    found = catalogue.search_matters(request.GET.get("q", ""), limit=MOST_SUGGESTIONS, on=clock.today())
    return render(request, "windows/hall/_matters.html", {"found": found, "wanted": request.GET.get("q", "")})


@require_POST
def counter_judgement(request: HttpRequest) -> HttpResponse:
    """Fragment: the system's judgement of the page as it stands."""
    now = clock.now()
    matter, edition, problems = _look_up(request.POST.get("matter", ""), now)
    submission = Submission(
        CounterForm(request.POST, today=local_date(now)), Checklist.posted(rows_of(edition), request.POST), problems
    )
    panel = _panel(request, submission, matter, now) if matter else judging.Panel(blocked="请先选择事项。")
    return render(request, "windows/hall/_panel.html", {"panel": panel})


@require_POST
def counter_party(request: HttpRequest) -> JsonResponse:
    """What a typed number is: the reason it cannot be, or its kind and what is on record of its holder.

    A post, so that identity numbers stay out of addresses and logs. The phone is masked until it is typed again.
    """
    typed, today = request.POST.get("number", ""), clock.today()
    kind = request.POST.get("id_kind", "") or guess_kind(typed) or IdKind.RESIDENT_ID
    try:
        number = check_id(kind, typed, today=today)
    except InvalidInput as error:
        return JsonResponse({"is_valid": False, "message": error.message})
    answer = {
        "is_valid": True,
        "number": number,
        "id_kind": str(kind),
        "id_kind_label": IdKind(kind).label,
        "kind": party_kind_of(kind, number),
        "known": None,
    }
    if "known" in request.POST and (party := queries.party_by_number(str(kind), number)) is not None:
        answer |= {"kind": party.kind, "known": _known(party)}
    return JsonResponse(answer)


def _known(party: Party) -> dict[str, str]:
    return {
        "name": party.name,
        "address": party.address,
        "legal_representative": party.legal_representative,
        "phone": mask_phone(party.phone) if party.phone else "",
    }


@require_POST
def counter_draft(request: HttpRequest) -> JsonResponse:
    """Keeps what is typed; answers with the time it was saved at, or why it was not."""
    now = clock.now()
    content = {name: value for name, value in request.POST.items() if is_counter_field(name)}
    try:
        kept = save_draft(content, token=request.POST.get("token", ""), actor=request.user, at=now)
    except InvalidInput as error:
        return JsonResponse({"saved_at": None, "message": error.message}, status=error.status)
    return JsonResponse({"saved_at": f"{now.astimezone(SHANGHAI):%H:%M:%S}" if kept else None})


@require_POST
def counter_draft_discard(request: HttpRequest) -> HttpResponse:
    """Throws the draft away and shows an empty counter."""
    discard_draft(actor=request.user)
    return redirect("counter")


@require_GET
def intake_result(request: HttpRequest, number: str) -> HttpResponse:
    """The page after the post: number, outcome, the query code (once), the letters, the next person."""
    case = queries.get_visible_case(request.user, number)
    code = carried_code(request, number=number, at=clock.now())
    response = render(
        request, "windows/hall/result.html", {"case": case, "query_code": code, **_letters(case, polls=0)}
    )
    if code:
        forget_code(response, page=request.path)
    return response


@require_GET
def intake_letters(request: HttpRequest, number: str) -> HttpResponse:
    """Fragment: the letters with their state; asks again every two seconds while one is being rendered."""
    case = queries.get_visible_case(request.user, number)
    polls = request.GET.get("polls", "")
    asked = int(polls) if polls.isascii() and polls.isdigit() and len(polls) < 4 else MOST_POLLS
    return render(request, "windows/hall/_letters.html", {"case": case, **_letters(case, polls=asked)})


def _letters(case: Case, *, polls: int) -> dict[str, object]:
    letters = list(queries.letters_of(case))
    waiting = any(letter.state == Letter.State.QUEUED for letter in letters)
    return {
        "letters": letters,
        "is_waiting": waiting,
        "asks_again": waiting and polls < MOST_POLLS,
        "polls": polls + 1,
    }
