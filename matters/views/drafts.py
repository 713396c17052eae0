"""草稿: edit, check against the edition in force, publish, discard. Every button works without JavaScript."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from matters import queries
from matters.commands.editions import create_draft, discard_draft, publish_edition, save_draft
from matters.content import content_of
from matters.domain.content import ROWS
from matters.domain.differences import difference
from matters.domain.linter import Level, blocking, lint
from matters.forms import DraftForm, PublishForm, rearranged


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdigit():
        raise InvalidInput("页面不完整，没有保存；请刷新后重新提交。")
    return int(text[:9])


@require_POST
def draft_create(request: HttpRequest, code: str) -> HttpResponse:
    """Begins a draft from the newest edition, or goes on with the one there is."""
    return redirect("catalogue-draft", create_draft(code, actor=request.user).pk)


@require_http_methods(["GET", "POST"])
def draft_edit(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The whole guide as one form. Adding, removing and moving a row saves what was typed first."""
    edition = queries.draft_by_id(edition_id)
    if request.method == "GET":
        return _draft_page(request, edition, DraftForm(edition, blank_row=request.GET.get("add", "")))
    form, act = DraftForm(edition, request.POST), request.POST.get("act", "save")
    version = _version(request)
    if not form.is_valid():
        return _draft_page(request, edition, form, version=version)
    try:
        save_draft(
            edition_id,
            content=rearranged(form.content(), act),
            change_note=form.change_note,
            expected_version=version,
            actor=request.user,
        )
    except DomainError as refusal:
        form.errors.append(("", str(refusal)))
        return _draft_page(request, edition, form, version=version, status=refusal.status)
    return _after_saving(request, edition_id, act)


def _after_saving(request: HttpRequest, edition_id: int, act: str) -> HttpResponse:
    here = reverse("catalogue-draft", args=[edition_id])
    verb, _, rest = act.partition(":")
    kind = rest.partition(":")[0]
    if act == "check":
        return redirect("catalogue-publish", edition_id)
    if verb == "add" and kind in ROWS:
        return redirect(f"{here}?add={kind}#{kind}-end")
    if kind in ROWS:
        return redirect(f"{here}#{kind}")
    messages.success(request, "草稿已保存。")
    return redirect(here)


def _draft_page(
    request: HttpRequest, edition, form: DraftForm, *, version: int | None = None, status: int = 422
) -> HttpResponse:
    former = queries.latest_published(edition.matter)
    context = {
        "edition": edition,
        "matter": edition.matter,
        "form": form,
        "version": edition.draft_version if version is None else version,
        "former": former,
    }
    return render(request, "matters/draft.html", context, status=status if form.errors else 200)


@require_http_methods(["GET", "POST"])
def draft_publish(request: HttpRequest, edition_id: int) -> HttpResponse:
    """What would change, what the linter says, and the button that publishes."""
    edition, today = queries.draft_by_id(edition_id), clock.today()
    former = queries.latest_published(edition.matter)
    form = PublishForm(request.POST or None, initial={"effective_from": today, "version": edition.draft_version})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            published = publish_edition(
                edition_id,
                effective_from=form.cleaned_data["effective_from"],
                expected_version=form.cleaned_data["version"],
                actor=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"第{published.number}版已发布，自{published.effective_from:%Y-%m-%d}起生效。")
            return redirect("catalogue-matter", edition.matter.code)
    facts = queries.lint_facts(edition, today)
    findings = lint(content_of(edition), facts)
    context = {
        "edition": edition,
        "matter": edition.matter,
        "former": former,
        "changes": difference(content_of(former) if former else None, content_of(edition)),
        "findings": findings,
        "spoken": [finding for finding in findings if finding.level is not Level.UNKNOWN],
        "unknowns": [finding for finding in findings if finding.level is Level.UNKNOWN],
        "unknowns_stop": not facts.is_reconstructed,
        "stopping": blocking(findings, facts),
        "form": form,
        "problem": problem,
    }
    return render(request, "matters/publish.html", context, status=422 if problem or form.errors else 200)


@require_POST
def draft_discard(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Throws the draft away; what is published stays."""
    matter = discard_draft(edition_id, expected_version=_version(request), actor=request.user)
    messages.success(request, "草稿已放弃，已发布的内容不受影响。")
    return redirect("catalogue-matter", matter.code)
