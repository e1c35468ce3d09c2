"""Tables of the web room. Users and groups are Django's own."""

from typing import ClassVar

from django.db import models


class LoginAttempt(models.Model):
    """A log-in that has not succeeded. `who` is a keyed hash: some type their password where the name belongs."""

    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["who", "at"], name="web_attempt_of_name")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
