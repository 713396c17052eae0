"""案卷抽查的页面: stated, drawn, scored, mended, looked at again; and what everybody may redraw."""

import hashlib

import pytest
import time_machine
from django.core.management import call_command

from supervision import reviewing
from supervision.commands.reviews import draw_review
from supervision.models import CaseReview, InspectionTask, RecordingLink, ReviewFile
from tests.factories import cases as make
from tests.factories import reviews as rev
from tests.factories.cases import days_later

PLAN = {
    "token": "t" * 43,
    "title": "2026年3月案卷抽查",
    "from_on": "2026-03-02",
    "to_on": "2026-03-03",
    "dimensions": ["decision", "matter"],
    "seed_source": "双色球2026025期",
}


@pytest.fixture
def file(people, watch) -> ReviewFile:
    make.granted(people)
    with time_machine.travel(days_later(2), tick=False):
        yield rev.drawn(watch.supervisor).files.get()


def address(file: ReviewFile, action: str = "") -> str:
    return f"/supervision/review-files/{file.pk}/" + (f"{action}/" if action else "")


def sheet(**unmet: str) -> dict[str, str]:
    """The filled-in checklist; every item met but those named, with what is wrong."""
    given = {"conclusion": "请逐项整改。"}
    for item in reviewing.checklist_on(days_later(2).date()):
        given[f"v{item.pk}"] = "not_met" if item.code in unmet else "met"
        given[f"n{item.pk}"] = unmet.get(item.code, "")
    return given


def state(file: ReviewFile) -> str:
    return ReviewFile.objects.get(pk=file.pk).state


def test_stated_once_however_often_it_is_posted_then_drawn(people, watch, client):
    make.granted(people)
    with time_machine.travel(days_later(2), tick=False):
        client.force_login(watch.supervisor)
        assert "2026年2月案卷抽查" in client.get("/supervision/reviews/new/").content.decode()
        for _ in range(2):
            answer = client.post("/supervision/reviews/new/", PLAN)
            assert answer.headers["Location"] == "/supervision/reviews/AC20260001/"
        assert CaseReview.objects.count() == 1
        page = "/supervision/reviews/AC20260001/"
        assert client.post(page, {"seed": "", "reviewers": ["supervisor"]}).status_code == 422
        assert client.post(page, {"seed": "7", "reviewers": ["clerk-SP"]}).status_code == 422
        assert client.post(page, {"seed": "7", "reviewers": ["supervisor"]}).status_code == 302
        assert client.post(page, {"seed": "8", "reviewers": ["supervisor"]}).status_code == 409
        assert CaseReview.objects.get().seed == "7"
        shown = client.get(page).content.decode()
        assert "共1件" in shown and "待评查" in shown and "柳清源" in shown


def test_what_cannot_be_is_told_beside_the_field(people, watch, client):
    client.force_login(watch.supervisor)
    answer = client.post("/supervision/reviews/new/", PLAN | {"to_on": "2026-02-03"})
    assert answer.status_code == 422
    assert "不能早于起始日" in answer.content.decode() and "双色球2026025期" in answer.content.decode()
    assert client.post("/supervision/reviews/new/", PLAN | {"token": "x"}).status_code == 422
    assert CaseReview.objects.count() == 0


