"""How long something has waited, in words."""

from datetime import datetime, timedelta

from django import template
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def waited(since: datetime, now: datetime) -> str:
    """For example "2 dagar, 3 timmar"."""
    return "mindre än en minut" if now - since < timedelta(minutes=1) else timesince(since, now)
