from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """事项划转: who decides what today, by which instrument."""

    name = "transfers"
    verbose_name = "事项划转"
