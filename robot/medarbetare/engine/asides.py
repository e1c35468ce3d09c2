"""What has been handed over apart from its case, and is still open."""

from medarbetare.cases.models import Handoff


def is_open_apart(department: str, role: str, about: str) -> bool:
    """Whether somebody of a role has this part of any case of the department before them already."""
    found = Handoff.objects.filter(case__department=department, role=role, about=about, closed_at=None)
    return bool(about) and found.exists()
