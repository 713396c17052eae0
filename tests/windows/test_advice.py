"""一次性告知单 (D27): told once before anybody applies; nothing is received and no clock runs."""

import pytest

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput, NotPermitted
from laiyang_approval.kernel.models.append_only import AppendOnlyError
from matters import queries as catalogue
from tests.factories import cases as make
from windows.commands.advising import give_advice
from windows.documents import DocumentKind
from windows.models import AdviceSheet, Case, CaseEvent, Letter
from windows.rendering import render_snapshot

pytestmark = pytest.mark.django_db


def edition(code: str = "SJ-04"):
    found = catalogue.edition_on(catalogue.matter_by_code(code), make.MONDAY.date())
    return catalogue.edition_with_materials(found.pk)


def given(people, code: str = "SJ-04", *, held=(), note: str = "") -> AdviceSheet:
    return give_advice(catalogue.matter_by_code(code), held=held, note=note, actor=people.clerk, at=make.MONDAY)


def test_everything_is_told_once_on_a_numbered_sheet_and_nothing_is_received(people):
    rows = list(edition().materials.all())
    sheet = given(people, held=[rows[0].pk], note="拟开小型餐饮店")
    assert sheet.number == "莱审批告知字〔2026〕第0001号"
    printed = sheet.snapshot["print"]
    assert [one["name"] for one in printed["materials"]] == [row.name for row in rows]
    assert [one["held"] for one in printed["materials"]] == ["已备"] + ["待备"] * (len(rows) - 1)
    assert (printed["statutory_limit"], printed["asked"]) == ("10个工作日", "拟开小型餐饮店")
    assert (Case.objects.count(), CaseEvent.objects.count(), Letter.objects.count()) == (0, 0, 0)
    text = render_snapshot(DocumentKind.D27, sheet.snapshot).text
    assert "不是补正材料告知书，不起算任何期限" in text.replace("\n", "")
    assert given(people).number == "莱审批告知字〔2026〕第0002号"


def test_a_matter_of_another_body_names_where_to_apply(people):
    sheet = given(people, "GA-04")
    assert sheet.snapshot["print"]["where"] == "莱阳市公安局"


def test_a_strange_material_or_somebody_without_a_window_is_refused(people):
    stranger = edition("GA-04").materials.first().pk
    with pytest.raises(InvalidInput, match="材料清单已更新"):
        given(people, held=[stranger])
    with pytest.raises(NotPermitted):
        give_advice(catalogue.matter_by_code("SJ-04"), held=(), note="", actor=people.reviewer, at=make.MONDAY)
    assert AdviceSheet.objects.count() == 0


def test_it_stands_as_written_and_its_paper_can_be_made_again(people):
    sheet = given(people)
    with pytest.raises(AppendOnlyError):
        AdviceSheet.objects.filter(pk=sheet.pk).update(number="x")
    made = [render_snapshot(DocumentKind.D27, sheet.snapshot).sha256 for _ in range(2)]
    assert made[0] == made[1]


def test_the_clerk_gives_it_on_the_page_and_another_bodys_clerk_does_not_see_it(people, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.MONDAY)
    client.force_login(people.clerk)
    assert "出具告知单" in client.get("/hall/advice/", {"matter": "SJ-04"}).content.decode()
    answer = client.post("/hall/advice/", {"matter": "SJ-04", "held": [str(edition().materials.first().pk)]})
    sheet = AdviceSheet.objects.get()
    assert answer["Location"] == f"/hall/advice/{sheet.pk}/"
    assert client.get(answer["Location"])["Content-Type"] == "application/pdf"
    assert client.post("/hall/advice/", {"matter": "XX-99"}).status_code == 404
    assert client.post("/hall/advice/", {"matter": "SJ-04", "held": ["999999999"]}).status_code == 422
    client.force_login(make.People("GA").clerk)
    assert client.get(f"/hall/advice/{sheet.pk}/").status_code == 404
