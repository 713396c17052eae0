from .batches import RiskAssessment, TransferBatch, TransferEvent, TransferItem
from .inventories import InventoryLine, LineSignature
from .reform import Milestone, Question
from .registers import RegisterImport

__all__ = [
    "InventoryLine",
    "LineSignature",
    "Milestone",
    "Question",
    "RegisterImport",
    "RiskAssessment",
    "TransferBatch",
    "TransferEvent",
    "TransferItem",
]
