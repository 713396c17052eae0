"""The shipped data, once a module, and the people who handle a case."""

import pytest

from tests.factories.cases import People
from tests.windows.hall_setup import shipped  # noqa: F401  (a fixture)


@pytest.fixture
def people(shipped, db):  # noqa: F811
    return People()
