"""An edition's rows read into the plain values that the pure rules work on."""

from .domain.content import FIELDS, ROWS, Content
from .models import Edition


def content_of(edition: Edition) -> Content:
    """What ``edition`` says, as plain values; reads the prefetched rows where they are there."""
    content = Content(fields={name: getattr(edition, name) for name in FIELDS})
    for kind, (_, columns) in ROWS.items():
        content.rows[kind] = [{name: getattr(row, name) for name in columns} for row in getattr(edition, kind).all()]
    return content
