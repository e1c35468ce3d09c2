"""`make bench`: what the robot costs, printed as a table and written as JSON.

Medians of one run, because the figures of two runs on a shared machine cannot be compared. Exit code 0 whether or not
the targets are met; a column says which are.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import harmonic_mean, median

from medarbetare.database.connection import load_models

load_models()
sys.path.append(str(Path(__file__).parents[1] / "chaos"))

import claims  # noqa: E402
import latency  # noqa: E402
import sandkommun_pages  # noqa: E402
import waiting  # noqa: E402
import yaml  # noqa: E402
from at_work import CpuSeconds, Memory, Robot, worker_memory  # noqa: E402
from bare import bare_script  # noqa: E402
from decisions import decisions_per_second  # noqa: E402
from facit import requests, texts, written  # noqa: E402
from households import Household, households, world_of  # noqa: E402
from lean import empty_database  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from steps import milliseconds  # noqa: E402
from tree import Tree  # noqa: E402
from twenty import seconds_for_twenty  # noqa: E402

from medarbetare.bootstrap import Configuration, open_database, read_configuration  # noqa: E402
from medarbetare.browser import find_browser  # noqa: E402
from medarbetare.cli.practice import PracticeMunicipality, write_practice_configuration  # noqa: E402
from medarbetare.log import configure_log  # noqa: E402
from sandkommun import worlds  # noqa: E402

STEPS = 100
AT_REST = 2.0


@dataclass(frozen=True)
class Figure:
    """One figure and what it may be at most, or shall be at least, if anything is promised."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> str:
        """Whether the promise is kept."""
        if self.at_most is None and self.at_least is None:
            return ""
        kept = self.value <= self.at_most if self.at_most is not None else self.value >= (self.at_least or 0)
        return "ja" if kept else "NEJ"

    @property
    def promise(self) -> str:
        """What is promised."""
        bounds = (("≤", self.at_most), ("≥", self.at_least))
        return " ".join(f"{sign} {bound:g} {self.unit}".rstrip() for sign, bound in bounds if bound is not None)


@dataclass
class Applications:
    """What was measured over applications.

    Seconds each; requests of one application to each system; memory just after the first and the last of the row, and
    two seconds later, when the browser has let go of what it no longer shows.
    """

    cold: float = 0.0
    in_a_row: list[float] = field(default_factory=list)
    cpu_in_a_row: float = 0.0
    robot: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    robot_requests: dict[str, int] = field(default_factory=dict)
    bare_requests: dict[str, int] = field(default_factory=dict)
    memory: list[Memory] = field(default_factory=list)
    at_rest: Memory = field(default_factory=lambda: Memory(0, 0))
    same_records: bool = True
    without_evidence: list[tuple[float, float]] = field(default_factory=list)
    decisions: dict[str, float] = field(default_factory=dict)
    not_yet_due: list[waiting.Point] = field(default_factory=list)
    backlog: list[waiting.Point] = field(default_factory=list)

    def figures(self) -> list[Figure]:
        """In the order of the table."""
        ratio = median(robot / bare for robot, bare in zip(self.robot, self.bare, strict=True))
        without = median(robot / bare for robot, bare in self.without_evidence)
        return [
            Figure("ansökan beslutad, en arbetare, varm", median(self.in_a_row), "s", 10),
            Figure("  därav processortid, med webbläsare och databas", self.cpu_in_a_row, "s"),
            Figure("första ansökan, kall start", self.cold, "s"),
            Figure("robot ÷ bart Playwright-skript, med bevis", ratio, "", 1.5),
            Figure("robot ÷ bart Playwright-skript, utan bevis", without, "", 1.25),
            Figure("  därav roboten", median(self.robot), "s"),
            Figure("  därav skriptet", median(self.bare), "s"),
            Figure("robot och skript registrerade olika", float(not self.same_records), "", 0),
            Figure("minne, arbetare med fyra portaler öppna (PSS)", self.at_rest.shared_out, "MB", 500),
            Figure("  därav eget (USS)", self.at_rest.own, "MB"),
            Figure("  samma (PSS) när ett ärende just är klart", max(one.shared_out for one in self.memory), "MB"),
        ]


