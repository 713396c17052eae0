"""Addresses of static files: under the name that carries the file's hash, worked out once a process."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class RememberedStaticFiles(CompressedManifestStaticFilesStorage):
    """The manifest is read when the process starts and never changes after, so neither does an address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The address of ``name``; raises ValueError for a file that was not collected."""
        if settings.DEBUG or force:
            return super().url(name, force)
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]

    def save_manifest(self) -> None:
        """Afterwards the addresses are those of the files just collected."""
        super().save_manifest()
        self._addresses.clear()
