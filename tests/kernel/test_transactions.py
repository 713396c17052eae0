"""One transaction an act: atomic by itself, part of what is around it where that is one act."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import NumberSeries
from laiyang_approval.kernel.transactions import around_an_act, joining

pytestmark = pytest.mark.django_db(transaction=True)


@joining
def write(series: str, *, fails: bool = False) -> None:
    NumberSeries.objects.create(series=series, period="2026", last=1)
    if fails:
        raise DomainError("不能办理。")


def written() -> list[str]:
    return list(NumberSeries.objects.order_by("series").values_list("series", flat=True))


def test_alone_a_command_is_a_transaction_of_its_own():
    with pytest.raises(DomainError):
        write("甲", fails=True)
    assert written() == []
    write("乙")
    assert written() == ["乙"]


def test_in_an_act_a_command_has_no_savepoint_and_its_failure_undoes_the_act():
    with CaptureQueriesContext(connection) as seen, around_an_act():
        write("甲")
    assert not [one for one in seen.captured_queries if "SAVEPOINT" in one["sql"]]
    with pytest.raises(DomainError), around_an_act():
        NumberSeries.objects.create(series="丙", period="2026", last=1)
        write("乙", fails=True)
    assert written() == ["甲"]


def test_after_an_act_a_command_is_atomic_by_itself_again():
    with around_an_act():
        write("甲")
    with pytest.raises(DomainError):
        write("乙", fails=True)
    assert written() == ["甲"]
