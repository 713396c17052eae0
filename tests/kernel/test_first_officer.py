"""The first account of a new installation."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from laiyang_approval.kernel.models import AuditRecord, User


@pytest.mark.django_db
def test_the_first_security_officer_is_made_once():
    out = StringIO()
    call_command("create_security_officer", "anquan", "辛守安", stdout=out)
    user = User.objects.get()
    assert (user.roles, user.must_change_password, user.is_superuser) == (frozenset({"security_officer"}), True, False)
    assert user.check_password(out.getvalue().strip().rpartition("：")[2])
    assert AuditRecord.objects.get().action == "account_created"
    with pytest.raises(CommandError, match="已有安全管理员"):
        call_command("create_security_officer", "anquan2", "另一人", stdout=StringIO())
    assert User.objects.count() == 1
