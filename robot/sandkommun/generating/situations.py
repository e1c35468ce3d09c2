"""What can be special about a household this month: one entry a thing that happens, with the rules that it concerns.

The numbers are those of the rule table for monthly re-applications (1 to 46). A situation says what people and agencies
would write; what is to come of it is for others to find out. What the municipality itself decides (10, 44 and the
ceiling of 46) stands in the world's `lokalt`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandkommun.generating import changes, evidence
from sandkommun.generating.plan import Home
from sandkommun.generating.shapes import Drawing, Wish

Change = Callable[[Drawing, Home], None]
_ANY = Wish()


@dataclass(frozen=True)
class Situation:
    """Something that happens in a household. `weight`: how usual it is beside the other situations."""

    name: str
    rules: tuple[int, ...]
    change: Change
    wish: Wish = _ANY
    weight: float = 1.0


def _nothing(drawing: Drawing, home: Home) -> None:
    """All is as it was last month."""


COUPLE = Wish(couple=True)
PARENT = Wish(couple=False, children=1, ages=(4, 14))
TEENAGER = Wish(children=1, ages=(16, 17))
SINGLE = Wish(couple=False)
ACTIVITY = Wish(couple=False, children=0, income="Aktivitetsstöd")
SICK = Wish(couple=False, income="Sjukpenning")
WAGE = Wish(couple=False, income="Lön")
NO_INCOME = Wish(couple=False, children=0, income="")

ORDINARY = (
    Situation("som förra månaden", (33, 43), _nothing, weight=30),
    Situation("förmån som förra månaden", (17, 33, 43), _nothing, ACTIVITY, weight=20),
    Situation("förälder som förra månaden", (17, 33, 43), _nothing, PARENT, weight=10),
    Situation("lön med jobbstimulans", (28, 33, 43), _nothing, WAGE, weight=8),
    Situation("delar bostad", (33, 43), _nothing, Wish(couple=False, children=0, shared=True), weight=5),
)
SITUATIONS = (
    # The people, the case and the application.
    Situation("skyddad", (1,), changes.protected, SINGLE),
    Situation("sekretess hos en myndighet", (1,), evidence.secrecy, ACTIVITY, 0.5),
    Situation("folkbokförd i annan kommun", (2,), changes.registered_elsewhere),
    Situation("nyansökan", (3,), changes.new_applicant),
    Situation("ärendet avslutat länge", (3,), changes.closed_long_ago),
    Situation("ny sambo", (4,), changes.new_partner, SINGLE),
    Situation("nyfött barn", (4,), changes.new_child, Wish(children=1)),
    Situation("månaden redan beslutad", (5,), changes.already_decided),
    Situation("två ansökningar", (5,), changes.applies_twice),
    Situation("medsökande har inte signerat", (6,), changes.unsigned, COUPLE, 1.5),
    Situation("inte intygat", (7,), changes.not_attested),
    Situation("meddelande", (8,), changes.message, weight=2),
    Situation("bilaga", (8,), changes.attachment, weight=2),
    Situation("ingen tidigare beräkning", (9,), changes.no_history),
    Situation("dubbelt beslut", (45,), changes.decided_twice, weight=0.5),
    Situation("nästa månad", (46,), changes.next_month, weight=0.5),
    Situation("stor familj över taket", (46,), changes.above_ceiling, Wish(couple=True, children=6, income="")),
    # What agencies and the labour-market unit know.
    Situation("register i fel", (11,), evidence.register_in_error),
    Situation("register svarar inte", (11,), evidence.register_unavailable),
    Situation("register svarar senare", (11,), evidence.register_answers_later),
    Situation("obehörig", (12,), evidence.not_authorised, ACTIVITY, 0.5),
    Situation("ej redovisad förmån", (13,), evidence.undeclared, SINGLE, 1.5),
    Situation("redovisad förmån saknas", (14,), evidence.not_in_register, ACTIVITY),
    Situation("inkomst avviker", (15,), evidence.deviating, ACTIVITY, 2),
    Situation("förmån som inte är vanlig", (16,), evidence.unusual_benefit, PARENT),
    Situation("pension", (16,), _nothing, Wish(couple=False, children=0, income="Pension")),
    Situation("a-kassa", (16,), _nothing, Wish(couple=False, children=0, income="A-kassa")),
    Situation("retroaktiv utbetalning", (18,), evidence.retroactive, SINGLE),
    Situation("avdrag på förmån", (19,), evidence.deduction, ACTIVITY),
    Situation("väntar på förmån", (20,), evidence.pending, SINGLE, 1.5),
    Situation("avstängd från a-kassan", (21,), evidence.suspended, NO_INCOME),
    Situation("avaktualiserad", (22,), evidence.deregistered, ACTIVITY),
    Situation("inte inskriven", (22,), evidence.not_registered, NO_INCOME),
    Situation("aktivitetsrapport saknas", (23,), evidence.report_missing, ACTIVITY, 1.5),
    Situation("aktivitetsrapport i fel", (23,), evidence.report_in_error, ACTIVITY, 0.5),
    Situation("planering saknas", (24,), evidence.no_plan),
    Situation("planering har gått ut", (24,), evidence.plan_ended),
    Situation("låg närvaro", (25,), evidence.absent, ACTIVITY),
    Situation("sjukpenning har upphört", (26,), evidence.sick_benefit_ended, SICK),
    Situation("studiestöd som förut", (27,), _nothing, Wish(couple=False, children=0, income="Studiestöd")),
    Situation("nytt studiestöd", (27, 13), evidence.new_studies, NO_INCOME),
    # Rows.
    Situation("skolungdom hemma", (27,), _nothing, Wish(children=1, ages=(19, 20))),
    Situation("lön, fem månader", (29,), changes.few_months_of_aid, WAGE),
    Situation("lön, jobbstimulans slut", (29,), changes.stimulus_over, WAGE, 0.5),
    Situation("barns lön", (30,), changes.childs_wage, TEENAGER),
    Situation("barns lön nära gränsen", (30,), changes.childs_high_wage, TEENAGER, 0.5),
    Situation("barn växelvis", (31,), changes.alternating, PARENT),
    Situation("umgänge", (31,), changes.visiting, PARENT),
    Situation("barn byter ålder", (32, 43), changes.older_child, PARENT, 2),
    Situation("hyran höjd", (34,), changes.rent_raised, weight=2),
    Situation("hyra över taket", (34,), changes.rent_above_cap, SINGLE),
    Situation("hyra över taket efter rådrum", (34,), changes.rent_capped, SINGLE),
    Situation("el över det skäliga", (35,), changes.dear_electricity, weight=2),
    Situation("ny kostnad", (35,), changes.new_fee, weight=2),
    Situation("kostnad som prövas för sig", (36,), changes.other_cost, weight=4),
    Situation("fordon", (37,), evidence.vehicle),
    Situation("kapital", (38,), evidence.capital),
    Situation("tillgångar", (38,), changes.assets, weight=0.5),
    Situation("nytt konto", (39,), changes.new_account),
    Situation("vistelse på annan ort", (40,), changes.away),
    Situation("uppehållstillstånd har gått ut", (41,), evidence.permit_expired),
    Situation("överskott", (42,), evidence.surplus, Wish(couple=False, children=0, income="Sjukpenning"), 1.5),
    Situation("insättning på kontot", (16,), evidence.deposit, NO_INCOME),
)
ALL = (*ORDINARY, *SITUATIONS)
SHARE_ORDINARY = 0.6
"""So many households have nothing special beside what is ordinary."""
