"""Numbers of the security rules (等保 gives duties, few numbers): dated BusinessRule rows, never weaker when a row is missing."""

from datetime import date, timedelta

from .errors import DomainError
from .rules import rule_int

#: What holds where no row covers the day: a portal without its rule rows must not be a portal without limits.
#: The same values stand in fixtures/business_rules.csv (tests/kernel/test_sessions.py holds them equal).
DEFAULTS = {
    "staff_idle_minutes": 30,
    "staff_session_hours": 12,
    "citizen_idle_minutes": 30,
    "citizen_session_hours": 12,
    "confirm_minutes": 15,
    "login_failures": 5,
    "login_lock_minutes": 30,
    "login_failures_per_address": 50,
    "login_address_minutes": 15,
    "login_known_days": 30,
    "password_min_length": 8,
    "password_classes": 3,
    "password_history": 5,
    "password_max_age_days": 90,
}


def limit(key: str, on: date) -> int:
    """The number of security rule ``key`` in force on ``on``."""
    try:
        return rule_int(key, on)
    except (DomainError, ValueError):
        return DEFAULTS[key]


def minutes(key: str, on: date) -> timedelta:
    """Rule ``key`` as so many minutes."""
    return timedelta(minutes=limit(key, on))


def hours(key: str, on: date) -> timedelta:
    """Rule ``key`` as so many hours."""
    return timedelta(hours=limit(key, on))
