"""承诺书, before it is signed: the words the letter will carry, for the applicant to read and sign on paper. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from laiyang_approval.kernel.rules import rule_value
from matters.commitment import conditions_told
from matters.models import Edition, EditionMaterial, Matter

from .commands.intake.commitment import post_check_limit
from .documents import DocumentKind
from .documents.builders import BUILDERS
from .documents.parts import date_text
from .domain.intake import Outcome
from .domain.intake_modes import Consequence
from .intake_modes import deferral_due_of
from .models import Case, CaseMaterial, DeferredItem

TITLES = {Outcome.DEFER: "容缺受理承诺书", Outcome.COMMIT: "告知承诺书"}


def promise_words(
    kind: Outcome,
    matter: Matter,
    edition: Edition,
    unmet: Sequence[tuple[EditionMaterial, str]],
    *,
    signatory: str,
    publicity_consent: bool,
    on: date,
    at: datetime,
) -> dict[str, Any]:
    """What the paper says of an application taken in today, with each unmet material and what is wrong with it."""
    case = Case(matter=matter, edition=edition, received_at=at, accepted_on=on, clock_from_on=on)
    if kind is Outcome.DEFER:
        words = BUILDERS[DocumentKind.D07](
            case,
            edition,
            items=[
                DeferredItem(material=CaseMaterial(edition_material=row), lack=lack or "未提交", form=row.copies_text)
                for row, lack in unmet
            ],
            due_on=deferral_due_of(case, edition, accepted_on=on),
            consequence=Consequence(rule_value("deferral_default", on)),
            signatory=signatory,
        )
    else:
        words = BUILDERS[DocumentKind.D08](
            case,
            edition,
            conditions=conditions_told(edition),
            waived=[row for row, _ in unmet],
            check_limit=post_check_limit(case, on),
            supervisor=matter.supervising_department.name,
            signatory=signatory,
            publicity_consent=publicity_consent,
        )
    return words | {"title": TITLES[kind], "matter_name": edition.name, "date": date_text(on)}
