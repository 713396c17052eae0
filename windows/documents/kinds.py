"""文书种类: what is fixed for each kind of paper (domain reference 1.9): title, number word, seal, template, what the law demands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from laiyang_approval.kernel.models import Seal
from laiyang_approval.kernel.rules import rule_value
from matters.models import Edition

from . import parts


@dataclass(frozen=True)
class KindSpec:
    """What is fixed for one kind: its title, the word in its number, its seal, its template, and what law demands of it."""

    title: str
    word: str
    seal_kind: str | None
    template: str
    stylesheets: tuple[str, ...] = ("document.css", "letter.css")
    needs_remedies: bool = False
    seal_by_rule: bool = False


def _decision(title: str, word: str, template: str, *, needs_remedies: bool = False) -> KindSpec:
    """A paper that decides: the body's seal, or its approval seal where the bureau has ruled so (rule seal_<kind>)."""
    return KindSpec(title, word, Seal.Kind.OFFICIAL, template, needs_remedies=needs_remedies, seal_by_rule=True)


def _certificate(title: str, word: str, template: str) -> KindSpec:
    return KindSpec(title, word, Seal.Kind.OFFICIAL, template, ("document.css", "certificate.css"))


def _refusal(title: str, word: str) -> KindSpec:
    """A refusal of an application about a licence: reasons and remedies (行政许可法第三十八条第二款)."""
    return _decision(title, word, "print/licence_refusal.html", needs_remedies=True)


def _taking_back(title: str, word: str, template: str) -> KindSpec:
    """A decision that ends a licence: the agency's own seal, reasons and remedies."""
    return _decision(title, word, template, needs_remedies=True)


