"""Events of site check, experts, interested parties, hearing and other departments."""

from datetime import date

from .writer import EventWriter

LABELS = {
    "site_check_assigned": "指派现场核查",
    "site_checked": "登记现场核查",
    "panel_convened": "组织专家评审",
    "expert_named": "确定评审专家",
    "expert_recused": "评审专家回避",
    "panel_concluded": "登记专家评审结果",
    "interested_informed": "告知利害关系人",
    "statement_recorded": "登记陈述申辩",
    "hearing_right_told": "告知听证权利",
    "notice_served": "告知文书送达",
    "hearing_requested": "收到听证申请",
    "hearing_waived": "放弃听证",
    "hearing_withdrawn": "撤回听证申请",
    "hearing_ordered": "决定依职权听证",
    "hearing_called": "通知听证",
    "hearing_cancelled": "听证取消",
    "host_challenged": "申请主持人回避",
    "challenge_upheld": "准予回避",
    "challenge_rejected": "驳回回避申请",
    "hearing_recorded": "登记听证笔录",
    "department_consulted": "征求部门意见",
    "consultation_answered": "部门答复",
    "consultation_chased": "征求意见期满催办",
    "visit_appointed": "组织联合踏勘",
    "visit_recorded": "登记踏勘结果",
}


def record_site_check_assigned(writer: EventWriter, *, check_id: int, inspectors: tuple[int, int]) -> None:
    writer.add("site_check_assigned", check=check_id, inspectors=list(inspectors))


def record_site_checked(writer: EventWriter, *, check_id: int, conclusion: str, letter_id: int, photos: int) -> None:
    writer.add("site_checked", check=check_id, conclusion=conclusion, letter=letter_id, photos=photos)


def record_panel_convened(writer: EventWriter, *, panel_id: int, meets_on: date) -> None:
    writer.add("panel_convened", panel=panel_id, meets_on=meets_on)


def record_expert_named(writer: EventWriter, *, expert_id: int, has_conflict: bool, replaces_id: int | None) -> None:
    writer.add("expert_recused" if has_conflict else "expert_named", expert=expert_id, replaces=replaces_id)


def record_panel_concluded(writer: EventWriter, *, panel_id: int, votes: tuple[int, int, int]) -> None:
    writer.add("panel_concluded", panel=panel_id, votes=list(votes))


def record_interested_informed(writer: EventWriter, *, party_id: int, letter_id: int) -> None:
    writer.add("interested_informed", interested_party=party_id, letter=letter_id)


def record_statement(writer: EventWriter, *, statement_id: int, waived: bool) -> None:
    writer.add("statement_recorded", statement=statement_id, waived=waived)


def record_hearing_right_told(writer: EventWriter, *, letter_ids: list[int]) -> None:
    writer.add("hearing_right_told", letters=letter_ids)


def record_notice_served(
    writer: EventWriter, *, notice_id: int, service_id: int, served_on: date, until_on: date | None
) -> None:
    writer.add("notice_served", notice=notice_id, service=service_id, served_on=served_on, until_on=until_on)


def record_hearing_answer(writer: EventWriter, *, answer: str, answer_id: int, answered_on: date) -> None:
    writer.add(f"hearing_{answer}", answer=answer_id, answered_on=answered_on)


def record_hearing_ordered(writer: EventWriter, *, hearing_id: int) -> None:
    writer.add("hearing_ordered", hearing=hearing_id)


def record_hearing_called(
    writer: EventWriter, *, hearing_id: int, host_id: int, held_on: date, letter_ids: list[int]
) -> None:
    writer.add("hearing_called", hearing=hearing_id, host=host_id, held_on=held_on, letters=letter_ids)


def record_hearing_cancelled(writer: EventWriter, *, hearing_id: int) -> None:
    writer.add("hearing_cancelled", hearing=hearing_id)


def record_host_challenged(writer: EventWriter, *, challenge_id: int, host_id: int) -> None:
    writer.add("host_challenged", challenge=challenge_id, host=host_id)


def record_challenge_decided(writer: EventWriter, *, challenge_id: int, upheld: bool) -> None:
    writer.add("challenge_upheld" if upheld else "challenge_rejected", challenge=challenge_id)


def record_hearing_recorded(writer: EventWriter, *, hearing_id: int, letter_id: int, held_on: date) -> None:
    writer.add("hearing_recorded", hearing=hearing_id, letter=letter_id, held_on=held_on)


def record_department_consulted(
    writer: EventWriter,
    *,
    consultation_id: int,
    department_id: int,
    kind: str,
    due_on: date | None,
    material_ids: list[int],
) -> None:
    writer.add(
        "department_consulted",
        consultation=consultation_id,
        department=department_id,
        asked_for=kind,
        due_on=due_on,
        materials=material_ids,
    )


def record_consultation_answered(writer: EventWriter, *, consultation_id: int, answer: str) -> None:
    writer.add("consultation_answered", consultation=consultation_id, answer=answer)


def record_consultation_chased(writer: EventWriter, *, consultation_id: int, due_on: date) -> None:
    writer.add("consultation_chased", consultation=consultation_id, due_on=due_on)


def record_visit_appointed(writer: EventWriter, *, visit_id: int, consultation_ids: list[int]) -> None:
    writer.add("visit_appointed", visit=visit_id, consultations=consultation_ids)


def record_visit_recorded(writer: EventWriter, *, visit_id: int) -> None:
    writer.add("visit_recorded", visit=visit_id)