def test_a_file_from_its_score_to_its_close(file, people, watch, client):
    client.force_login(watch.supervisor)
    assert ">1<" in client.get("/workbench/counts/").content.decode()
    assert "决定由有权机关" in client.get(address(file)).content.decode()
    wrong = client.post(address(file, "score"), sheet(D1=""))
    assert wrong.status_code == 422 and "请写明问题" in wrong.content.decode()
    assert state(file) == "to_score"
    assert client.post(address(file, "score"), sheet(D1="没有送达回证")).status_code == 302
    assert "没有送达回证" in client.get(address(file)).content.decode()

    client.force_login(people.reviewer)
    assert people.reviewer.pk != file.reviewer_id
    listed = client.get("/supervision/review-files/").content.decode()
    assert "整改中" in listed and "2026-03-18" in listed
    assert client.post(address(file, "recheck"), {"is_mended": "yes", "text": "好"}).status_code == 403
    assert client.post(address(file, "rectify"), {"text": ""}).status_code == 422
    assert client.post(address(file, "rectify"), {"text": "已补。"}).status_code == 302

    client.force_login(watch.supervisor)
    assert client.post(address(file, "recheck"), {"is_mended": "no", "text": "缺日期。"}).status_code == 302
    assert state(file) == "rectifying"
    client.force_login(people.decider)
    client.post(address(file, "rectify"), {"text": "已补日期。"})
    client.force_login(watch.supervisor)
    assert client.post(address(file, "recheck"), {"is_mended": "yes", "text": "到位。"}).status_code == 302
    assert state(file) == "closed"
    results = client.get(f"/supervision/reviews/{file.review.number}/").content.decode()
    assert "整改销号" in results and "100.0%" in results and "94分" in results
    assert client.post(address(file, "burn")).status_code == 404


def test_a_handler_is_refused_as_reviewer_with_the_reason(file, people, watch, client):
    client.force_login(watch.supervisor)
    answer = client.post(address(file, "assign"), {"reviewer": "reviewer-SP", "reason": "调整"})
    assert answer.status_code == 403 and "办理过" in answer.content.decode()
    rev.colleague()
    assert client.post(address(file, "assign"), {"reviewer": "colleague", "reason": ""}).status_code == 422
    assert client.post(address(file, "assign"), {"reviewer": "colleague", "reason": "回避"}).status_code == 302
    assert ReviewFile.objects.get().reviewer.username == "colleague"


def test_nothing_is_there_for_those_it_is_not_about(file, people, watch, client):
    for user in (people.reviewer, people.decider):  # of the same body, but nothing was found yet
        client.force_login(user)
        assert client.get(address(file)).status_code == 404
        assert client.post(address(file, "score"), sheet()).status_code == 404
        assert client.get("/supervision/reviews/").status_code == 404
        assert file.case.number not in client.get("/supervision/review-files/?list=all").content.decode()
    for user in (people.clerk, watch.regulator):
        client.force_login(user)
        assert client.get("/supervision/review-files/").status_code == 404
    client.force_login(watch.coordinator)
    assert client.get(address(file)).status_code == 200
    assert client.post(address(file, "score"), sheet()).status_code == 404
    assert state(file) == "to_score"


def test_everybody_can_redraw_from_what_is_published(file, client, tmp_path, capsys):
    page = client.get("/draws/").content.decode()
    assert rev.SEED in page and file.review.population_sha256 in page
    answer = client.get(f"/draws/{file.review.number}/population.csv")
    assert hashlib.sha256(answer.content).hexdigest() == file.review.population_sha256
    published = tmp_path / "p.csv"
    published.write_bytes(answer.content)
    call_command("redraw_review", population=published, seed=rev.SEED)
    assert file.case.number in capsys.readouterr().out


def test_no_population_before_the_draw(people, watch, client):
    make.granted(people)
    review = rev.frozen(watch.supervisor)
    assert client.get(f"/draws/{review.number}/population.csv").status_code == 404
    assert review.population_sha256 in client.get("/draws/").content.decode()


@pytest.mark.parametrize("after", ["-1", "９", "9" * 30, "x'"])
def test_a_strange_cursor_is_a_page(file, watch, client, after):
    client.force_login(watch.supervisor)
    assert client.get("/supervision/review-files/", {"list": "all", "after": after}).status_code == 200
    assert client.get("/supervision/inspections/", {"list": after, "method": after}).status_code == 200


