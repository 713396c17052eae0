"""Which body takes an application in, what the system judges of it, and what a clerk who differs must say."""

from collections.abc import Sequence
from datetime import date

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from matters import queries as catalogue
from matters.models import Edition, Matter

from ... import permissions, queries
from ...domain.intake import OUTCOME_ARTICLES, Judgement, Outcome, judge
from ...intake_modes import bars_for
from ...models import Case, CaseMaterial, Opinion, PartyRestriction
from ...restrictions import restrictions_of
from .inputs import Answer, Application, OutcomeInput


def judge_application(
    application: Application, *, actor: User, on: date, restrictions: Sequence[PartyRestriction] = ()
) -> tuple[Edition, Department, Department, Judgement]:
    """The edition to pin, the body that handles, the body that decides, and the system's judgement of the outcome.

    ``restrictions`` are those that hold for the applicant. Raises DomainError when the catalogue is not complete enough to take anything in that day, InvalidInput when a
    material is not on the edition's list.
    """
    handling, deciding, status = _competence(application.matter, actor=actor, on=on)
    if status.outcome == "blocked" or status.edition is None:
        raise DomainError(status.reason, article=status.article)
    edition = catalogue.edition_with_materials(status.edition.pk)
    given = {material.material_id: material.status for material in application.materials}
    rows = list(edition.materials.all())
    if set(given) - {row.pk for row in rows}:
        raise InvalidInput("材料清单已更新，请重新选择事项后再登记。")
    standings = [queries.standing_of(row, given.get(row.pk, CaseMaterial.Status.MISSING.value)) for row in rows]
    judgement = judge(
        licence_required=application.licence_required and status.outcome != "not_required",
        not_required_reason=status.reason if status.outcome == "not_required" else "",
        in_power=status.is_open,
        power_reason=status.reason,
        competent_name=status.competent_name,
        standings=standings,
        bars=bars_for(
            application.matter, edition, standings, restrictions, handling=handling, deciding=deciding, on=on
        ),
    )
    return edition, handling, deciding, judgement


def judge_case(case: Case, materials: Sequence[CaseMaterial], *, on: date, licence_required: bool = True) -> Judgement:
    """The system's judgement of a received case as its ``materials`` stand on ``on``.

    Once told, only what the notice listed can still be asked for (Article 32(4)): what it left out stands in nobody's way.
    """
    status = catalogue.intake_status(case.matter, on, case.handling_department)
    standings = queries.standings_to_ask_for(case, materials)
    return judge(
        licence_required=licence_required and status.outcome != "not_required",
        not_required_reason=status.reason if status.outcome == "not_required" else "",
        in_power=status.is_open,
        power_reason=status.reason,
        competent_name=status.competent_name,
        standings=standings,
        bars=bars_for(
            case.matter,
            case.edition,
            standings,
            restrictions_of(case.party, on),
            handling=case.handling_department,
            deciding=case.deciding_department,
            on=on,
        ),
    )


def _competence(matter: Matter, *, actor: User, on: date) -> tuple[Department, Department, catalogue.IntakeStatus]:
    """Who takes the application in: the competent body if ``actor`` serves it at the window, else the actor's own."""
    known = catalogue.competence_on(matter, on)
    accept = known.accept
    serves = permissions.departments_for(actor, "intake_for_department")
    receiving = accept.department if accept and accept.department_id in serves else actor.department
    if receiving is None:
        raise DomainError("您的账号没有登记所在单位，不能收件；请安全管理员补登。")
    decide = known.decide
    deciding = decide.department if decide and accept and receiving == accept.department else receiving
    return receiving, deciding, catalogue.intake_status(matter, on, receiving)


def require_reason_to_differ(chosen: OutcomeInput, judgement: Judgement) -> None:
    """The clerk may differ from the system's judgement, but says why, and never accepts what cannot be accepted."""
    if judgement.allows(chosen.outcome):
        return
    if chosen.outcome is Outcome.ACCEPT:
        raise DomainError(f"不能受理：{judgement.sentence}", article=judgement.article_against_acceptance)
    if chosen.outcome in {Outcome.DEFER, Outcome.COMMIT}:
        raise DomainError(
            f"不能{chosen.outcome.label}：{_why_no_favour(chosen.outcome, judgement)}",
            article=OUTCOME_ARTICLES[chosen.outcome],
        )
    if not chosen.override_reason.strip():
        raise InvalidInput(
            f"系统判断为“{judgement.outcome.label}”，您选择了“{chosen.outcome.label}”，请填写理由。",
            fields={"override_reason": "请填写与系统判断不同的理由。"},
        )


def keep_override(act: Answer) -> None:
    """Why the clerk differed from the system's judgement stays with the case, for whoever reviews it."""
    reason = clean_text(act.chosen.override_reason, max_length=4000, multiline=True)
    if reason and act.is_overridden:
        act.rows.append(Opinion(case=act.case, kind=Opinion.Kind.OVERRIDE, text=reason, author=act.actor, at=act.at))


def _why_no_favour(outcome: Outcome, judgement: Judgement) -> str:
    said = judgement.deferral if outcome is Outcome.DEFER else judgement.commitment
    return said or (judgement.sentence if judgement.ends_intake else f"本事项没有可以{outcome.label}的材料。")
