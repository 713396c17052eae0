"""登记簿导入: old licences and open cases from a table: tried first, every fault by its row, then all at once or not at all."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, StaleState
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.spreadsheets import Column, InvalidTable, TableRow, Uploaded, read_table
from matters import queries as catalogue
from windows.commands.importing import OldCase, import_open_case
from windows.commands.licences.registering import OldLicence, register_old_licence
from windows.commands.parties import PartyData
from windows.models import Party

from ..models import RegisterImport

_PARTY = (
    Column("holder_kind", "申请人类别", max_length=10),
    Column("holder_name", "申请人（持证人）", max_length=200),
    Column("id_kind", "证件类型", max_length=20),
    Column("id_number", "证件号码", max_length=40),
    Column("representative", "法定代表人", required=False, max_length=50),
    Column("address", "住所", required=False, max_length=200),
)
COLUMNS = {
    RegisterImport.Table.LICENCES: (
        Column("matter_code", "事项代码", max_length=16),
        Column("number", "证照编号", max_length=60),
        Column("title", "证照名称", max_length=100),
        *_PARTY,
        Column("issued_by", "发证机关", max_length=100),
        Column("issued_on", "发证日期", max_length=20),
        Column("valid_from", "有效期自", max_length=20),
        Column("valid_to", "有效期至", required=False, max_length=20),
        Column("content", "许可内容", max_length=2000),
        Column("premises", "经营场所", required=False, max_length=200),
    ),
    RegisterImport.Table.CASES: (
        Column("matter_code", "事项代码", max_length=16),
        Column("number", "原受理编号", max_length=60),
        *_PARTY,
        Column("received_on", "收件日期", max_length=20),
        Column("accepted_on", "受理日期", max_length=20),
        Column("request", "申请内容", required=False, max_length=1800),
        Column("premises", "经营场所", required=False, max_length=200),
    ),
}
MOST_ROWS = 1000
_KINDS = {label: value for value, label in Party.Kind.choices} | {value: value for value in Party.Kind.values}
_ID_KINDS = {one.label: one.value for one in IdKind} | {one.value: one.value for one in IdKind}


class _Undo(Exception):
    """Ends a dry run: everything it wrote is undone."""


def read_register(table: str, uploaded: Uploaded) -> list[TableRow]:
    """The rows of an uploaded register; raises InvalidTable, InvalidInput."""
    if table not in COLUMNS:
        raise InvalidInput("请选择登记簿。", fields={"table": "请选择登记簿。"})
    rows = read_table(uploaded, COLUMNS[table], MOST_ROWS)
    if not rows:
        raise InvalidInput("表格里没有内容；请核对后重新上传。")
    return rows


def preview_register(table: str, rows: list[TableRow], *, file_name: str, actor: User, at: datetime) -> RegisterImport:
    """Afterwards the register waits to be confirmed: a dry run of every row went through and left nothing.

    Raises InvalidTable with the fault of each row.
    """
    try:
        with transaction.atomic():
            _run(table, rows, actor=actor, at=at)
            raise _Undo
    except _Undo:
        pass
    return RegisterImport.objects.create(
        table=table,
        file_name=file_name[:200],
        count=len(rows),
        rows=[{"number": row.number, "values": dict(row)} for row in rows],
        uploaded_by=actor,
        uploaded_at=at,
    )


@transaction.atomic
def confirm_register(import_id: int, *, actor: User, at: datetime) -> RegisterImport:
    """Afterwards every row stands as a case of origin 历史登记, with its licence; the rows themselves are gone.

    Raises NotFound, StaleState for one settled already, InvalidTable when something has changed since the dry run.
    """
    waiting = _waiting(import_id, actor)
    rows = [TableRow(row["values"], row["number"]) for row in waiting.rows]
    _run(waiting.table, rows, actor=actor, at=at)
    return _settle(waiting, RegisterImport.State.CONFIRMED, at)


@transaction.atomic
def discard_register(import_id: int, *, actor: User, at: datetime) -> RegisterImport:
    """Afterwards the waiting register is dropped, its rows gone."""
    return _settle(_waiting(import_id, actor), RegisterImport.State.DISCARDED, at)


def _waiting(import_id: int, actor: User) -> RegisterImport:
    found = RegisterImport.objects.select_for_update().filter(pk=import_id, uploaded_by=actor).first()
    if found is None:
        raise NotFound("没有查到这次导入；请从登记簿导入页打开。")
    if found.state != RegisterImport.State.PREVIEWED:
        raise StaleState(f"这次导入{found.get_state_display()}，不能再办；请刷新页面。")
    return found


def _settle(waiting: RegisterImport, state: str, at: datetime) -> RegisterImport:
    waiting.state, waiting.rows, waiting.settled_at = state, [], at
    waiting.save(update_fields=["state", "rows", "settled_at"])
    return waiting


def _run(table: str, rows: list[TableRow], *, actor: User, at: datetime) -> None:
    """Each row by its own command, in a savepoint; raises InvalidTable with all faults, by row."""
    act: Callable[[Mapping[str, str], User, datetime], object] = (
        _licence if table == RegisterImport.Table.LICENCES else _case
    )
    faults = []
    for row in rows:
        try:
            with transaction.atomic():
                act(row, actor, at)
        except DomainError as fault:
            faults.append(f"第{row.number}行：{fault.message}")
    if faults:
        raise InvalidTable(faults)


def _licence(row: Mapping[str, str], actor: User, at: datetime) -> object:
    body = Department.objects.filter(name=row["issued_by"].strip()).order_by("valid_from").first()
    body = body or Department.objects.filter(code=row["issued_by"].strip()).first()
    if body is None:
        raise InvalidInput(f"没有“{row['issued_by']}”这个机关；请填写全称或者代码。")
    old = OldLicence(
        matter=catalogue.matter_by_code(row["matter_code"]),
        number=row["number"],
        title=row["title"],
        holder=_party(row),
        issued_by=_existing(body, _day(row, "issued_on", "发证日期")),
        issued_on=_day(row, "issued_on", "发证日期"),
        valid_from=_day(row, "valid_from", "有效期自"),
        valid_to=_day(row, "valid_to", "有效期至") if row.get("valid_to", "").strip() else None,
        content=row["content"],
        premises=row.get("premises", ""),
    )
    return register_old_licence(old, actor=actor, at=at)


def _existing(body: Department, on: date) -> Department:
    """Of two bodies of one name, the one that existed that day."""
    for one in Department.objects.filter(name=body.name):
        if one.valid_from <= on <= (one.valid_to or date.max):
            return one
    return body


def _case(row: Mapping[str, str], actor: User, at: datetime) -> object:
    old = OldCase(
        matter=catalogue.matter_by_code(row["matter_code"]),
        number=row["number"],
        party=_party(row),
        received_on=_day(row, "received_on", "收件日期"),
        accepted_on=_day(row, "accepted_on", "受理日期"),
        request=row.get("request", ""),
        premises=row.get("premises", ""),
    )
    return import_open_case(old, actor=actor, at=at)


def _party(row: Mapping[str, str]) -> PartyData:
    kind, id_kind = _KINDS.get(row["holder_kind"].strip()), _ID_KINDS.get(row["id_kind"].strip())
    if kind is None:
        raise InvalidInput(f"没有“{row['holder_kind']}”这种申请人类别；请填写{'、'.join(Party.Kind.labels)}之一。")
    if id_kind is None:
        raise InvalidInput(f"没有“{row['id_kind']}”这种证件；如“统一社会信用代码”“居民身份证”。")
    return PartyData(
        kind=kind,
        name=row["holder_name"],
        id_kind=id_kind,
        id_number=row["id_number"],
        address=row.get("address", ""),
        legal_representative=row.get("representative", ""),
    )


def _day(row: Mapping[str, str], key: str, label: str) -> date:
    text = row.get(key, "").strip()[:10]
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{label}“{row.get(key, '')}”不是日期；请写作2018-12-20的形式。") from None
