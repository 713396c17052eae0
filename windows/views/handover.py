"""工作交接: who has what in hand, what nobody answers for, and handing all of a person's work to one or several others."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import User
from windows import owners, permissions
from windows.commands.reassigning import HandOver, NewInspector, hand_over
from windows.examination import possible_inspectors

#: More than one person has in hand on one page; the rest follow when these are handed over.
MOST = 200


@dataclass(frozen=True)
class Taker:
    """一项工作可以交给谁: the field's name, who can take it, and who was chosen."""

    name: str
    people: list[User]
    chosen: str = ""
    certificate: str = ""


@require_GET
def handover(request: HttpRequest) -> HttpResponse:
    """Everybody of this head's bodies with something open, and the cases nobody answers for."""
    context = {
        "loads": owners.loads_for(request.user) if request.user.has_role(*permissions.DECIDERS) else [],
        "gaps": owners.open_gaps(request.user),
        "is_head": request.user.has_role(*permissions.DECIDERS),
    }
    return render(request, "windows/people/handover.html", context)


@require_http_methods(["GET", "POST"])
def handover_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person's open work, each with who could take it; one post hands over all that was chosen."""
    bodies = permissions.departments_for(request.user, permissions.DECIDE)
    person = User.objects.select_related("department").filter(pk=person_id, department_id__in=bodies).first()
    if person is None:
        raise NotFound("没有查到这个人员；请从“工作交接”重新进入。")
    if request.method == "GET":
        return _page(request, person)
    try:
        count = hand_over(_posted(request, person), actor=request.user, at=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(request, person, error=error)
    messages.success(request, f"已移交{count}项工作，办理期限不变。")
    return redirect("handover")


def _posted(request: HttpRequest, person: User) -> HandOver:
    """What was chosen: each task's own taker, else the one for all."""
    everybody = request.POST.get("everything", "")
    cases = {case.number: _number(request.POST.get(f"case-{case.pk}") or everybody) for case in _cases(person)}
    checks = {
        check.pk: NewInspector(pk, request.POST.get(f"certificate-{check.pk}", ""))
        for check in owners.checks_of(person)[:MOST]
        if (pk := _number(request.POST.get(f"check-{check.pk}", "")))
    }
    hearings = {one.pk for one in owners.hearings_of(person)[:MOST] if request.POST.get(f"hearing-{one.pk}")}
    return HandOver(
        leaver_id=person.pk,
        reason=request.POST.get("reason", ""),
        cases={number: pk for number, pk in cases.items() if pk},
        checks=checks,
        hearings=frozenset(hearings),
    )


def _cases(person: User):
    return owners.cases_of(person)[:MOST]


def _number(typed: str) -> int:
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise InvalidInput("请从列表中选择接手的人。")
    return int(typed)


def _page(request: HttpRequest, person: User, error: DomainError | None = None) -> HttpResponse:
    posted = request.POST
    cases, checks = list(_cases(person)), list(owners.checks_of(person)[:MOST])
    takers: dict[int, list[User]] = {}
    rows = []
    for case in cases:
        # Whoever hosts a case's hearing cannot take it: the command says so; here the body's reviewers are offered.
        if case.handling_department_id not in takers:
            takers[case.handling_department_id] = list(
                owners.able(permissions.REVIEW, permissions.REVIEWERS, case.handling_department_id).exclude(
                    pk=person.pk
                )
            )
        name = f"case-{case.pk}"
        rows.append((case, Taker(name, takers[case.handling_department_id], posted.get(name, ""))))
    to_check = [
        (
            check,
            Taker(
                f"check-{check.pk}",
                list(
                    possible_inspectors(check.case).exclude(
                        pk__in=[check.first_inspector_id, check.second_inspector_id]
                    )
                ),
                posted.get(f"check-{check.pk}", ""),
                posted.get(f"certificate-{check.pk}", ""),
            ),
        )
        for check in checks
    ]
    everybody = {one.pk: one for people in takers.values() for one in people}
    context = {
        "person": person,
        "cases": rows,
        "checks": to_check,
        "hearings": list(owners.hearings_of(person)[:MOST]),
        "everybody": list(everybody.values()),
        "everything": posted.get("everything", ""),
        "reason": posted.get("reason", ""),
        "error": error,
    }
    return render(request, "windows/people/handover_person.html", context, status=error.status if error else 200)
