"""The command line: generate, check, tick, reset, latency, and several municipalities side by side."""

import json
import subprocess
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running

ENSAM = Path(__file__).parents[2] / "worlds" / "ensam.yaml"
PAR = ENSAM.with_name("par.yaml")


def sandkommun(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([sys.executable, "-m", "sandkommun", *arguments], capture_output=True, text=True, timeout=60)


def fastest_answer(served: Running) -> float:
    """Seconds that the log-in page of the e-service takes, at best of three."""

    def once() -> float:
        began = time.perf_counter()
        with urllib.request.urlopen(f"{served.direct('etjanst')}/logga-in", timeout=10) as answer:  # noqa: S310
            answer.read()
        return time.perf_counter() - began

    return min(once() for _ in range(3))


def today(served: Running) -> str:
    """The day of a running world."""
    return str(served.facit("start")["today"])


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_generated_world_is_a_right_world(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"kommun.{ending}"
    made = sandkommun("generate", "--households", "25", "--seed", "4", "--today", "2026-11-02", "--out", str(file))
    assert made.returncode == 0
    checked = sandkommun("check", str(file))
    assert checked.returncode == 0
    assert "Sandkommun 2026-11-02" in checked.stdout
    assert "25 hushåll" in checked.stdout


@pytest.mark.parametrize(("households", "name"), [("0", "kommun.yaml"), ("10", "kommun.txt"), ("10", "saknas/k.yaml")])
def test_what_cannot_be_generated_is_refused_in_one_line(households: str, name: str, tmp_path: Path) -> None:
    refused = sandkommun("generate", "--households", households, "--seed", "1", "--out", str(tmp_path / name))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1


def test_a_wrong_world_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "fel.yaml"
    file.write_text(ENSAM.read_text("utf-8").replace("omfattning: 100", "omfatning: 100"), "utf-8")
    refused = sandkommun("check", str(file))
    assert refused.returncode == 1
    assert f"{file}, rad 14: personer.tova.af.omfatning: okänd nyckel; menade du omfattning?" in refused.stderr


def test_time_moves_and_begins_again_by_command(data: Path) -> None:
    with running(ENSAM, data) as served:
        assert sandkommun("tick", "2d", "--data", str(data)).stdout.strip() == "2026-12-03"
        assert sandkommun("tick", "1month", "--data", str(data)).stdout.strip() == "2027-01-03"
        assert today(served) == "2027-01-03"
        assert sandkommun("reset", "--data", str(data)).stdout.strip() == "2026-12-01"
        assert today(served) == "2026-12-01"
        wrong = sandkommun("tick", "snart", "--data", str(data))
        assert wrong.returncode == 1
        assert "1d eller 1month" in wrong.stderr


def test_time_does_not_move_where_nothing_runs(data: Path) -> None:
    refused = sandkommun("tick", "1d", "--data", str(data))
    assert refused.returncode == 1
    assert "Är sandkommun startad med den mappen?" in refused.stderr


def test_latency_holds_every_answer_back(data: Path) -> None:
    with running(ENSAM, data, "--latency", "150") as served:
        assert fastest_answer(served) >= 0.15


def test_a_world_may_hold_back_the_answers_of_one_system(data: Path) -> None:
    slow = {"system": {"etjanst": {"delay_ms": 150}}}
    world = worlds.World.model_validate({**worlds.load(ENSAM).model_dump(exclude_defaults=True), **slow})
    with running(world, data) as served:
        assert fastest_answer(served) >= 0.15


def test_municipalities_run_side_by_side_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    with running(ENSAM, tmp_path / "en") as one, running(PAR, tmp_path / "annan") as other:
        assert set(one.facit("etjanst")["statuses"]) == {"260101"}
        assert set(other.facit("etjanst")["statuses"]) == {"260106"}
        sandkommun("tick", "1d", "--data", str(tmp_path / "en"))
        assert (today(one), today(other)) == ("2026-12-02", "2026-12-01")


def test_the_guidelines_of_the_municipality_are_announced(data: Path) -> None:
    world = worlds.load(ENSAM).model_copy(update={"lokalt": {"kommun": {"radrum_manader": 2}}})
    with running(world, data) as served:
        assert served.announced["lokalt"] == {"kommun": {"radrum_manader": 2}}


@pytest.mark.parametrize("base", ["0", "-5", "70000", "65530"])
def test_a_port_that_no_system_can_have_is_refused_in_one_line(base: str, data: Path) -> None:
    refused = sandkommun("serve", "--port-base", base, "--data", str(data))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert f"--port-base {base} går inte. Ange ett tal från 1 till 65527" in refused.stderr


@pytest.mark.parametrize("place", ["fil", "fil/kommun"])
def test_a_folder_that_is_a_file_is_refused_in_one_line(place: str, tmp_path: Path) -> None:
    (tmp_path / "fil").touch()
    refused = sandkommun("serve", "--data", str(tmp_path / place))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "går inte att använda" in refused.stderr


class Other(BaseHTTPRequestHandler):
    """Some other program at the port where a sandkommun was."""

    status = 200

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"<html>hej</html>")

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize(("status", "told"), [(200, "är ingen sandkommun"), (500, "svarade HTTP 500")])
@pytest.mark.parametrize("what", [("tick", "1d"), ("reset",)])
def test_an_answer_that_is_none_is_told_in_one_line(
    what: tuple[str, ...], status: int, told: str, tmp_path: Path
) -> None:
    with HTTPServer(("127.0.0.1", 0), type("Failing", (Other,), {"status": status})) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        systems = {"start": {"address": f"http://start.localhost:{other.server_port}"}}
        (tmp_path / "sandkommun.json").write_text(json.dumps({"systems": systems}), "utf-8")
        refused = sandkommun(*what, "--data", str(tmp_path))
        other.shutdown()
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert told in refused.stderr


def test_a_file_of_addresses_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "sandkommun.json").write_text("[]", "utf-8")
    refused = sandkommun("reset", "--data", str(tmp_path))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "går inte att läsa" in refused.stderr
