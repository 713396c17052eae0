"""Letters take articles and terms from the dated law records; what is typed by hand or no longer in force is marked."""

from datetime import date

import pytest

from laiyang_approval.kernel.commands.laws import Amendment, amend_law, repeal_law
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.laws import law_on
from laiyang_approval.kernel.models import AuditRecord, LawRecord
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.windows.shipped_laws import shipped_law
from windows.documents.citing import cited, letter_templates, marks
from windows.models import Letter

TODAY = date(2026, 11, 24)


def test_no_letter_carries_an_article_or_a_term_typed_by_hand():
    assert [str(mark) for mark in marks(letter_templates(), on=TODAY, look_up=shipped_law)] == []


def test_what_is_typed_by_hand_is_marked_with_its_line(tmp_path):
    wrong = tmp_path / "wrong.html"
    wrong.write_text(
        "<p>依据{{ meta.cite.xkf_44 }}</p>\n<p>自收到之日起60日内，第九条，{{ meta.cite.gone_1 }}</p>\n",
        encoding="utf-8",
    )
    assert [str(mark) for mark in marks([wrong], on=TODAY, look_up=shipped_law)] == [
        "wrong.html:2 条文“第九条”须引自法律条文登记",
        "wrong.html:2 期限“60日内”须引自法律条文登记或者业务规则",
        "wrong.html:2 没有gone_1在2026-11-24的登记",
    ]


def test_a_letter_template_says_the_law_of_its_day():
    words = cited("print/grant.html", TODAY, look_up=shipped_law)
    assert words["cite"]["xkf_38_1"] == "《中华人民共和国行政许可法》第三十八条第一款"
    assert set(words["cite"]) == {"xkf_38_1", "xkf_40", "xkf_44"}


def test_a_refusal_before_2024_cites_the_older_review_law(people):
    assert law_on("fyf_review", date(2023, 12, 31)).citation == "《行政复议法》第九条第一款"
    assert (law_on("fyf_review", date(2024, 1, 1)).citation, law_on("fyf_review", TODAY).term_text) == (
        "《行政复议法》第二十条第一款",
        "60日",
    )


class TestAmendment:
    @pytest.fixture
    def officer(self, people):
        return make.person("officer", Role.SYSTEM_OFFICER)

    def test_an_amended_law_is_cited_from_its_day_on_and_old_letters_stay(
        self, people, officer, django_capture_on_commit_callbacks
    ):
        before = make.granted(people)
        amendment = Amendment(
            "中华人民共和国行政许可法", "第四十六条", "自作出决定之日起十日内送达", date(2026, 3, 3), 10
        )
        with django_capture_on_commit_callbacks(execute=True):
            amend_law("xkf_44", amendment, actor=officer, at=make.days_later(0, hours=6))
        after = make.granted(people, at=make.days_later(1))
        told = {
            case.pk: Letter.objects.get(case=case, kind="D15").snapshot["meta"]["cite"]["xkf_44"]
            for case in (before, after)
        }
        assert told == {
            before.pk: "《中华人民共和国行政许可法》第四十四条",
            after.pk: "《中华人民共和国行政许可法》第四十六条",
        }
        assert AuditRecord.objects.filter(action="law_changed").count() == 1

    def test_a_letter_that_cites_a_repealed_provision_is_not_sealed(
        self, people, officer, django_capture_on_commit_callbacks
    ):
        case = make.pending_decision(people)
        with django_capture_on_commit_callbacks(execute=True):
            repeal_law("xkf_44", last_day=date(2026, 3, 1), actor=officer, at=make.MONDAY)
        letters = Letter.objects.count()
        with pytest.raises(DomainError, match="“xkf_44”在2026-03-02没有有效的登记"):
            make.grant_case(case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(0, hours=4))
        case.refresh_from_db()
        assert (case.state, Letter.objects.count()) == ("pending_decision", letters)

    @pytest.mark.parametrize(
        ("amendment", "sentence"),
        [
            (Amendment("法", "第一条", "内容", date(2004, 7, 1), 10), "施行日须晚于前一次登记的2004-07-01"),
            (Amendment("", "第一条", "内容", date(2027, 1, 1), 10), "请填写法律名称和内容"),
            (Amendment("法", "第一条", "内容", date(2027, 1, 1)), "原来有期限的须填写期限"),
        ],
    )
    def test_what_cannot_be_an_amendment_is_refused_in_words(self, people, officer, amendment, sentence):
        with pytest.raises(InvalidInput, match=sentence):
            amend_law("xkf_44", amendment, actor=officer, at=make.MONDAY)
        assert LawRecord.objects.filter(key="xkf_44").count() == 1

    def test_the_page_registers_amendment_and_repeal(self, people, officer, client):
        client.force_login(officer)
        page = client.get("/tables/laws/xkf_44/").content.decode()
        assert "第四十四条" in page
        typed = {"law": "中华人民共和国行政许可法", "article": "第四十六条", "content": "送达", "term_value": "10"}
        assert client.post("/tables/laws/xkf_44/", typed | {"valid_from": ""}).status_code == 422
        assert client.post("/tables/laws/xkf_44/", typed | {"valid_from": "2027-01-01"}).status_code == 302
        ended = client.post("/tables/laws/xkf_44/", {"act": "repeal", "last_day": "2026-01-01"})
        assert ended.status_code == 422
        assert "失效日不能早于施行日2027-01-01" in ended.content.decode()
        assert client.get("/tables/laws/nothing/").status_code == 404
