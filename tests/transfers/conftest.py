"""The shipped data with the opinion's batches, once a module, and the people of a hand-over."""

import pytest

from tests.factories.transfers import Office
from tests.windows.hall_setup import shipped  # noqa: F401  (a fixture)


@pytest.fixture
def office(shipped, db):  # noqa: F811
    return Office()
