import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import stamina
import structlog

from medarbetare.log import Unfailing, configure_log, configure_log_beside_report, mask

FORMS = ("199003072387", "9003072387", "900307-2387", "19900307-2387", "900307+2387", "19900307 2387")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service's log gets during the test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_log(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def only(lines: io.StringIO) -> dict[str, Any]:
    (line,) = lines.getvalue().splitlines()
    assert not any(form in line for form in FORMS)
    read: dict[str, Any] = json.loads(line)
    return read


@pytest.mark.parametrize("form", FORMS)
def test_an_identity_number_is_masked_in_every_form(form: str) -> None:
    assert mask(f"sökande {form}, ärende 12") == "sökande ******-****, ärende 12"


@pytest.mark.parametrize("text", ["2026-12-01T08:00:00.123456Z", "belopp 6865", "köad 20261201", "1234567890123456"])
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_structlog_lines_are_masked_in_keys_values_and_what_lies_inside_them(lines: io.StringIO) -> None:
    structlog.get_logger().info(
        "läste 900307-2387",
        case="abc",
        run=3,
        number=199003072387,
        people={"19900307-2387": ["9003072387", {"id": 9003072387}]},
        error=ValueError("okänd: 199003072387"),
        **{"900307-2387": None},
    )

    line = only(lines)
    assert (line["event"], line["case"], line["run"]) == ("läste ******-****", "abc", 3)
    assert line["people"] == {"******-****": ["******-****", {"id": "******-****"}]}
    assert line["error"] == "okänd: ******-****"
    assert line["******-****"] is None


def test_lines_of_the_standard_library_are_masked_and_carry_no_traceback(lines: io.StringIO) -> None:
    def fail_about(person: str) -> None:
        raise ValueError(f"person {person}")

    try:
        fail_about("19900307-2387")
    except ValueError:
        logging.getLogger("foreign").exception("frågan om %s gick fel", "900307-2387")

    line = only(lines)
    assert (line["event"], line["level"]) == ("frågan om ******-**** gick fel", "error")
    assert "Traceback" not in str(line)


def test_what_is_bound_to_a_run_stands_on_its_lines_and_no_others(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(department="d", case="abc", run=1):
        structlog.get_logger().info("i")
    structlog.get_logger().info("efter")

    during, after = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (during["department"], during["case"], during["run"]) == ("d", "abc", 1)
    assert "case" not in after


def test_a_log_whose_disk_is_full_loses_lines_and_tells_how_many_when_there_is_room_again(tmp_path):
    with open("/dev/full", "w") as full, open(tmp_path / "log", "w+") as roomy:
        log = Unfailing(full)
        for line in ("en\n", "två\n"):
            log.write(line)
            log.flush()
        log._stream = roomy
        log.write("tre\n")
        log.flush()
        roomy.seek(0)
        assert roomy.read().split("\n")[1:] == ['{"event": "log lines lost", "count": 2, "level": "error"}', "tre", ""]


class Terminal(io.StringIO):
    """Standard error where a person sits."""

    def isatty(self) -> bool:
        return True


def test_a_person_at_a_terminal_sees_no_log_lines_but_what_went_wrong_in_words(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        # As a step tries again.
        attempts = [ConnectionError("nej"), None]
        for attempt in stamina.retry_context(on=ConnectionError, wait_initial=0, wait_max=0, wait_jitter=0):
            with attempt:
                if error := attempts.pop(0):
                    raise error
        logging.getLogger("psycopg").warning("bad connection")
        structlog.get_logger().error("mark not written", message="Märket för 900307-2387 kan inte skrivas.")

    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr("sys.stderr", stream)
        configure_log_beside_report()
        work()
        told = stream.getvalue().splitlines()
        if stream.isatty():
            assert told == ["Obs: Märket för ******-**** kan inte skrivas."]
        else:
            assert [json.loads(line)["event"] for line in told] == [
                "stamina.retry_scheduled",
                "bad connection",
                "mark not written",
            ]