class DocumentKind(StrEnum):
    """文书种类 (domain reference 1.9); the value is stored with the letter."""

    spec: KindSpec

    def __new__(cls, value: str, spec: KindSpec):
        member = str.__new__(cls, value)
        member._value_ = value
        member.spec = spec
        return member

    D01 = "D01", KindSpec("申请材料接收凭证", "收", Seal.Kind.INTAKE, "print/receipt.html")
    D02 = "D02", KindSpec("不受理告知书", "不受理", Seal.Kind.INTAKE, "print/not_required.html")
    D03 = (
        "D03",
        KindSpec("不予受理决定书", "不予受", Seal.Kind.INTAKE, "print/not_accepted.html", needs_remedies=True),
    )
    D04 = "D04", KindSpec("补正材料告知书", "补", Seal.Kind.INTAKE, "print/correction.html")
    D06 = "D06", KindSpec("受理通知书", "受", Seal.Kind.INTAKE, "print/acceptance.html")
    D15 = "D15", _decision("准予行政许可决定书", "准", "print/grant.html")
    D16 = "D16", _decision("不予行政许可决定书", "不准", "print/refusal.html", needs_remedies=True)
    D17 = "D17", KindSpec("撤回申请确认书", "终", Seal.Kind.INTAKE, "print/withdrawal.html")
    D18 = "D18", KindSpec("送达回证", "送", None, "print/service.html")
    D19 = "D19", KindSpec("缴费通知书", "费", Seal.Kind.INTAKE, "print/fee_notice.html")
    # ---- interested parties, hearing, site check
    D11 = "D11", KindSpec("利害关系人告知书", "利害", Seal.Kind.INTAKE, "print/interested_party.html")
    D12 = "D12", KindSpec("听证告知书", "听告", Seal.Kind.INTAKE, "print/hearing_right.html")
    D13 = "D13", KindSpec("听证通知书", "听通", Seal.Kind.INTAKE, "print/hearing_notice.html")
    D13G = "D13G", KindSpec("听证公告", "听公", Seal.Kind.INTAKE, "print/hearing_announcement.html")
    D14 = "D14", KindSpec("听证笔录", "听笔", None, "print/hearing_record.html")
    D25 = "D25", KindSpec("现场核查记录", "核", None, "print/site_check.html")
    # ---- before anybody applies: no case, no clock
    D27 = "D27", KindSpec("一次性告知单", "告知", Seal.Kind.INTAKE, "print/advice.html")
    # ---- what stops or lengthens the clock, and the lapse of a correction
    D05 = "D05", KindSpec("终止办理告知书", "补终", Seal.Kind.INTAKE, "print/lapse.html")
    D09 = "D09", KindSpec("特别程序告知书", "特", Seal.Kind.INTAKE, "print/special_procedure.html")
    D10 = "D10", KindSpec("延长办理期限告知书", "延", Seal.Kind.INTAKE, "print/extension.html")
    # ---- licence life (domain reference 1.8); refusals share one template and tell the remedies
    D20 = "D20", _decision("准予变更行政许可决定书", "准变", "print/licence_change.html")
    D20N = "D20N", _refusal("不予变更行政许可决定书", "不准变")
    D20B = "D20B", _decision("准予补发行政许可证件决定书", "准补", "print/licence_replacement.html")
    D20BN = "D20BN", _refusal("不予补发行政许可证件决定书", "不准补")
    D21 = "D21", _decision("准予延续行政许可决定书", "准延", "print/licence_renewal.html")
    D21N = "D21N", _refusal("不予延续行政许可决定书", "不准延")
    D22 = "D22", _taking_back("撤回行政许可决定书", "撤回", "print/licence_withdrawal.html")
    D23 = "D23", _taking_back("撤销行政许可决定书", "撤销", "print/licence_revocation.html")
    D24 = "D24", _taking_back("注销行政许可决定书", "注销", "print/licence_cancellation.html")
    D24G = "D24G", _taking_back("注销行政许可公告", "注公", "print/licence_cancellation.html")
    D24N = "D24N", _refusal("不予注销行政许可决定书", "不准注")
    N01 = "N01", KindSpec("更正通知书", "更正", Seal.Kind.OFFICIAL, "print/letter_correction.html")
    N02 = "N02", KindSpec("陈述申辩权利告知书", "陈告", Seal.Kind.OFFICIAL, "print/statement_notice.html")
    N04 = "N04", KindSpec("决定送达告知书", "决告", Seal.Kind.INTAKE, "print/decision_above.html")
    N03 = "N03", KindSpec("终结告知书", "终告", Seal.Kind.OFFICIAL, "print/ex_officio_end.html")
    # ---- 容缺受理、告知承诺
    D07 = "D07", KindSpec("容缺受理通知书", "容", Seal.Kind.INTAKE, "print/deferral.html")
    D08 = "D08", KindSpec("告知承诺书", "承", Seal.Kind.INTAKE, "print/commitment.html")
    D26 = "D26", KindSpec("责令限期整改通知书", "责改", Seal.Kind.OFFICIAL, "print/rectification.html")
    N05 = "N05", KindSpec("办件移交告知书", "移告", Seal.Kind.INTAKE, "print/case_moved.html")
    C01 = "C01", _certificate("食品经营许可证", "食证", "print/food_certificate.html")
    C02 = "C02", _certificate("行政许可证书", "证", "print/certificate.html")


def seal_kind_on(kind: DocumentKind, on: date) -> str | None:
    """Which seal stands on a paper of this kind on ``on``; None for papers without one."""
    return rule_value(f"seal_{kind.value}", on) if kind.spec.seal_by_rule else kind.spec.seal_kind


#: 办理项 → the paper that grants it, and the paper that refuses it.
GRANTING = {
    "new": DocumentKind.D15,
    "change": DocumentKind.D20,
    "renewal": DocumentKind.D21,
    "replacement": DocumentKind.D20B,
    "cancellation": DocumentKind.D24,
}
REFUSING = {
    "new": DocumentKind.D16,
    "change": DocumentKind.D20N,
    "renewal": DocumentKind.D21N,
    "replacement": DocumentKind.D20BN,
    "cancellation": DocumentKind.D24N,
}
#: 办理项 of an act of the office's own motion → its decision.
TAKING_BACK = {
    "withdrawal": DocumentKind.D22,
    "revocation": DocumentKind.D23,
    "cancellation": DocumentKind.D24,
}
#: What is served when a case ends: decisions and certificates.
SERVED = (
    *GRANTING.values(),
    *REFUSING.values(),
    DocumentKind.D22,
    DocumentKind.D23,
    DocumentKind.D24G,
    DocumentKind.N03,
    DocumentKind.N04,
    DocumentKind.C01,
    DocumentKind.C02,
)


