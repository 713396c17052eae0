"""Letters and certificates: what they say, when they may be sealed, how they are made (domain reference 1.9, 1.10)."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel.calendars import forget_cached_calendar
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.jobs import run_due_jobs
from laiyang_approval.kernel.models import BusinessRule, Department, Job, RemedyRoute, Seal, User, UserRole
from laiyang_approval.kernel.pdf import PdfFailure, stop_child
from laiyang_approval.kernel.pdf_text import comparable, read_pdf, shown_text
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import forget_cached_rules
from laiyang_approval.kernel.signing import TEST_NAME, check_signature
from matters import queries as catalogue
from tests.books.letters import pages_of
from tests.factories.letters import sample
from windows import documents, letter_files, rendering
from windows.commands.decision import Grant, Refusal, grant_case, refuse_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.intake import (
    Application,
    CorrectionInput,
    MaterialInput,
    OutcomeInput,
    deem_accepted,
    take_in,
    withdraw_case,
)
from windows.commands.parties import PartyData
from windows.commands.preconditions import CreditQuery, record_credit_check
from windows.commands.review import start_review, submit_opinion
from windows.commands.serving import Service
from windows.documents import DocumentKind, printed_facts, require_complete
from windows.documents.parts import certificate_fit, certificate_name, due_text, limit_text, moment_text
from windows.domain.intake import Outcome
from windows.letter_files import open_letter
from windows.models import Case, Letter
from windows.rendering import can_be_made_again, render_letter, render_snapshot

from .hall_setup import FOOD, NOW, PERSON_ID, RESTAURANT_CODE, clerk_of, shipped  # noqa: F401


@pytest.fixture(scope="module", autouse=True)
def _no_child_left():
    yield
    stop_child()


@pytest.fixture
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    return tmp_path


@pytest.fixture
def people(shipped, db):  # noqa: F811
    forget_cached_calendar()
    bureau = Department.objects.get(code="SP")

    def person(username: str, role: Role, right: str) -> User:
        user = User.objects.create_user(
            username, password="Window-2026-03", display_name=username, department=bureau, password_changed_at=NOW
        )
        UserRole.objects.create(user=user, role=role)
        assign_perm(f"kernel.{right}", user, bureau)
        return user

    return SimpleNamespace(
        clerk=clerk_of(),
        reviewer=person("隋志远", Role.REVIEWER, "review_for_department"),
        decider=person("姜明哲", Role.DECIDER, "decide_for_department"),
        issuer=person("董雪梅", Role.ISSUING_CLERK, "intake_for_department"),
    )


RESTAURANT = PartyData(
    kind="legal",
    name="莱阳市梨乡人家餐饮有限公司",
    id_kind=IdKind.CREDIT_CODE.value,
    id_number=RESTAURANT_CODE,
    address="莱阳市某某街道某某路18号",
    legal_representative="张䶮",
)
PERSON = PartyData(kind="natural", name="邹念慈", id_kind=IdKind.RESIDENT_ID.value, id_number=PERSON_ID)


def received(people, *, at=NOW, code=FOOD, party=RESTAURANT, chosen=None, missing=0, electronic=False):
    """An application taken in by the clerk; by default complete and accepted."""
    matter = catalogue.matter_by_code(code)
    edition = catalogue.edition_on(matter, at.date())
    materials = [
        MaterialInput(row.pk, "missing" if place < missing else "complete", originals=1)
        for place, row in enumerate(edition.materials.all())
    ]
    return take_in(
        Application(
            matter=matter, party=party, materials=materials, premises="某某路18号", electronic_service=electronic
        ),
        chosen=chosen or OutcomeInput(Outcome.ACCEPT),
        actor=people.clerk,
        at=at,
    )


def decided_ready(people, **given) -> str:
    """The number of a case that waits for its decision."""
    number = received(people, **given).case.number
    start_review(number, actor=people.reviewer, at=NOW + timedelta(days=1))
    record_credit_check(
        number, query=CreditQuery("信用中国（山东）", "clear"), actor=people.reviewer, at=NOW + timedelta(days=1)
    )
    submit_opinion(
        number, proposal="grant", text="材料属实。", actor=people.reviewer, at=NOW + timedelta(days=1, hours=1)
    )
    return number


def text_of(letter: Letter) -> str:
    return shown_text(read_pdf(render_snapshot(DocumentKind(letter.kind), letter.snapshot).content))


def says(letter: Letter, *sentences: str) -> bool:
    text = text_of(letter)
    absent = [sentence for sentence in sentences if comparable(sentence) not in text]
    assert absent == []
    return True


GRANT = Grant("热食类食品制售", date(2026, 3, 4), date(2031, 3, 3))
REFUSAL = Refusal("粗加工区没有分隔。", "布局不符合要求。", "《食品经营许可和备案管理办法》第十二条")


def test_every_kind_has_its_template_its_word_and_its_seal():
    words = [kind.spec.word for kind in DocumentKind]
    assert len(set(words)) == len(words)
    for kind in DocumentKind:
        assert (Path(__file__).parents[2] / "templates" / kind.spec.template).is_file()
    by_seal = {seal: {kind.value for kind in DocumentKind if kind.spec.seal_kind == seal} for seal in Seal.Kind}
    # 行政许可法第三十二条第二款: special seal at intake; 第三十九条: the body's own seal on decisions and certificates.
    assert by_seal[Seal.Kind.INTAKE] == {
        "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D13G", "D17", "D19", "D27", "N04", "N05",
    }  # fmt: skip
    taking_back = {"D22", "D23", "D24", "D24G"}
    life = {"D20", "D20N", "D20B", "D20BN", "D21", "D21N", "D24N", *taking_back, "N01", "N02", "N03"}
    assert by_seal[Seal.Kind.OFFICIAL] == {"D15", "D16", "D26", "C01", "C02", *life}
    refusals = {"D16", "D20N", "D20BN", "D21N", "D24N"}
    assert {kind.value for kind in DocumentKind if kind.spec.needs_remedies} == {"D03", *refusals, *taking_back}


def test_qr_codes_open_pages_that_exist():
    assert documents.VERIFY_PATH.format(token="abc") == reverse("verify-paper", args=["abc"])
    assert documents.STATUS_PATH.format(token="abc") == f"{reverse('status')}#abc"


def test_receipt_and_acceptance_of_a_complete_application(people):
    taken = received(people)
    receipt, acceptance = taken.letters
    assert (receipt.number, acceptance.number) == ("莱审批收字〔2026〕第0001号", "莱审批受字〔2026〕第0001号")
    assert says(
        receipt,
        "莱阳市行政审批服务局",
        "申请材料接收凭证",
        taken.query_code,
        "于2026年3月2日9时30分通过窗口提交",
        "5个工作日内（至2026年3月9日止）一次告知需要补正的全部内容",
        "逾期不告知的，自收到申请材料之日起即为受理（《中华人民共和国行政许可法》第三十二条第一款第四项）",
        "食品经营许可申请",
        "张䶮",
        "样章",
    )
    assert says(
        acceptance,
        "第三十二条第一款第五项",
        "受理日期为2026年3月2日",
        "法定办理时限",
        "10个工作日",
        "2026年3月16日",
        "承诺办理时限",
        "7个工作日",
        "2026年3月11日",
        "办理费用：不收取费用",
        "现场勘验",
    )
    assert receipt.snapshot["meta"]["status_url"].startswith("http://127.0.0.1:8000/status/#")


def test_while_the_calendar_is_missing_the_letter_states_the_limit_and_that_the_date_will_be_told(people):
    taken = received(people, at=datetime(2026, 12, 24, 2, 0, tzinfo=UTC))
    _, acceptance = taken.letters
    assert taken.case.statutory_due_on is None
    assert says(acceptance, "10个工作日", "待公布（2027年放假安排公布后另行告知）")


def test_deemed_acceptance_is_dated_at_receipt_and_says_why(people):
    kept = received(people, at=datetime(2026, 2, 13, 2, 0, tzinfo=UTC), chosen=OutcomeInput(Outcome.KEEP))
    deem_accepted(kept.case.number, at=datetime(2026, 2, 28, 2, 0, tzinfo=UTC))
    letter = kept.case.letters.get(kind="D06")
    assert letter.sealed_on == date(2026, 2, 13)
    assert says(
        letter,
        "没有在5个工作日内一次告知需要补正的内容",
        "第三十二条第一款第四项",
        "受理日期为2026年2月13日",
        "自2026年2月13日的次日起计算",
    )
    assert "第五项" not in text_of(letter)


def test_a_correction_notice_lists_everything_at_once(people):
    edition = catalogue.edition_on(catalogue.matter_by_code(FOOD), NOW.date())
    first, second = list(edition.materials.all())[:2]
    taken = received(
        people,
        missing=2,
        chosen=OutcomeInput(
            Outcome.CORRECT,
            corrections=(
                CorrectionInput(first.pk, "没有签名", "由法定代表人签名"),
                CorrectionInput(second.pk, "没有提交", "补交复印件一份", "《食品经营许可和备案管理办法》第十二条"),
            ),
        ),
    )
    assert says(
        taken.letters[1],
        first.name,
        "没有签名",
        "由法定代表人签名",
        second.name,
        "补交复印件一份",
        "《食品经营许可和备案管理办法》第十二条",
        "以上为全部需要补正的内容。",
        "30个工作日内（至2026年4月14日止）",
        "逾期不补正的",
        "可以重新提出申请",
    )


def test_a_matter_of_another_body_is_not_accepted_and_the_competent_organ_named(people):
    taken = received(people, code="GT-03", party=PERSON, chosen=OutcomeInput(Outcome.NOT_ACCEPT))
    letter = taken.letters[1]
    assert says(
        letter,
        "不予受理决定书",
        "第三十二条第一款第二项",
        "请向有权办理的行政机关申请：莱阳市自然资源和规划局",
        "60日内，向莱阳市人民政府申请行政复议",
        "6个月内，直接向莱阳市人民法院提起行政诉讼",
    )


def test_the_number_of_a_natural_person_is_nowhere_in_the_inputs(people):
    taken = received(people, code="GT-03", party=PERSON, chosen=OutcomeInput(Outcome.NOT_ACCEPT))
    for letter in taken.letters:
        assert PERSON_ID not in json.dumps(letter.snapshot, ensure_ascii=False)
        assert letter.snapshot["print"]["party"]["id_number"] == "370***********9996"


def test_a_matter_without_licence_is_declined_with_its_reason(people):
    taken = received(
        people,
        chosen=OutcomeInput(
            Outcome.NOT_REQUIRED, override_reason="仅销售预包装食品", reason="仅销售预包装食品，已改为备案。"
        ),
    )
    assert says(taken.letters[1], "不受理告知书", "第三十二条第一款第一项", "仅销售预包装食品，已改为备案。")


def test_grant_certificate_and_proof_of_service(people):
    number = decided_ready(people)
    grant_case(number, grant=GRANT, actor=people.decider, at=NOW + timedelta(days=2))
    issue_certificate(number, actor=people.issuer, at=NOW + timedelta(days=3))
    deliver_case(
        number,
        service=Service("direct", recipient="王小明", relation="经办人", place="出件窗口"),
        actor=people.issuer,
        at=NOW + timedelta(days=4),
    )
    case = Case.objects.get(number=number)
    decision, certificate, proof = (case.letters.get(kind=kind) for kind in ("D15", "C01", "D18"))
    assert says(
        decision,
        "准予行政许可。",
        "第三十八条第一款",
        "热食类食品制售",
        "自2026年3月4日起至2031年3月3日止",
        "10个工作日内（至2026年3月18日止）",
        "颁发、送达食品经营许可证（《中华人民共和国行政许可法》第四十四条）",
    )
    assert says(
        certificate,
        "食品经营许可证",
        "样本",
        "莱审批食证字〔2026〕第0001号",
        "莱阳市梨乡人家餐饮有限公司",
        RESTAURANT_CODE,
        "2031年3月3日",
        "莱阳市市场监督管理局",
    )
    assert says(proof, f"《准予行政许可决定书》（{decision.number}）", "直接送达", "王小明", "2026年3月6日9时30分")


def test_a_refusal_gives_facts_reasons_basis_and_remedies(people):
    number = decided_ready(people)
    refuse_case(number, refusal=REFUSAL, actor=people.decider, at=NOW + timedelta(days=2))
    letter = Case.objects.get(number=number).letters.get(kind="D16")
    assert says(
        letter,
        "不予行政许可。",
        "第三十八条第二款",
        "粗加工区没有分隔。",
        "布局不符合要求。",
        "60日内，向莱阳市人民政府申请行政复议",
        "6个月内，直接向莱阳市人民法院提起行政诉讼",
        "《行政复议法》（2023年修订）第二十四条第一款第一项",
    )


def test_a_refusal_served_online_needs_the_online_channel(people):
    number = decided_ready(people, electronic=True)
    before = Letter.objects.count()
    with pytest.raises(DomainError) as refused:
        refuse_case(number, refusal=REFUSAL, actor=people.decider, at=NOW + timedelta(days=2))
    assert refused.value.article == "行政复议法第二十二条第二款"
    assert Letter.objects.count() == before
    assert Case.objects.get(number=number).state == "pending_decision"
    RemedyRoute.objects.filter(department__code="SP").update(online_review_channel="山东政务服务网行政复议专区")
    refuse_case(number, refusal=REFUSAL, actor=people.decider, at=NOW + timedelta(days=2))
    assert says(Case.objects.get(number=number).letters.get(kind="D16"), "渠道：山东政务服务网行政复议专区")


def test_a_refusal_without_remedies_on_record_is_not_sealed(people):
    number = decided_ready(people)
    RemedyRoute.objects.filter(department__code="SP").delete()
    before = Letter.objects.count()
    with pytest.raises(DomainError) as refused:
        refuse_case(number, refusal=REFUSAL, actor=people.decider, at=NOW + timedelta(days=2))
    assert refused.value.article == "行政许可法第三十八条第二款"
    assert Letter.objects.count() == before
    assert Case.objects.get(number=number).state == "pending_decision"


def test_without_a_valid_seal_nothing_is_taken_in(people):
    Seal.objects.filter(department__code="SP", kind=Seal.Kind.INTAKE).update(sealed_up_on=date(2026, 3, 2))
    with pytest.raises(DomainError, match="受理专用章已于2026年3月2日封存"):
        received(people)
    assert Case.objects.count() == 0 and Letter.objects.count() == 0


def test_a_withdrawal_is_confirmed(people):
    number = received(people).case.number
    withdraw_case(number, reason="另行选址", actor=people.clerk, at=NOW + timedelta(days=1))
    assert says(
        Case.objects.get(number=number).letters.get(kind="D17"), "撤回申请确认书", "另行选址", "自即日起终止办理"
    )


def test_pictographs_and_turned_writing_are_refused_before_a_number_is_used(people):
    number = received(people).case.number
    before = Letter.objects.count()
    for reason, named in (("不办了😀", "U\\+1F600"), ("不办了\u202e", "U\\+202E")):
        with pytest.raises(DomainError, match=named):
            withdraw_case(number, reason=reason, actor=people.clerk, at=NOW + timedelta(days=1))
    assert Letter.objects.count() == before
    assert Case.objects.get(number=number).state == "accepted"


def test_which_seal_stands_on_a_decision_is_a_dated_rule(people):
    before = Letter.objects.get(case__number=granted_number(people), kind="D15")
    assert before.seal.kind == "official"
    BusinessRule.objects.filter(key="seal_D15").update(value="approval")
    forget_cached_rules()
    after = Letter.objects.get(case__number=granted_number(people), kind="D15")
    assert (after.seal.kind, after.snapshot["print"]["seal"]["centre_text"]) == ("approval", "行政审批专用章")


def granted_number(people) -> str:
    number = decided_ready(people)
    grant = Grant("热食类食品制售", date(2026, 3, 3))
    grant_case(number, grant=grant, actor=people.decider, at=NOW + timedelta(days=1, hours=2))
    return number


# --- the worker -----------------------------------------------------------------------------------------------------


def test_the_worker_renders_each_letter_once_and_records_its_hash(people, files):
    receipt, acceptance = received(people).letters
    run_due_jobs(at=NOW)
    receipt.refresh_from_db()
    content = open_letter(receipt)
    assert (receipt.state, receipt.size, receipt.pages) == ("rendered", len(content), 2)
    assert len(list(files.glob("letters/*.pdf"))) == 2
    assert render_letter(receipt.reference) is None
    assert (receipt.signed_as, check_signature(content).is_whole) == (TEST_NAME, True)
    assert receipt.unsigned_sha256 != receipt.sha256
    assert can_be_made_again(receipt) and can_be_made_again(Letter.objects.get(pk=acceptance.pk))
    assert not list(files.glob("letters/*.part"))


def test_two_workers_that_made_the_same_letter_record_it_once(people, files):
    receipt = received(people).letters[0]
    first, second = render_letter(receipt.reference), render_letter(receipt.reference)
    first()
    receipt.refresh_from_db()
    recorded = (receipt.storage_name, receipt.sha256, receipt.rendered_at)
    second()
    receipt.refresh_from_db()
    assert (receipt.storage_name, receipt.sha256, receipt.rendered_at) == recorded


def test_an_altered_or_missing_file_is_not_served(people, files):
    receipt = received(people).letters[0]
    with pytest.raises(NotFound, match="正在生成"):
        open_letter(receipt)
    render_letter(receipt.reference)()
    receipt.refresh_from_db()
    path = files / receipt.storage_name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DomainError, match="不一致"):
        open_letter(receipt)
    path.unlink()
    with pytest.raises(DomainError, match="没有丢失"):
        open_letter(receipt)


def test_a_letter_that_cannot_be_made_waits_for_a_person_and_the_act_stands(people, files, monkeypatch):
    taken = received(people)

    def refuse(*args, **kwargs):
        raise PdfFailure("glyph", "U+30EDE")

    monkeypatch.setattr(rendering, "render_pdf", refuse)
    run_due_jobs(at=NOW)
    letter = Letter.objects.get(pk=taken.letters[0].pk)
    assert (letter.state, letter.last_error) == ("failed", "glyph: U+30EDE")
    assert set(Job.objects.filter(kind="render_letter").values_list("state", flat=True)) == {Job.State.FAILED}
    assert Case.objects.get(pk=taken.case.pk).state == "accepted"
    assert list(files.iterdir()) == []


def test_a_browser_shows_the_letter_under_its_number(people, files):
    receipt = received(people).letters[0]
    render_letter(receipt.reference)()
    receipt.refresh_from_db()
    response = letter_files.letter_response(receipt)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert response.content[:5] == b"%PDF-"


class TestComparingAFile:
    """The verify page compares a file somebody holds with the sealed record, byte for byte."""

    def compare(self, client, content: bytes):
        return client.post("/verify/compare/", {"file": SimpleUploadedFile("决定书.pdf", content)})

    def test_the_file_itself_is_recognised_with_its_live_state(self, people, files, client):
        receipt = received(people).letters[0]
        render_letter(receipt.reference)()
        receipt.refresh_from_db()
        answer = self.compare(client, open_letter(receipt))
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "逐字节一致" in page and receipt.number in page
        assert "91370682MA00000A9M" not in page

    def test_one_byte_more_or_other_is_not_ours(self, people, files, client):
        receipt = received(people).letters[0]
        render_letter(receipt.reference)()
        receipt.refresh_from_db()
        content = open_letter(receipt)
        for forged in (content + b"\n", content[:-1] + b"x", content[:100], b"%PDF-1.7 nothing of ours"):
            answer = self.compare(client, forged)
            assert answer.status_code == 404
            assert "与用印的记录不一致" in answer.content.decode()

    def test_no_file_an_empty_one_and_a_large_one_are_told(self, people, client):
        assert "请选择要比对的PDF文件" in client.post("/verify/compare/").content.decode()
        assert "这个文件是空的" in self.compare(client, b"").content.decode()
        large = self.compare(client, b"0" * (20 * 1024 * 1024 + 1))
        assert (large.status_code, "超过20MB" in large.content.decode()) == (422, True)


# --- completeness and hostile text, on samples of every kind --------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.value for kind in DocumentKind])
def test_every_kind_prints_all_its_facts_on_few_pages(kind):
    spec, snapshot = sample(kind)
    require_complete(spec, snapshot)
    done = render_snapshot(spec, snapshot)
    assert done.pages <= (3 if kind in {"D22", "D23"} else 2)
    assert pages_of(kind) == done.pages, "docs/letters.md is not of today: python -m tests.books.letters"
    assert set(done.fonts) <= {"Document-Song", "Document-Title-Bold", "Document-Hei", "Noto-Serif-CJK-SC"}
    with pikepdf.open(io.BytesIO(done.content)) as file:
        assert str(file.docinfo["/Title"]) == f"{snapshot['print']['title']} {snapshot['print']['number']}"


@pytest.mark.parametrize(
    ("kind", "field", "article"),
    [
        ("D01", "seal", "行政许可法第三十二条第二款"),
        ("D02", "reason", "行政许可法第三十二条第一款第一项"),
        ("D03", "reason", "行政许可法第三十八条第二款"),
        ("D03", "competent", "行政许可法第三十二条第一款第二项"),
        ("D03", "remedies", "行政许可法第三十八条第二款"),
        ("D04", "items", "行政许可法第三十二条第一款第四项"),
        ("D06", "accepted_on", "行政许可法第三十二条第二款"),
        ("D15", "seal", "行政许可法第三十九条"),
        ("D15", "content", "行政许可法第三十八条第一款"),
        ("D16", "reasons", "行政许可法第三十八条第二款"),
        ("D16", "remedies", "行政许可法第三十八条第二款"),
        ("D16", "basis", "行政许可法第三十八条第二款"),
        ("D18", "documents", "行政许可法第四十四条"),
        ("D11", "interest", "行政许可法第三十六条"),
        ("D12", "term", "行政许可法第四十七条第一款"),
        ("D13", "host", "行政许可法第四十八条第一款第三项"),
        ("D13", "place", "行政许可法第四十八条第一款第一项"),
        ("D13G", "held_at", "行政许可法第四十六条"),
        ("D14", "attendees", "行政许可法第四十八条第一款第五项"),
        ("D14", "defence", "行政许可法第四十八条第一款第四项"),
        ("D25", "second_inspector", "行政许可法第三十四条第三款"),
        ("D25", "findings", "行政许可法第三十四条第三款"),
        ("D20", "content", "行政许可法第四十九条"),
        ("D21", "validity", "行政许可法第五十条第二款"),
        ("D21N", "remedies", "行政许可法第三十八条第二款"),
        ("D22", "compensation", "行政许可法第八条第二款"),
        ("D22", "public_interest", "行政许可法第八条第二款"),
        ("D23", "ground", "行政许可法第六十九条"),
        ("D23", "remedies", "行政许可法第三十八条第二款"),
        ("D24", "ground", "行政许可法第七十条"),
        ("N02", "statement_limit", "行政许可法第七条"),
        ("D07", "due", "容缺受理规定"),
        ("D07", "signatory", "容缺受理规定"),
        ("D08", "conditions", "国办发〔2020〕42号"),
        ("D08", "signatory", "国办发〔2020〕42号"),
        ("D26", "findings", "山东省优化营商环境条例第二十九条"),
        ("N04", "body", "行政许可法第三十五条"),
        ("N04", "document", "行政许可法第三十五条"),
        ("N04", "remedies", "行政许可法第三十八条第二款"),
        ("C01", "seal", "行政许可法第三十九条"),
    ],
)
def test_a_letter_that_lacks_what_the_law_demands_is_not_sealed(kind, field, article):
    spec, snapshot = sample(kind)
    snapshot["print"][field] = type(snapshot["print"][field])()
    with pytest.raises(DomainError) as refused:
        require_complete(spec, snapshot)
    assert refused.value.article == article


HOSTILE = (
    '</td></tr></table><h1>准予行政许可决定书</h1><img src="file:///etc/passwd">',
    '<link rel="attachment" href="file:///etc/passwd"><img src="http://127.0.0.1:9/x">',
    "<style>.seal,.closing{display:none} *{background:url(http://127.0.0.1:9/y)}</style>",
    "{{ letter.seal }}{% include 'base.html' %}&lt;script&gt;",
    "</svg><script>alert(1)</script><svg onload=alert(1)>",
    "=HYPERLINK(1) \u200b a\u0301 ’\"'`;--",
)

#: Fixed by us, never typed by anybody.
OURS = {"title", "agency", "number", "case_number", "verify_host", "seal", "query_code"}


def _fill(value, texts):
    if isinstance(value, str):
        return next(texts) if value else value
    if isinstance(value, list):
        return [_fill(part, texts) for part in value]
    if isinstance(value, dict):
        return {name: _fill(part, texts) for name, part in value.items()}
    return value


@pytest.mark.parametrize("kind", [kind.value for kind in DocumentKind])
def test_hostile_text_in_every_field_is_printed_and_the_letter_still_says_what_was_decided(kind):
    spec, snapshot = sample(kind)
    texts = (HOSTILE[turn % len(HOSTILE)] for turn in range(10_000))
    printed = snapshot["print"]
    for name in printed.keys() - OURS:
        printed[name] = _fill(printed[name], texts)
    if kind.startswith("C"):
        printed |= certificate_fit(printed)
    done = render_snapshot(spec, snapshot)  # every hostile string is looked for in the finished document
    reading = read_pdf(done.content)
    text = shown_text(reading)
    assert reading.attachments == 0
    assert printed["title"] in text and comparable(printed["number"]) in text
    assert ("样章" in text) == (spec.spec.seal_kind is not None)
    if kind == "D16":
        assert "不予行政许可。" in text
    with pikepdf.open(io.BytesIO(done.content)) as file:
        assert not [note for page in file.pages for note in page.obj.get("/Annots", [])]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("D02", "reason"),
        ("D16", "reasons"),
        ("D16", "facts"),
        ("D15", "content"),
        ("C01", "content"),
        ("C02", "conditions"),
    ],
)
def test_ten_thousand_characters_are_all_printed(kind, field):
    spec, snapshot = sample(kind)
    snapshot["print"][field] = "".join(f"第{place}项符合要求；" for place in range(1, 1050))[:10_000]
    if spec.value.startswith("C"):
        snapshot["print"] |= certificate_fit(snapshot["print"])
    assert render_snapshot(spec, snapshot).pages >= 10


def test_facts_are_every_printed_string():
    facts = printed_facts({"meta": {"a": "不印"}, "print": {"b": "一", "c": ["二", {"d": "三", "e": ""}], "f": True}})
    assert facts == ["一", "二", "三"]


# --- words ----------------------------------------------------------------------------------------------------------


def test_dates_and_limits_read_as_gb_9704_writes_them():
    assert moment_text(datetime(2026, 3, 9, 16, 5, tzinfo=UTC)) == "2026年3月10日0时05分"
    assert limit_text(20, "工作日") == "20个工作日"
    assert limit_text(7, "日（自然日）") == "7日（自然日）"
    assert limit_text(2, "个月") == "2个月"
    assert due_text(None, 2027) == "待公布（2027年放假安排公布后另行告知）"
    assert due_text(date(2026, 3, 5), 2027) == "2026年3月5日"


@pytest.mark.parametrize(
    ("result_document", "certificate"),
    [
        ("食品经营许可证", "食品经营许可证"),
        ("占用、挖掘城市道路（依附道路桥梁建设管线）许可证", "占用、挖掘城市道路（依附道路桥梁建设管线）许可证"),
        ("出租汽车经营许可证、车辆运营证、驾驶员客运资格证", "出租汽车经营许可证"),
        ("取水许可证（取水申请批准文件）", "取水许可证"),
        ("社会团体法人登记证书副本年检结论", ""),
        ("企业投资项目核准文件", ""),
        ("", ""),
    ],
)
def test_which_matters_lead_to_a_certificate(result_document, certificate):
    assert certificate_name(result_document) == certificate


def test_the_food_licence_has_its_own_certificate(shipped):  # noqa: F811
    food = SimpleNamespace(result_document="食品经营许可证")
    general = SimpleNamespace(result_document="娱乐经营许可证")
    assert documents.certificate_kind(food) is DocumentKind.C01
    assert documents.certificate_kind(general) is DocumentKind.C02
    assert not documents.has_certificate(SimpleNamespace(result_document="企业投资项目核准文件"))
