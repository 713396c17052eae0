"""改革时间表和协调事项: done by evidence only; raised, decided, carried out, in that order."""

from datetime import date

import pytest

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from transfers.commands.reform import (
    NewQuestion,
    carry_out_question,
    decide_question,
    load_milestones,
    raise_question,
    record_milestone,
)
from transfers.models import Milestone, Question
from transfers.timeline import picture, standing_of

TODAY = date(2026, 3, 2)


@pytest.fixture
def milestones(office):
    load_milestones()
    return list(Milestone.objects.all())


def test_the_opinions_steps_stand_without_a_claim_that_they_were_done(milestones):
    assert [one.title for one in milestones] == [
        "印发实施意见", "人员、资产、档案交接", "核定机构、职责和编制（三定）", "首批事项划转到位", "挂牌", "试运行",
    ]  # fmt: skip
    assert load_milestones() == 0
    assert {standing_of(one, TODAY)[1] for one in milestones} == {"待核实（没有登记完成依据）"}
    trial = milestones[-1]
    assert standing_of(trial, date(2018, 12, 31))[1] == "未开始"
    assert standing_of(trial, date(2019, 1, 31))[1] == "进行中"


def test_a_step_is_done_by_what_proves_it_and_once(office, milestones):
    pk = milestones[4].pk
    for done_on, evidence in ((date(2018, 12, 29), " "), (date(2026, 3, 3), "挂牌"), (date(2018, 12, 1), "挂牌")):
        with pytest.raises(InvalidInput):
            record_milestone(pk, done_on=done_on, evidence=evidence, actor=office.overseer, at=make.MONDAY)
    with pytest.raises(NotPermitted):
        record_milestone(pk, done_on=date(2018, 12, 29), evidence="挂牌", actor=office.giver, at=make.MONDAY)
    done = {"done_on": date(2018, 12, 29), "evidence": "挂牌仪式纪要", "actor": office.overseer, "at": make.MONDAY}
    record_milestone(pk, **done)
    with pytest.raises(StaleState):
        record_milestone(pk, **done)
    assert standing_of(Milestone.objects.get(pk=pk), TODAY) == ("done", "已完成")


def test_the_picture_says_in_words_what_it_shows(office, milestones):
    drawn = picture(milestones, TODAY)
    assert drawn.count("<rect") == 6
    assert "挂牌待核实（没有登记完成依据）" in drawn
    assert [month in drawn for month in ("2018年12月", "2019年1月")] == [True, True]
    assert picture([], TODAY) == ""


def test_a_question_is_raised_decided_and_carried_out_in_that_order(office):
    asked = raise_question(NewQuestion("客运站安检归谁？", "JY-02"), actor=office.giver, at=make.MONDAY)
    assert (asked.raised_by.code, asked.matter.code, asked.state) == ("JY", "JY-02", ("queued", "待决定"))
    who = {"actor": office.overseer, "at": make.MONDAY}
    with pytest.raises(StaleState):
        carry_out_question(asked.pk, outcome="已办", **who)
    with pytest.raises(InvalidInput):
        decide_question(asked.pk, decision="归交通局", decided_in="", **who)
    with pytest.raises(NotPermitted):
        decide_question(asked.pk, decision="归交通局", decided_in="纪要", actor=office.giver, at=make.MONDAY)
    decide_question(asked.pk, decision="归交通局", decided_in="〔2026〕第3期纪要", **who)
    with pytest.raises(StaleState):
        decide_question(asked.pk, decision="另议", decided_in="纪要", **who)
    done = carry_out_question(asked.pk, outcome="职责边界清单已更新", **who)
    assert (done.state, done.carried_out_on) == (("done", "已落实"), TODAY)
    with pytest.raises(StaleState):
        carry_out_question(asked.pk, outcome="再办", **who)


def test_a_question_without_words_or_about_no_matter_is_refused(office):
    with pytest.raises(InvalidInput):
        raise_question(NewQuestion(" "), actor=office.giver, at=make.MONDAY)
    with pytest.raises(NotFound):
        raise_question(NewQuestion("问", "ZZ-99"), actor=office.giver, at=make.MONDAY)
    watcher = make.person("watcher", Role.AUDIT_OFFICER)
    with pytest.raises(NotPermitted):
        raise_question(NewQuestion("问"), actor=watcher, at=make.MONDAY)
    assert not Question.objects.exists()


def test_the_pages(office, milestones, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.MONDAY)
    client.force_login(office.giver)
    assert (
        client.post(
            "/transfers/timetable/", {"milestone": milestones[0].pk, "done_on": "2018-11-26", "evidence": "x"}
        ).status_code
        == 403
    )
    answer = client.post("/transfers/questions/", {"text": "客运站安检归谁？", "matter_code": "JY-02"})
    address = answer["Location"]
    assert "须由市政府协调机制人员登记" in client.get(address).content.decode()
    client.force_login(office.overseer)
    assert client.post(address, {"decision": "归交通局", "decided_in": ""}).status_code == 422
    assert client.post(address, {"decision": "归交通局", "decided_in": "纪要"}).status_code == 302
    assert "登记落实" in client.get(address).content.decode()
    data = {"milestone": milestones[0].pk, "done_on": "2018-11-26", "evidence": "莱政发〔2018〕18号"}
    assert client.post("/transfers/timetable/", data).status_code == 302
    assert "已完成" in client.get("/transfers/timetable/").content.decode()
    assert client.post("/transfers/timetable/", data).status_code == 422
