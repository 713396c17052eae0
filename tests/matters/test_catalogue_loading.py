"""Loading the shipped files into a database that does not hold them yet."""

from io import StringIO

import pytest
from django.core.management import call_command

from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.rules import load_business_rules
from matters.commands import catalogue as loading
from matters.commands.catalogue import load_catalogue
from matters.models import Matter


@pytest.fixture
def organisations(db):
    load_business_rules()
    load_organisations()


def test_reconcile_fails_when_the_files_lost_a_row(organisations, monkeypatch):
    whole = loading.read_table
    monkeypatch.setattr(
        loading,
        "read_table",
        lambda name: [row for row in whole(name) if "XM-R1" not in (row.get("code"), row.get("matter_code"))],
    )
    load_catalogue()
    with pytest.raises(SystemExit):
        call_command("reconcile_catalogue", stdout=StringIO(), stderr=StringIO())


def test_a_wrong_file_loads_nothing(organisations, monkeypatch):
    whole = loading.read_table
    monkeypatch.setattr(
        loading,
        "read_table",
        lambda name: [row | {"limit_unit": "天"} if "limit_unit" in row else row for row in whole(name)],
    )
    with pytest.raises(InvalidInput, match="第2行“时限单位”列"):
        load_catalogue()
    assert Matter.objects.count() == 0


def test_loading_without_bodies_says_what_to_do(db):
    Department.objects.all().delete()
    with pytest.raises(InvalidInput, match="先载入 fixtures/departments.csv"):
        load_catalogue()
