"""印章: registered, stopped and sealed up by the city government, never while a case needs them (trap 20)."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import Seal
from laiyang_approval.kernel.seals import seal_on
from tests.corpus.files import jpg, pdf
from tests.factories import cases as make
from tests.factories import transfers as hand
from transfers.commands.seals import NewSeal, cases_needing, keep_imprint, register_seal, seal_up, stop_seal
from windows.commands.intake import withdraw_case

TODAY = date(2026, 3, 2)
NEW = NewSeal(
    "JY", "approval", "莱阳市交通运输局", "行政审批专用章", "苗立新", date(2026, 3, 5), "莱政办公告〔2026〕1号"
)


def rows():
    return list(Seal.objects.order_by("pk").values_list("kind", "in_use_to", "sealed_up_on", "keeper", "imprint"))


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def refused(kind, act, match: str | None = None):
    before = rows()
    with pytest.raises(kind, match=match):
        act()
    assert rows() == before


def official(code: str = "JY") -> Seal:
    return Seal.objects.get(department__code=code, kind="official", in_use_to=None)


def sealed_up(office, seal: Seal) -> Seal:
    stop_seal(seal.pk, last_on=TODAY, actor=office.overseer, at=make.MONDAY)
    return seal_up(seal.pk, place="市政府办公室档案室", actor=office.overseer, at=make.days_later(1))


def test_a_seal_is_registered_after_its_announcement_and_serves_from_its_day(office):
    seal = register_seal(NEW, actor=office.overseer, at=make.MONDAY)
    assert seal_on(seal.department, "approval", date(2026, 3, 5)) == seal
    with pytest.raises(DomainError, match="没有启用的"):
        seal_on(seal.department, "approval", date(2026, 3, 4))
    # One of a kind at a time.
    refused(InvalidInput, lambda: register_seal(NEW, actor=office.overseer, at=make.MONDAY))


@pytest.mark.parametrize(
    "change",
    [
        {"department_code": "ZZ"}, {"kind": "other"}, {"announcement": ""}, {"ring_text": " "},
        {"in_use_from": date(2026, 3, 1)}, {"department_code": "WJ"},
    ],
    ids=str,
)  # fmt: skip
def test_a_seal_that_cannot_be_is_refused(office, change):
    refused(InvalidInput, lambda: register_seal(replace(NEW, **change), actor=office.overseer, at=make.MONDAY))


def test_only_the_city_government_acts_on_seals(office):
    seal = official()
    for actor in (office.giver, office.receiver):
        refused(NotPermitted, lambda actor=actor: register_seal(NEW, actor=actor, at=make.MONDAY))
        refused(NotPermitted, lambda actor=actor: stop_seal(seal.pk, last_on=TODAY, actor=actor, at=make.MONDAY))
        refused(NotPermitted, lambda actor=actor: seal_up(seal.pk, place="x", actor=actor, at=make.MONDAY))


def test_trap_20_an_old_seal_after_its_sealing_up_is_refused(office):
    seal = sealed_up(office, official())
    assert (seal.in_use_to, seal.sealed_up_on, seal.keeper) == (TODAY, date(2026, 3, 3), "市政府办公室档案室")
    assert seal_on(seal.department, "official", TODAY) == seal
    with pytest.raises(DomainError, match="已于2026年3月3日封存"):
        seal_on(seal.department, "official", date(2026, 3, 3))
    refused(StaleState, lambda: seal_up(seal.pk, place="x", actor=office.overseer, at=make.days_later(2)))
    refused(StaleState, lambda: stop_seal(seal.pk, last_on=TODAY, actor=office.overseer, at=make.MONDAY))


def test_a_seal_in_use_is_not_sealed_up(office):
    seal = official()
    act = lambda: seal_up(seal.pk, place="市政府办公室", actor=office.overseer, at=make.MONDAY)  # noqa: E731
    refused(StaleState, act, "请先停用")
    stop_seal(seal.pk, last_on=TODAY, actor=office.overseer, at=make.MONDAY)
    refused(StaleState, act, "请先停用")
    late = make.days_later(1)
    refused(InvalidInput, lambda: seal_up(seal.pk, place=" ", actor=office.overseer, at=late))


def test_a_seal_is_not_stopped_while_its_bodys_cases_in_flight_need_it(office):
    department = make.People("JY")
    case = make.accepted(department, "JY-01")
    hand.completed(office, at=make.days_later(1))
    seal, late = official(), make.days_later(9)
    assert cases_needing(seal) == 1
    stop = lambda: stop_seal(seal.pk, last_on=date(2026, 3, 11), actor=office.overseer, at=late)  # noqa: E731
    refused(DomainError, stop, "还有1件在办件")
    withdraw_case(case.number, reason="不办了", actor=department.clerk, at=late)
    assert stop().in_use_to == date(2026, 3, 11)


def test_a_seal_that_another_takes_the_place_of_may_be_stopped(office):
    make.accepted(make.People("JY"), "JY-01")
    seal = official()
    Seal.objects.create(
        department=seal.department, kind="official", ring_text=seal.ring_text, in_use_from=date(2026, 3, 3),
        announcement="莱政办公告〔2026〕2号",
    )  # fmt: skip
    assert stop_seal(seal.pk, last_on=TODAY, actor=office.overseer, at=make.MONDAY).in_use_to == TODAY


def a_file(kind: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"yinmo.{kind}", pdf() if kind == "pdf" else jpg())


def test_an_imprint_is_a_picture(office):
    seal = official()
    refused(InvalidInput, lambda: keep_imprint(seal.pk, a_file("pdf"), actor=office.overseer, at=make.MONDAY))
    assert (
        keep_imprint(seal.pk, a_file("jpg"), actor=office.overseer, at=make.MONDAY).imprint.media_type == "image/jpeg"
    )


def test_the_register_and_a_seals_page(office, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.MONDAY)
    client.force_login(office.overseer)
    seal = official()
    body = client.get("/transfers/seals/").content.decode()
    assert "莱阳市交通运输局" in body
    assert "在用" in body
    page = client.get(reverse("transfer-seal", args=[seal.pk])).content.decode()
    assert "样章" in page and "停用" in page
    session = client.session
    session.update(dict.fromkeys(("signed_in_at", "seen_at", "confirmed_at"), make.MONDAY.timestamp()))
    session.save()
    answer = client.post(reverse("transfer-seal-act", args=[seal.pk, "stop"]), {"last_on": "2026-02-01"})
    assert (answer.status_code, "请选今天或以后的日期" in answer.content.decode()) == (422, True)
    assert (
        client.post(reverse("transfer-seal-act", args=[seal.pk, "stop"]), {"last_on": "2026-03-02"}).status_code == 302
    )
    assert client.post(reverse("transfer-seal-act", args=[seal.pk, "burn"])).status_code == 404
    assert (
        client.post(reverse("transfer-seal-act", args=[seal.pk, "imprint"]), {"imprint": a_file("jpg")}).status_code
        == 302
    )
    picture = client.get(reverse("transfer-seal-imprint", args=[seal.pk]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    client.force_login(office.giver)
    assert "由市政府办理" in client.get(reverse("transfer-seal", args=[seal.pk])).content.decode()
