"""The journal as a Django app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "medarbetare.journal"
    label = "journal"
    verbose_name = "Journal"