async def applications(
    configuration: Configuration, municipality: PracticeMunicipality, everybody: Sequence[Household], count: int
) -> Applications:
    """The first alone, `count` in a row, and then robot and bare script by turns, each warm and on fresh households."""
    measured, robot = Applications(), Robot(configuration)
    first, row, pairs = everybody[0], everybody[1 : count + 1], everybody[count + 1 :]
    async with robot.at_work(configuration.folder.parent / "logg.jsonl"):
        (measured.cold,) = await robot.decide([first])
        measured.memory.append(worker_memory())
        with CpuSeconds(configuration.folder.parent) as spent:
            measured.in_a_row = await robot.decide(row)
        measured.cpu_in_a_row = spent.seconds / len(row)
        measured.memory.append(worker_memory())
        await asyncio.sleep(AT_REST)
        measured.at_rest = worker_memory()
        executable = find_browser(configuration.installation.browser)
        expected = written(municipality, first)
        async with bare_script(executable, municipality, texts(municipality, first)) as bare:
            await bare.decide(pairs[0])
            for mine, its in zip(pairs[1::2], pairs[2::2], strict=True):
                at_first = requests(municipality)
                measured.robot += await robot.decide([mine])
                between = requests(municipality)
                measured.bare.append(await bare.decide(its))
                measured.robot_requests = dict(between - at_first)
                measured.bare_requests = dict(requests(municipality) - between)
                measured.same_records &= written(municipality, mine) == written(municipality, its) == expected
    return measured


async def pairs_without_evidence(
    configuration: Configuration,
    municipality: PracticeMunicipality,
    decided: Household,
    everybody: Sequence[Household],
) -> list[tuple[float, float]]:
    """Seconds of robot and bare script by turns, after one each to warm up. The script types as for one `decided`."""
    robot, measured = Robot(configuration), []
    executable = find_browser(configuration.installation.browser)
    first, warm, *rest = everybody
    async with (
        robot.at_work(configuration.folder.parent / "logg.jsonl"),
        bare_script(executable, municipality, texts(municipality, decided)) as bare,
    ):
        await robot.decide([first])
        await bare.decide(warm)
        for mine, its in zip(rest[::2], rest[1::2], strict=True):
            (taken,) = await robot.decide([mine])
            measured.append((taken, await bare.decide(its)))
    return measured


def measure(folder: Path, count: int) -> tuple[list[Figure], Applications]:
    """Everything, in a folder that may be removed afterwards."""
    world = world_of(5 * count + 4)
    file = folder / "world.yaml"
    file.write_text(worlds.dump(world), "utf-8")
    with (
        open(folder / "bench.log", "a", encoding="utf-8") as log,
        PracticeMunicipality(str(file), folder / "sandkommun", None) as municipality,
    ):
        configure_log(log)
        configuration = read_configuration(write_practice_configuration(folder, municipality, 1))
        with open_database(configuration):
            everybody = households(world)
            measured = asyncio.run(applications(configuration, municipality, everybody[: 3 * count + 2], count))
            steps, writes = milliseconds(configuration, STEPS)
            _switch_off_evidence(configuration.folder)
            measured.without_evidence = asyncio.run(
                pairs_without_evidence(configuration, municipality, everybody[0], everybody[3 * count + 2 :])
            )
    engine = [
        Figure("motor och journal, ett steg", median(steps), "ms", 6),
        Figure("motor och journal, en skrivning (tre poster)", median(writes), "ms"),
    ]
    measured.decisions = decisions_per_second()
    rates = measured.decisions.values()
    decided = [
        Figure("rena beslut, alla scenarier (processortid)", harmonic_mean(rates), "/s", at_least=2000),
        Figure("  därav det långsammaste scenariot", min(rates), "/s", at_least=2000),
    ]
    grid = Figure("ansökan beslutad i det andra utseendet, varm", on_grid(folder, count), "s", 10)
    twenty = Figure("demonstrationen med 20 ansökningar, två arbetare", seconds_for_twenty(folder), "s", 120)
    figures = [*measured.figures(), *engine, *decided, grid, twenty, *queue(measured), *practice_municipality(folder)]
    return figures, measured


def _switch_off_evidence(config: Path) -> None:
    file = config / "medarbetare.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    file.write_text(yaml.safe_dump({**content, "evidence": {"keep": False}}, allow_unicode=True), "utf-8")


def queue(measured: Applications) -> list[Figure]:
    """Claims, slow portals, and what waiting cases cost, each on a database of its own."""
    with empty_database() as dsn:
        claimed = claims.measure(dsn)
    one, eight = latency.compare(1, 8)
    with_browser = 60 * len(os.sched_getaffinity(0)) / measured.cpu_in_a_row
    measured.not_yet_due = waiting.measure()
    measured.backlog = waiting.measure(backlog=True)
    return [
        Figure("ärenden tagna per sekund, fyra processer", claimed.per_second, "/s", at_least=claims.AT_LEAST),
        Figure("  därav tagna av två", claimed.double, "", 0),
        Figure("  därav tagna av ingen", claimed.lost, "", 0),
        Figure(
            "portaler med 300 ms svarstid, motorn ensam: åtta arbetare ÷ en",
            eight.per_minute / one.per_minute,
            "",
            at_least=7,
        ),
        Figure("  åtta arbetare, ansökningar per minut", eight.per_minute, ""),
        Figure("  vad processorn tillåter motorn, ansökningar per minut", eight.cpu_allows_per_minute, ""),
        Figure("  vad processorn tillåter hela roboten, ansökningar per minut", with_browser, ""),
        *flat("väntande", measured.not_yet_due),
        *flat("i kö", measured.backlog),
    ]


