from .batches import RiskAssessment, TransferBatch, TransferEvent, TransferItem
from .inventories import InventoryLine, LineSignature
from .registers import RegisterImport

__all__ = [
    "InventoryLine",
    "LineSignature",
    "RegisterImport",
    "RiskAssessment",
    "TransferBatch",
    "TransferEvent",
    "TransferItem",
]
