"""One rendered form takes effect once: a double click, a repeated post after a lost answer, two tabs (threat T17, promise R6).

The page carries a fresh token. The post writes its row in the transaction of the act: a second post with the same token
cannot commit, whatever it did, and is answered with the first one's page.
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError

from .errors import DomainError, InvalidInput, StaleState
from .inserting import insert_all
from .models import FormToken, User
from .transactions import around_an_act

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")

STALE_FORM = "页面已失效，请重新打开本页后再提交；已填写的内容以页面显示为准，没有重复办理。"


def new_form_token() -> str:
    """A token for one rendered form (256 bits)."""
    return secrets.token_urlsafe(32)


def result_of(token: str, *, user: User) -> str | None:
    """The page of the act this form already had, or None while it had none. Raises InvalidInput for what is no token."""
    _require_token(token)
    first = FormToken.objects.filter(token=token).first()
    return None if first is None else _own_result(first, user)


def was_used(token: str) -> bool:
    """Whether a form with this token has taken effect."""
    return FormToken.objects.filter(token=token).exists()


def once(token: str, *, user: User, at: datetime, act: Callable[[FormToken], str]) -> str:
    """Afterwards ``act`` has taken effect exactly once for this token; returns the URL the first ``act`` returned.

    The token's row is written in the transaction of ``act``: what a second post did is undone when its row meets the first
    one's, and when ``act`` raises, the token is free again. ``act`` is handed the row and may write it among its own, with
    ``result_url`` set; else it is written after it. Raises InvalidInput for what is no token,
    StaleState for a token another person has used.
    """
    _require_token(token)
    try:
        with around_an_act():
            row = FormToken(token=token, user=user, used_at=at)
            row.result_url = act(row)
            if row.pk is None:
                insert_all([row])
            return row.result_url
    except (IntegrityError, DomainError):
        # Also a refusal may come of what the first post has done meanwhile.
        first = FormToken.objects.filter(token=token).first()
        if first is None:
            raise
    return _own_result(first, user)


def _require_token(token: str) -> None:
    if not _TOKEN.match(token or ""):
        raise InvalidInput(STALE_FORM)


def _own_result(first: FormToken, user: User) -> str:
    if first.user_id != user.pk:
        raise StaleState(STALE_FORM)
    return first.result_url
