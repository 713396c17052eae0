from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """审管互动: lights, pushes and push-backs between approval and supervision."""

    name = "supervision"
    verbose_name = "审管互动"

    def ready(self) -> None:
        # What supervision knows of a case and a licence stands on their pages, and windows need not know supervision.
        from windows import licence_page, sections, status_doors

        from . import doors, shown
        from .measures import cases, matters, pushes, registry

        sections.bring(sections.Build("supervision", "审管互动", "supervision/sections/case.html", shown.on_case))
        licence_page.bring(
            licence_page.LicenceBuild("supervision", "监管反馈", "supervision/sections/licence.html", shown.on_licence)
        )
        # ---- 考核评价: whoever has another source of figures brings its measures here.
        registry.bring((*cases.MEASURES, *matters.MEASURES, *pushes.MEASURES))
        # ---- ratings and complaints
        status_doors.bring(doors.on_status)
