"""Retention of evidence: it is kept for fewer days than the journal that names it."""

from datetime import datetime

from medarbetare.journal.models import Blob


def remove_old_evidence(before: datetime) -> int:
    """Remove every piece of evidence made before a moment; returns how many there were.

    The journal goes on naming it by its SHA-256, so that a copy kept elsewhere can still be compared.
    """
    removed, _ = Blob.objects.filter(made_at__lt=before).delete()
    return removed
