from django.apps import AppConfig


class WindowsConfig(AppConfig):
    """一窗受理: intake and the handling of a case to its certificate."""

    name = "windows"
    verbose_name = "一窗受理"
