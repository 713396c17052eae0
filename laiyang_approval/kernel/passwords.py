"""Which passwords may be taken (GB/T 22239-2019 8.1.4.1 a); validators of Django's AUTH_PASSWORD_VALIDATORS."""

import re
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from . import clock
from .models import User
from .roles import Role
from .security_rules import limit

#: Longer ones are refused before hashing: nobody types them, and each costs time.
MAX_LENGTH = 128

_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9]"))


def classes_in(password: str) -> int:
    """How many of lower-case letters, capitals, digits and signs the password holds."""
    return sum(bool(one.search(password)) for one in _CLASSES)


class LengthAndClasses:
    """Long enough, and of enough kinds of characters (rules password_min_length, password_classes)."""

    def validate(self, password: str, user: User | None = None) -> None:
        on = clock.today()
        shortest, kinds = limit("password_min_length", on), limit("password_classes", on)
        if not shortest <= len(password) <= MAX_LENGTH:
            raise ValidationError(f"密码须为{shortest}至{MAX_LENGTH}位，请重新设置。", code="length")
        if classes_in(password) < kinds:
            raise ValidationError(
                f"密码须包含大写字母、小写字母、数字、符号中的至少{kinds}类，请重新设置。", code="classes"
            )

    def get_help_text(self) -> str:
        on = clock.today()
        return f"至少{limit('password_min_length', on)}位，包含大写字母、小写字母、数字、符号中的至少{limit('password_classes', on)}类。"


class NotRecent:
    """Not the present password nor one of the last few (rule password_history)."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None or len(password) > MAX_LENGTH:
            return
        count = limit("password_history", clock.today())
        former = user.former_passwords.order_by("-replaced_at").values_list("password", flat=True)[: count - 1]
        if any(check_password(password, known) for known in (user.password, *former)):
            raise ValidationError(f"不能使用最近{count}次用过的密码，请换一个。", code="recent")

    def get_help_text(self) -> str:
        return f"不能与最近{limit('password_history', clock.today())}次用过的密码相同。"


class NotDefault:
    """Never the password that ships with the demonstration accounts, nor one that holds the account's own name."""

    def validate(self, password: str, user: User | None = None) -> None:
        if password == settings.DEMO_PASSWORD:
            raise ValidationError("不能使用演示账号的默认密码，请换一个。", code="default")
        if user is not None and len(user.username) >= 3 and user.username.lower() in password.lower():
            raise ValidationError("密码不能包含登录名，请换一个。", code="username")

    def get_help_text(self) -> str:
        return "不能包含登录名。"


def is_password_due(user: User, on: date) -> bool:
    """Whether this person must take a new password before anything else: told so, or staff past password_max_age_days."""
    if user.must_change_password:
        return True
    if not user.roles or user.roles == {Role.CITIZEN}:
        return False
    if user.password_changed_at is None:
        return True
    return clock.local_date(user.password_changed_at) + timedelta(days=limit("password_max_age_days", on)) < on
