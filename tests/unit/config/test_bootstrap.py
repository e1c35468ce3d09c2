"""The configuration folder as a whole: what the files say about one another."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from medarbetare.bootstrap import check_selectors, missing_secrets, read_configuration
from medarbetare.cli.app import run_app
from medarbetare.config import config_folder
from medarbetare.errors import ConfigurationError
from medarbetare.inbox import FolderInboxSettings

Change = Callable[[str, Callable[[Any], object]], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of the packaged configuration with one file changed."""
    folder = tmp_path / "config"
    shutil.copytree(config_folder(), folder)

    def change(file: str, edit: Callable[[Any], object]) -> Path:
        content = yaml.safe_load((folder / file).read_text("utf-8"))
        edit(content)
        (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        return folder

    return change


def test_the_packaged_configuration_is_whole_and_names_the_secrets_that_are_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    configuration = read_configuration(config_folder())
    check_selectors(configuration)

    missing = missing_secrets(configuration)

    assert any("journal-signing.key" in sentence for sentence in missing)
    assert any("verksamhet-totp" in sentence for sentence in missing)
    assert len(missing) == len(set(missing)) == 11


@pytest.mark.parametrize(
    ("file", "edit", "expected"),
    [
        ("inbox.yaml", {"portal": "okand"}, "inkorgen e_tjanst: portalen «okand» finns inte. Det som finns: etjanst"),
        ("inbox.yaml", {"workflow": "bygglov"}, "arbetsflödet «bygglov» finns inte. Det som finns: ekonomiskt_bistand"),
        ("inbox.yaml", {"department": "skola"}, "avdelningens nyckel «skola» finns inte"),
    ],
)
def test_an_inbox_may_only_name_what_there_is(changed: Change, file: str, edit: dict[str, str], expected: str) -> None:
    folder = changed(file, lambda content: content["inboxes"]["e_tjanst"].update(edit))

    with pytest.raises(ConfigurationError) as refused:
        read_configuration(folder)
    assert expected in refused.value.message
    assert file in refused.value.message


FOLDER = {"kind": "folder", "folder": "post", "department": "ekonomiskt_bistand", "workflow": "ekonomiskt_bistand"}


def test_an_inbox_may_be_a_folder_beside_the_configuration(changed: Change) -> None:
    folder = changed("inbox.yaml", lambda content: content["inboxes"].update(filer=FOLDER))

    inbox = read_configuration(folder).inboxes["filer"]

    assert isinstance(inbox, FolderInboxSettings)
    assert inbox.folder == Path("post")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (FOLDER | {"workflow": "bygglov"}, "arbetsflödet «bygglov» finns inte"),
        (FOLDER | {"portal": "etjanst"}, "inboxes.filer.portal: okänd nyckel"),
        ({**FOLDER, "folder": None}, "inboxes.filer.folder: fann inget, väntade en sökväg"),
        (FOLDER | {"kind": "mapp"}, "inboxes.filer: fann nycklar med värden, väntade kind: portal (förvalt) eller"),
        ({"department": "ekonomiskt_bistand"}, "inboxes.filer.portal: saknas"),
        ("post", "inboxes.filer: fann «post», väntade kind: portal (förvalt) eller kind: folder"),
    ],
)
def test_a_fault_in_an_inbox_is_told_by_file_line_and_place(changed: Change, entry: object, expected: str) -> None:
    folder = changed("inbox.yaml", lambda content: content["inboxes"].update(filer=entry))

    with pytest.raises(ConfigurationError) as refused:
        read_configuration(folder)
    assert expected in refused.value.message
    assert "inbox.yaml" in refused.value.message


def test_a_schedule_may_only_name_inboxes_that_there_are(changed: Change) -> None:
    entry = {"inboxes": ["okand"], "cron": "0 8 * * *"}
    folder = changed("schedule.yaml", lambda content: content["runs"].update(natt=entry))

    with pytest.raises(ConfigurationError, match=r"schedule\.yaml: runs\.natt: inkorgen «okand» finns inte"):
        read_configuration(folder)


def test_two_portals_of_one_name_are_refused(changed: Change) -> None:
    folder = changed("portals.yaml", lambda content: content["portals"].append(content["portals"][0]))

    with pytest.raises(ConfigurationError, match="samma namn på flera portaler: etjanst"):
        read_configuration(folder)


def test_a_portal_without_a_selector_file_is_named(changed: Change) -> None:
    folder = changed("portals.yaml", lambda content: content["portals"][0].update(selectors="saknas"))

    with pytest.raises(ConfigurationError, match=r"saknas\.yaml"):
        check_selectors(read_configuration(folder))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            {"breaker": {"first_pause": 900}},
            "breaker: first_pause (900 s) får inte vara längre än longest_pause (600 s)",
        ),
        (
            {"patience": {"wait_between_attempts": 700, "longest_wait": 600}},
            "patience: wait_between_attempts (700 s) får inte vara längre än longest_wait (600 s)",
        ),
        ({"lease": {"duration": 10, "margin": 10}}, "lease: margin (10 s) + silence (10 s) får inte vara längre än"),
        ({"outside": " "}, "outside: fann « »: ange en mapp utanför databasen"),
        ({"outside": "/srv/robot/db"}, "outside: /srv/robot/db ligger i den inbyggda databasens mapp (/srv/robot/db)"),
        ({"outside": "/srv/robot/db/x/../utanfor"}, "outside: /srv/robot/db/utanfor ligger i den inbyggda"),
    ],
)
def test_what_contradicts_itself_is_refused_with_what_to_change(
    changed: Change, edit: dict[str, Any], expected: str
) -> None:
    database = {"database": {"embedded": "/srv/robot/db"}}
    folder = changed("medarbetare.yaml", lambda content: content.update(edit | database))

    with pytest.raises(ConfigurationError) as refused:
        read_configuration(folder)
    assert expected in refused.value.message
    assert "medarbetare.yaml" in refused.value.message


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"retry": {"wait_initial": 6}}, "retry: wait_initial (6 s) får inte vara längre än wait_max (5 s)"),
        ({"timeouts": {"operation": 1}}, "timeouts: element (2 s) får inte vara längre än operation (1 s)"),
    ],
)
def test_a_portals_times_may_not_contradict_one_another(changed: Change, edit: dict[str, Any], expected: str) -> None:
    folder = changed("portals.yaml", lambda content: content["portals"][0].update(edit))

    with pytest.raises(ConfigurationError) as refused:
        read_configuration(folder)
    assert expected in refused.value.message


@pytest.mark.parametrize(
    ("register", "missing"),
    [
        ({"fk": "egen", "af": "egen"}, ["portalen «af»", "portalen «fk»"]),
        ({"fk": "ssbtek_v10"}, ["tjänsten «ssbtek_v10»"]),
    ],
)
def test_a_way_to_a_register_that_portals_yaml_lacks_is_told_by_config_check(
    changed: Change,
    register: dict[str, str],
    missing: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways: dict[str, Any] = {name: {"kanal": kanal} for name, kanal in register.items()}
    asker = {"organisationsnummer": "162120000001", "handlaggare": "robot"}
    folder = changed("ekonomiskt_bistand/register.yaml", lambda content: content.update(ways, fragestallare=asker))
    monkeypatch.setattr(sys, "argv", ["medarbetare", "--config", str(folder), "config", "check"])

    with pytest.raises(SystemExit) as ended:
        run_app()

    needed = "; ".join(f"arbetsflödet ekonomiskt_bistand behöver {one}" for one in missing)
    assert ended.value.code == 2
    assert f"portals.yaml: {needed}, som saknas där." in capsys.readouterr().err
