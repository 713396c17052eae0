"""告知承诺: for which matters an applicant's promise may stand in for proofs (国办发〔2020〕42号). Reads only.

The catalogue says of each material whether a promise may replace it; which matters are kept from it altogether, because they
touch public safety, ecology, or directly somebody's health, life or property, stands in two dated business rules.
"""

from datetime import date

from laiyang_approval.kernel.rules import rule_value

from .models import AnnexStatus, Edition, Matter

#: What keeps a matter from it.
BASIS = "国办发〔2020〕42号"
_WHAT = "直接涉及国家安全、公共安全、生态环境和人身健康、生命财产安全等的事项，不适用告知承诺"


def commitment_bar(matter: Matter, on: date) -> str:
    """Why this matter may not be granted on a promise on ``on``; "" when it may."""
    if matter.domain in listed("commitment_barred_domains", on):
        return f"本事项属于“{matter.domain}”领域：{_WHAT}。"
    if matter.code in listed("commitment_barred_matters", on):
        return f"本事项列入不适用告知承诺的清单：{_WHAT}。"
    return ""


def is_high_risk(matter: Matter, on: date) -> bool:
    """Whether promises made for this matter are checked sooner than others."""
    return matter.code in listed("post_check_high_risk_matters", on)


def conditions_told(edition: Edition) -> list[str]:
    """The conditions an applicant is told, one a line with its provision.

    A reconstructed guide has none listed one by one: it tells the provisions they stand in, and that they are to be verified.
    """
    told = [f"{one.text}（{one.basis}）" if one.basis else one.text for one in edition.conditions.all()]
    if not told and edition.acceptance_condition:
        told = [edition.acceptance_condition]
    if not told and edition.annex_status == AnnexStatus.RECONSTRUCTED:
        told = [f"{one.citation}规定的条件（逐条内容待核实）" for one in edition.legal_bases.all()]
    return told


def listed(key: str, on: date) -> frozenset[str]:
    """The words of a rule that lists some, separated by semicolons; “无” lists none."""
    return frozenset(word for word in rule_value(key, on).split(";") if word and word != "无")
