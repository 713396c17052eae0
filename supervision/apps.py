from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """审管互动: lights, pushes and push-backs between approval and supervision."""

    name = "supervision"
    verbose_name = "审管互动"
