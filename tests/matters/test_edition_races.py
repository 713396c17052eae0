"""Two admins at once. Apart from the other tests of editions: those share one transaction a module, these commit."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.roles import Role
from matters.commands.editions import create_draft, publish_edition
from matters.models import Edition

from .conftest import load_shipped, person

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_admins_publishing_at_once_make_one_edition():
    load_shipped()
    admin = person("shixiang", Role.CATALOGUE_ADMIN)
    draft = create_draft("SJ-04", actor=admin)
    outcomes, start = [], threading.Barrier(2)

    def act():
        start.wait()
        try:
            publish_edition(
                draft.pk,
                effective_from=date(2026, 3, 2),
                expected_version=draft.draft_version,
                actor=admin,
                at=AT,
            )
            outcomes.append("published")
        except DomainError as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["StaleState", "published"]
    assert Edition.objects.filter(matter__code="SJ-04", state="published").count() == 3
