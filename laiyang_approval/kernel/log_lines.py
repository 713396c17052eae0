"""Log lines as JSON: request and case id on every line, no path, no name, no ID number, no phone (house rule 33)."""

import logging

import structlog

from .log_masking import mask_event

_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


class RouteInsteadOfPath(logging.Filter):
    """Django logs the path of a failed request; a path can hold a query code, its route cannot."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            match = getattr(request, "resolver_match", None)
            record.args = (*record.args[:-1], match.view_name if match else "unknown route")
        return True


def json_formatter() -> logging.Formatter:
    """The formatter of every handler: one JSON object a line, masked as a last step."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
