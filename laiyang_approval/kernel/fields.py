"""Encrypted columns: clear in Python, AES-GCM in the database, bound to their column, and not to be searched (control C12)."""

import json

from django.core.exceptions import FieldError
from django.db import models

from .crypto import Undecipherable, decrypt_text, encrypt_text


class _EncryptedField(models.TextField):
    """Holds what both kinds share. An empty text stays empty, so that "not given" can be told without a key."""

    def _column(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def _to_text(self, value) -> str:
        raise NotImplementedError

    def _from_text(self, text: str):
        raise NotImplementedError

    def get_prep_value(self, value):
        value = super(models.TextField, self).get_prep_value(value)
        if value is None or value == "":
            return value
        return encrypt_text(self._to_text(value), self._column())

    def from_db_value(self, value, expression, connection):
        if value is None or value == "":
            return value
        return self._from_text(decrypt_text(value, self._column()))

    def value_to_string(self, obj) -> str:
        """What dumpdata writes: the value as stored, never in clear."""
        return self.get_prep_value(self.value_from_object(obj))

    def to_python(self, value):
        # Only loaddata hands over stored values; anything else fails the authentication and is taken as typed.
        if isinstance(value, str) and value:
            try:
                return self._from_text(decrypt_text(value, self._column()))
            except Undecipherable:
                pass
        return value

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched; filter on its blind index")

    def get_transform(self, lookup_name):
        raise FieldError(f"{self.name} is encrypted and cannot be searched; filter on its blind index")


class EncryptedTextField(_EncryptedField):
    """加密文本: a text that stands encrypted in the database. Filtering on it raises FieldError."""

    def _to_text(self, value) -> str:
        return str(value)

    def _from_text(self, text: str) -> str:
        return text


class EncryptedJSONField(_EncryptedField):
    """加密数据: any JSON value, encrypted as one canonical text. Filtering on it raises FieldError."""

    def get_prep_value(self, value):
        # "" is a JSON value of its own here, unlike in a text column.
        return None if value is None else encrypt_text(self._to_text(value), self._column())

    def _to_text(self, value) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def _from_text(self, text: str):
        return json.loads(text)
