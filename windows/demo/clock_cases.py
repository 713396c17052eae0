"""Demo cases whose clock stands still, runs again, or is longer: special procedures, extensions, several departments, a lapse."""

from collections.abc import Callable
from datetime import datetime, timedelta

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import Department, User
from matters import queries as catalogue

from ..commands.clock_sweeping import lapse_corrections, remind_of_corrections, run_out_told_time
from ..commands.extending import approve_extension, request_extension, serve_extension
from ..commands.intake import (
    Application,
    CorrectionInput,
    MaterialInput,
    OutcomeInput,
    serve_correction,
    take_in,
)
from ..commands.joint import declare_joint_handling
from ..commands.parties import PartyData
from ..commands.procedures import (
    ProcedureRequest,
    approve_procedure,
    end_procedure,
    request_more_time,
    request_procedure,
    serve_procedure,
)
from ..commands.review import start_review
from ..commands.serving import Service
from ..domain.intake import Outcome
from ..models import Case, SpecialProcedure, StopProvision
from .codes import credit_code, mobile

When = Callable[[int, int], datetime]
People = dict[str, User]

REVIEW_BASIS = "《固定资产投资项目节能审查办法》第九条"
REVIEW = ProcedureRequest("expert_review", "能耗计算与同类项目差异较大，需要专家评审。", 10, REVIEW_BASIS)
TEST = ProcedureRequest("testing", "主要耗能设备能效需要检测。", 4, REVIEW_BASIS)
SERVICE = Service("direct", recipient="路志远", relation="经办人", place="政务服务大厅")


def _firm(name: str, serial: int, head: str) -> PartyData:
    return PartyData("legal", name, "credit_code", credit_code(serial), mobile(serial), "莱阳市经济开发区某某路", head)


FOUNDRY = _firm("莱阳市某某精密铸造有限公司", 21740, "丛培林")
COLD_STORE = _firm("莱阳某某冷链物流有限公司", 22851, "矫春华")
FEED = _firm("莱阳市某某饲料有限公司", 23962, "初立新")
JUICE = _firm("莱阳某某梨汁饮料有限公司", 24073, "姜书琴")
HEATING = _firm("莱阳市某某供热有限公司", 25184, "隋永胜")
BREWERY = _firm("莱阳市某某酒业有限公司", 26295, "于海宁")
NOODLES = _firm("莱阳市某某面食馆", 27306, "左秀英")


def tell_clock_cases(*, people: People, when: When, at: datetime) -> int:
    """Afterwards each procedure of the clock can be seen in some case; returns cases made."""
    stories = (
        _under_review_by_experts,
        _told_time_over,
        _consulted_and_resumed,
        _asked_for_a_test,
        _asked_for_more_days,
        _extended,
        _several_departments,
        _correction_near_its_end,
        _correction_never_came,
    )
    for story in stories:
        story(people, when)
    remind_of_corrections(at=when(6, 1))
    run_out_told_time(at=at, on_failure=_raise)
    lapse_corrections(at=at, on_failure=_raise)
    remind_of_corrections(at=at)
    return len(stories)


def _taken(
    people: People, at: datetime, matter: str, party: PartyData, request: str, *, is_faulty: bool = False
) -> Case:
    edition = catalogue.edition_on(catalogue.matter_by_code(matter), local_date(at))
    ids = list(edition.materials.order_by("seq").values_list("pk", flat=True))
    wrong = ids[2] if is_faulty else None
    return take_in(
        Application(
            matter=catalogue.matter_by_code(matter),
            party=party,
            materials=[MaterialInput(pk, "defective" if pk == wrong else "complete", originals=1) for pk in ids],
            request=request,
            premises="莱阳市经济开发区某某路",
        ),
        chosen=OutcomeInput(
            Outcome.CORRECT if is_faulty else Outcome.ACCEPT,
            corrections=[CorrectionInput(wrong, "复印件模糊", "提交清晰的复印件并加盖公章")] if is_faulty else (),
        ),
        actor=people["chuangkou"],
        at=at,
    ).case


def _in_review(people: People, when: When, days_ago: int, matter: str, party: PartyData, request: str) -> str:
    case = _taken(people, when(days_ago, 9), matter, party, request)
    start_review(case.number, actor=people["shencha"], at=when(days_ago - 1, 9))
    return case.number


def _newest(number: str) -> int:
    return SpecialProcedure.objects.filter(case__number=number).latest("pk").pk


