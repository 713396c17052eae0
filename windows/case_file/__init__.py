"""案卷: the whole case as one archive, in archive order, with hashes and a verifier that needs only Python."""

from .export import CaseFileExport, export_case_file

__all__ = ["CaseFileExport", "export_case_file"]
