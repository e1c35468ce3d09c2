"""What keeps the rules in force, and what decides by kept rules once more."""

from collections.abc import Mapping

from medarbetare.bootstrap.common import code_in_use, load_workflows
from medarbetare.clock import utc_now
from medarbetare.configuration import Configuration
from medarbetare.engine.delegated import DecisionList
from medarbetare.engine.kept_rules import keep_rules
from medarbetare.engine.redecision import Redecision
from medarbetare.engine.registry import Workflow
from medarbetare.journal.writing import Journal


def keep_rules_in_force(configuration: Configuration, journal: Journal, workflows: Mapping[str, Workflow]) -> None:
    """Before anything is decided by them: every version of rules is kept, once. Raises JournalError."""
    keep_rules(journal, workflows, department=department_of_the_robot(configuration), now=utc_now())


def build_redecision(configuration: Configuration, journal: Journal) -> Redecision:
    """What makes the journal's proposals again."""
    department = department_of_the_robot(configuration)
    return Redecision(journal, load_workflows(configuration), department=department, codes=code_in_use(configuration))


def build_decision_list(configuration: Configuration, journal: Journal, department: str) -> DecisionList:
    """What lists a department's decisions for its board."""
    zone = None if configuration.installation.practice_date else configuration.schedule.zone
    return DecisionList(journal, load_workflows(configuration), department, zone)


def department_of_the_robot(configuration: Configuration) -> str:
    """Where entries that concern no case are filed."""
    return next(iter(configuration.installation.journal.department_keys))
