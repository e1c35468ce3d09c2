"""Django app of the schedule."""

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "medarbetare.schedule"
    label = "schedule"
    default_auto_field = "django.db.models.BigAutoField"
