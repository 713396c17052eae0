"""What the papers say that stop or lengthen the clock, or end a correction that did not come: D05, D06 again, D09, D10."""

from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.pdf import stop_child
from laiyang_approval.kernel.pdf_text import comparable, read_pdf, shown_text
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.commands.clock_sweeping import lapse_corrections, remind_of_corrections
from windows.commands.intake import OutcomeInput, decide_intake, serve_correction
from windows.commands.joint import declare_joint_handling
from windows.documents import DocumentKind
from windows.domain.intake import Outcome
from windows.models import Case, Letter
from windows.rendering import render_snapshot

MONDAY = tick.on("2026-03-02", 9)


@pytest.fixture(scope="module", autouse=True)
def _no_child_left():
    yield
    stop_child()


def says(case: Case, kind: str, *sentences: str) -> None:
    """The newest letter of that kind, as a reader of the PDF finds it."""
    letter = Letter.objects.filter(case=case, kind=kind).latest("pk")
    text = shown_text(read_pdf(render_snapshot(DocumentKind(kind), letter.snapshot).content))
    assert [sentence for sentence in sentences if comparable(sentence) not in text] == []


def test_the_notice_of_a_special_procedure_and_its_second_one(people):
    case = make.in_review(people, code=tick.REVIEWED, at=MONDAY)
    tick.suspended(people, case, at=tick.on("2026-03-09"), days=9)
    says(
        case,
        "D09",
        "特别程序告知书",
        f"依据{tick.BASIS}，办理本许可需要进行专家评审。",
        "9个工作日",
        "依据《中华人民共和国行政许可法》第四十五条，上述时间自本告知书送达的次日起不计入法定办理时限、承诺办理时限",
        "没有再次书面告知以前，超过的部分计入时限",
        "现为2026年3月30日；本告知书于落款当日送达、所需时间用满的，为2026年4月13日",
        "样章",
    )
    tick.told_again(people, case, at=tick.on("2026-03-19"), days=2)
    says(
        case,
        "D09",
        "本告知书续特别程序告知书（莱审批特字〔2026〕第0001号）",
        "至2026年3月20日止",
        "届满日期：另有特别程序正在进行，恢复计时后确定。",
    )


def test_the_notice_of_an_extension(people):
    case = make.in_review(people, code=tick.REVIEWED, at=MONDAY)
    tick.extension_approved(people, case, at=tick.on("2026-03-20"))
    says(
        case,
        "D10",
        "延长办理期限告知书",
        "法定办理期限至2026年3月30日届满",
        "案情复杂，需要补充论证。",
        "依据《中华人民共和国行政许可法》第四十二条第一款，经本行政机关负责人姜明哲批准，办理期限延长10个工作日，延长后的法定届满日为2026年4月14日。",
        "没有送达的，延长无效",
    )


def test_the_acceptance_notice_of_a_case_of_several_departments(people):
    case = make.in_review(people, code=tick.REVIEWED, at=MONDAY)
    water = Department.objects.get(code="SW")
    declare_joint_handling(
        case.number,
        department_ids=[water.pk],
        basis="莱阳市人民政府联合办理的决定",
        actor=people.decider,
        at=tick.on("2026-03-03"),
    )
    says(
        case,
        "D06",
        "本件由莱阳市行政审批服务局、莱阳市水务局共同办理（莱阳市人民政府联合办理的决定）。",
        "《中华人民共和国行政许可法》第四十二条第二款，法定办理时限为45个工作日",
        "2026年5月8日",
    )


def test_the_notice_that_an_application_ends_for_want_of_its_correction(people):
    case = make.correction_pending(people, at=MONDAY)
    serve_correction(case.number, service=make.SERVICE, actor=people.clerk, at=tick.on("2026-03-03"))
    remind_of_corrections(at=tick.on("2026-04-08"))
    lapse_corrections(at=tick.on("2026-04-16"), on_failure=lambda number, error: None)
    notice = Letter.objects.get(case=case, kind="D04")
    says(
        case,
        "D05",
        "终止办理告知书",
        f"本机关于2026年3月2日出具补正材料告知书（{notice.number}）",
        "并于2026年3月3日送达，补正期限至2026年4月15日止",
        "可以随时重新提出申请",
    )


@pytest.mark.parametrize("text", ["\U0001f600评审", "评审\u202e"])
def test_what_no_font_prints_is_refused_before_anything_is_sealed(people, text):
    case = make.in_review(people, code=tick.REVIEWED, at=MONDAY)
    before = Case.objects.values().get(pk=case.pk)
    with pytest.raises(DomainError):
        tick.requested(people, case, at=tick.on("2026-03-03"), kind="testing", basis=text)
    assert Case.objects.values().get(pk=case.pk) == before
    assert case.special_procedures.count() == 0


def test_the_acceptance_of_a_corrected_case_names_the_day_everything_was_in(people):
    case = make.corrected(people, make.correction_pending(people, at=MONDAY), at=make.days_later(3))
    accepted = decide_intake(
        case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=make.days_later(7)
    )
    assert accepted.accepted_on == date(2026, 3, 5)
    says(case, "D06", "补正材料于2026年3月5日全部收到，申请材料齐全、符合法定形式", "受理日期为2026年3月5日")
