"""Files handed in at a window: through the gate before the act, bound to their materials inside it, gone if it fails."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.uploads import discard_upload, store_upload


class RefusedUpload(InvalidInput):
    """附件未收: one file did not pass the gate; ``material_id`` says beside which material it was chosen."""

    def __init__(self, material_id: int, name: str, reason: str):
        super().__init__(f"附件“{name[:60]}”未能上传：{reason}")
        self.material_id = material_id


def store_by_material(
    uploads: Mapping[int, Sequence[UploadedFile]], *, actor: User, at: datetime
) -> dict[int, list[StoredFile]]:
    """The files of each material as stored by the gate (control C8); call before the transaction of the act.

    Raises RefusedUpload for the first file that is refused; then none of them is kept.
    """
    stored: dict[int, list[StoredFile]] = {}
    for material_id, files in uploads.items():
        for file in files:
            try:
                stored.setdefault(material_id, []).append(store_upload(file, actor=actor, at=at))
            except InvalidInput as error:
                discard_all(stored.values())
                raise RefusedUpload(material_id, file.name, error.message) from error
    return stored


def discard_all(stored: Iterable[Sequence[StoredFile]]) -> None:
    """Afterwards files of an act that did not take effect are gone."""
    for files in stored:
        for file in files:
            discard_upload(file)
