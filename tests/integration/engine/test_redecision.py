"""Proposals of real runs made again from the journal: the shipped workflow, engine and database, portals in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from plans.plan import Plan, drawn
from plans.playing import Played, Player
from plans.stage import stage

from arbetsfloden.ekonomiskt_bistand import flow
from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.efterat import omrakning
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, regelverk_av
from medarbetare.cases.models import Case
from medarbetare.cases.retention import Retention, RetentionSettings
from medarbetare.clock import utc_now
from medarbetare.database.dsn import Dsn
from medarbetare.engine.kept_rules import KEPT, RulesMissing, keep_rules, kept_rules
from medarbetare.engine.models import Ruleset
from medarbetare.engine.redecision import REDECISION, Different, Hindrance, Redecided, Redecision
from medarbetare.engine.runner import Edition
from medarbetare.journal.erasing import Erasure
from medarbetare.journal.models import Leaf

WORKFLOW = "ateransokan"
BIFALL = Plan(2)
OMGANGAR = Plan(21, approvals=1, answer_after=timedelta(days=6))
"""A person approves when the facts have grown too old: everything is read and proposed once more."""


@pytest.fixture(scope="module")
def player(database_once: Dsn) -> Iterator[Player]:
    with stage() as player:
        yield player


@pytest.fixture(autouse=True)
def _no_rules_kept(player: Player) -> None:
    Ruleset.objects.all().delete()


@pytest.fixture
def nya_regler(player: Player) -> Regelverk:
    """What the municipality decides by since then: a higher norm."""
    norm = "normer/riksnorm-2026.yaml"
    files = player.regelverk.filer
    return regelverk_av({**files, norm: files[norm].replace(b"ensam: 3940", b"ensam: 4040")})


def kept(played: Played, regelverk: Regelverk) -> Played:
    """What a worker that starts with these rules does."""
    assert played.bench is not None
    workflows = {WORKFLOW: EkonomisktBistand(regelverk)}
    keep_rules(played.bench.journal, workflows, department=played.bench.department, now=utc_now())
    return played


def redecided(
    played: Played,
    workflow: EkonomisktBistand,
    since: datetime | None = None,
    codes: dict[str, str] | None = None,
) -> tuple[Redecided, list[Different]]:
    """Everything in the journal again, with the workflow that is installed now."""
    assert played.bench is not None
    found: list[Different] = []
    workflows, department = {WORKFLOW: workflow}, played.bench.department
    redecision = Redecision(played.bench.journal, workflows, department=department, codes=codes)
    return redecision.run(asked_by="granskaren", since=since, on_different=found.append), found


def test_after_the_rules_have_changed_every_round_still_gives_what_it_gave(
    player: Player, nya_regler: Regelverk
) -> None:
    played = kept(player.play(OMGANGAR), player.regelverk)
    kept(played, nya_regler)
    again, different = redecided(played, EkonomisktBistand(nya_regler))
    assert (again.cases, again.same, again.different, again.hindered) == (1, 2, 0, {})
    assert again.is_sound
    assert different == []


def test_whatever_happened_on_the_way_the_proposals_come_out_the_same(player: Player) -> None:
    rounds = 0
    for seed in range(24):
        played = kept(player.play(drawn(seed)), player.regelverk)
        again, different = redecided(played, EkonomisktBistand(player.regelverk))
        assert (different, again.hindered) == ([], {}), f"plan {seed}"
        rounds += again.same
    assert rounds > 24 / 2


def test_a_proposal_that_was_another_is_told_with_its_fields_and_without_values(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    pure = flow.foresla
    monkeypatch.setattr(
        flow, "foresla", lambda *given: (made := pure(*given)).model_copy(update={"belopp": (made.belopp or 0) + 1})
    )
    played = kept(player.play(BIFALL), player.regelverk)
    again, (one,) = redecided(played, EkonomisktBistand(player.regelverk))
    assert not again.is_sound
    assert (one.case, one.step, one.fields) == (Case.objects.get().handle, "föreslå", ("belopp",))


def test_rules_that_were_changed_in_the_database_are_told(player: Player) -> None:
    played = kept(player.play(BIFALL), player.regelverk)
    row = Ruleset.objects.get()
    row.files["kommun.yaml"] = row.files["kommun.yaml"].replace("belopp_hogst", "belopp_hogst ")
    row.save()
    again, _ = redecided(played, EkonomisktBistand(player.regelverk))
    assert again.hindered == {Hindrance.RULES_CHANGED: 1}
    assert not again.is_sound


def test_what_cannot_be_made_again_is_counted_by_its_reason(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    played = player.play(BIFALL)
    assert played.bench is not None
    now = EkonomisktBistand(player.regelverk)

    without_rules, _ = redecided(played, now)
    assert without_rules.hindered == {Hindrance.RULES_MISSING: 1}

    class Later(EkonomisktBistand):
        edition = Edition("99")

    kept(played, player.regelverk)
    alike, _ = redecided(played, Later(player.regelverk))
    assert (alike.same, alike.hindered) == (1, {})
    monkeypatch.setattr(omrakning, "foresla", lambda *given: foresla(*given).model_copy(update={"belopp": Decimal(1)}))
    older, _ = redecided(played, Later(player.regelverk))
    assert older.hindered == {Hindrance.OLD_EDITION: 1}
    assert older.examples == {Hindrance.OLD_EDITION: Case.objects.get().handle}

    retention = Retention(played.bench.journal, RetentionSettings(), utc_now)
    case = Case.objects.get().handle
    retention.erase_again(
        [Erasure(case=case, department=played.bench.department, rule="fem år", decided_by="SN")], "robot"
    )
    erased, _ = redecided(played, now)
    assert erased.hindered == {Hindrance.ERASED: 1}
    assert (without_rules.not_made, without_rules.is_sound) == (1, False)
    assert (older.not_made, older.is_sound) == (1, False)
    assert (erased.not_made, erased.erased, erased.is_sound) == (0, 1, True)


def test_a_case_that_has_vanished_without_being_erased_is_told(player: Player) -> None:
    played = kept(player.play(BIFALL), player.regelverk)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cases_case CASCADE")
    again, _ = redecided(played, EkonomisktBistand(player.regelverk))
    assert again.hindered == {Hindrance.LOST: 1}
    assert not again.is_sound


def test_proposals_that_other_code_made_are_counted_by_it(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "codes", {WORKFLOW: "aaaaaaaaaaaa"})
    played = kept(player.play(OMGANGAR), player.regelverk)
    now = EkonomisktBistand(player.regelverk)
    told = {
        code: redecided(played, now, codes={WORKFLOW: code})[0].other_code for code in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
    }
    assert told == {"aaaaaaaaaaaa": {}, "bbbbbbbbbbbb": {"aaaaaaaaaaaa": 2}}
    assert played.bench is not None
    entry = played.bench.journal.entry(Leaf.objects.filter(kind=REDECISION).latest("index").index)
    assert entry.payload["code"] == {WORKFLOW: "bbbbbbbbbbbb"}
    assert entry.payload["other_code"] == {"aaaaaaaaaaaa": 2}
    assert redecided(played, now)[0].other_code == {}


def test_a_proposal_from_before_code_was_journalled_is_of_unknown_code(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = kept(player.play(BIFALL), player.regelverk)
    monkeypatch.setattr(omrakning, "foresla", lambda *given: foresla(*given).model_copy(update={"belopp": Decimal(1)}))
    again, (one,) = redecided(played, EkonomisktBistand(player.regelverk), codes={WORKFLOW: "bbbbbbbbbbbb"})
    assert again.other_code == {"": 1}
    assert one.code == ""


def test_only_cases_with_a_proposal_since_a_day_when_one_is_named(player: Player) -> None:
    played = kept(player.play(BIFALL), player.regelverk)
    now = EkonomisktBistand(player.regelverk)
    assert redecided(played, now, since=datetime(2026, 12, 1, tzinfo=UTC))[0].cases == 1
    assert redecided(played, now, since=datetime(2026, 12, 30, tzinfo=UTC))[0].cases == 0


def test_the_journal_tells_who_made_proposals_again_and_over_how_many(player: Player) -> None:
    played = kept(player.play(BIFALL), player.regelverk)
    assert played.bench is not None
    redecided(played, EkonomisktBistand(player.regelverk))
    told = played.bench.journal.entry(Leaf.objects.get(kind=REDECISION).index)
    assert (told.actor, told.case, told.payload["cases"], told.payload["same"]) == ("granskaren", None, 1, 1)
    assert played.journal_is_sound()


def test_a_version_of_rules_is_kept_and_journalled_once(player: Player, nya_regler: Regelverk) -> None:
    played = player.play(BIFALL)
    assert played.bench is not None
    for regelverk in (player.regelverk, player.regelverk, nya_regler):
        kept(played, regelverk)
    entries = [
        played.bench.journal.entry(index) for index in Leaf.objects.filter(kind=KEPT).values_list("index", flat=True)
    ]
    assert [one.payload["version"] for one in entries] == [player.regelverk.version, nya_regler.version]
    assert kept_rules(WORKFLOW, nya_regler.version) == dict(nya_regler.filer)
    with pytest.raises(RulesMissing):
        kept_rules("annat", nya_regler.version)
    wrong = EkonomisktBistand(replace(nya_regler, version="0" * 64))
    with pytest.raises(ValueError, match="not that of its files"):
        keep_rules(played.bench.journal, {WORKFLOW: wrong}, department=played.bench.department, now=utc_now())
