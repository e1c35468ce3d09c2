"""Plans that once showed a fault of the robot's. Played always.

Whole plans, not seeds: what a seed draws changes when a kind of fault is added.
"""

from plans.faults import Fault
from plans.plan import Plan

REGRESSIONS: dict[str, Plan] = {
    "an application is not registered in a stranger's case (seed 46)": Plan(
        2, (Fault("fel_person", "open", "verksamhet", "person"),)
    ),
    "a draft that staff have decided on while the letter was to be fetched is a person's at once": Plan(
        2, (Fault("kollega", "open", "verksamhet", "brev", value="beslutar"),)
    ),
}
