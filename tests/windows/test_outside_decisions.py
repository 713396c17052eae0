"""上级机关的决定: the file goes up once, the decision comes back on paper and is registered in that body's name (第三十五条、第四十三条)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import CalendarNotice, Department, StoredFile
from laiyang_approval.kernel.uploads import store_upload
from tests.corpus import files
from tests.factories import cases as make
from windows.commands.decision import grant_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.outside_decisions import DecisionAbove, record_outside_decision
from windows.commands.preconditions import report_upward
from windows.commands.recompute import recompute_open_cases
from windows.documents import DocumentKind
from windows.models import Case, CaseFile, Decision, Licence, OutsideDecision, UpwardReport
from windows.rendering import render_snapshot

LATER = make.days_later(0, hours=4)
BACK = make.days_later(20)
PAPER = date(2026, 3, 19)
GRANTED = DecisionAbove(
    "granted",
    "烟民宗许〔2026〕5号",
    PAPER,
    "《宗教事务条例》第二十一条",
    content="同意筹备设立",
    valid_to=date(2027, 3, 18),
)
REFUSED = DecisionAbove(
    "refused", "烟民宗许〔2026〕6号", PAPER, "《宗教事务条例》第二十条", reasons="必要的资金来源渠道不合法。"
)


@pytest.fixture
def faith(people) -> make.People:
    """Those who handle the matter of which the county only gives its opinion."""
    return make.People("ZJ19")


@pytest.fixture
def above(people) -> Department:
    return Department.objects.get(code="YTMZ")


def scan(actor) -> StoredFile:
    return store_upload(
        SimpleUploadedFile("决定书.pdf", files.pdf(), content_type="application/pdf"), actor=actor, at=BACK
    )


def reported(faith, above) -> Case:
    case = make.pending_decision(faith, code="ZJ-02")
    return report_upward(case.number, opinion="符合条件，建议同意。", body_id=above.pk, actor=faith.decider, at=LATER)


def registered(faith, case: Case, decided: DecisionAbove = GRANTED, *, at=BACK, **more) -> Case:
    return record_outside_decision(
        case.number, decided=decided, scan=more.get("scan", scan(faith.clerk)), actor=faith.clerk, at=at
    )


def standing(case: Case) -> tuple:
    row = Case.objects.get(pk=case.pk)
    return row.state, row.version, row.last_event_hash, row.letters.count(), row.deciding_department_id


class TestGoingUp:
    def test_opinion_and_file_go_to_the_body_named_and_no_clock_of_ours_runs_on(self, faith, above):
        case = make.pending_decision(faith, code="ZJ-02")
        due = case.statutory_due_on
        report_upward(case.number, opinion="建议同意。", body_id=above.pk, actor=faith.decider, at=LATER)
        case.refresh_from_db()
        report = UpwardReport.objects.get(case=case)
        # The Regulation's own thirty days, from receipt (第四十三条: 法律、法规另有规定的，依照其规定).
        assert (report.to_body, report.due_on, due) == ("烟台市民族宗教事务局", date(2026, 4, 1), date(2026, 4, 1))
        assert (case.deciding_department, case.light, case.light_turns_on) == (above, "none", None)
        assert (case.next_due_on, case.statutory_due_on) == (date.max, due)

    def test_a_new_calendar_does_not_start_it_again(self, faith, above):
        case = reported(faith, above)
        recompute_open_cases_now()
        case.refresh_from_db()
        assert (case.light_turns_on, case.next_due_on) == (None, date.max)

    def test_the_body_must_be_named_and_on_record(self, faith, above):
        case = make.pending_decision(faith, code="ZJ-02")
        before = standing(case)
        for wrong in (None, faith.clerk.department_id):
            with pytest.raises(InvalidInput, match="请选择依法作出决定的上级机关"):
                report_upward(case.number, opinion="建议同意。", body_id=wrong, actor=faith.decider, at=LATER)
        assert standing(case) == before

    def test_the_county_does_not_decide_it(self, faith):
        case = make.pending_decision(faith, code="ZJ-02")
        before = standing(case)
        with pytest.raises(DomainError, match="由上级机关决定") as refusal:
            grant_case(case.number, grant=make.GRANT, actor=faith.decider, at=LATER)
        assert refusal.value.article == "行政许可法第三十五条"
        assert standing(case) == before

    def test_it_goes_up_once(self, faith, above):
        case = reported(faith, above)
        before = standing(case)
        with pytest.raises(DomainError, match="案卷一次报齐"):
            report_upward(case.number, opinion="再报。", body_id=above.pk, actor=faith.decider, at=LATER)
        assert standing(case) == before


class TestComingBack:
    def test_granted_in_its_name_with_its_remedies_and_its_licence(self, faith, above):
        case = registered(faith, reported(faith, above))
        decision = Decision.objects.get(case=case)
        assert (case.state, decision.department, decision.decided_on) == ("granted", above, PAPER)
        outside = OutsideDecision.objects.get(decision=decision)
        assert (outside.document_number, outside.body, outside.recorded_by) == (
            "烟民宗许〔2026〕5号", above, faith.clerk,
        )  # fmt: skip
        letter = case.letters.get(kind="N04")
        printed = letter.snapshot["print"]
        assert (printed["agency"], printed["body"]) == (faith.clerk.department.name, "烟台市民族宗教事务局")
        assert (printed["remedies"]["organ"], printed["remedies"]["court"]) == (
            "烟台市人民政府",
            "烟台市莱山区人民法院",
        )
        assert "60日" in printed["remedies"]["review"] and "6个月" in printed["remedies"]["suit"]
        licence = Licence.objects.get(case=case)
        assert (licence.number, licence.issued_by_department, licence.letter) == ("烟民宗许〔2026〕5号", above, letter)
        assert (licence.valid_from, licence.valid_to, licence.issued_on) == (PAPER, date(2027, 3, 18), PAPER)
        assert CaseFile.objects.get(case=case).label == "烟民宗许〔2026〕5号决定书扫描件"
        # Ten working days from the decision (第四十四条): 2026-03-19, a Thursday; 清明 is 04-06.
        assert case.delivery_due_on == date(2026, 4, 2)
        kinds = list(case.events.order_by("sequence").values_list("kind", flat=True))
        assert kinds[-3:] == ["reported_upward", "outside_decision", "granted"]
        text = render_snapshot(DocumentKind.N04, letter.snapshot).text
        assert "烟台市莱山区人民法院" in text

    def test_a_certificate_of_that_body_bears_its_own_number_and_none_is_made_here(self, people):
        case = make.pending_decision(people, code="HY-02")
        report_upward(case.number, opinion="建议准予。", actor=people.decider, at=LATER)
        case = record_outside_decision(
            case.number,
            decided=DecisionAbove(
                "granted",
                "莱政海〔2026〕3号",
                PAPER,
                "《渔业法》第十一条",
                content="养殖用海",
                certificate_number="莱政养证12",
            ),
            scan=scan(people.clerk),
            actor=people.clerk,
            at=BACK,
        )
        licence = Licence.objects.get(case=case)
        assert (licence.number, licence.title, licence.issued_by_department.code) == (
            "莱政养证12",
            "水域滩涂养殖证",
            "GOV",
        )
        assert case.letters.get(kind="N04").snapshot["print"]["remedies"]["organ"] == "烟台市人民政府"
        with pytest.raises(DomainError, match="证件由该机关制发"):
            issue_certificate(case.number, actor=people.issuer, at=BACK)
        done = deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=BACK)
        assert done.state == "delivered"
        assert done.letters.get(kind="D18").department == people.issuer.department

    def test_refused_with_its_reasons(self, faith, above):
        case = registered(faith, reported(faith, above), REFUSED)
        assert (case.state, Licence.objects.count()) == ("refused", 0)
        printed = case.letters.get(kind="N04").snapshot["print"]
        assert (printed["result"], printed["reasons"]) == ("不予行政许可", "必要的资金来源渠道不合法。")

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"document_number": " "}, "请填写决定书的文号"),
            ({"basis": ""}, "请填写决定的依据"),
            ({"document_on": date(2026, 3, 23)}, "不能晚于今天"),
            ({"document_on": date(2026, 3, 1)}, "早于报送日期2026-03-02"),
            ({"result": "maybe"}, "请选择准予或者不予"),
            ({"result": "refused"}, "不予许可须说明理由"),
            ({"content": ""}, "请填写许可内容"),
            ({"valid_to": date(2026, 3, 18)}, "有效期止早于有效期起"),
        ],
    )
    def test_what_cannot_be_registered(self, faith, above, change, sentence):
        case = reported(faith, above)
        before = standing(case)
        with pytest.raises(InvalidInput, match=sentence):
            registered(faith, case, DecisionAbove(**GRANTED.__dict__ | change))
        assert (standing(case), Decision.objects.count(), CaseFile.objects.count()) == (before, 0, 0)

    def test_not_without_a_scan_and_not_before_the_file_went_up(self, faith, above):
        case = make.pending_decision(faith, code="ZJ-02")
        before = standing(case)
        with pytest.raises(DomainError, match="还没有报送决定机关"):
            registered(faith, case)
        assert standing(case) == before
        case = reported(faith, above)
        before = standing(case)
        with pytest.raises(InvalidInput, match="请上传决定书的扫描件"):
            registered(faith, case, scan=None)
        assert standing(case) == before

    def test_once_and_by_the_clerk(self, faith, above):
        case = reported(faith, above)
        with pytest.raises(NotPermitted):
            record_outside_decision(
                case.number, decided=GRANTED, scan=scan(faith.reviewer), actor=faith.reviewer, at=BACK
            )
        registered(faith, case)
        before = standing(case)
        with pytest.raises(StaleState):
            registered(faith, case, REFUSED)
        assert standing(case) == before

    def test_without_a_remedy_on_record_nothing_is_registered(self, faith, above):
        case = reported(faith, above)
        above.remedy_routes.all().delete()
        before = standing(case)
        with pytest.raises(DomainError, match="没有登记本机关当日的行政复议机关"):
            registered(faith, case)
        assert standing(case) == before


class TestPages:
    @pytest.fixture(autouse=True)
    def day(self, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: BACK)

    def test_the_head_finds_what_must_go_up_and_the_clerk_what_is_away(self, faith, above, client):
        case = make.pending_decision(faith, code="ZJ-02")
        client.force_login(faith.decider)
        session = client.session
        session.update(dict.fromkeys(("signed_in_at", "seen_at", "confirmed_at"), BACK.timestamp()))
        session.save()
        assert case.number in client.get("/approvals/").content.decode()
        answer = client.post(
            f"/cases/{case.number}/acts/report_upward/",
            {"version": str(case.version), "opinion": "建议同意。", "body_id": str(above.pk)},
        )
        assert answer.status_code == 302
        assert UpwardReport.objects.get(case=case).to_body == "烟台市民族宗教事务局"
        assert case.number not in client.get("/approvals/").content.decode()

    def test_the_clerk_registers_the_paper_and_everybody_reads_who_decided(self, faith, above, client):
        case = reported(faith, above)
        client.force_login(faith.clerk)
        assert case.number in client.get("/hall/desk/", {"list": "above"}).content.decode()
        case.refresh_from_db()
        typed = {
            "version": str(case.version), "result": "granted", "document_number": "烟民宗许〔2026〕5号",
            "document_on": "2026-03-19", "basis": "《宗教事务条例》第二十一条", "content": "同意筹备设立",
        }  # fmt: skip
        path = f"/cases/{case.number}/acts/record_outside_decision/"
        assert client.post(path, typed).status_code == 422
        stored = StoredFile.objects.count()
        late = SimpleUploadedFile("x.pdf", files.pdf(), content_type="application/pdf")
        refused = client.post(path, typed | {"document_on": "2026-03-23", "scan": late})
        assert (refused.status_code, StoredFile.objects.count()) == (422, stored)
        paper = SimpleUploadedFile("决定书.pdf", files.pdf(), content_type="application/pdf")
        assert client.post(path, typed | {"scan": paper}).status_code == 302
        page = client.get(f"/cases/{case.number}/").content.decode()
        assert f"烟台市民族宗教事务局（烟民宗许〔2026〕5号；{faith.clerk.display_name}登记）" in page
        assert "决定书扫描件" in page
        assert case.number not in client.get("/hall/desk/", {"list": "above"}).content.decode()


def recompute_open_cases_now() -> None:
    at = LATER + timedelta(days=1)
    recompute_open_cases(current_calendar(), CalendarNotice.objects.latest("pk"), actor=None, at=at)
