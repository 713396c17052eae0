"""灯: which light a case shows on a day, from the days at which it turns. Pure.

Green until ``yellow``, then yellow; from ``orange`` the promised limit is over, from ``red`` the statutory one.
"""

from datetime import date


def light_on(today: date, *, yellow: date | None, orange: date | None, red: date | None) -> str:
    """``green``, ``yellow``, ``orange`` or ``red`` for ``today``; an unknown day (None) never turns the light."""
    for day, light in ((red, "red"), (orange, "orange"), (yellow, "yellow")):
        if day is not None and today >= day:
            return light
    return "green"


def next_turn(today: date, *, yellow: date | None, orange: date | None, red: date | None) -> date | None:
    """The first day after ``today`` on which the light changes, None if it will not."""
    now = light_on(today, yellow=yellow, orange=orange, red=red)
    days = sorted(day for day in (yellow, orange, red) if day is not None and day > today)
    return next((day for day in days if light_on(day, yellow=yellow, orange=orange, red=red) != now), None)
