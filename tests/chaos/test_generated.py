"""Generated households, and households of whom the registers hold what cannot be, end to end in the browser.

`make test` works off six and `make chaos` forty. The judge is what the case system itself has registered.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from facit_genererade import CANNOT_KNOW, ENDS_EARLY, TODAY, expected_amount, expected_rules, situations
from scenarier import FILES, arendenummer, las, referens
from scenariovarld import varld
from varldsfakta import fall

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.beslut_pa_fil import som_last
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case
from sandkommun.generating import generate
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan

FEW, MANY, SEED = 6, 40, 20261206
NOT_COMPARED = 4
"""So many at most wait for a signature or are answered otherwise each time, and have no proposal to compare."""
LAST_BEFORE_REGISTERS = 10
MARKUP = "<script>alert(1)</script>"
IN_THE_YEAR_ONE = {"fran": "0001-01-01", "till": "9999-12-31"}


def worked_off(practice: Any, timeout: float) -> dict[str, Forslag]:
    """Let the robot work until nothing is left to do; its last proposal for each application."""
    practice.configure("medarbetare.yaml", lambda content: content.update(patience={"wait_between_attempts": 1}))
    ran = practice.medarbetare("run", "--once", timeout=timeout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with practice.database():
        journal = build_journal(read_configuration(practice.config))
        told = {
            case.reference: [e.payload["result"] for e in journal.entries(case.handle) if e.name == "föreslå"]
            for case in Case.objects.all()
        }
    return {reference: Forslag.model_validate(found[-1]) for reference, found in told.items() if found}


def registered(practice: Any, kind: str, number: str) -> list[Decimal]:
    """The amounts that the case system has registered of a kind, in one case, by the robot."""
    rows = practice.facit()["registered"][kind]
    return [Decimal(row["belopp"]) for row in rows if row["arende"] == number]


def answers_by_turns(world: World, entry: Ansokan) -> bool:
    """Whether an agency answers otherwise each time about somebody in the application."""
    people = [world.personer[key] for key in entry.namnda]
    return any(getattr(person, agency).svar for person in people for agency in ("fk", "pm", "af", "so", "csn"))


def hinders(forslag: Forslag) -> list[int]:
    return [one.nummer for one in forslag.regler if one.hindrar]


def test_generated_households_come_out_as_what_happens_in_them_says(
    practise: Callable[..., Any], whole_matrix: bool
) -> None:
    count = MANY if whole_matrix else FEW
    world = World.model_validate(generate(count, SEED, TODAY))
    practice = practise(world, workers=2)
    proposals = worked_off(practice, timeout=1500)
    rules = load_regelverk(practice.config / "ekonomiskt_bistand")
    wrong, granted, compared = [], 0, 0
    for number, situation in enumerate(situations(count, SEED), 1):
        reference = str(300_000 + number)
        entry = world.inkorg[reference]
        assert isinstance(entry, Ansokan)
        if answers_by_turns(world, entry):
            continue
        amount = expected_amount(situation, world, entry, rules.kommun)
        hinder = expected_rules(situation, world, entry, rules, amount)
        told, done = proposals.get(reference), registered_for(practice, world, entry)
        granted += not hinder
        if done != (([], 0) if hinder else ([amount], amount)):
            wrong.append(f"{reference} {situation.name}: {done}, not {amount} hindered by {sorted(hinder)}")
        if hinder & {6, 7}:
            wrong += [f"{reference} {situation.name}: nothing is waited for"] if told else []
            continue  # a signature is waited for, and there is no proposal yet
        compared += 1
        assert told is not None, reference
        if hinder & ENDS_EARLY:
            amount, hinder = None, {one for one in hinder if one <= LAST_BEFORE_REGISTERS}
        if set(hinders(told)) - CANNOT_KNOW.get(situation.name, set()) != hinder:
            wrong.append(f"{reference} {situation.name}: {hinders(told)}, not {sorted(hinder)}")
        if amount is not None and told.belopp != max(amount, Decimal(0)):
            wrong.append(f"{reference} {situation.name}: {told.belopp}, not {amount}")
        wrong += otherwise_than_pure(told, world, reference, rules)
    assert wrong == []
    assert granted > 1
    assert compared >= count - NOT_COMPARED


def registered_for(practice: Any, world: World, entry: Ansokan) -> tuple[list[Decimal], Decimal]:
    """The amounts decided by the robot in the applicant's case, and the sum that it pays."""
    cases: Mapping[str, str] = {one.sokande: number for number, one in world.arenden.items()}
    number = cases.get(entry.sokande, "")
    return registered(practice, "beslut", number), sum(registered(practice, "utbetalningar", number), Decimal(0))


def otherwise_than_pure(told: Forslag, world: World, reference: str, rules: Regelverk) -> list[str]:
    """What the robot proposed otherwise in the browser than the pure decision on the world's facts."""
    ansokan, facts = fall(world, reference)
    pure = foresla(ansokan, som_last(ansokan, facts, rules, TODAY), rules, TODAY)
    if (hinders(told), told.belopp) == (hinders(pure), pure.belopp):
        return []
    return [f"{reference}: {(hinders(told), told.belopp)}, {(hinders(pure), pure.belopp)} on files"]


BROKEN: dict[str, tuple[Callable[[Any], None], str]] = {
    "02": (lambda rows: rows[0].update(forman=MARKUP), "har en förmån med ett namn som inte går att läsa."),
    "03": (lambda rows: rows.append(rows[0]), "står 2 gånger."),
    "26": (lambda rows: rows[0].update(IN_THE_YEAR_ONE), "har en period som inte kan stämma."),
}
"""By scenario: what is done to Försäkringskassan's payments, and the sentence that it ends in."""


def test_what_a_register_cannot_hold_is_handed_over_by_name(practise: Callable[..., Any]) -> None:
    texts = [las(path) for path in FILES if path.name[:2] in BROKEN]
    made = varld(texts).model_dump(mode="json", exclude_defaults=True)
    for text, (change, _) in zip(texts, BROKEN.values(), strict=True):
        applicant = made["inkorg"][referens(text)]["sokande"]
        change(made["personer"][applicant]["fk"]["utbetalningar"])
    practice = practise(World.model_validate(made))
    proposals, outcomes = worked_off(practice, timeout=300), practice.outcomes()
    for text, (_, sentence) in zip(texts, BROKEN.values(), strict=True):
        reference = referens(text)
        outcome = outcomes[reference]
        assert outcome["status"] == "överlämnad", outcome
        assert 11 in hinders(proposals[reference])
        assert any(sentence in reason for reason in outcome["reasons"]), outcome
        assert "<script" not in " ".join(outcome["reasons"])
        for kind in ("beslut", "utbetalningar"):
            assert registered(practice, kind, arendenummer(text)) == []
