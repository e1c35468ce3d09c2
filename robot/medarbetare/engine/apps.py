"""Django app of the engine room."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "medarbetare.engine"
    label = "engine"
    default_auto_field = "django.db.models.BigAutoField"
