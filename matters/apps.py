from django.apps import AppConfig


class MattersConfig(AppConfig):
    """事项目录: the catalogue, its published editions, and who may decide when."""

    name = "matters"
    verbose_name = "事项目录"
