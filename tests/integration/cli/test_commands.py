from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]


def test_every_look_at_an_empty_installation_says_so(medarbetare: Medarbetare) -> None:
    status = medarbetare("status")
    assert (status.exit_code, status.err) == (0, "")
    assert "Ärenden i Exempelby" in status.out
    assert "Öppna överlämningar: 0" in status.out
    assert "Journal: 0 poster, inte underskriven än" in status.out

    for command, heading in ((("cases", "list"), "Ärende"), (("audit", "show"), "Post")):
        shown = medarbetare(*command)
        assert (shown.exit_code, shown.err) == (0, "")
        assert heading in shown.out

    verified = medarbetare("audit", "verify")
    assert (verified.exit_code, verified.err) == (0, "")
    assert "Journalen stämmer: 0 poster" in verified.out


def test_lists_tell_where_each_case_stands_and_nothing_about_people(bench: Bench, medarbetare: Medarbetare) -> None:
    case = bench.receive("REF-[/]1", "tova")
    bench.work_on(case)

    status = medarbetare("status")
    assert "Öppna överlämningar: 1" in status.out
    assert "Jobb i kö: 1" in status.out
    assert "underskriven till och med post 4" in status.out

    listed, audited = medarbetare("cases", "list"), medarbetare("audit", "show", case.handle)
    assert case.handle in listed.out
    assert "REF-[/]1" in listed.out
    assert "överlämnad" in listed.out
    assert "läs [ansökan]" in audited.out
    assert "medarbetare.example/journal\n4\n" in audited.out
    assert "Testsson" not in listed.out + audited.out + status.out


def test_a_case_is_shown_with_its_reasons_and_that_is_written_in_the_journal(
    bench: Bench, medarbetare: Medarbetare
) -> None:
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)

    shown = medarbetare("cases", "show", case.handle)

    assert (shown.exit_code, shown.err) == (0, "")
    assert "Två skäl." in shown.out
    assert "Hyran [ändrad]" in shown.out
    assert "läs [ansökan]" in shown.out
    assert Leaf.objects.get(kind="shown").case == case.handle

    step = bench.entries(case, "step")[0]
    post = medarbetare("cases", "show", case.handle, "--post", str(step.index))
    assert '"namn": "Tova Testsson"' in post.out
    assert Leaf.objects.filter(kind="shown").count() == 2
    assert "Journalen stämmer: 6 poster" in medarbetare("audit", "verify").out


def test_a_changed_journal_is_told_and_ends_with_a_fault(bench: Bench, medarbetare: Medarbetare) -> None:
    bench.work_on(bench.receive("REF-1", "tova"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_leaf SET actor = 'någon annan' WHERE index = 2")

    verified = medarbetare("audit", "verify")

    assert verified.exit_code == 1
    assert "Journalen stämmer inte." in verified.out
    assert "journal_leaf, rad 2" in verified.out


def test_a_case_or_entry_that_there_is_not_is_told_on_stderr(bench: Bench, medarbetare: Medarbetare) -> None:
    case = bench.receive("REF-1", "tova")

    for arguments, told in (
        (("cases", "show", "finnsinte"), "Det finns inget ärende finnsinte."),
        (("cases", "show", case.handle, "--post", "99"), "har ingen post 99."),
        (("audit", "show", "finnsinte"), "inga poster om ärende finnsinte."),
    ):
        said = medarbetare(*arguments)
        assert (said.exit_code, said.out) == (1, "")
        assert said.err.startswith("Fel: ")
        assert told in said.err


def test_a_wrong_configuration_is_told_on_stderr(medarbetare: Medarbetare, folder: Path) -> None:
    missing = medarbetare("--config", "/finns/inte", "status")
    assert (missing.exit_code, missing.out) == (2, "")
    assert "/finns/inte" in missing.err

    (folder / "inbox.yaml").write_text("inboxes: [/]\n", "utf-8")
    wrong = medarbetare("--config", str(folder), "cases", "list")
    assert (wrong.exit_code, wrong.out) == (2, "")
    assert "inbox.yaml:1: inboxes: fann en lista, väntade nycklar med värden" in wrong.err


def test_a_key_that_is_no_key_is_told_without_the_key(
    medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_SIGNING_KEY", "sommar2026")

    said = medarbetare("audit", "verify")

    assert said.exit_code == 2
    assert "journalens underskrift ska vara 32 byte" in said.err
    assert "sommar" not in said.err
