"""Drafts: made, saved, checked, published, thrown away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from matters import queries
from matters.commands.editions import create_draft, discard_draft, edit_matter, publish_edition, save_draft
from matters.content import content_of
from matters.models import BoundaryItem, Edition, EditionMaterial, EditionState, Matter

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture
def draft(catalogue, admin):
    return create_draft("SJ-04", actor=admin)


def save(draft, admin, change=None, **fields):
    content = content_of(draft)
    content.fields |= fields
    if change:
        change(content)
    return save_draft(
        draft.pk, content=content, change_note="按新办法调整", expected_version=draft.draft_version, actor=admin
    )


def publish(draft, admin, on=TODAY):
    return publish_edition(draft.pk, effective_from=on, expected_version=draft.draft_version, actor=admin, at=AT)


def test_a_draft_says_what_the_edition_in_force_says(draft, admin):
    published = Edition.objects.get(matter__code="SJ-04", number=2)
    assert (draft.number, draft.state, draft.effective_from) == (3, EditionState.DRAFT, None)
    assert content_of(draft) == content_of(published)
    assert create_draft("SJ-04", actor=admin).pk == draft.pk


def test_only_the_catalogue_admin_touches_drafts(draft, clerk):
    version, count = draft.draft_version, EditionMaterial.objects.count()
    with pytest.raises(NotPermitted, match="只有事项管理员"):
        create_draft("SJ-05", actor=clerk)
    with pytest.raises(NotPermitted):
        save(draft, clerk, phone="0535-7210000")
    with pytest.raises(NotPermitted):
        publish(draft, clerk)
    with pytest.raises(NotPermitted):
        discard_draft(draft.pk, expected_version=version, actor=clerk)
    with pytest.raises(NotPermitted):
        edit_matter("SJ-04", aliases="x", note="", actor=clerk)
    draft.refresh_from_db()
    assert (draft.draft_version, draft.phone, draft.state) == (version, "", "draft")
    assert EditionMaterial.objects.count() == count


def test_publishing_closes_the_former_edition_the_day_before(draft, admin):
    saved = save(draft, admin, promised_value=5, phone="0535-7210000")
    publish(saved, admin, TODAY + timedelta(days=7))
    matter = queries.matter_by_code("SJ-04")
    assert queries.edition_on(matter, date(2026, 3, 8)).promised_value == 7
    newest = queries.edition_on(matter, date(2026, 3, 9))
    assert (newest.number, newest.promised_value, newest.phone) == (3, 5, "0535-7210000")
    assert (newest.published_by, newest.published_at) == (admin, AT)
    assert Edition.objects.get(matter=matter, number=2).effective_to == date(2026, 3, 8)
    assert not matter.editions.filter(state="draft").exists()


def test_editing_materials_adds_removes_and_reorders_them_with_history(draft, admin):
    def change(content):
        rows = content.rows["materials"]
        rows[1], rows[2] = rows[2], rows[1]
        rows.append(rows[0] | {"name": "食品安全承诺书", "is_main": False, "note": ""})
        del rows[3]

    names = [row.name for row in draft.materials.all()]
    saved = save(draft, admin, change)
    assert [row.name for row in saved.materials.all()] == [
        names[0],
        names[2],
        names[1],
        *names[4:],
        "食品安全承诺书",
    ]
    assert [row.seq for row in saved.materials.all()] == list(range(1, 8))
    history = EditionMaterial.history.filter(edition_id=draft.pk)
    assert history.filter(history_type="+").count() == 7
    assert history.filter(history_type="~").count() >= 2
    assert Edition.history.filter(id=draft.pk).count() == 2


def test_a_stale_page_changes_nothing(draft, admin):
    save(draft, admin, phone="0535-7210000")
    stale = Edition.objects.get(pk=draft.pk)
    stale.draft_version = 0
    with pytest.raises(StaleState, match="已被他人修改"):
        save(stale, admin, phone="0535-7210001")
    draft.refresh_from_db()
    assert draft.phone == "0535-7210000"


def test_a_published_draft_is_not_saved_again(draft, admin):
    publish(draft, admin)
    with pytest.raises(StaleState, match="已经发布"):
        save(draft, admin, phone="0535-7210000")


def test_article_5_a_guide_is_not_published_for_days_gone_by(draft, admin):
    with pytest.raises(InvalidInput) as refusal:
        publish(draft, admin, TODAY - timedelta(days=1))
    assert refusal.value.article == "《行政许可法》第五条"
    draft.refresh_from_db()
    assert (draft.state, draft.effective_from) == ("draft", None)
    assert Edition.objects.get(matter__code="SJ-04", number=2).effective_to is None


def test_a_second_edition_for_the_same_day_is_refused(draft, admin):
    publish(draft, admin, date(2026, 4, 1))
    again = create_draft("SJ-04", actor=admin)
    with pytest.raises(InvalidInput, match="第3版自2026-04-01起生效"):
        publish(again, admin, date(2026, 4, 1))


def test_the_linter_stands_before_publishing(draft, admin):
    saved = save(draft, admin, promised_value=11)
    with pytest.raises(DomainError, match="不能发布：承诺时限（11个工作日）长于法定时限（10个工作日）"):
        publish(saved, admin)
    saved = save(saved, admin, promised_value=7, statutory_unit="")
    with pytest.raises(DomainError, match="没有选择法定时限的单位"):
        publish(saved, admin)
    saved.refresh_from_db()
    assert saved.state == "draft"


def test_no_regulator_no_publication(draft, admin):
    BoundaryItem.objects.filter(matter__code="SJ-04").delete()
    with pytest.raises(DomainError, match="没有登记有效的监管部门"):
        publish(draft, admin)


def test_unknown_content_is_published_only_while_reconstructed(draft, admin):
    saved = save(draft, admin, annex_status="official")
    with pytest.raises(DomainError, match="不能发布") as refusal:
        publish(saved, admin)
    assert refusal.value.article
    assert Matter.objects.get(code="SJ-04").annex_status == "reconstructed"
    publish(save(saved, admin, annex_status="reconstructed"), admin)


def test_a_complete_official_guide_makes_the_matter_official(draft, admin):
    def change(content):
        content.rows["conditions"] = [{"text": "有与经营规模相适应的场所", "basis": "《食品安全法》第三十三条"}]
        content.rows["process_steps"] = [{"name": "受理", "duty": "", "limit_text": "", "standard": ""}]
        for row in content.rows["materials"]:
            row["basis"] = "《食品经营许可和备案管理办法》第十四条"

    texts = (
        "acceptance_condition",
        "quantity_limit",
        "form_sample",
        "window",
        "address",
        "service_hours",
        "phone",
        "complaint_phone",
        "catalog_code",
        "task_code",
        "power_source",
        "service_area",
        "online_depth",
    )
    saved = save(draft, admin, change, annex_status="official", visits=0, **dict.fromkeys(texts, "已核实"))
    publish(saved, admin)
    matter = Matter.objects.get(code="SJ-04")
    assert not matter.is_reconstructed
    assert queries.verification_report(TODAY).reconstructed == 198


def test_discarding_leaves_the_published_edition_as_it_was(draft, admin):
    discard_draft(draft.pk, expected_version=draft.draft_version, actor=admin)
    assert not Edition.objects.filter(pk=draft.pk).exists()
    assert queries.edition_on(queries.matter_by_code("SJ-04"), TODAY).number == 2
    with pytest.raises(NotFound):
        publish(draft, admin)


def test_a_renamed_edition_renames_the_matter_for_the_search(draft, admin):
    publish(save(draft, admin, name="食品销售和餐饮服务许可"), admin)
    assert queries.search_matters("spxs")[0].code == "SJ-04"
    assert Matter.objects.get(code="SJ-04").name == "食品销售和餐饮服务许可"


def test_aliases_are_found_and_tidied(catalogue, admin):
    edit_matter("SJ-04", aliases="奶茶店；奶茶店; 烧烤", note="", actor=admin)
    assert Matter.objects.get(code="SJ-04").aliases == "奶茶店;烧烤"
    assert queries.search_matters("奶茶")[0].code == "SJ-04"


def test_a_main_material_is_not_saved_as_deferrable(draft, admin):
    def change(content):
        content.rows["materials"][0]["deferrable"] = True

    with pytest.raises(InvalidInput, match="是主件，不能容缺"):
        save(draft, admin, change)


def test_no_shipped_edition_has_a_blocking_finding(catalogue):
    from matters.domain.linter import blocking, lint

    for edition in queries.working_editions():
        facts = queries.lint_facts(edition, TODAY)
        assert blocking(lint(content_of(edition), facts), facts) == [], edition.matter.code
