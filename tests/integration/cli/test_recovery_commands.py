"""`recovery`, `backup` and `restore` as a person at the terminal meets them."""

from datetime import UTC, datetime

from medarbetare.engine.models import Recovery
from medarbetare.journal.models import Checkpoint, Leaf


def test_a_restore_that_a_person_tells_of_holds_until_it_is_passed(medarbetare, bench):
    assert medarbetare("recovery", "status").exit_code == 0
    case = bench.receive("REF-1", "tova")

    begun = medarbetare("recovery", "begin", "--orsak", "ny maskin")

    assert begun.exit_code == 0
    assert "beslutar och betalar inget" in begun.out
    case.refresh_from_db()
    assert case.waits_for == "återställning"
    asked = medarbetare("recovery", "status")
    assert asked.exit_code == 1
    assert "ny maskin" in asked.out
    assert "medarbetare reconcile" in asked.out
    assert medarbetare("recovery", "pass", "--trots-allt", " ", "--orsak", "sett efter").exit_code == 1

    passed = medarbetare("recovery", "pass", "--trots-allt", "Eva Testsson", "--orsak", "sett efter för hand")

    assert passed.exit_code == 0
    entry = bench.journal.entry(Leaf.objects.get(kind="recovery.passed").index)
    assert entry.payload == {"forced_by": "Eva Testsson", "why": "sett efter för hand"}
    assert entry.actor.startswith("kommandorad:")
    assert medarbetare("recovery", "status").exit_code == 0
    assert medarbetare("recovery", "pass", "--trots-allt", "Eva", "--orsak", "igen").exit_code == 1


def test_a_database_that_has_lost_a_checkpoint_is_noticed_and_told_by_verification(medarbetare, bench):
    bench.receive("REF-1", "tova")
    bench.journal.checkpoint()
    assert medarbetare("recovery", "status").exit_code == 0
    lost = Checkpoint.objects.get()
    Checkpoint.objects.all().delete()

    asked = medarbetare("recovery", "status")

    assert asked.exit_code == 1
    assert f"journalen saknar kontrollpunkten vid {lost.size} poster" in asked.out
    (noticed,) = Recovery.objects.all()
    assert noticed.noticed_at <= datetime.now(UTC)
    assert f"Kontrollpunkten vid {lost.size} poster gick förlorad" in medarbetare("audit", "verify").out


def test_a_server_of_the_municipalitys_own_has_a_routine_of_its_own(medarbetare, tmp_path):
    for command in ("backup", "restore"):
        said = medarbetare(command, str(tmp_path / "kopia"))
        assert said.exit_code == 2
        assert "kommunens egen server" in said.err
    assert not (tmp_path / "kopia").exists()
