"""收费: what may be charged for a licence at all (行政许可法第五十八条、第五十九条). Pure."""

from laiyang_approval.kernel.errors import DomainError


def require_lawful(name: str, *, is_for_licence: bool, is_founded: bool) -> None:
    """Returns when this fee may be charged in a case; raises DomainError naming what is missing."""
    if not is_for_licence:
        raise DomainError(
            f"“{name}”不是办理本许可的收费，由有权机关另行征收；不能在本件中收取。",
            article="行政许可法第五十八条第一款",
        )
    if not is_founded:
        raise DomainError(
            f"“{name}”没有法律、行政法规依据，不得收取；请事项管理员核对收费依据。",
            article="行政许可法第五十八条第一款、第五十九条",
        )
