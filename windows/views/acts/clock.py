"""Acts that stop or lengthen the clock, and the service of a correction notice."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import store_upload
from windows.clock_procedures import (
    awaiting_approval,
    awaiting_service,
    extension_awaits_approval,
    extension_awaits_service,
    running,
)
from windows.commands.extending import approve_extension, decline_extension, request_extension, serve_extension
from windows.commands.intake import serve_correction
from windows.commands.joint import declare_joint_handling
from windows.commands.procedures import (
    ProcedureRequest,
    approve_procedure,
    decline_procedure,
    end_procedure,
    request_more_time,
    request_procedure,
    serve_procedure,
)
from windows.commands.serving import Service
from windows.forms.clock import (
    AnswerForm,
    AnswerProcedureForm,
    EndProcedureForm,
    ExtensionForm,
    JointForm,
    MoreTimeForm,
    ProcedureForm,
    ServeForm,
    ServeProcedureForm,
    offer_departments,
    offer_notices,
    offer_requests,
    offer_running,
    offer_stops,
)
from windows.models import Case

from .base import Act, Run, plain, with_

_OF_THE_NOTICE = ("procedure_id",)


def _served(command: Callable[..., Case]) -> Run:
    """Serves a notice: the evidence is stored first, what is typed becomes the service."""

    def run(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
        version, upload = data.pop("version"), data.pop("evidence")
        named = {name: data.pop(name) for name in _OF_THE_NOTICE if name in data}
        evidence = store_upload(upload, actor=actor, at=at) if upload else None
        service = Service(**data, evidence=evidence)
        return command(number, **named, service=service, actor=actor, at=at, expected_version=version)

    return run


def _answered(approve: Callable[..., Case], decline: Callable[..., Case]) -> Run:
    """A head's answer to what a reviewer asked for: yes, or no with its reason."""

    def run(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
        answer, reason, version = data.pop("answer"), data.pop("reason"), data.pop("version")
        act, said = (approve, {}) if answer == "approve" else (decline, {"reason": reason})
        return act(number, **data, **said, actor=actor, at=at, expected_version=version)

    return run


ACTS: dict[str, Act] = {
    "serve_correction": Act(
        ServeForm,
        _served(serve_correction),
        "送达已登记，补正期限自送达次日起算。",
        applies=lambda case: not _is_told(case),
    ),
    "request_procedure": Act(
        ProcedureForm,
        with_(request_procedure, "request", ProcedureRequest),
        "已提出，待负责人批准；告知书送达以前照常计时。",
        prepare=offer_stops,
    ),
    "answer_procedure": Act(
        AnswerProcedureForm,
        _answered(approve_procedure, decline_procedure),
        "批复已登记。批准的，特别程序告知书正在生成；送达后次日起暂停计时。",
        sealed=True,
        prepare=offer_requests,
        applies=lambda case: bool(awaiting_approval(case)),
    ),
    "serve_procedure": Act(
        ServeProcedureForm,
        _served(serve_procedure),
        "送达已登记，自送达次日起暂停计时。",
        prepare=offer_notices,
        applies=lambda case: bool(awaiting_service(case)),
    ),
    "end_procedure": Act(
        EndProcedureForm,
        plain(end_procedure),
        "结果已登记。",
        prepare=offer_running,
        applies=lambda case: bool(running(case)),
    ),
    "request_more_time": Act(
        MoreTimeForm,
        plain(request_more_time),
        "已提出再次告知，待负责人批准。",
        prepare=offer_running,
        applies=lambda case: bool(running(case)),
    ),
    "request_extension": Act(ExtensionForm, plain(request_extension), "已提出延长，待负责人批准。"),
    "answer_extension": Act(
        AnswerForm,
        _answered(approve_extension, decline_extension),
        "批复已登记。批准的，延长办理期限告知书正在生成；在原届满日以前送达才有效。",
        sealed=True,
        applies=extension_awaits_approval,
    ),
    "serve_extension": Act(
        ServeForm, _served(serve_extension), "送达已登记，期限已延长。", applies=extension_awaits_service
    ),
    "declare_joint": Act(
        JointForm,
        plain(declare_joint_handling),
        "已登记多部门办理，新的受理通知书正在生成。",
        prepare=offer_departments,
        applies=lambda case: not case.is_joint,
    ),
}


def _is_told(case: Case) -> bool:
    """Whether the standing correction notice has been served."""
    notice = case.correction_notices.order_by("-sequence").first()
    return notice is None or notice.served_on is not None
