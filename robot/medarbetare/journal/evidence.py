"""Retention of evidence: it is kept for fewer days than the journal that names it."""

from datetime import datetime

from django.db.models import QuerySet

from medarbetare.journal.models import Blob


def count_old_evidence(before: datetime) -> int:
    """How many pieces `remove_old_evidence` would remove."""
    return _old(before).count()


def remove_old_evidence(before: datetime) -> int:
    """Remove every piece of evidence made before a moment; returns how many there were.

    The journal goes on naming it by its SHA-256, so that a copy kept elsewhere can still be compared.
    """
    removed, _ = _old(before).delete()
    return removed


def _old(before: datetime) -> QuerySet[Blob]:
    return Blob.objects.filter(made_at__lt=before)
