"""收件草稿: what a clerk has typed at the counter is kept on the server, encrypted, until it is taken in or thrown away.

Taking in writes nothing here: a draft whose form has taken effect is no draft (``desk.draft_of``), and the next sweep drops it.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.form_tokens import result_of, was_used
from laiyang_approval.kernel.models import User

from ..models import IntakeDraft

#: A full counter page of the largest matter types about 20,000 characters; a page of nothing but 10,000-character fields stays below.
MOST_CHARACTERS = 400_000
MOST_FIELDS = 400

TOO_LONG = "页面内容过长，没有自动保存；请先删减过长的内容。"


@transaction.atomic
def save_draft(content: Mapping[str, str], *, token: str, actor: User, at: datetime) -> bool:
    """Afterwards ``content`` is the clerk's one draft; False, and nothing kept, when its form has already taken effect.

    ``token`` is the form token of the page the content was typed on. Raises InvalidInput for more than a page holds.
    """
    if len(content) > MOST_FIELDS or sum(len(key) + len(value) for key, value in content.items()) > MOST_CHARACTERS:
        raise InvalidInput(TOO_LONG)
    if result_of(token, user=actor) is not None:
        return False
    IntakeDraft.objects.update_or_create(
        clerk=actor, defaults={"content": {"token": token, "fields": dict(content)}, "saved_at": at}
    )
    return True


@transaction.atomic
def discard_draft(*, actor: User) -> None:
    """Afterwards the clerk has no draft."""
    IntakeDraft.objects.filter(clerk=actor).delete()


@transaction.atomic
def drop_used_drafts() -> int:
    """Afterwards no draft is left whose form has taken effect; returns how many were dropped."""
    dropped = 0
    for draft in IntakeDraft.objects.all():
        if was_used(draft.content["token"]):
            # Not one that the clerk has begun anew meanwhile.
            dropped += IntakeDraft.objects.filter(pk=draft.pk, saved_at=draft.saved_at).delete()[0]
    return dropped
