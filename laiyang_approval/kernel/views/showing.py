"""A refusal shown where it belongs: at its field, else above the form."""

from collections.abc import Mapping

from django import forms

from laiyang_approval.kernel.errors import DomainError


def show_refusal(form: forms.BaseForm, error: DomainError, names: Mapping[str, str] | None = None) -> int:
    """Afterwards the form says what was refused; returns the status to answer with.

    ``names`` leads from what a command calls a field to the form's own name for it.
    """
    renamed = {(names or {}).get(name, name): text for name, text in getattr(error, "fields", {}).items()}
    fields = {name: text for name, text in renamed.items() if name in form.fields}
    for name, text in fields.items():
        form.add_error(name, text)
    if not fields:
        form.add_error(None, str(error))
    return error.status
