"""差异: what a draft changes, in words a person can check before publishing."""

from dataclasses import dataclass

from .content import FIELDS, ROWS, Content, is_blank, shown


@dataclass(frozen=True)
class Change:
    """One change: where it is, what stood there (blank for new), what stands there now (blank for removed)."""

    where: str
    kind: str  # changed | added | removed | moved
    old: str
    new: str

    @property
    def verb(self) -> str:
        return {"changed": "修改", "added": "新增", "removed": "删除", "moved": "调整顺序"}[self.kind]


def _same(old: object, new: object) -> bool:
    return old == new or (is_blank(old) and is_blank(new))


def _row_text(kind: str, row: dict) -> str:
    label, columns = ROWS[kind]
    first, *others = columns
    more = [
        f"{columns[name]}：{shown(name, row[name])}"
        for name in others
        if not is_blank(row.get(name)) and row.get(name) is not False
    ]
    return "；".join([str(row.get(first, "")), *more])


def _row_changes(kind: str, old: list[dict], new: list[dict]) -> list[Change]:
    label, columns = ROWS[kind]
    first = next(iter(columns))
    # Rows are matched by their first field; equal names are matched in order of appearance.
    waiting: dict[str, list[dict]] = {}
    for row in old:
        waiting.setdefault(str(row.get(first, "")), []).append(row)
    changes: list[Change] = []
    kept_order: list[int] = []
    for row in new:
        twins = waiting.get(str(row.get(first, "")))
        if not twins:
            changes.append(Change(label, "added", "", _row_text(kind, row)))
            continue
        twin = twins.pop(0)
        kept_order.append(next(index for index, one in enumerate(old) if one is twin))
        for name, column in columns.items():
            if name != first and not _same(twin.get(name), row.get(name)):
                where = f"{label}“{row.get(first, '')}”：{column}"
                changes.append(Change(where, "changed", shown(name, twin.get(name)), shown(name, row.get(name))))
    changes += [Change(label, "removed", _row_text(kind, row), "") for rows in waiting.values() for row in rows]
    if kept_order != sorted(kept_order):
        before = "、".join(str(old[index].get(first, "")) for index in sorted(kept_order))
        after = "、".join(str(old[index].get(first, "")) for index in kept_order)
        changes.append(Change(label, "moved", before, after))
    return changes


def difference(old: Content | None, new: Content) -> list[Change]:
    """Every change from ``old`` to ``new`` in the order of the guide; against None everything said is new."""
    before = old or Content()
    changes = []
    for name, label in FIELDS.items():
        was, now = before.fields.get(name), new.fields.get(name)
        if _same(was, now):
            continue
        kind = "added" if is_blank(was) else "removed" if is_blank(now) else "changed"
        changes.append(
            Change(label, kind, "" if is_blank(was) else shown(name, was), "" if is_blank(now) else shown(name, now))
        )
    for kind in ROWS:
        changes += _row_changes(kind, before.rows.get(kind, []), new.rows.get(kind, []))
    return changes
