"""Django app of the cases room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "medarbetare.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
