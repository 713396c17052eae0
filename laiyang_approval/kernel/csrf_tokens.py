"""Django's token for a form of this page, drawn with one call for random bytes where Django makes thirty-two.

A token is the browser's secret under a mask of its own, so that no two pages hold the same text (control C13: BREACH). Django
checks it; only the drawing is ours (tests/kernel/test_csrf_tokens.py).
"""

import os

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token

_PLACES = {letter: place for place, letter in enumerate(CSRF_ALLOWED_CHARS)}
_LETTERS = len(CSRF_ALLOWED_CHARS)
# Bytes from here on would make the first letters likelier than the others.
_FAIR_BYTES = 256 - 256 % _LETTERS


def page_token(request: HttpRequest) -> str:
    """What ``get_token`` gives. The cookie's year begins anew with each visit, as there, but not with the answer to a form."""
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:  # the first form this browser is shown
        return get_token(request)
    if request.method == "GET":
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    return masked(secret)


def masked(secret: str) -> str:
    """``secret`` under a fresh mask, the mask before it."""
    mask: list[int] = []
    while len(mask) < CSRF_SECRET_LENGTH:
        mask += [byte % _LETTERS for byte in os.urandom(2 * CSRF_SECRET_LENGTH) if byte < _FAIR_BYTES]
    mask = mask[:CSRF_SECRET_LENGTH]
    letters = [CSRF_ALLOWED_CHARS[place] for place in mask]
    letters += [
        CSRF_ALLOWED_CHARS[(_PLACES[letter] + place) % _LETTERS] for letter, place in zip(secret, mask, strict=True)
    ]
    return "".join(letters)
