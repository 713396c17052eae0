"""决定的种类: the case events that are decisions, which regulators are told of and publicity follows. Pure."""

#: Granted or refused, by law or by silence, and the three ends that need no application.
DECISION_EVENTS = (
    "granted",
    "refused",
    "changed",
    "renewed",
    "deemed_renewed",
    "replaced",
    "licence_withdrawn",
    "revoked",
    "cancelled",
)
