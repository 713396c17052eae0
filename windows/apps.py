from django.apps import AppConfig


class WindowsConfig(AppConfig):
    """一窗受理: intake and the handling of a case to its certificate."""

    name = "windows"
    verbose_name = "一窗受理"

    def ready(self) -> None:
        # Models can only be imported once all apps are there; this is the one place that joins calendar and cases.
        from laiyang_approval.kernel.calendars import on_calendar_change
        from laiyang_approval.kernel.open_work import on_leaving

        from .commands.recompute import preview_recomputation, recompute_open_cases
        from .owners import open_work

        on_leaving(open_work)
        on_calendar_change(preview_recomputation, recompute_open_cases)
