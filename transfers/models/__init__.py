from .batches import RiskAssessment, TransferBatch, TransferEvent, TransferItem
from .inventories import InventoryLine, LineSignature

__all__ = [
    "InventoryLine",
    "LineSignature",
    "RiskAssessment",
    "TransferBatch",
    "TransferEvent",
    "TransferItem",
]
