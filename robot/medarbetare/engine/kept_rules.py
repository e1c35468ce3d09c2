"""Rules that were once in force are kept in the database, each version once, and the journal says when it came.

A case may be looked at years after the files were changed. Nothing here is removed: a version is some tens of kilobytes
without personal data, and what decisions were made by is a public record for as long as there are decisions.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from medarbetare.engine.models import Ruleset
from medarbetare.engine.registry import Workflow
from medarbetare.engine.ruleset import version_of
from medarbetare.engine.run import ROBOT
from medarbetare.journal.writing import Journal

KEPT = "rules.kept"
"""Kind of journal entry: a version of a workflow's rules that the robot has begun to decide by."""


class RulesMissing(LookupError):
    """No rules of that version are kept."""


class RulesChanged(ValueError):
    """What is kept as that version is not what was put there: it hashes to something else."""


def keep_rules(journal: Journal, workflows: Mapping[str, Workflow], *, department: str, now: datetime) -> None:
    """Keep the rules of every workflow that has any, and journal each version that was not kept yet.

    `department` is where the entry is filed. Raises JournalError.
    """
    for name, workflow in workflows.items():
        files = workflow.ruleset()
        if not files or Ruleset.objects.filter(workflow=name, version=workflow.version).exists():
            continue
        if version_of(files) != workflow.version:
            raise ValueError(f"{name}: the version is not that of its files")
        texts = {file: content.decode("utf-8") for file, content in files.items()}
        with transaction.atomic():
            # Workers that start together keep it once: the second waits here for the first.
            _, is_new = Ruleset.objects.get_or_create(
                workflow=name, version=workflow.version, defaults={"files": texts, "kept_at": now}
            )
            if is_new:
                digests = {file: sha256(content).hexdigest() for file, content in files.items()}
                journal.append(
                    case=None,
                    kind=KEPT,
                    name=name,
                    actor=ROBOT,
                    department=department,
                    payload={"workflow": name, "version": workflow.version, "files": digests},
                )


def kept_rules(workflow: str, version: str) -> dict[str, bytes]:
    """The files of one version, by name. Raises RulesMissing, RulesChanged."""
    files = Ruleset.objects.filter(workflow=workflow, version=version).values_list("files", flat=True).first()
    if files is None:
        raise RulesMissing(version)
    content = {str(name): str(text).encode() for name, text in files.items()}
    if version_of(content) != version:
        raise RulesChanged(version)
    return content
