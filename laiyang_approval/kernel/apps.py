from django.apps import AppConfig


class KernelConfig(AppConfig):
    """共用内核: organisations, people, calendar, numbers, seals, files; imports no other app."""

    name = "laiyang_approval.kernel"
    label = "kernel"
    verbose_name = "共用内核"
