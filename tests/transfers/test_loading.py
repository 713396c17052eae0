"""The opinion's own batches as shipped, and the proof that they reconcile (domain reference 0.2; trap 20)."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from matters.models import Authority, Matter, Power
from transfers import queries
from transfers.commands.loading import load_transfers
from transfers.models import TransferBatch, TransferEvent, TransferItem

DAY = date(2018, 12, 26)


def reconciled(on: str = "") -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("reconcile_transfer", on=on, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_trap_20_the_batches_hold_103_and_30_and_19_apart(office):
    first, deferred = TransferBatch.objects.all()
    counts = {
        (batch.number, kind, state): TransferItem.objects.filter(batch=batch, kind=kind, state=state).count()
        for batch in (first, deferred)
        for kind in ("licence", "related")
        for state in ("effective", "deferred")
    }
    assert {key: value for key, value in counts.items() if value} == {
        ("2018-1", "licence", "effective"): 103,
        ("2018-1", "related", "effective"): 19,
        ("2018-2", "licence", "deferred"): 30,
    }
    assert set(TransferItem.objects.filter(batch=first).values_list("effective_on", flat=True)) == {DAY}
    assert deferred.condition == "机构改革任务完成"


def test_loading_twice_adds_nothing(office):
    assert load_transfers() == 0
    assert (TransferBatch.objects.count(), TransferItem.objects.count(), TransferEvent.objects.count()) == (2, 152, 2)


def test_trap_20_the_shipped_batches_reconcile(office):
    code, out, err = reconciled("2026-03-02")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "划转行政许可事项合计：133（相符；莱政发〔2018〕18号）",
        "其中：首批：103（相符；莱政发〔2018〕18号）",
        "首批已划转：103（相符；莱政发〔2018〕18号）",
        "其中：暂缓：30（相符；莱政发〔2018〕18号）",
        "暂缓：市国土局：15（相符；莱政发〔2018〕18号）",
        "暂缓：市交通局：11（相符；莱政发〔2018〕18号）",
        "暂缓：市建设局规划类：4（相符；莱政发〔2018〕18号）",
        "关联事项：19（相符；莱政发〔2018〕18号）",
        "关联事项已划转：19（相符；莱政发〔2018〕18号）",
        "2026-03-02 批次、目录和职权一致。",
    ]


@pytest.mark.parametrize("on", ["2018-12-25", "2018-12-26", "2019-01-01", "2026-11-24"])
def test_they_reconcile_on_the_days_around_the_transfer_too(office, on):
    assert reconciled(on)[0] == 0


def test_a_lost_item_is_a_difference_and_the_exit_code_is_one(office):
    TransferItem.objects.filter(matter__code="SJ-04").delete()
    code, _, err = reconciled("2026-03-02")
    assert code == 1
    assert "划转行政许可事项合计：应为133，实为132" in err
    assert "SJ-04在目录中属于“划转许可”，没有列入任何批次" in err


def test_competence_that_says_otherwise_is_a_difference(office):
    row = Authority.objects.get(matter__code="SJ-04", power=Power.ACCEPT, valid_to=None)
    Authority.objects.filter(pk=row.pk).update(department=row.matter.original_department)
    code, _, err = reconciled("2026-03-02")
    assert code == 1
    assert "SJ-04已划转，受理机关却不是市行政审批服务局" in err
    Authority.objects.filter(pk=row.pk).delete()
    assert "SJ-04当日没有受理机关" in reconciled("2026-03-02")[2]


def test_a_day_that_is_none_is_told(office):
    with pytest.raises(CommandError, match="2018-12-26的形式"):
        call_command("reconcile_transfer", on="gestern")


def test_retained_matters_are_on_no_batch_and_no_difference(office):
    assert not TransferItem.objects.filter(matter__kind="retained").exists()
    assert Matter.objects.filter(kind="retained").count() == 47
    assert queries.differences_on(date(2026, 3, 2)) == []
