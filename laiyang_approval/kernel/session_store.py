"""Django's sessions in the database, read by a statement that is written instead of built on every page (SESSION_ENGINE)."""

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from .statements import Statement

_SELECT = Statement("SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s")


class SessionStore(db.SessionStore):
    def load(self) -> dict:
        """What the session holds; nothing, and no key any more, when it is unknown or has ended."""
        # Django wrote the end of the session by its own clock; it is read by the same.
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        row = _SELECT.first([self.session_key, now])
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
