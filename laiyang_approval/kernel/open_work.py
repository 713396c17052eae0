"""What a person still has to do, asked of the apps that know: nobody's account is closed while anything is open."""

from collections.abc import Callable

from .models import User

#: What is open, each as words that read after “名下还有”; empty when nothing is.
OpenWork = Callable[[User], list[str]]

_asked: list[OpenWork] = []


def on_leaving(ask: OpenWork) -> None:
    """Afterwards ``ask`` is put to everybody whose account is about to be closed."""
    if ask not in _asked:
        _asked.append(ask)


def open_work_of(user: User) -> list[str]:
    """Everything that is still this person's."""
    return [words for ask in _asked for words in ask(user)]
