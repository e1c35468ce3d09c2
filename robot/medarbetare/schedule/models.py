"""The schedule's table: how far each errand has been seen to, so that who takes over knows."""

from django.db import models


class Tick(models.Model):
    """One errand of the schedule. No row: it has never been on an active schedule."""

    errand = models.CharField(primary_key=True, max_length=120)
    seen_to = models.DateTimeField(help_text="what was due until then has been made, missed or is owed")
    owed = models.BooleanField(
        default=False, help_text="due, and held back by a pause or a portal, or asked for, until it is made"
    )

    def __str__(self) -> str:
        return f"{self.errand} until {self.seen_to:%Y-%m-%d %H:%M}"
