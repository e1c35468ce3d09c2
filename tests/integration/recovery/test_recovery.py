"""A database restored from an older backup, with a real dump: noticed, held back, made good, erasures made again."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff, KnownReference
from medarbetare.cases.status import CaseStatus
from medarbetare.database.backup import dump, restore
from medarbetare.database.mark import OutsideDatabase
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Recovery, Write, WriteState
from medarbetare.engine.reconciling_restore import pass_recovery
from medarbetare.engine.recovery import open_recoveries, restores_on_record
from medarbetare.errors import BusinessError, ConfigurationError
from medarbetare.journal.erasing import Erasure
from medarbetare.journal.models import Leaf, Payload
from medarbetare.testing import INBOX

ROBOT, STAFF = "robot7", "hilda"
WHOLE = ["aktualisering", "beslut", "utbetalning"]


def test_nothing_is_noticed_while_the_journal_holds_what_the_mark_knows(kommun):
    watch = kommun.watch()
    assert not watch.look()
    kommun.arrives("tova")
    assert kommun.works("tova") is CaseStatus.DECIDED

    assert not kommun.watch().look()
    mark = kommun.outside.mark()
    assert mark is not None
    assert mark.size == Leaf.objects.count()
    kommun.restore(kommun.backup())
    assert not kommun.watch().look(), "a copy that has forgotten nothing is no older backup"
    assert watch.highest_mode() is Mode.AUTOMATISK
    assert not Recovery.objects.exists()


def test_everything_that_an_older_backup_has_forgotten_is_found_and_never_done_twice(kommun):
    kommun.arrives("tova", "aron", "par", "pia", "ny")
    assert kommun.works("tova") is CaseStatus.DECIDED
    kommun.take_in("aron")
    assert kommun.works("pia") is CaseStatus.HANDED_OVER
    file = kommun.backup()
    kommun.works("aron")
    kommun.works("par")
    Handoffs(kommun.bench.journal).approve(Handoff.objects.get().pk, Person("eva", "Eva Testsson"), datetime.now(UTC))
    assert kommun.works("pia") is CaseStatus.DECIDED
    kommun.rows.append({"vem": "stina", "slag": "beslut", "belopp": "100", "av": STAFF})
    kommun.arrives("stina")
    before = [dict(row) for row in kommun.rows]
    lost = kommun.outside.mark()
    assert lost is not None

    kommun.restore(file)
    watch = kommun.watch()
    assert watch.highest_mode() is Mode.FORBERED
    (noticed,) = Recovery.objects.all()
    newest = Leaf.objects.exclude(kind="recovery.noticed").latest("index")
    assert (noticed.backup_of, noticed.passed_at) == (newest.time, None)
    (declared,) = [
        kommun.bench.journal.entry(i) for i in Leaf.objects.filter(kind="recovery.noticed").values_list("pk", flat=True)
    ]
    assert declared.payload["lost"]["checkpoint"] == lost.note
    with pytest.raises(ValueError, match="not due"):
        kommun.works("aron")
    assert kommun.watch().look()
    assert Recovery.objects.count() == 1, "it is noticed once"

    # A new application is prepared meanwhile, but nothing is decided.
    kommun.bench.highest_mode = watch.highest_mode()
    assert kommun.works("ny") is CaseStatus.WAITING
    assert kommun.registered("ny") == ["aktualisering"]

    report = kommun.reconcile()

    adopted = {Case.objects.get(handle=handle).reference for handle in report.adopted}
    assert adopted == {"aron-1", "par-1", "pia-1"}
    assert (report.unread, report.busy, report.unfinished, report.passed) == ([], [], [], True)
    assert "stina" in kommun.read
    assert kommun.case("stina") is None, "what staff have decided is not the robot's"
    assert kommun.rows[: len(before)] == before
    assert kommun.watch().highest_mode() is Mode.AUTOMATISK
    for vem in ("aron", "par", "pia"):
        assert kommun.status(vem) == "beslutad"
        assert kommun.registered(vem) == WHOLE
        states = set(Write.objects.filter(case=kommun.case(vem), name__in=WHOLE[1:]).values_list("state", flat=True))
        assert states == {WriteState.RECEIPT}
    assert sorted(Handoff.objects.filter(closed_at=None).values_list("about", flat=True)) == ["återställning"] * 3
    assert KnownReference.objects.count() == 5
    kommun.bench.highest_mode = Mode.AUTOMATISK
    assert kommun.works("ny") is CaseStatus.DECIDED
    assert kommun.registered("ny") == WHOLE
    # The robot has decided nothing of what staff have decided: its pre-read stops it.
    assert kommun.works("stina") is CaseStatus.HANDED_OVER
    assert kommun.bench.journal.verify().ok
    (told,) = restores_on_record(kommun.bench.journal)
    assert f"vid {lost.size} poster" in told


def test_what_is_registered_in_part_is_handed_over_and_what_is_only_prepared_goes_on(kommun):
    kommun.arrives("tova", "aron", "linn", "moa", "mia")
    for vem in ("tova", "aron", "linn"):
        kommun.take_in(vem)
    file = kommun.backup()
    kommun.rows += [
        {"vem": vem, "slag": slag, "belopp": "100", "av": ROBOT}
        for vem, slag in [
            *[("tova", slag) for slag in WHOLE],
            ("tova", "utbetalning"),
            ("aron", "aktualisering"),
            ("aron", "beslut"),
            ("linn", "aktualisering"),
            ("moa", "aktualisering"),
            ("mia", "aktualisering"),
        ]
    ]
    next(row for row in kommun.rows if row["vem"] == "mia")["belopp"] = "90"
    kommun.bench.journal.checkpoint()
    kommun.restore(file)
    kommun.watch().begin("Återställd för hand.", "kommandorad:eva")

    report = kommun.reconcile()

    assert report.passed
    assert (len(report.adopted), len(report.unfinished), len(report.prepared)) == (0, 2, 3)
    told = {
        vem: next(e for e in reversed(kommun.bench.journal.entries(case.handle)) if e.kind == "case.outcome").payload
        for vem in ("tova", "aron")
        if (case := kommun.case(vem)) is not None
    }
    assert "Registrerat mer än en gång: utbetalning." in told["tova"]["reasons"]
    assert told["aron"]["reasons"][:2] == ["Registrerat av roboten: beslut.", "Inte registrerat: utbetalning."]
    assert kommun.status("tova") == kommun.status("aron") == "överlämnad"
    for vem in ("linn", "moa"):
        assert kommun.works(vem) is CaseStatus.DECIDED
        assert kommun.registered(vem) == WHOLE
    # The robot registered something else than it would now: a person looks, and nothing is pressed again.
    assert kommun.works("mia") is CaseStatus.UNKNOWN_OUTCOME
    assert kommun.registered("mia") == ["aktualisering"]
    assert [row["vem"] for row in kommun.rows].count("aron") == 2


def test_it_does_not_pass_when_the_robots_own_records_are_not_recognised(kommun):
    kommun.arrives("tova", "aron")
    kommun.works("tova")
    file = kommun.backup()
    kommun.works("aron")
    kommun.restore(file)
    assert kommun.watch().look()
    kommun.robot = "robot under ett annat namn"

    report = kommun.reconcile()

    assert not report.passed
    assert report.adopted == []
    assert report.unread == ["flode: robotens egna beslut känns inte igen"]
    kommun.robot = ROBOT
    assert kommun.reconcile().passed
    assert kommun.status("aron") == "beslutad"


def test_it_does_not_pass_while_anything_could_not_be_read(kommun):
    kommun.arrives("linn", "tova", "aron", "par", "oläslig", "svea", "gammal")
    kommun.old.add("gammal-1")
    kommun.protected.add("svea")
    kommun.works("linn")
    file = kommun.backup()
    kommun.works("tova")
    kommun.works("par")
    kommun.restore(file)
    watch = kommun.watch()
    assert watch.look()
    kommun.silent.add("tova")

    report = kommun.reconcile()

    assert (report.unread, report.unreadable, report.shielded) == (
        ["inkorg/tova-1"],
        ["inkorg/oläslig-1"],
        ["inkorg/svea-1"],
    )
    assert not report.passed
    assert watch.look()
    assert kommun.status("par") == "beslutad", "what was found stands"
    assert "gammal" not in kommun.read, "came in long before the backup"

    kommun.silent.clear()
    taken = kommun.take_in("aron")
    Case.objects.filter(pk=taken.pk).update(lease_until=datetime.now(UTC) + timedelta(minutes=1))
    kommun.rows.append({"vem": "aron", "slag": "aktualisering", "belopp": "100", "av": ROBOT})
    report = kommun.reconcile()
    assert (report.busy, report.unread, report.passed) == ([taken.handle], [], False)
    assert kommun.status("tova") == "beslutad"

    pass_recovery(kommun.bench.journal, kommun.bench.department, "kommandorad:eva", {"forced_by": "Eva Testsson"})
    assert not watch.look()
    assert open_recoveries() == []
    assert Leaf.objects.latest("index").kind == "recovery.passed"


def test_erasures_are_applied_again_before_anything_else(kommun):
    kommun.arrives("tova", "aron")
    kommun.works("tova")
    case = kommun.case("tova")
    assert case is not None
    Case.objects.filter(pk=case.pk).update(finished_at=datetime(2020, 1, 1, tzinfo=UTC))
    file = kommun.backup()
    assert kommun.retention.run("schema") == 1
    kommun.works("aron")
    kommun.restore(file)
    assert Payload.objects.filter(leaf__case=case.handle).exists()

    assert kommun.watch().look()

    assert not Payload.objects.filter(leaf__case=case.handle).exists()
    assert kommun.case("tova") is None
    assert not kommun.bench.register.never_seen(INBOX, ["tova-1"]), "its reference is known for ever"
    assert kommun.bench.journal.verify().ok
    assert kommun.reconcile().passed
    assert kommun.status("aron") == "beslutad"


def test_an_erasure_that_the_robot_has_not_listed_itself_is_refused(kommun):
    kommun.arrives("tova", "aron")
    kommun.works("tova")
    case = kommun.case("tova")
    assert case is not None
    file = kommun.backup()
    kommun.works("aron")
    kommun.restore(file)
    forged = Erasure(case=case.handle, department=kommun.bench.department, rule="-", decided_by="-").model_dump()
    kommun.outside.list_erasures([forged, {**forged, "signature": "00" * 64}, {"case": "-"}])

    with capture_logs() as logged:
        assert kommun.watch().look()

    assert [one["event"] for one in logged].count("erasure refused") == 3
    assert kommun.case("tova") is not None
    assert Payload.objects.filter(leaf__case=case.handle).exists()


def test_any_of_several_machines_notices_and_the_others_do_not_notice_again(kommun, tmp_path):
    first, second = kommun.outside, OutsideDatabase(tmp_path / "second")
    kommun.arrives("tova", "aron")
    kommun.works("tova")
    kommun.watch().look()
    file = kommun.backup()
    kommun.works("aron")
    kommun.outside = second
    assert not kommun.watch().look()
    kommun.restore(file)

    assert kommun.watch().look(), "the second machine has only looked, never signed"
    kommun.outside = first
    assert kommun.watch().look()
    assert Recovery.objects.count() == 1
    assert kommun.reconcile().passed
    for machine in (first, second):
        kommun.outside = machine
        assert not kommun.watch().look()


def test_an_empty_database_in_the_place_of_the_old_one_is_noticed(kommun):
    kommun.arrives("tova")
    empty = kommun.backup()
    kommun.works("tova")
    kommun.restore(empty)
    assert kommun.watch().highest_mode() is Mode.FORBERED
    (noticed,) = Recovery.objects.all()
    assert noticed.backup_of is None
    assert kommun.reconcile().passed
    assert kommun.status("tova") == "beslutad"


def test_a_mark_that_cannot_be_read_stops_decisions_and_says_what_to_do(kommun):
    kommun.arrives("tova")
    kommun.works("tova")
    (kommun.outside.folder / "mark.json").write_text("{", "utf-8")
    with pytest.raises(ConfigurationError, match="recovery begin"):
        kommun.watch().highest_mode()


def test_a_backup_is_not_read_into_a_database_that_holds_something_nor_written_over(kommun):
    file = kommun.backup()
    with pytest.raises(BusinessError, match="inte tom"):
        restore(kommun.dsn, file)
    with pytest.raises(BusinessError, match="finns redan"):
        dump(kommun.dsn, file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_list_of_erasures_that_was_being_written_when_the_machine_stopped_is_read_and_goes_on(tmp_path):
    outside = OutsideDatabase(tmp_path)
    whole = {"case": "abc"}
    outside.list_erasures([whole])
    with open(tmp_path / "erasures.jsonl", "a", encoding="utf-8") as file:
        file.write('{"case": "d')
    assert outside.erasures() == [whole]
    outside.list_erasures([{"case": "ghi"}])
    assert outside.erasures() == [whole, {"case": "ghi"}]
