import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from medarbetare.cli.app import app, run_app
from medarbetare.cli.swedish import in_swedish

Medarbetare = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def medarbetare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Medarbetare:
    """The command line as a program, away from every checkout, with no secrets."""
    monkeypatch.delenv("MEDARBETARE_CONFIG", raising=False)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "medarbetare", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, timeout=60)

    return run


def commands(group: TyperGroup, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield f"{path} {name}".strip(), command
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{path} {name}".strip())


def test_every_command_that_people_see_is_explained_in_swedish(capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: command for name, command in commands(in_swedish(app)) if not command.hidden}

    assert {"demo", "run", "worker", "status", "config check", "cases list", "cases show"} <= set(found)
    assert {"audit verify", "audit show", "browser install"} <= set(found)
    assert {"web", "users add", "users list", "users disable", "users remove"} <= set(found)
    for name, command in found.items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"
        command.get_help(command.context_class(command, info_name=name))
        shown = capsys.readouterr().out
        assert "Visa den här hjälpen" in shown, name
        assert "Options" not in shown.replace("[OPTIONS]", ""), name


def test_help_is_in_swedish_from_the_first_line_to_the_last(medarbetare: Medarbetare) -> None:
    said = medarbetare("--help")

    assert (said.returncode, said.stderr) == (0, "")
    assert "kommunens digitala medarbetare" in said.stdout
    assert "Kommandon" in said.stdout
    assert "Visa den här hjälpen och avsluta." in said.stdout
    assert "worker-process" not in said.stdout
    assert "Options" not in said.stdout
    assert "Show this" not in said.stdout


def test_the_packaged_example_is_right_though_its_secrets_are_missing(medarbetare: Medarbetare) -> None:
    said = medarbetare("config", "check")

    assert (said.returncode, said.stderr) == (0, "")
    assert "är rätt." in said.stdout
    assert "Arbetsflöde ekonomiskt_bistand, regler och texter version" in said.stdout
    assert "systemd-credential «verksamhet-totp»" in said.stdout


def test_a_command_that_there_is_not_ends_with_a_fault(medarbetare: Medarbetare) -> None:
    said = medarbetare("finns-inte")

    assert said.returncode == 2
    assert "medarbetare --help" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("cases show", "Argumentet «ÄRENDE» saknas."),
        ("cases show a b c", "För många argument, det här används inte: b c."),
        ("cases", "Användning: medarbetare cases [VÄLJARE] KOMMANDO [ARGUMENT]..."),
        ("cases list --antal många", "Fel värde för --antal: väntade ett heltal."),
        ("cases list --antal", "Väljaren --antal ska följas av ett värde."),
        ("cases list --anta 3", "Väljaren --anta finns inte. Menade du --antal?"),
        ("inbox import fil", "Väljaren --inbox saknas."),
        ("pause portalen", "fann «portalen», väntade något av 'portal', 'workflow'."),
        ("run --workers 99", "Fel värde för --workers: väntade högst 64."),
        ("run --workers 0", "Fel värde för --workers: väntade minst 1."),
        ("statu", "Kommandot «statu» finns inte. Menade du 'status'?"),
        ("status --help=ja", "Väljaren --help tar inget värde."),
        (
            "decide --application saknas.xml --facts b",
            "--application: filen kan inte läsas (filen eller mappen finns inte).",
        ),
    ],
)
def test_what_is_typed_wrong_is_told_in_swedish(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: str, told: str
) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.setattr(sys, "argv", ["medarbetare", *words.split()])

    with pytest.raises(SystemExit):
        run_app()

    said = capsys.readouterr()
    shown = " ".join((said.out + said.err).replace("│", " ").split())
    assert told in shown
    for english in (
        "Usage",
        "Missing",
        "Invalid",
        "No such",
        "Input should",
        "Did you",
        "OPTIONS",
        "COMMAND ",
        "Error",
    ):
        assert english not in shown
