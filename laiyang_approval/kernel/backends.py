"""How a signed-in person is read from the session."""

from django.contrib.auth.backends import ModelBackend

from .models import User


class PeopleBackend(ModelBackend):
    """The person with the department in one query: every page of the workbench names both."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("department").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