def test_the_batch_costs_the_same_however_many_were_drawn(people, watch, client, django_assert_max_num_queries):
    for _ in range(4):
        make.granted(people)
    review = rev.frozen(watch.supervisor)
    draw_review(review.number, seed="1", reviewers=["supervisor"], actor=watch.supervisor, at=days_later(1))
    client.force_login(watch.supervisor)
    with time_machine.travel(days_later(2), tick=False), django_assert_max_num_queries(9):
        client.get(f"/supervision/reviews/{review.number}/")


# ---- inspections


@pytest.fixture
def task(people, watch, client) -> InspectionTask:
    case = make.granted(people)
    with time_machine.travel(days_later(2), tick=False):
        client.force_login(watch.supervisor)
        order = {"token": "t" * 43, "method": "recordings", "subject": "窗口服务", "inspector": "supervisor"}
        for _ in range(2):
            answer = client.post("/supervision/inspections/new/", order | {"case_number": case.number})
            assert answer.headers["Location"] == "/supervision/inspections/JC20260001/"
        yield InspectionTask.objects.get()


SPAN = {"place": "window", "camera": "综合3号窗", "from_at": "2026-03-02T09:20", "to_at": "2026-03-02T09:50",
        "reference": "NVR-3/20260302/0920"}  # fmt: skip
LINK, FINISH = "/supervision/inspections/JC20260001/link/", "/supervision/inspections/JC20260001/finish/"
DONE = {"result": "good", "finding": "服务规范。", "measures": ""}


def test_recordings_are_pointed_to_and_kept_three_months(task, client):
    assert task.due_on.isoformat() == "2026-03-18"
    assert client.post(FINISH, DONE).status_code == 422  # nothing was looked at yet
    assert client.post(LINK, SPAN).status_code == 302
    assert client.post(LINK, SPAN).status_code == 409
    link = RecordingLink.objects.get()
    assert (link.camera, str(link.keep_until_on), link.reference) == ("综合3号窗", "2026-06-02", "NVR-3/20260302/0920")
    assert client.post(FINISH, DONE).status_code == 302
    assert client.post(FINISH, DONE).status_code == 409
    assert client.post(LINK, SPAN | {"reference": "2"}).status_code == 409
    assert "服务规范" in client.get("/supervision/inspections/JC20260001/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"to_at": "2026-03-02T09:20"},
        {"to_at": "2026-03-03T09:21"},
        {"to_at": "2026-03-09T09:21", "from_at": "2026-03-09T09:00"},
        {"from_at": "昨天"},
        {"camera": " "},
        {"place": "moon"},
    ],
)
def test_a_span_that_cannot_be(task, client, wrong):
    assert client.post(LINK, SPAN | wrong).status_code == 422
    assert RecordingLink.objects.count() == 0


def test_what_is_bad_says_what_to_do(task, client):
    client.post(LINK, SPAN | {"place": "on_site"})
    assert RecordingLink.objects.get().keep_until_on is None
    assert client.post(FINISH, DONE | {"result": "bad"}).status_code == 422
    assert client.post(FINISH, DONE | {"result": "bad", "measures": "约谈。"}).status_code == 302


def test_inspected_by_nobody_who_handled_it_and_seen_by_nobody_else(task, people, watch, client):
    order = {"token": "u" * 43, "method": "from_system", "subject": "时限", "case_number": task.case.number}
    answer = client.post("/supervision/inspections/new/", order | {"inspector": "reviewer-SP"})
    assert answer.status_code == 403 and "办理过" in answer.content.decode()
    lost = order | {"inspector": "supervisor", "case_number": "1"}
    assert client.post("/supervision/inspections/new/", lost).status_code == 422
    nowhere = order | {"inspector": "supervisor", "case_number": ""}
    assert client.post("/supervision/inspections/new/", nowhere).status_code == 422
    client.force_login(people.decider)
    assert client.get("/supervision/inspections/JC20260001/").status_code == 404
    assert client.post(FINISH, DONE).status_code == 404
    client.force_login(watch.coordinator)
    assert client.get("/supervision/inspections/JC20260001/").status_code == 200
    assert InspectionTask.objects.count() == 1
