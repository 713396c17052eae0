"""A refusal shown where it belongs: at its field, else above the form."""

from django import forms

from laiyang_approval.kernel.errors import DomainError


def show_refusal(form: forms.Form, error: DomainError) -> int:
    """Afterwards the form says what was refused; returns the status to answer with."""
    form.is_valid()
    fields = {name: text for name, text in getattr(error, "fields", {}).items() if name in form.fields}
    for name, text in fields.items():
        form.add_error(name, text)
    if not fields:
        form.add_error(None, str(error))
    return error.status
