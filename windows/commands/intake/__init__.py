"""收件与受理: the acts before a case is handled, one module an act."""

from .acceptance import deem_accepted
from .answering import decide_intake
from .commitment import decline_commitment, drop_commitment
from .correction import resubmit_materials
from .correction_terms import lapse_case, may_lapse, serve_correction
from .declining import withdraw_case
from .inputs import Application, CorrectionInput, MaterialInput, OutcomeInput, PromiseInput, TakenIn
from .judging import judge_application, judge_case
from .materials import update_materials
from .receiving import take_in

__all__ = [
    "Application",
    "CorrectionInput",
    "MaterialInput",
    "OutcomeInput",
    "PromiseInput",
    "TakenIn",
    "decide_intake",
    "decline_commitment",
    "deem_accepted",
    "drop_commitment",
    "judge_application",
    "judge_case",
    "lapse_case",
    "may_lapse",
    "resubmit_materials",
    "serve_correction",
    "take_in",
    "update_materials",
    "withdraw_case",
]
