"""The project package: wiring, and the kernel. The Celery app is made here so that every process rings the same broker."""

from .celery import app as celery_app

__all__ = ["celery_app"]
