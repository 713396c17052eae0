"""Who may do which act on a licence: role × right × state of the licence; asked by commands and by the licence page.

An application about a licence is taken in at the counter and an act of the office's own motion has its case; what stands here
is where both begin, and what other bodies have done to a licence.
"""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.errors import NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role

from . import licences, permissions
from .domain.licences import LICENCE_TABLE, LicenceEvent, LicenceState
from .models import Case, Licence
from .permissions import INTAKE, REVIEW, Permission


@dataclass(frozen=True)
class LicenceRule:
    """一条权限: who may begin the act, under which right at the body that handles the matter today, in which states.

    ``event`` is what the act leads to in the licence's table; it knows why it does not fit a state.
    """

    action: str
    label: str
    roles: tuple[Role, ...]
    right: str
    states: frozenset[LicenceState]
    event: LicenceEvent
    purpose: str = ""

    def refusal(self, state: LicenceState) -> tuple[str, str]:
        """Why this act does not belong to ``state``: the sentence, and the article behind it."""
        if state is LicenceState.SUSPENDED and LICENCE_TABLE.row_for(state, self.event) is not None:
            sentence = f"证照目前为“{state.label}”，不能{self.label}：暂扣期满或者恢复后再申请。"
            return sentence, "行政处罚法第九条第三项"
        sentence, article = LICENCE_TABLE.refusal(state, self.event)
        return sentence.replace(f"不能{self.event.label}", f"不能{self.label}"), article


def _from(event: LicenceEvent) -> frozenset[LicenceState]:
    return frozenset(source for row in LICENCE_TABLE.rows if row.event is event for source in row.sources)


_LIVING = frozenset({LicenceState.VALID, LicenceState.SUSPENDED})
_CLERKS, _REVIEWERS = permissions.CLERKS, permissions.REVIEWERS
_PURPOSE = Case.Purpose

#: In the order in which they stand on the licence page.
LICENCE_RULES: dict[str, LicenceRule] = {
    rule.action: rule
    for rule in (
        # ---- applications of the holder, taken in at the counter
        LicenceRule(
            "apply_renewal", "受理延续申请", _CLERKS, INTAKE, _LIVING, LicenceEvent.SUPERSEDE, _PURPOSE.RENEWAL
        ),
        LicenceRule(
            "apply_change",
            "受理变更申请",
            _CLERKS,
            INTAKE,
            frozenset({LicenceState.VALID}),
            LicenceEvent.SUPERSEDE,
            _PURPOSE.CHANGE,
        ),
        LicenceRule(
            "apply_replacement", "受理补发申请", _CLERKS, INTAKE, _LIVING, LicenceEvent.SUPERSEDE, _PURPOSE.REPLACEMENT
        ),
        LicenceRule(
            "apply_cancellation", "受理注销申请", _CLERKS, INTAKE, _LIVING, LicenceEvent.CANCEL, _PURPOSE.CANCELLATION
        ),
        # ---- of the office's own motion
        LicenceRule(
            "open_withdrawal",
            "撤回许可立案",
            _REVIEWERS,
            REVIEW,
            _from(LicenceEvent.WITHDRAW),
            LicenceEvent.WITHDRAW,
            _PURPOSE.WITHDRAWAL,
        ),
        LicenceRule(
            "open_revocation",
            "撤销许可立案",
            _REVIEWERS,
            REVIEW,
            _from(LicenceEvent.REVOKE),
            LicenceEvent.REVOKE,
            _PURPOSE.REVOCATION,
        ),
        LicenceRule(
            "open_cancellation",
            "注销立案",
            _REVIEWERS,
            REVIEW,
            _from(LicenceEvent.CANCEL),
            LicenceEvent.CANCEL,
            _PURPOSE.CANCELLATION,
        ),
        # ---- what an enforcing body has decided
        LicenceRule("suspend", "登记暂扣", _REVIEWERS, REVIEW, _from(LicenceEvent.SUSPEND), LicenceEvent.SUSPEND),
        LicenceRule("resume", "登记恢复", _REVIEWERS, REVIEW, _from(LicenceEvent.RESUME), LicenceEvent.RESUME),
        LicenceRule("forfeit", "登记吊销", _REVIEWERS, REVIEW, _from(LicenceEvent.FORFEIT), LicenceEvent.FORFEIT),
    )
}


def may(user: User, action: str, licence: Licence, on: date) -> Permission:
    """Whether ``user`` may begin ``action`` on the licence as it stands on ``on``, and if not, why and who could."""
    rule = LICENCE_RULES[action]
    state = licences.state_on(licence, on)
    if state not in rule.states:
        sentence, _ = rule.refusal(state)
        return Permission(False, False, sentence)
    if not user.has_role(*rule.roles):
        who = "、".join(role.label for role in rule.roles)
        return Permission(True, False, f"不能由本人{rule.label}：须由{who}办理。")
    body, _ = licences.bodies_on(licence, on)
    if not _serves(user, rule.right, body.pk, licence.matter_id):
        return Permission(True, False, f"不能由本人{rule.label}：该证照现由{body.name}管理，您没有该单位的授权。")
    return Permission(True, True)


def require(user: User, action: str, licence: Licence, on: date) -> None:
    """Returns when ``user`` may begin ``action`` now.

    Raises NotFound when the licence is not this person's to know of, StaleState when the act does not belong to its state,
    NotPermitted with who could do it.
    """
    if not licences.licences_visible_to(user, on).filter(pk=licence.pk).exists():
        raise NotFound(licences.NO_SUCH_LICENCE)
    rule, permission = LICENCE_RULES[action], may(user, action, licence, on)
    if not permission.fits_state:
        sentence, article = rule.refusal(licences.state_on(licence, on))
        raise StaleState(sentence, article=article)
    if not permission.allowed:
        raise NotPermitted(permission.reason)


def _serves(user: User, right: str, body_id: int, matter_id: int) -> bool:
    return body_id in permissions.departments_for(user, right) or matter_id in permissions.rights_of(user).matters
