"""What the record of a site check prints: D25."""

from typing import Any

from matters.models import Edition

from ...models import Case, SiteCheck
from ..kinds import DocumentKind
from ..parts import moment_text


def _site_check(case: Case, edition: Edition, *, check: SiteCheck, photos: int, **_: Any) -> dict[str, Any]:
    return {
        "subject": check.subject,
        "checked_at": moment_text(check.checked_at),
        "place": check.place,
        "first_inspector": check.first_inspector.display_name,
        "first_certificate": check.first_certificate,
        "second_inspector": check.second_inspector.display_name,
        "second_certificate": check.second_certificate,
        "findings": check.findings,
        "conclusion": check.get_conclusion_display(),
        "photos": f"{photos}张" if photos else "",
        "party_name": check.party_name,
        "party_signature": check.get_party_signature_display(),
        "witness": check.witness,
    }


BUILDERS = {DocumentKind.D25: _site_check}
