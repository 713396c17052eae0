"""夜间对账: every day has its certificate, for all and for each regulator; what does not add up is an alarm."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, transaction

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.jobs import run_due_jobs
from laiyang_approval.kernel.models import NumberSeries
from laiyang_approval.kernel.signing import check_signature
from supervision.commands.reconciling import make_papers, reconcile_until_yesterday
from supervision.commands.tracking import claim_push, dispute_push, move_push
from supervision.models import Push, ReconciliationPaper
from supervision.papers import open_paper, sentence_of
from tests.factories import cases as make
from tests.factories import supervision as sup
from tests.factories.cases import days_later
from tests.factories.licences import midnight

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
#: A quarter past one in the night after that Monday.
NIGHT = midnight(TUESDAY) + timedelta(hours=1)


def paper(code: str | None = None, kind: str = "day") -> ReconciliationPaper:
    whose = {"regulator__code": code} if code else {"regulator": None}
    return ReconciliationPaper.objects.get(kind=kind, **whose)


def test_a_day_that_adds_up_is_certified_for_all_and_for_each(people, watch):
    first = sup.pushed(people)
    make.refused(people, party=make.PERSON)
    sup.relayed(days_later(0, hours=8))
    claim_push(first.number, actor=watch.regulator, at=days_later(0, hours=9))
    reconcile_until_yesterday(at=NIGHT)
    assert sentence_of(paper()) == "作出的2件决定已全部推送，共2条；已认领1条，待认领1条，最早的一条已等待1个工作日。"
    assert sentence_of(paper("SJ")) == sentence_of(paper())
    assert (paper().number, paper().adds_up) == ("莱审管对〔2026〕第0001号", True)


def test_each_night_counts_once_and_makes_up_for_the_nights_that_were_missed(people):
    sup.pushed(people)
    reconcile_until_yesterday(at=NIGHT)
    assert reconcile_until_yesterday(at=NIGHT) == 0
    assert reconcile_until_yesterday(at=NIGHT + timedelta(days=3)) == 3
    days = ReconciliationPaper.objects.filter(kind="day", regulator=None).values_list("from_on", flat=True)
    assert sorted(days) == [MONDAY, TUESDAY, date(2026, 3, 4), date(2026, 3, 5)]
    assert ReconciliationPaper.objects.filter(kind="day", regulator__isnull=False).count() == 1


def test_a_month_that_is_over_has_its_letters(people):
    sup.pushed(people)
    reconcile_until_yesterday(at=midnight(date(2026, 4, 1)))
    assert (paper("SJ", "month").from_on, paper("SJ", "month").to_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert paper("SJ", "month").figures["pushed"] == 1


def test_a_decision_nobody_was_told_of_is_an_alarm(people, watch, client):
    make.granted(people)
    reconcile_until_yesterday(at=NIGHT)
    assert (paper().adds_up, paper("SJ").adds_up) == (False, False)
    assert "对账不符" in sentence_of(paper())
    client.force_login(watch.coordinator)
    with time_machine.travel(NIGHT, tick=False):
        assert "对账不符：2026-03-02" in client.get("/supervision/desk/").content.decode()


def test_a_number_that_is_missing_is_an_alarm(people):
    sup.pushed(people)
    NumberSeries.objects.filter(series="推送", period="SJ").update(last=2)
    reconcile_until_yesterday(at=NIGHT)
    assert paper("SJ").figures["problems"] == ["推送序号缺SJ-2"]


def test_what_was_sent_on_counts_for_the_body_it_went_to(people, watch):
    push = sup.pushed(people)
    dispute_push(push.number, reason="不属本部门监管。", actor=watch.regulator, at=days_later(0, hours=8))
    move_push(push.number, to="WJ19", reason="同意。", actor=watch.coordinator, at=days_later(0, hours=9))
    reconcile_until_yesterday(at=NIGHT)
    assert [paper(code).adds_up for code in (None, "SJ", "WJ19")] == [True, True, True]
    assert (paper("SJ").figures["moved"], paper("WJ19").figures["open"]) == (1, 1)


def test_a_day_without_decisions_is_certified_too(people):
    reconcile_until_yesterday(at=NIGHT)
    assert sentence_of(paper()) == "没有作出须推送的行政许可决定。"


def test_what_was_counted_cannot_be_changed_nor_deleted(people):
    sup.pushed(people)
    reconcile_until_yesterday(at=NIGHT)
    for change in ({"adds_up": False}, {"figures": {}}, {"number": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReconciliationPaper.objects.filter(pk=paper().pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReconciliationPaper.objects.filter(pk=paper().pk).delete()
    assert Push.objects.count() == 1


def test_the_paper_is_a_signed_pdf_that_says_so_and_an_altered_file_is_refused(people, watch, client, settings):
    sup.pushed(people)
    make_papers("day", MONDAY, MONDAY, at=NIGHT)
    run_due_jobs(at=NIGHT)
    one = paper("SJ")
    content = open_paper(one)
    assert content.startswith(b"%PDF") and check_signature(content).is_whole
    client.force_login(watch.regulator)
    page = client.get("/supervision/reconciliation/").content.decode()
    assert one.number in page and paper().number not in page
    assert client.get(f"/supervision/reconciliation/{one.pk}.pdf").content == content
    assert client.get(f"/supervision/reconciliation/{paper().pk}.pdf").status_code == 404
    client.force_login(watch.other)
    assert client.get(f"/supervision/reconciliation/{one.pk}.pdf").status_code == 404
    (Path(settings.FILES_DIR) / one.storage_name).write_bytes(content + b" ")
    with pytest.raises(DomainError, match="不一致"):
        open_paper(one)
