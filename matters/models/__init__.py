"""The catalogue's tables: matters, editions and their rows, authority, boundaries, packages, imports."""

from .chains import Chain, ChainMaterial, ChainMatter
from .choices import (
    AnnexStatus,
    BasisCheck,
    BasisLevel,
    ChainMode,
    ChangeKind,
    ClockStart,
    Confidence,
    EditionState,
    Handling,
    LimitUnit,
    MaterialForm,
    MaterialSource,
    MatterKind,
    Power,
    Requirement,
    StatutoryDecider,
)
from .editions import Condition, Edition, EditionMaterial, Fee, LegalBasis, ProcessStep, Question
from .imports import CatalogueImport
from .matters import Authority, BoundaryItem, LaterChange, Matter
from .quotas import Quota

__all__ = [
    "AnnexStatus",
    "Authority",
    "BasisCheck",
    "BasisLevel",
    "BoundaryItem",
    "CatalogueImport",
    "Chain",
    "ChainMaterial",
    "ChainMatter",
    "ChainMode",
    "ChangeKind",
    "ClockStart",
    "Condition",
    "Confidence",
    "Edition",
    "EditionMaterial",
    "EditionState",
    "Fee",
    "Handling",
    "LaterChange",
    "LegalBasis",
    "LimitUnit",
    "MaterialForm",
    "MaterialSource",
    "Matter",
    "MatterKind",
    "Power",
    "ProcessStep",
    "Question",
    "Quota",
    "Requirement",
    "StatutoryDecider",
]