def flat(where: str, curve: Sequence[waiting.Point]) -> list[Figure]:
    """How much more the most cases cost than none. A quarter is the noise of a shared machine, not a slope."""
    none, most = curve[0], curve[-1]
    assert none.supervisor_mb is not None
    assert most.supervisor_mb is not None
    return [
        Figure(f"ett ärende tas: 100 000 {where} ÷ inga", most.claim_p50 / none.claim_p50, "", 1.25),
        Figure(f"  minne hos övervakaren: 100 000 {where} ÷ inga", most.supervisor_mb / none.supervisor_mb, "", 1.25),
        Figure(f"  minne hos övervakaren (PSS), 100 000 {where}", most.supervisor_mb, "MB"),
    ]


def on_grid(folder: Path, count: int) -> float:
    """Median seconds of a warm application when the case system is a page of JavaScript."""
    world, place = world_of(count + 1, "grid"), folder / "grid"
    place.mkdir(mode=0o711)
    (place / "world.yaml").write_text(worlds.dump(world), "utf-8")
    with PracticeMunicipality(str(place / "world.yaml"), place / "sandkommun", None) as municipality:
        configuration = read_configuration(write_practice_configuration(place, municipality, 1))
        with open_database(configuration):
            return asyncio.run(warm(configuration, households(world)))


async def warm(configuration: Configuration, everybody: Sequence[Household]) -> float:
    """Median seconds of all applications but the first."""
    first, *row = everybody
    robot = Robot(configuration)
    async with robot.at_work(configuration.folder.parent / "logg.jsonl"):
        await robot.decide([first])
        return median(await robot.decide(row))


def practice_municipality(folder: Path) -> list[Figure]:
    """What a practice municipality of ten thousand households costs."""
    measured = sandkommun_pages.measure(sandkommun_pages.HOUSEHOLDS, folder)
    return [
        Figure("sandkommun, 10 000 hushåll genererade", measured.generate_s, "s", 10),
        Figure("sandkommun, en sida (median av sidslagen)", measured.median_ms, "ms", sandkommun_pages.AT_MOST_MS),
        Figure("sandkommun, minne (PSS)", measured.memory_mib, "MiB", sandkommun_pages.AT_MOST_MIB),
    ]


def show(figures: Sequence[Figure], measured: Applications, count: int) -> None:
    """Print the table."""
    console = Console()
    table = Table(
        "Vad", "Median", "Lovat", "Uppfyllt", title=f"Scenario 7, {count} i rad, {count} par", title_justify="left"
    )
    for one in figures:
        table.add_row(one.what, f"{one.value:.2f} {one.unit}", one.promise, one.met)
    console.print(table)
    for title, curve in (("väntar på sin dag", measured.not_yet_due), ("förfallna och i kö", measured.backlog)):
        points = Table(
            "Ärenden", "Ett tas, median", "högst", "Svep", "Övervakaren", "Databas", title=title, title_justify="left"
        )
        for one in curve:
            points.add_row(
                str(one.cases),
                f"{one.claim_p50:.1f} ms",
                f"{one.claim_max:.1f} ms",
                f"{one.sweep_p50:.1f} ms",
                f"{one.supervisor_mb:.0f} MB" if one.supervisor_mb is not None else "",
                f"{one.server_mb:.0f} MB",
            )
        console.print(points)
    console.print(latency.SENTENCE, highlight=False)
    for who, counted in (("roboten", measured.robot_requests), ("skriptet", measured.bare_requests)):
        systems = ", ".join(f"{name} {number}" for name, number in sorted(counted.items()))
        console.print(f"Anrop per ansökan, {who}: {sum(counted.values())} ({systems}).", highlight=False)
    rates = Table("Scenario", "Rena beslut per sekund", title_justify="left")
    for name, rate in measured.decisions.items():
        rates.add_row(name, f"{rate:.0f}")
    console.print(rates)
    same = "lika" if measured.same_records else "OLIKA"
    console.print(f"Det som registrerades i verksamhetssystemet och e-tjänsten: {same}.")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Mäter vad roboten kostar.")
    parser.add_argument("-n", type=int, default=7, help="ansökningar i rad och antal par (förval 7)")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="fil för siffrorna")
    asked = parser.parse_args()
    tree = Tree.now()
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-bench-"))
    # The database server's account must be able to pass.
    os.chmod(folder, 0o711)  # noqa: S103
    try:
        figures, measured = measure(folder, asked.n)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(figures, measured, asked.n)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    told = {"figures": [{**asdict(one), "met": one.met} for one in figures], "measured": asdict(measured)}
    told |= tree.telling
    asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