def _suspend(people: People, number: str, request: ProcedureRequest, at: datetime) -> None:
    request_procedure(number, request=request, actor=people["shencha"], at=at)
    _approve_and_serve(people, number, at + timedelta(hours=1))


def _approve_and_serve(people: People, number: str, at: datetime) -> None:
    approve_procedure(number, procedure_id=_newest(number), actor=people["juzhang"], at=at)
    serve_procedure(
        number,
        procedure_id=_newest(number),
        service=SERVICE,
        actor=people["shencha"],
        at=at + timedelta(hours=1),
    )


def _under_review_by_experts(people: People, when: When) -> None:
    """The clock stands still for two procedures at once, told and within their time."""
    number = _in_review(people, when, 8, "FG-02", FOUNDRY, "年产1.2万吨铸件技术改造项目节能审查")
    _suspend(people, number, REVIEW, when(5, 9))
    _suspend(people, number, TEST, when(3, 9))


def _told_time_over(people: People, when: When) -> None:
    """The told time has run out and no second notice has been served: the clock runs again; one is asked for."""
    number = _in_review(people, when, 13, "FG-02", COLD_STORE, "3万吨冷库建设项目节能审查")
    _suspend(people, number, TEST, when(9, 9))
    request_more_time(
        number,
        procedure_id=_newest(number),
        needed_days=5,
        reason="送检样机需要复测。",
        actor=people["shencha"],
        at=when(1, 9),
    )


def _consulted_and_resumed(people: People, when: When) -> None:
    """取水许可: its own law leaves out the consultation of departments; the answer is in, the clock runs."""
    number = _in_review(people, when, 16, "SW-01", JUICE, "生产用水取水，年取水量5万立方米")
    provision = StopProvision.objects.get(matter__code="SW-01")
    _suspend(people, number, ProcedureRequest(f"provision-{provision.pk}", "需征求下游灌区意见。", 8), when(12, 9))
    end_procedure(
        number,
        procedure_id=_newest(number),
        ended_on=local_date(when(7, 9)),
        result="有关部门均回复同意，无不同意见。",
        actor=people["shencha"],
        at=when(7, 10),
    )


def _asked_for_a_test(people: People, when: When) -> None:
    """A procedure that waits for the head; the clock runs."""
    number = _in_review(people, when, 4, "FG-02", FEED, "饲料加工生产线项目节能审查")
    request_procedure(number, request=TEST, actor=people["shencha"], at=when(1, 10))


def _asked_for_more_days(people: People, when: When) -> None:
    """An extension that waits for the head."""
    number = _in_review(people, when, 15, "CG-06", HEATING, "供热主管网跨路施工")
    request_extension(
        number, reason="管线权属单位较多，施工方案需要反复核对。", actor=people["shencha"], at=when(1, 11)
    )


def _extended(people: People, when: When) -> None:
    """Approved and told in time: ten working days more."""
    number = _in_review(people, when, 18, "CG-06", BREWERY, "厂区出入口接入市政道路")
    request_extension(number, reason="涉及道路改造计划，需要核对施工时序。", actor=people["shencha"], at=when(6, 9))
    approve_extension(number, actor=people["juzhang"], at=when(6, 14))
    serve_extension(number, service=SERVICE, actor=people["shencha"], at=when(5, 10))


def _several_departments(people: People, when: When) -> None:
    """Two departments handle the case: forty-five working days; an extension waits for the head of the government."""
    number = _in_review(people, when, 20, "FG-02", HEATING, "热电联产扩建项目节能审查")
    water = Department.objects.get(code="SW")
    declare_joint_handling(
        number,
        department_ids=[water.pk],
        basis="莱阳市人民政府关于热电联产项目联合办理的决定（示例）",
        actor=people["juzhang"],
        at=when(18, 10),
    )
    request_extension(number, reason="取水论证尚未完成。", actor=people["shencha"], at=when(2, 9))


def _correction_near_its_end(people: People, when: When) -> None:
    case = _taken(people, when(27, 9), "SJ-04", NOODLES, "热食类食品制售", is_faulty=True)
    serve_correction(case.number, service=SERVICE, actor=people["chuangkou"], at=when(27, 10))


def _correction_never_came(people: People, when: When) -> None:
    case = _taken(people, when(33, 9), "SJ-04", BREWERY, "食品销售", is_faulty=True)
    serve_correction(case.number, service=SERVICE, actor=people["chuangkou"], at=when(33, 10))


def _raise(number: str, error: Exception) -> None:
    raise error
