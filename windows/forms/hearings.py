"""Forms of interested parties and hearings. They parse; what is lawful is decided by the commands."""

from django import forms

from windows.domain.hearings import APPLICANT, REVIEWER, SIGNATURES
from windows.hearings import Answer, addressee_of, answer_of, notices_of, possible_hosts, unserved
from windows.models import Case, Hearing, InterestedParty, ProcedureNotice

from .examination import choice_field, id_field, line_field, offer
from .review import ActForm, DeliverForm, day_field, moment_field, text_field


class InterestedForm(ActForm):
    """告知利害关系人"""

    kind = choice_field("类别", radio=True, choices=InterestedParty.Kind.choices)
    name = line_field("姓名或者名称", limit=200)
    interest = text_field("利害关系", rows=2, limit=500, help_text="写明该许可直接关系其什么重大利益。")
    address = line_field("住址或者住所", limit=200, required=False)
    phone = line_field("联系电话", limit=40, required=False)


class StatementForm(ActForm):
    """登记陈述申辩"""

    interested_party_id = id_field("谁提出", required=False)
    stated_on = day_field("提出日期")
    text = text_field("陈述、申辩的内容", rows=4, limit=4000, required=False)
    waived = forms.BooleanField(label="书面放弃陈述申辩", required=False)


def offer_speakers(form: forms.Form, case: Case) -> None:
    parties = InterestedParty.objects.filter(case=case)
    offer(
        form,
        "interested_party_id",
        [(one.pk, f"利害关系人：{one.name}") for one in parties],
        empty=f"申请人：{case.party.name}",
    )


class HearingAnswerForm(ActForm):
    """登记听证申请或者放弃"""

    notice_id = id_field("谁提出")
    answer = choice_field("提出什么", radio=True, choices=Answer.choices)
    answered_on = day_field("提出日期", help_text="被告知之日的次日起五个工作日内。")
    proof = line_field("凭证", limit=300, required=False, help_text="提出日期早于今天的必填，如邮戳、收件登记。")


def open_rights(case: Case) -> list[ProcedureNotice]:
    """The served notices of the right to a hearing that may still be answered, or whose request may be taken back."""
    rows = [n for n in notices_of(case) if n.kind == ProcedureNotice.Kind.HEARING_RIGHT and n.served_on]
    return [n for n in rows if (last := answer_of(n)) is None or last.answer == Answer.REQUESTED]


def offer_rights(form: HearingAnswerForm, case: Case) -> None:
    form.fields["notice_id"].choices = [(one.pk, addressee_of(one, case)) for one in open_rights(case)]


class OrderHearingForm(ActForm):
    """决定依职权听证"""

    basis = text_field(
        "依据或者理由",
        rows=2,
        limit=500,
        help_text="规定应当听证的条款，或者涉及的重大公共利益（行政许可法第四十六条）。",
    )


class CallHearingForm(ActForm):
    """通知听证（改期）"""

    host_id = id_field("主持人", help_text="不能是本件的审查、受理、核查或者决定人员。")
    held_at = moment_field("听证时间", help_text="工作日；通知须在七个工作日前送达。")
    place = line_field("听证地点", limit=200)
    closed = choice_field(
        "是否公开", required=False, choices=[("", "公开举行"), *((one.value, one.label) for one in Hearing.Closed)]
    )
    announce = forms.BooleanField(label="同时向社会公告", required=False, help_text="依职权听证的必须公告。")


def offer_hosts(form: CallHearingForm, case: Case) -> None:
    offer(form, "host_id", [(user.pk, user.display_name) for user in possible_hosts(case)])


class ServeNoticeForm(DeliverForm):
    """登记告知文书送达"""

    notice_id = id_field("文书")
    served_at = moment_field("送达时间", required=False, help_text="留空为现在。期限自送达的次日起算。")

    field_order = ["version", "notice_id", "method", "served_at"]


def offer_papers(form: ServeNoticeForm, case: Case) -> None:
    form.fields["notice_id"].choices = [
        (one.pk, f"{one.letter.title}　{addressee_of(one, case)}") for one in unserved(case)
    ]


class ChallengeForm(ActForm):
    """登记回避申请"""

    interested_party_id = id_field("谁申请", required=False)
    reason = text_field("理由", rows=2, limit=500, help_text="主持人与本件有什么直接利害关系。")


class DecideChallengeForm(ActForm):
    """决定是否回避"""

    upheld = choice_field("决定", radio=True, choices=[("yes", "准予回避，另定主持人"), ("no", "驳回申请")])
    reason = text_field("理由", rows=2, limit=500)

    def clean_upheld(self) -> bool:
        return self.cleaned_data["upheld"] == "yes"


class RecordHearingForm(ActForm):
    """登记听证笔录"""

    began_at = moment_field("开始时间")
    review_case = text_field("审查意见、证据和理由", rows=4, limit=4000)
    defence = text_field("申辩和质证", rows=5, limit=4000, help_text="写明各方说了什么、提交了什么证据；未到场的写明。")
    others = text_field(
        "其他参加人", rows=2, limit=1000, required=False, help_text="每行一人，姓名后空一格写身份，如“初昇 代理人”。"
    )
    attachment = forms.FileField(label="签字页扫描件", required=False)

    field_order = ["version", "began_at", "review_case", "defence"]

    def clean(self) -> dict:
        """What is said of each who was expected, under ``capacities``; the others as (name, capacity)."""
        data = super().clean()
        data["capacities"] = [(of, capacity) for of, capacity, _ in self._expected]
        lines = [line.split(maxsplit=1) for line in data.get("others", "").splitlines() if line.strip()]
        data["others"] = [(parts[0], parts[1] if len(parts) > 1 else "其他参加人") for parts in lines]
        return data

    def expect(self, expected: list[tuple[str, str, str]]) -> None:
        """Afterwards the form asks of each of ``expected`` (of, capacity, name) who came and how they signed."""
        self._expected = expected
        for of, capacity, name in expected:
            self.fields[f"name-{of}"] = line_field(f"{capacity}姓名", limit=50)
            self.fields[f"name-{of}"].initial = name
            self.fields[f"signature-{of}"] = choice_field(f"{capacity}签字", choices=list(SIGNATURES.items()))
            self.fields[f"note-{of}"] = line_field(f"{capacity}说明", limit=200, required=False)
        for name in ("others", "attachment"):
            self.fields[name] = self.fields.pop(name)  # at the end, after those who must be there


def expect_people(form: RecordHearingForm, case: Case) -> None:
    parties = InterestedParty.objects.filter(case=case)
    form.expect(
        [
            (REVIEWER, "审查人员", case.reviewer.display_name if case.reviewer else ""),
            (
                APPLICANT,
                "申请人（代表）",
                case.party.name if case.party.is_natural else case.party.legal_representative,
            ),
            *((str(one.pk), f"利害关系人{one.name}", _own_name(one)) for one in parties),
        ]
    )


def _own_name(party: InterestedParty) -> str:
    return party.name if party.kind == InterestedParty.Kind.NATURAL else ""
