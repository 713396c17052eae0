"""People for tests of signing in, rights and audit: made the way the portal makes them, after a first security officer."""

from datetime import UTC, datetime

from django.test import Client

from laiyang_approval.kernel.commands.people import change_password, create_account
from laiyang_approval.kernel.models import Department, User, UserRole
from laiyang_approval.kernel.roles import Role

PASSWORD = "Haojia-2026-shan"
#: A Tuesday, half past ten in Laiyang.
MORNING = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)


def security_officer(username: str = "anquan", at: datetime = MORNING) -> User:
    """The first security officer, whom no other officer can make."""
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known
    user = User.objects.create_user(username, password=PASSWORD, display_name="辛守安", password_changed_at=at)
    UserRole.objects.create(user=user, role=Role.SECURITY_OFFICER)
    return user


def person(username: str, *roles: Role, department: str | None = None, at: datetime = MORNING) -> User:
    """An account with a password of its own (``PASSWORD``)."""
    user, _ = create_account(
        username=username,
        display_name=f"测试{username}",
        department=Department.objects.get(code=department) if department else None,
        roles=roles,
        actor=security_officer(at=at),
        at=at,
    )
    change_password(user=user, new=PASSWORD, at=at)
    return User.objects.get(pk=user.pk)


def signed_in(user: User, **environ) -> Client:
    """A browser in which this person has signed in through the page."""
    client = Client(**environ)
    response = client.post("/login/", {"username": user.username, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()
    return client