def has_certificate(edition: Edition) -> bool:
    """Whether a grant of this matter leads to a certificate besides the decision (行政许可法第三十九条)."""
    return bool(parts.certificate_name(edition.result_document))


def certificate_kind(edition: Edition) -> DocumentKind:
    """The certificate's own layout where there is one, else the general one."""
    name = parts.certificate_name(edition.result_document)
    return DocumentKind.C01 if name == DocumentKind.C01.spec.title else DocumentKind.C02


#: What must stand on a paper of each kind: the printed fact (or one of several, “a|b”), the sentence that refuses, the article.
DEMANDS: dict[DocumentKind, tuple[tuple[str, str, str], ...]] = {
    DocumentKind.D01: (("received_at", "接收凭证须写明收到材料的时间。", "行政许可法第三十二条第一款第四项"),),
    DocumentKind.D02: (("reason", "请写明为什么不需要取得行政许可。", "行政许可法第三十二条第一款第一项"),),
    DocumentKind.D03: (
        (
            "competent|ban_law",
            "不予受理须告知申请人向哪个行政机关申请，请写明。",
            "行政许可法第三十二条第一款第二项",
        ),
    ),
    DocumentKind.D04: (
        ("items", "补正告知须一次告知需要补正的全部内容，请列出。", "行政许可法第三十二条第一款第四项"),
    ),
    DocumentKind.D06: (
        ("accepted_on", "受理通知书须写明受理日期。", "行政许可法第三十二条第二款"),
        ("statutory_limit", "受理通知书须写明法定办理时限和单位。", "行政许可法第四十二条"),
    ),
    DocumentKind.D15: (("content", "准予决定须写明许可内容。", "行政许可法第三十八条第一款"),),
    DocumentKind.D16: (("basis", "不予许可须写明依据。", "行政许可法第三十八条第二款"),),
    DocumentKind.D27: (
        ("materials", "一次性告知单须列出需要提交的全部材料目录。", "行政许可法第三十条"),
        ("statutory_limit", "一次性告知单须写明期限。", "行政许可法第三十条"),
    ),
    DocumentKind.D18: (("documents", "送达回证须写明送达的文书。", "行政许可法第四十四条"),),
    DocumentKind.D19: (
        ("basis", "缴费通知须写明收费的法律、行政法规依据。", "行政许可法第五十八条、第五十九条"),
        ("amount", "缴费通知须写明金额。", "行政许可法第五十九条"),
    ),
    # ---- interested parties, hearing, site check
    DocumentKind.D11: (
        ("interest", "告知利害关系人须写明其利害关系。", "行政许可法第三十六条"),
        ("term", "告知利害关系人须写明陈述申辩的期限。", "行政许可法第三十六条"),
    ),
    DocumentKind.D12: (("term", "听证告知须写明申请听证的期限。", "行政许可法第四十七条第一款"),),
    DocumentKind.D13: (
        ("held_at", "听证通知须写明时间。", "行政许可法第四十八条第一款第一项"),
        ("place", "听证通知须写明地点。", "行政许可法第四十八条第一款第一项"),
        ("host", "听证通知须写明主持人，当事人才能申请回避。", "行政许可法第四十八条第一款第三项"),
    ),
    DocumentKind.D13G: (
        ("held_at", "听证公告须写明时间。", "行政许可法第四十六条"),
        ("place", "听证公告须写明地点。", "行政许可法第四十六条"),
    ),
    DocumentKind.D14: (
        ("attendees", "听证笔录须写明参加人及其签字。", "行政许可法第四十八条第一款第五项"),
        ("review_case", "听证笔录须写明审查意见的证据、理由。", "行政许可法第四十八条第一款第四项"),
        ("defence", "听证笔录须写明申辩和质证。", "行政许可法第四十八条第一款第四项"),
    ),
    DocumentKind.D25: (
        ("second_inspector", "现场核查须由两名以上工作人员进行，请写明两名核查人员。", "行政许可法第三十四条第三款"),
        ("findings", "现场核查记录须写明核查情况。", "行政许可法第三十四条第三款"),
    ),
    # ---- what stops or lengthens the clock, and the lapse of a correction
    DocumentKind.D05: (
        ("notice_number", "终止办理告知书须写明补正材料告知书的文号和日期。", "行政许可法第三十二条第一款第四项"),
        ("served_on", "补正材料告知书的送达没有登记，不能因逾期终止办理。", "行政许可法第三十二条第一款第四项"),
    ),
    DocumentKind.D09: (
        ("basis", "特别程序告知书须写明依法需要这项程序的条款。", "行政许可法第四十五条"),
        ("needed", "特别程序告知书须写明所需时间。", "行政许可法第四十五条"),
        ("effect", "特别程序告知书须写明对届满日期的影响。", "行政许可法第四十五条"),
    ),
    DocumentKind.D10: (
        ("reason", "延长办理期限须将延长的理由告知申请人。", "行政许可法第四十二条"),
        ("value", "延长办理期限告知书须写明延长的期限。", "行政许可法第四十二条"),
        ("approver", "延长办理期限告知书须写明批准人。", "行政许可法第四十二条"),
    ),
    DocumentKind.D20: (("content", "准予变更须写明变更后的许可内容。", "行政许可法第四十九条"),),
    DocumentKind.D21: (("validity", "准予延续须写明新的有效期。", "行政许可法第五十条第二款"),),
    DocumentKind.D22: (
        ("public_interest", "撤回许可须写明为了何种公共利益的需要。", "行政许可法第八条第二款"),
        ("compensation", "撤回许可须写明对财产损失如何依法补偿。", "行政许可法第八条第二款"),
    ),
    DocumentKind.D23: (("ground", "撤销许可须写明属于第六十九条的哪一种情形。", "行政许可法第六十九条"),),
    DocumentKind.D24: (("ground", "注销许可须写明属于第七十条的哪一项。", "行政许可法第七十条"),),
    DocumentKind.D24G: (("ground", "注销许可须写明属于第七十条的哪一项。", "行政许可法第七十条"),),
    DocumentKind.N04: (
        ("body", "决定送达告知书须写明作出决定的机关。", "行政许可法第三十五条"),
        ("document", "决定送达告知书须写明决定书的文号和日期。", "行政许可法第三十五条"),
        ("remedies", "决定送达告知书须写明对决定机关的救济途径。", "行政许可法第三十八条第二款"),
    ),
    DocumentKind.N05: (
        ("former", "移交告知须写明原办理机关。", "莱政发〔2018〕18号"),
        ("basis", "移交告知须写明依据。", "莱政发〔2018〕18号"),
    ),
    DocumentKind.N01: (("original", "更正通知须写明更正的是哪一份文书。", ""),),
    DocumentKind.N02: (("statement_limit", "告知书须写明陈述申辩的期限。", "行政许可法第七条"),),
    # ---- 容缺受理、告知承诺
    DocumentKind.D07: (
        ("items", "容缺受理通知书须列明容缺的材料。", "容缺受理规定"),
        ("due", "容缺受理通知书须写明补齐期限。", "容缺受理规定"),
        ("consequence", "容缺受理通知书须写明逾期的后果。", "容缺受理规定"),
        ("signatory", "容缺受理承诺书须由申请人签署。", "容缺受理规定"),
    ),
    DocumentKind.D08: (
        ("conditions", "告知承诺书须告知许可条件。", "国办发〔2020〕42号"),
        ("waived", "告知承诺书须写明以承诺代替的材料。", "国办发〔2020〕42号"),
        ("check_limit", "告知承诺书须写明核查的时间。", "国办发〔2020〕42号"),
        ("signatory", "告知承诺书须由申请人签署。", "国办发〔2020〕42号"),
    ),
    DocumentKind.D26: (
        ("findings", "责令限期整改通知书须写明核查查明的情况。", "山东省优化营商环境条例第二十九条"),
        ("limit", "责令限期整改通知书须写明整改期限。", "山东省优化营商环境条例第二十九条"),
    ),
}
