"""现场核查 (行政许可法第三十四条第三款): two different people, a record, and a clock that runs on."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.uploads import store_upload
from tests.corpus.files import jpg
from tests.factories import cases as make
from tests.factories import examination as done
from tests.factories.examination import moment
from windows.commands.review import submit_opinion
from windows.commands.site_checks import Finding, assign_site_check, record_site_check
from windows.examination import possible_inspectors, site_checks_for
from windows.models import Case, CaseEvent, CaseFile, Letter, SiteCheck

AT = moment("2026-03-09")
FOUND = Finding(
    checked_at=moment("2026-03-09", 11),
    findings="粗加工区、烹饪区分开设置，与平面图一致。",
    conclusion="met",
    party_signature="signed",
    party_name="邹念慈",
)


@pytest.fixture
def case(people) -> Case:
    return make.in_review(people)


def standing() -> tuple:
    return (
        SiteCheck.objects.count(),
        SiteCheck.objects.filter(recorded_at__isnull=True).count(),
        CaseEvent.objects.count(),
        Letter.objects.count(),
        CaseFile.objects.count(),
        tuple(Case.objects.values_list("state", "version", "asked", "statutory_due_on")),
    )


def test_two_inspectors_go_and_write_down_what_they_found(people, case):
    due = Case.objects.get(pk=case.pk).statutory_due_on
    check = done.check_assigned(people, case, at=AT)
    case.refresh_from_db()
    assert case.asked == [{"kind": "site_check", "at": "2026-03-09T11:00", "place": "莱阳市某某街道某某路18号"}]
    record_site_check(check.pk, finding=FOUND, actor=done.inspector(), at=moment("2026-03-09", 15))
    check.refresh_from_db()
    printed = check.letter.snapshot["print"]
    assert (printed["first_inspector"], printed["second_inspector"]) == ("迟立新", "栾晓东")
    assert (printed["party_name"], printed["party_signature"]) == ("邹念慈", "已签字")
    assert check.letter.kind == "D25"
    assert check.letter.seal is None
    case.refresh_from_db()
    # Trap 9: Article 45 does not list site checks.
    assert (case.asked, case.statutory_due_on, case.clock_stops) == (None, due, [])
    assert list(case.events.values_list("kind", flat=True))[-2:] == ["site_check_assigned", "site_checked"]


@pytest.mark.parametrize("second", ["nobody", "the same person"])
def test_trap_18_a_check_by_one_person_or_by_the_same_twice_is_refused(people, case, second):
    first = done.inspector()
    before = standing()
    plan = done.plan(first, None if second == "nobody" else first, at=AT)
    with pytest.raises(DomainError, match="须指派两名以上工作人员，同一人不能算两名") as refused:
        assign_site_check(case.number, plan=plan, actor=people.reviewer, at=AT)
    assert refused.value.article == "行政许可法第三十四条第三款"
    assert standing() == before


def test_trap_18_the_database_holds_that_they_are_two(people, case):
    check = done.check_assigned(people, case, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteCheck.objects.filter(pk=check.pk).update(second_inspector=check.first_inspector)


def test_only_inspectors_and_staff_of_the_handling_body_are_sent(people, case):
    inspector, stranger = done.inspector(), done.inspector("ga", "衣国强", department="GA")
    staff = done.staff_of("SP", "staff-sp", "左文慧")
    assert set(possible_inspectors(case)) == {inspector, staff}
    before = standing()
    for wrong in (stranger, people.reviewer):
        with pytest.raises(InvalidInput, match="须是莱阳市行政审批服务局的现场核查人员或者部门工作人员"):
            assign_site_check(case.number, plan=done.plan(inspector, wrong, at=AT), actor=people.reviewer, at=AT)
    assert standing() == before
    assign_site_check(case.number, plan=done.plan(inspector, staff, at=AT), actor=people.reviewer, at=AT)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"second_certificate": " "}, "请填写两名核查人员的证件号"),
        ({"place": ""}, "请填写核查地点和核查内容"),
        ({"planned_at": AT - timedelta(days=1)}, "约定的核查时间已过"),
    ],
)
def test_a_plan_that_lacks_something_is_refused(people, case, changes, sentence):
    first, second = done.inspectors()
    before = standing()
    with pytest.raises(InvalidInput, match=sentence):
        assign_site_check(
            case.number, plan=done.plan(first, second, at=changes.pop("planned_at", AT), **changes),
            actor=people.reviewer, at=AT,
        )  # fmt: skip
    assert standing() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"findings": " "}, "请填写核查情况"),
        ({"conclusion": ""}, "请选择核查结论"),
        ({"party_signature": "signed", "party_name": ""}, "请填写签字的当事人姓名"),
        ({"party_signature": "refused"}, "须有见证人"),
        ({"party_signature": "absent", "party_name": ""}, "须有见证人"),
        ({"checked_at": moment("2026-03-09", 18)}, "核查时间不能晚于现在"),
        ({"checked_at": moment("2026-03-08")}, "核查时间早于指派"),
    ],
)
def test_a_record_that_lacks_something_is_refused(people, case, changes, sentence):
    check = done.check_assigned(people, case, at=AT)
    before = standing()
    with pytest.raises(InvalidInput, match=sentence):
        record_site_check(
            check.pk,
            finding=Finding(**vars(FOUND) | changes),
            actor=done.inspector(),
            at=moment("2026-03-09", 15),
        )
    assert standing() == before


def test_a_party_who_refuses_to_sign_is_witnessed(people, case):
    check = done.check_assigned(people, case, at=AT)
    found = Finding(**vars(FOUND) | {"party_signature": "refused", "witness": "宫小雨"})
    record_site_check(check.pk, finding=found, actor=done.inspector("inspector-2"), at=moment("2026-03-09", 15))
    printed = SiteCheck.objects.get().letter.snapshot["print"]
    assert (printed["party_signature"], printed["witness"]) == ("拒绝签字", "宫小雨")


def test_a_third_inspector_does_not_even_see_the_case(people, case):
    check = done.check_assigned(people, case, at=AT)
    third = done.inspector("inspector-3", "初昇")
    before = standing()
    with pytest.raises(NotFound):
        record_site_check(check.pk, finding=FOUND, actor=third, at=moment("2026-03-09", 15))
    with pytest.raises(NotFound):
        record_site_check(check.pk + 1, finding=FOUND, actor=third, at=moment("2026-03-09", 15))
    with pytest.raises(NotPermitted, match="须由现场核查人员、部门工作人员办理"):
        record_site_check(check.pk, finding=FOUND, actor=people.reviewer, at=moment("2026-03-09", 15))
    staff = make.person("staff-sp", make.Role.DEPARTMENT_STAFF, right="review_for_department")
    with pytest.raises(NotPermitted, match="须由指派的核查人员迟立新、栾晓东之一登记"):
        record_site_check(check.pk, finding=FOUND, actor=staff, at=moment("2026-03-09", 15))
    assert standing() == before
    assert [list(site_checks_for(user)) for user in (done.inspector(), third)] == [[check], []]


def test_a_check_is_written_down_once(people, case):
    check = done.check_assigned(people, case, at=AT)
    record_site_check(check.pk, finding=FOUND, actor=done.inspector(), at=moment("2026-03-09", 15))
    before = standing()
    with pytest.raises(DomainError, match="已经登记，记录不再改动"):
        record_site_check(check.pk, finding=FOUND, actor=done.inspector(), at=moment("2026-03-09", 16))
    assert standing() == before


def test_the_photos_stay_with_the_case(people, case, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    check = done.check_assigned(people, case, at=AT)
    photo = store_upload(SimpleUploadedFile("灶台.jpg", jpg()), actor=done.inspector(), at=AT)
    found = Finding(**vars(FOUND) | {"photos": [photo]})
    record_site_check(check.pk, finding=found, actor=done.inspector(), at=moment("2026-03-09", 15))
    assert [one.file.stored for one in check.photos.all()] == [photo]
    assert CaseFile.objects.get(case=case).label == "现场核查照片"
    assert "file_added" in case.events.values_list("kind", flat=True)


def test_no_opinion_while_people_are_sent_out(people, case):
    make.credit_checked(people, case, at=AT)
    check = done.check_assigned(people, case, at=AT)
    before = standing()
    with pytest.raises(DomainError, match="请核查人员迟立新、栾晓东登记核查记录后再提交"):
        submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=AT)
    assert standing() == before
    record_site_check(check.pk, finding=FOUND, actor=done.inspector(), at=moment("2026-03-09", 15))
    submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=moment("2026-03-09", 16))
