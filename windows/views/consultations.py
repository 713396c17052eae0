"""The asked department's pages: what it was asked, and its answer. Of the case it sees what was shared, and no more."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.masking import mask_name
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import serve_stored
from laiyang_approval.kernel.views.showing import show_refusal
from windows import permissions
from windows.commands.consulting import NOT_ASKED, DepartmentAnswer, answer_consultation
from windows.examination import consultations_to_answer
from windows.forms.examination import ConsultationAnswerForm
from windows.models import CaseFile, Consultation
from windows.sections.examination import standing_of

RECENT = 50


@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """What other bodies ask of this person's department: open first, then the latest answers."""
    shown = ("case__edition", "case__handling_department", "case__party")
    today = clock.today()
    waiting = [(one, *standing_of(one, today)) for one in consultations_to_answer(request.user).select_related(*shown)]
    found = permissions.consultations_visible_to(request.user).select_related(*shown)
    answered = list(found.filter(answered_at__isnull=False).order_by("-answered_at")[:RECENT])
    return render(request, "windows/consultations/list.html", {"waiting": waiting, "answered": answered})


@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """One question with what was shared, and the form of the answer."""
    asked = _asked(request.user, consultation_id)
    if request.method == "GET":
        form = ConsultationAnswerForm(wants_people=asked.wants_people)
        return _page(request, asked, form)
    form = ConsultationAnswerForm(request.POST, wants_people=asked.wants_people)
    try:
        permissions.require_consulted("answer_consultation", asked.case)
        if not form.is_valid():
            return _page(request, asked, form, status=422)
        answer_consultation(asked.pk, given=DepartmentAnswer(**form.cleaned_data), actor=request.user, at=clock.now())
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, asked, form, status=error.status)
    messages.success(request, "答复已送办理机关。")
    return redirect("consultations")


@require_GET
def consultation_file(request: HttpRequest, consultation_id: int, file_id: int) -> HttpResponse:
    """One attachment of a material that was shared with this department."""
    asked = _asked(request.user, consultation_id)
    found = _files(asked).filter(pk=file_id).first()
    if found is None:
        raise Http404
    return serve_stored(found.stored, inline=request.GET.get("view") == "1")


def _asked(user: User, pk: int) -> Consultation:
    found = (
        permissions.consultations_visible_to(user)
        .select_related("case__edition", "case__party", "case__handling_department", "asked_by", "answered_by")
        .prefetch_related("materials__edition_material", "visits")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(NOT_ASKED)
    return found


def _files(asked: Consultation):
    return CaseFile.objects.select_related("stored").filter(material__in=asked.materials.all())


def _page(request: HttpRequest, asked: Consultation, form, status: int = 200) -> HttpResponse:
    case = asked.case
    files: dict[int, list[CaseFile]] = {}
    for one in _files(asked):
        files.setdefault(one.material_id, []).append(one)
    open_to_answer = asked.answered_at is None and case.current_state in permissions.RULES["answer_consultation"].states
    context = {
        "asked": asked,
        "case": case,
        # Who applies, as far as the question needs it: a person's name is masked.
        "applicant": mask_name(case.party.name) if case.party.is_natural else case.party.name,
        "materials": [(row, files.get(row.pk, [])) for row in asked.materials.all()],
        "form": form if open_to_answer else None,
        # Without a form to stand in, what was refused is said by itself.
        "refused": None if open_to_answer else "".join(form.non_field_errors() if form.is_bound else []),
        "standing": standing_of(asked, clock.today()),
    }
    return render(request, "windows/consultations/consultation.html", context, status=status)
