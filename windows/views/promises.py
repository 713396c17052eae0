"""承诺书（待签）: the promise as the applicant will sign it, to be printed before the application is taken in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from matters import queries as catalogue

from ..documents.citing import cited
from ..domain.intake import Outcome
from ..forms.checklist import UNMET, Checklist, rows_of
from ..forms.intake import OutcomeForm
from ..promises import TITLES, promise_words

TEXTS = {Outcome.DEFER: "_deferral_text.html", Outcome.COMMIT: "_commitment_text.html"}
_BLANK = "＿＿＿＿＿＿＿＿"


@require_POST
def counter_promise(request: HttpRequest) -> HttpResponse:
    """The paper for what is unmet on the page as it stands; nothing is recorded."""
    now = clock.now()
    today, matter = local_date(now), catalogue.matter_by_code(request.POST.get("matter", ""))
    kind = next((kind for kind in TITLES if kind.value == request.POST.get("promise")), None)
    edition = catalogue.competence_on(matter, today).edition
    if kind is None or edition is None:
        raise InvalidInput("请先选择事项和承诺书的种类。")
    edition = catalogue.edition_with_materials(edition.pk)
    checklist, form = Checklist.posted(rows_of(edition), request.POST), OutcomeForm(request.POST)
    form.is_valid()
    unmet = [row for row in checklist.rows if row.standing in UNMET]
    if not unmet:
        raise InvalidInput("材料都已登记为齐，没有需要承诺的内容。")
    words = promise_words(
        kind,
        matter,
        edition,
        [(row.material, row.correction_input().reason) for row in unmet],
        signatory=form.cleaned_data.get("promise_by") or _BLANK,
        publicity_consent=form.cleaned_data.get("publicity_consent", False),
        on=today,
        at=now,
    )
    context = {
        "letter": words,
        "meta": {"you": "申请人"} | cited(f"print/{TEXTS[kind]}", today),
        "applicant": request.POST.get("name", "")[:200],
        "text": f"print/{TEXTS[kind]}",
    }
    return render(request, "windows/hall/promise.html", context)
