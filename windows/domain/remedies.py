"""救济途径: what a person who disagrees with an act may do, where, and until when. Pure.

The periods are those of the law records of the letter's day and are printed with their articles; organ and court follow the body in whose name the
act is done (行政复议法第二十四条、第二十七条) and come from its dated route, never from a constant.
"""

from dataclasses import dataclass
from typing import Protocol

from laiyang_approval.kernel.errors import DomainError


class Provision(Protocol):
    """A provision as its dated record says it: how it is cited, and the term it gives ("60日")."""

    @property
    def citation(self) -> str: ...

    @property
    def term_text(self) -> str: ...


@dataclass(frozen=True)
class Terms:
    """救济期限: the provisions in force on the letter's day (review, suit, suit after a review)."""

    review: Provision
    suit: Provision
    after_review: Provision


class Route(Protocol):
    """The route of one body, as its dated row says."""

    review_organ: str
    review_address: str
    online_review_channel: str
    court: str
    basis: str


@dataclass(frozen=True)
class Remedies:
    """The sentences of a letter that tell the remedies; ``online`` is empty unless the letter is served online."""

    organ: str
    court: str
    review: str
    online: str
    suit: str
    basis: str


def remedies_for(route: Route | None, *, terms: Terms, served_online: bool) -> Remedies:
    """What a letter must say about review and suit: organ, court and the terms of the day (law records fyf_review, ssf_suit).

    Raises DomainError when the body has no route that day, when organ or court is missing (行政许可法第三十八条第二款), or
    when the letter is served online and no online channel for the review is known (行政复议法第二十二条第二款).
    """
    if route is None or not route.review_organ.strip() or not route.court.strip():
        raise DomainError(
            "没有登记本机关当日的行政复议机关和管辖法院，文书不能用印；请系统管理员先登记救济途径。",
            article="行政许可法第三十八条第二款",
        )
    channel = route.online_review_channel.strip()
    if served_online and not channel:
        raise DomainError(
            "通过互联网送达的决定须同时告知网上申请行政复议的渠道，而本机关尚未登记；请先登记渠道，或征得申请人同意后改用纸质送达。",
            article="行政复议法第二十二条第二款",
        )
    address = route.review_address.strip()
    return Remedies(
        organ=route.review_organ,
        court=route.court,
        review=(
            f"可以自知道或者应当知道本决定之日起{terms.review.term_text}内，向{route.review_organ}申请行政复议"
            + (f"（递交地址：{address}）" if address else "")
        ),
        online=f"也可以通过互联网申请行政复议，渠道：{channel}" if served_online else "",
        suit=(
            f"也可以自知道或者应当知道本决定之日起{terms.suit.term_text}内，直接向{route.court}提起行政诉讼；"
            f"对行政复议决定不服的，可以自收到复议决定书之日起{terms.after_review.term_text}内向人民法院提起行政诉讼"
        ),
        basis="；".join(
            part
            for part in (terms.review.citation, route.basis, terms.suit.citation, terms.after_review.citation)
            if part
        ),
    )
