"""What is shipped for running the robot names nothing that is not there: no path, command, option, secret, variable."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup

from medarbetare.cli.app import app
from medarbetare.cli.swedish import in_swedish

ROOT = Path(__file__).parents[3]
DEPLOYMENT = ROOT / "config" / "deployment"
UNITS = sorted(DEPLOYMENT.glob("*.service"))
INSTALLED, STATE, CONFIG = "/opt/medarbetare/", "/var/lib/medarbetare", "/etc/medarbetare"
PROGRAM = f"{INSTALLED}.venv/bin/medarbetare"
IN_DATABASE_URL = "database-url"
"""README: a unit takes a server for granted, whose URL is a secret too."""
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def directives(unit: Path) -> list[tuple[str, str]]:
    lines = unit.read_text("utf-8").splitlines()
    return [(name, value) for line in lines if line[:1] not in "#[" for name, _, value in [line.partition("=")]]


def values(unit: Path, name: str) -> list[str]:
    return [value for one, value in directives(unit) if one == name]


def accept(words: list[str]) -> None:
    """Parse a command line of the robot without carrying it out. Raises what its own parser raises."""
    command: Any = in_swedish(app)
    while isinstance(command, TyperGroup):
        name, *words = words
        command = command.commands[name]
    command.make_context(name, list(words))


def credentials(file: str) -> set[str]:
    """Every secret that a configuration file wants from systemd."""
    return set(re.findall(r"credential: ([\w.-]+)", (ROOT / "config" / file).read_text("utf-8")))


def test_there_is_a_unit_for_the_service_the_workers_and_the_pages() -> None:
    assert [one.name for one in UNITS] == [
        "medarbetare-web.service",
        "medarbetare-worker.service",
        "medarbetare.service",
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_a_unit_starts_commands_that_the_robot_accepts(unit: Path) -> None:
    started = [*values(unit, "ExecStartPre"), *values(unit, "ExecStart")]
    assert started
    for line in started:
        program, *words = line.split()
        assert program == PROGRAM
        accept(words)


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_what_a_unit_refers_to_is_there(unit: Path) -> None:
    [page] = values(unit, "Documentation")
    assert (ROOT / page.removeprefix(f"file:{INSTALLED}")).is_file()
    [state], [folder], [environment] = (
        values(unit, one) for one in ("StateDirectory", "WorkingDirectory", "Environment")
    )
    assert f"/var/lib/{state}" == folder == STATE
    assert environment.split() == [f"MEDARBETARE_CONFIG={CONFIG}", f"MEDARBETARE_STATE={STATE}"]
    assert values(unit, "InaccessiblePaths") == [f"{CONFIG}/credentials"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_a_unit_is_given_each_secret_that_the_shipped_configuration_wants_and_no_other(unit: Path) -> None:
    given = dict(one.split(":") for one in values(unit, "LoadCredential"))
    of_portals = credentials("portals.yaml") | credentials("inbox.yaml")
    wanted = credentials("medarbetare.yaml") | {IN_DATABASE_URL} | (set() if "web" in unit.name else of_portals)
    assert set(given) == wanted
    assert given == {name: f"{CONFIG}/credentials/{name}" for name in wanted}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    installed = Path(sys.executable).with_name("medarbetare")
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(PROGRAM, str(installed))
        (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in (done.stdout + done.stderr).splitlines() if str(tmp_path) in line]
    assert told == []


def test_the_image_is_built_of_what_is_in_the_tree_and_needs_nothing_more() -> None:
    lines = (DEPLOYMENT / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:] for line in lines if line.startswith("COPY")]
    for *names, place in copied:
        assert [name for name in names if not (ROOT / name).exists()] == []
        # Files lie in the folder, a folder becomes it.
        assert place == INSTALLED if (ROOT / names[0]).is_file() else f"{INSTALLED}{names[0]}"
    project, build = PYPROJECT["project"], PYPROJECT["tool"]["hatch"]["build"]
    needed = {"requirements.lock", "pyproject.toml", project["readme"], *project["license-files"]}
    needed |= {*build["dev-mode-dirs"], *build["targets"]["wheel"]["force-include"]}
    assert needed == {name for *names, _ in copied for name in names}


def test_the_image_starts_a_command_that_the_robot_accepts_as_a_user_with_its_folders() -> None:
    text = (DEPLOYMENT / "Containerfile").read_text("utf-8")
    said = dict(re.findall(r"^(ENTRYPOINT|CMD|USER|WORKDIR|VOLUME|ENV) (.+)$", text, re.MULTILINE))
    [program], words = yaml.safe_load(said["ENTRYPOINT"]), yaml.safe_load(said["CMD"])
    assert program in PYPROJECT["project"]["scripts"]
    accept(words)
    assert said["WORKDIR"] == said["VOLUME"] == STATE
    assert f"--home-dir {STATE}" in text
    assert text.index("useradd") < text.index(f"USER {said['USER']}")
    assert said["ENV"].split()[:2] == [f"MEDARBETARE_CONFIG={CONFIG}", f"MEDARBETARE_STATE={STATE}"]


def test_the_variables_that_are_set_are_read() -> None:
    code = "".join(one.read_text("utf-8") for one in (ROOT / "robot" / "medarbetare").rglob("*.py"))
    texts = "".join(one.read_text("utf-8") for one in [*UNITS, DEPLOYMENT / "Containerfile", DEPLOYMENT / "README.md"])
    assert {one for one in re.findall(r"MEDARBETARE_[A-Z]+", texts) if f'"{one}"' not in code} == set()


def test_the_page_names_commands_options_and_files_that_are_there() -> None:
    page = (DEPLOYMENT / "README.md").read_text("utf-8")
    commands = re.findall(r"(?:`|bin/| )medarbetare ((?:[a-z]+ ?)+)(?:`|\n)", page)
    assert len(commands) >= 4
    for one in commands:
        accept(one.split())
    for name, option in re.findall(r"`(run|worker) (--[a-z]+) N`", page):
        accept([name, option, "3"])
    files = re.findall(rf"{INSTALLED}(config[\w/.*-]*)", page) + re.findall(r"-f (config/\S+)", page)
    assert files
    assert [one for one in files if not list(ROOT.glob(one))] == []
