"""严重失信主体名单: only lists a national rule allows, by the department that decides, for the rule's period, until repaired."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import Department
from supervision.commands.dishonesty import NewListing, list_dishonest, remove_listing
from supervision.dishonesty import listings_of, public_listings
from supervision.domain.dishonesty import end_of
from supervision.models import DishonestyListing
from tests.factories import cases as make
from tests.factories.cases import MONDAY, days_later

CODE = make.RESTAURANT.id_number
NEW = NewListing("smd_market", "莱阳市某某餐饮店", CODE, "莱市监严列〔2026〕1号", date(2026, 3, 2))


def listed(watch, new: NewListing = NEW, *, at=MONDAY, actor=None, code="SJ") -> DishonestyListing:
    return list_dishonest(new, department=Department.objects.get(code=code), actor=actor or watch.regulator, at=at)


def shown(on: date) -> list[str]:
    return [one.number for one in public_listings(on=on)[0]]


def changed(**more) -> NewListing:
    return NewListing(**(vars(NEW) | more))


def test_an_organisation_stands_on_the_list_for_the_period_of_its_rule(people, watch):
    one = listed(watch)
    assert (one.number, one.list_name, one.ends_on) == (
        "SX-2026-0001",
        "市场监督管理严重违法失信名单",
        date(2029, 3, 2),
    )
    assert "第44号" in one.basis
    assert shown(date(2026, 3, 1)) == []
    assert shown(date(2026, 3, 2)) == shown(date(2029, 3, 1)) == ["SX-2026-0001"]
    assert shown(date(2029, 3, 2)) == []


def test_nothing_is_shown_longer_than_five_years_whatever_the_lists_rule_says():
    """山东省社会信用条例第三十八条."""
    assert end_of(date(2026, 3, 2), months=120, most_months=60) == date(2031, 3, 2)
    assert end_of(date(2024, 2, 29), months=36, most_months=60) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (changed(list_key="smd_wages"), "list_key"),
        (changed(list_key="smd_own_idea"), "list_key"),
        (changed(list_key="xkf_40"), "list_key"),
        (changed(listed_on=date(2021, 8, 31)), "listed_on"),
        (changed(listed_on=date(2026, 3, 3)), "listed_on"),
        (changed(document_number=" "), "document_number"),
        (changed(document_number="370682199001019996"), "document_number"),
        (changed(subject_name="姜某3706 8219 9001 0199 96"), "subject_name"),
        (changed(subject_code="370682199001019996"), None),
        (changed(subject_code="91370682MA00000A9N"), None),
    ],
)
def test_what_no_rule_allows_is_not_listed(people, watch, new, field):
    with pytest.raises(InvalidInput) as refusal:
        listed(watch, new)
    if field:
        assert list(refusal.value.fields) == [field]
    assert not DishonestyListing.objects.exists()


def test_nobody_lists_for_another_department(people, watch):
    for actor, code in ((watch.other, "SJ"), (watch.supervisor, "SJ"), (people.decider, "SP")):
        with pytest.raises(NotPermitted):
            listed(watch, actor=actor, code=code)
    with pytest.raises(InvalidInput):
        listed(watch, actor=watch.other, code="WJ19")  # decides on no list
    assert not DishonestyListing.objects.exists()


def test_one_decision_lists_once(people, watch):
    listed(watch)
    with pytest.raises(DomainError, match="不能重复"):
        listed(watch)
    assert listed(watch, changed(document_number="莱市监严列〔2026〕2号")).number == "SX-2026-0002"


def test_repair_takes_it_off_from_that_day_with_reason_and_person(people, watch):
    one = listed(watch)
    done = remove_listing(
        one.number, removal="repaired", note="莱市监严移〔2027〕1号", actor=watch.regulator, at=days_later(365)
    )
    assert (done.removed_on, done.removal, done.removed_by) == (date(2027, 3, 2), "repaired", watch.regulator)
    assert shown(date(2027, 3, 1)) == [one.number] and shown(date(2027, 3, 2)) == []
    with pytest.raises(DomainError, match="已经移出"):
        remove_listing(one.number, removal="wrong", note="再次", actor=watch.regulator, at=days_later(366))


def test_only_the_department_that_listed_takes_it_off_and_never_without_a_reason(people, watch):
    one = listed(watch)
    for actor, refusal in ((watch.other, NotFound), (people.decider, NotFound), (watch.supervisor, NotPermitted)):
        with pytest.raises(refusal):
            remove_listing(one.number, removal="repaired", note="文号", actor=actor, at=days_later(1))
    for removal, note in (("repaired", " "), ("", "文号"), ("forgotten", "文号")):
        with pytest.raises(InvalidInput):
            remove_listing(one.number, removal=removal, note=note, actor=watch.regulator, at=days_later(1))
    assert shown(date(2026, 3, 3)) == [one.number]


def test_the_database_keeps_the_period_and_every_row(people, watch):
    listed(watch)
    with pytest.raises(IntegrityError), transaction.atomic():
        DishonestyListing.objects.update(removed_on=date(2026, 3, 3))
    for change in (
        lambda: DishonestyListing.objects.update(ends_on=date(2036, 3, 2)),
        lambda: DishonestyListing.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert DishonestyListing.objects.get().ends_on == date(2029, 3, 2)


def test_the_public_page_says_list_basis_and_period_and_the_reviewer_sees_it_on_the_case(people, watch, client):
    listed(watch)
    case = make.accepted(people)
    assert [one.number for one in listings_of(case.party.id_number, date(2026, 3, 3))] == ["SX-2026-0001"]
    with time_machine.travel(days_later(1), tick=False):
        page = client.get("/publicity/dishonesty/?q=餐饮店").content.decode()
        none = client.get("/publicity/dishonesty/?q=没有").content.decode()
        client.force_login(people.reviewer)
        seen = client.get(f"/cases/{case.number}/").content.decode()
    for text in (
        CODE,
        "莱市监严列〔2026〕1号",
        "2029-03-02",
        "第44号",
        "信用修复",
        "拖欠农民工工资失信联合惩戒对象名单",
    ):
        assert text in page
    assert CODE not in none
    assert "莱市监严列〔2026〕1号" in seen and "不当然构成不予许可的理由" in seen


def test_the_regulator_lists_and_takes_off_on_the_desk(people, watch, client):
    client.force_login(watch.regulator)
    given = vars(NEW) | {"listed_on": "2026-03-02"}
    with time_machine.travel(MONDAY, tick=False):
        assert client.post("/supervision/dishonesty/", given | {"subject_code": "1"}).status_code == 422
        assert client.post("/supervision/dishonesty/", given | {"list_key": "smd_wages"}).status_code == 422
        assert client.post("/supervision/dishonesty/", given).status_code == 302
        assert client.post("/supervision/dishonesty/", given).status_code == 409
        one = DishonestyListing.objects.get()
        address = f"/supervision/dishonesty/{one.number}/remove/"
        assert client.post(address, {"removal": "repaired", "note": ""}).status_code == 422
        client.force_login(watch.other)
        assert one.number not in client.get("/supervision/dishonesty/").content.decode()
        assert client.post(address, {"removal": "repaired", "note": "文号"}).status_code == 404
        assert client.post("/supervision/dishonesty/", given).status_code in {403, 404}
        client.force_login(watch.regulator)
        assert client.post(address, {"removal": "repaired", "note": "莱市监严移〔2026〕1号"}).status_code == 302
        assert "莱市监严移〔2026〕1号" in client.get("/supervision/dishonesty/").content.decode()
        assert CODE not in client.get("/publicity/dishonesty/").content.decode()


def test_the_page_is_one_query_for_its_rows(people, watch, client, django_assert_max_num_queries):
    for serial in range(3):
        listed(watch, changed(document_number=f"莱市监严列〔2026〕{serial}号"), at=MONDAY + timedelta(minutes=serial))
    client.get("/publicity/dishonesty/")
    with django_assert_max_num_queries(2):
        client.get("/publicity/dishonesty/")
