"""草稿与发布: every way an edition comes to be. Drafts are edited, checked and published; published editions stand."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, StaleState
from laiyang_approval.kernel.models import User
from matters.content import content_of
from matters.domain.content import Content
from matters.domain.linter import blocking, lint
from matters.models import Edition, EditionState, Matter
from matters.permissions import require_catalogue_admin
from matters.queries import latest_published, lint_facts

from .writing import edition_with_fields, replace_rows, set_search_columns, write_rows


def _lock_matter(matter_id: int) -> Matter:
    """The matter, locked: drafts and publications of one matter happen one after another."""
    return Matter.objects.select_for_update().get(pk=matter_id)


def _lock_draft(edition_id: int, expected_version: int) -> Edition:
    found = Edition.objects.filter(pk=edition_id).first()
    if found is None:
        raise NotFound("没有查到这份草稿，可能已被放弃；请返回事项列表。")
    _lock_matter(found.matter_id)
    edition = Edition.objects.select_related("matter").get(pk=edition_id)
    if edition.is_published:
        raise StaleState("这份草稿已经发布，不能再改；如需修改请另建草稿。")
    if edition.draft_version != expected_version:
        raise StaleState("这份草稿已被他人修改，您看到的不是最新内容；请刷新后重新修改。")
    return edition


def new_draft(matter: Matter, content: Content, *, note: str = "") -> Edition:
    """A draft of ``matter`` saying ``content``; the caller holds the matter's lock and knows there is no draft."""
    number = (matter.editions.aggregate(last=Max("number"))["last"] or 0) + 1
    edition = edition_with_fields(Edition(matter=matter, number=number, change_note=note), content)
    edition.save()
    write_rows(edition, content)
    return edition


@transaction.atomic
def create_draft(matter_code: str, *, actor: User) -> Edition:
    """Afterwards the matter has a draft that says what its newest published edition says; an existing draft is returned.

    Raises NotPermitted, NotFound.
    """
    require_catalogue_admin(actor)
    found = Matter.objects.filter(code=matter_code).first()
    if found is None:
        raise NotFound("没有查到这个事项；请从事项列表中选择。")
    matter = _lock_matter(found.pk)
    existing = matter.editions.filter(state=EditionState.DRAFT).first()
    if existing is not None:
        return existing
    former = latest_published(matter)
    content = content_of(former) if former else Content(fields={"name": matter.name, "handling": "committed"})
    return new_draft(matter, content)


@transaction.atomic
def save_draft(edition_id: int, *, content: Content, change_note: str, expected_version: int, actor: User) -> Edition:
    """Afterwards the draft says exactly ``content``. It may be incomplete: the linter speaks before publishing.

    Raises NotPermitted, NotFound, StaleState when it was changed or published meanwhile, InvalidInput for a main
    material marked as deferrable.
    """
    require_catalogue_admin(actor)
    edition = _lock_draft(edition_id, expected_version)
    for row in content.rows.get("materials", []):
        if row["is_main"] and row["deferrable"]:
            raise InvalidInput(f"材料“{row['name']}”是主件，不能容缺；请取消容缺或主件。")
    edition_with_fields(edition, content)
    edition.change_note = change_note
    edition.draft_version += 1
    edition.save()
    replace_rows(edition, content)
    return edition


@transaction.atomic
def publish_edition(
    edition_id: int, *, effective_from: date, expected_version: int, actor: User, at: datetime
) -> Edition:
    """Afterwards the draft is the matter's edition from ``effective_from``, and the former ends the day before.

    Raises NotPermitted, NotFound, StaleState; InvalidInput for a day before today (rules that were not published may not
    be a basis, Article 5) or not after the newest edition's; DomainError naming the linter's first blocking finding.
    """
    require_catalogue_admin(actor)
    edition = _lock_draft(edition_id, expected_version)
    if effective_from < local_date(at):
        raise InvalidInput(
            "生效日不能早于今天：未经公布的规定不能作为办理依据；请选今天或以后的日期。",
            article="《行政许可法》第五条",
            fields={"effective_from": "请选今天或以后的日期。"},
        )
    former = latest_published(edition.matter)
    if former is not None and effective_from <= former.effective_from:
        raise InvalidInput(
            f"第{former.number}版自{former.effective_from:%Y-%m-%d}起生效；新版的生效日须在此之后，请另选日期。",
            fields={"effective_from": f"须晚于{former.effective_from:%Y-%m-%d}。"},
        )
    facts = lint_facts(edition, effective_from)
    stopping = blocking(lint(content_of(edition), facts), facts)
    if stopping:
        more = f"（另有{len(stopping) - 1}处）" if len(stopping) > 1 else ""
        raise DomainError(f"不能发布：{stopping[0].message}{more}", article=stopping[0].article)
    if former is not None and former.effective_to is None:
        Edition.objects.filter(pk=former.pk, effective_to=None).update(effective_to=effective_from - timedelta(days=1))
    edition.effective_from = effective_from
    edition.published_at = at
    edition.published_by = actor
    edition.state = EditionState.PUBLISHED
    edition.save()
    matter = edition.matter
    if (matter.name, matter.annex_status) != (edition.name, edition.annex_status):
        matter.name, matter.annex_status = edition.name, edition.annex_status
        set_search_columns(matter)
        matter.save()
    return edition


@transaction.atomic
def discard_draft(edition_id: int, *, expected_version: int, actor: User) -> Matter:
    """Afterwards the draft and its rows are gone; its history stays. Raises NotPermitted, NotFound, StaleState."""
    require_catalogue_admin(actor)
    edition = _lock_draft(edition_id, expected_version)
    matter = edition.matter
    edition.delete()
    return matter


@transaction.atomic
def edit_matter(matter_code: str, *, aliases: str, note: str, actor: User) -> Matter:
    """Afterwards the matter has these aliases and note; the guide's text is the editions' own.

    Raises NotPermitted, NotFound.
    """
    require_catalogue_admin(actor)
    found = Matter.objects.filter(code=matter_code).first()
    if found is None:
        raise NotFound("没有查到这个事项；请从事项列表中选择。")
    matter = _lock_matter(found.pk)
    matter.aliases = ";".join(
        dict.fromkeys(alias.strip() for alias in aliases.replace("；", ";").split(";") if alias.strip())
    )
    matter.note = note
    set_search_columns(matter)
    matter.save()
    return matter
