"""The shipped data, once a module, the people who handle a case, and those who supervise."""

import pytest

from tests.factories import supervision as sup
from tests.factories.cases import People
from tests.windows.hall_setup import shipped  # noqa: F401  (a fixture)


@pytest.fixture
def people(shipped, db):  # noqa: F811
    return People()


@pytest.fixture
def watch(people):
    return sup.Watch()
