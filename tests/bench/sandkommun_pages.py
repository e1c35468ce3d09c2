"""How quick the practice municipality is with many households: milliseconds a page, and the memory of its process.

So that the robot is what is measured when the robot is measured. Also run on its own:
`python tests/bench/sandkommun_pages.py [--households N]`.
"""

import argparse
import http.client
import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from typing import Literal
from urllib.parse import urlencode, urlsplit

import psutil

from sandkommun.generating import generate, write_file
from sandkommun.running import Running, running
from sandkommun.worlds import load
from sandkommun.worlds.model import Systemnamn

HOUSEHOLDS = 10_000
TODAY = date(2026, 12, 1)
ROUNDS = 40
AT_MOST_MS = 10.0
AT_MOST_MIB = 250.0


Skin = Literal["frames", "grid"]
Posted = dict[str, str] | str | None
"""The fields of a form, or JSON; None: nothing is posted."""


@dataclass(frozen=True)
class Page:
    """A kind of page: what it is called, where it lies, what stands on it, what is posted to it."""

    system: Systemnamn
    name: str
    path: str
    shows: str
    posted: Posted = None


@dataclass(frozen=True)
class Measured:
    """Seconds to make, to check and to bring up the world; median milliseconds a page; MiB of the serving process."""

    households: int
    generate_s: float
    load_s: float
    start_s: float
    pages: dict[str, float]
    memory_mib: float

    @property
    def median_ms(self) -> float:
        """The median of the kinds of page."""
        return median(self.pages.values())

    @property
    def slowest(self) -> str:
        """The kind of page that takes longest."""
        return max(self.pages, key=self.pages.__getitem__)


class Visitor:
    """One user with one connection that stays open, as a browser has it."""

    def __init__(self, sandkommun: Running, system: Systemnamn, skin: Skin) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(sandkommun.direct(system)).netloc, timeout=30)
        self._cookies = SimpleCookie()
        frames = system == "verksamhet" and skin == "frames"
        self._charset = "cp1252" if frames else "utf-8"
        account = sandkommun.account(system) if system != "start" else None
        if account is not None and frames:
            self.ask("/login.do", {"anv": account.user, "los": account.password})
            self.ask("/kod.do", {"kod": account.code()})
        elif account is not None:
            self.ask("/logga-in", {"anvandare": account.user, "losenord": account.password})

    def ask(self, path: str, posted: Posted = None, shows: str = "") -> float:
        """Milliseconds to the last byte of an answer, and of the page that it leads to. Raises RuntimeError when that
        is not the page asked for."""
        began = time.perf_counter()
        status, leads_to, text = self._request(path, posted)
        while leads_to:
            status, leads_to, text = self._request(leads_to, None)
        took = (time.perf_counter() - began) * 1000
        if status >= 400 or shows not in text:
            raise RuntimeError(f"{path}: HTTP {status}, utan {shows!r}")
        return took

    def _request(self, path: str, posted: Posted) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())}
        body = None
        if isinstance(posted, dict):
            body = urlencode(posted, encoding=self._charset)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif posted is not None:
            body = posted
            headers["Content-Type"] = "application/json"
        self._connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode(self._charset, "replace")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return answer.status, answer.headers.get("Location", ""), text


def _common(turn: int, ref: str, number: str) -> list[Page]:
    asked = {"syfte": "Ekonomiskt bistånd", "fran": "2026-10-01", "till": "2026-12-31", "myndighet": "FK"}
    return [
        Page("start", "startsidan", "/", "Sandkommun"),
        Page("etjanst", "inkorg", f"/inkorg?sida={1 + turn % 40}", "/handlaggning/"),
        Page("etjanst", "inkorg, sista sidan", "/inkorg?sida=100000", "/handlaggning/"),
        Page("etjanst", "inkorg, filtrerad", "/inkorg?status=Inkommen", "/handlaggning/"),
        Page("etjanst", "sökning", "/inkorg", f"/handlaggning/{ref}", {"sok": ref}),
        Page("etjanst", "ärende", f"/handlaggning/{ref}", ref),
        Page("etjanst", "PDF", f"/handlaggning/{ref}/pdf", "%PDF"),
        Page("etjanst", "XML", f"/handlaggning/{ref}/xml", f"<FlowInstanceID>{ref}"),
        Page("folkbokforing", "person", "/sok", "Skyddsmarkering", {"personnummer": number}),
        Page("ssbtek", "fråga", "/fraga", "svar-FK", {**asked, "personnummer": number}),
        Page("fk", "sökning", "/sok", "Logga ut", {"personnummer": number, "andamal": "Ekonomiskt bistånd"}),
        Page("af", "sökning", "/sok", "Avsluta", {"pnr": number, "eb": "J"}),
        Page("parkering", "ansökningar", "/ansokningar", "/ansokningar/40"),
        Page("parkering", "ansökningar, filtrerade", "/ansokningar?status=Beslutad", "Visar"),
        Page("parkering", "register", "/tillstand", "20"),
        Page("parkering", "sökning", "/tillstand", "Visar", {"sok": number}),
    ]


def _frames(case: str, number: str, name: str) -> list[Page]:
    of_case = f"arende={case}"
    note = {"dat": "2026-12-01", "rub": "Prov", "txt": "Anteckning"}
    written = {f"f{case}_{name}": value for name, value in note.items()}
    return [
        Page("verksamhet", "sökning", "/sok.do", "Översikt - ", {"sokpnr": number}),
        Page("verksamhet", "sökning på namn", "/sok.do", name, {"soknamn": name}),
        Page("verksamhet", "översikt", f"/oversikt.do?{of_case}", "Översikt - "),
        Page("verksamhet", "beräkningar", f"/berakningar.do?{of_case}", "Beräkningar - "),
        Page("verksamhet", "beslut", f"/beslut.do?{of_case}", "Beslut - "),
        Page("verksamhet", "journal", f"/journal.do?{of_case}", "Journal - "),
        Page("verksamhet", "formulär beräkning", f"/ny_berakning.do?{of_case}", f"f{case}_i1_typ"),
        Page("verksamhet", "formulär beslut", f"/nytt_beslut.do?{of_case}", f"f{case}_mot"),
        Page("verksamhet", "spara anteckning", f"/ny_anteckning.do?{of_case}", f"f{case}_rub", written),
    ]


def _grid(case: str, number: str, name: str) -> list[Page]:
    api = f"/api/arende/{case}"
    return [
        Page("verksamhet", "sidan med sina skript", f"/arende/{case}", "customElements"),
        Page("verksamhet", "sökning", "/api/sok", case, json.dumps({"personnummer": number})),
        Page("verksamhet", "sökning på namn", "/api/sok", "{", json.dumps({"namn": name})),
        Page("verksamhet", "översikt", api, case),
        Page("verksamhet", "beräkningar", f"{api}/berakningar", "Riksnorm"),
        Page("verksamhet", "beslut", f"{api}/beslut", "Beslut"),
        Page("verksamhet", "journal", f"{api}/journal", "Journal"),
        Page("verksamhet", "formulär beräkning", f"{api}/ny/berakning", "Normsumma"),
        Page("verksamhet", "formulär beslut", f"{api}/ny/beslut", "Motivering"),
    ]


def measure(households: int, folder: Path, skin: Skin = "frames") -> Measured:
    """Generate a municipality, serve it from a folder, and ask for every kind of page many times, each time about
    another household. The logging in is not measured, and by password wherever that can be chosen."""
    file, began = folder / "kommun.yaml", time.perf_counter()
    plain = {name: {"inloggning": "losenord"} for name in ("fk", "af")}
    case_system = {"skin": skin, **({} if skin == "frames" else {"inloggning": "losenord"})}
    write_file({**generate(households, 1, TODAY), "system": {**plain, "verksamhet": case_system}}, file)
    generated = time.perf_counter()
    world = load(file)
    loaded = time.perf_counter()
    ordinary = [nr for nr, case in world.arenden.items() if case.berakningar and not world.personer[case.sokande].skydd]
    step = max(1, len(ordinary) // ROUNDS)
    references = list(world.inkorg)[::step]
    starting = time.perf_counter()
    took: dict[str, list[float]] = {}
    with running(file, folder / "data") as sandkommun:
        started = time.perf_counter()
        visitors: dict[str, Visitor] = {}
        for turn, (ref, nr) in enumerate(zip(references, ordinary[::step], strict=False)):
            person = world.personer[world.arenden[nr].sokande]
            of_case = (_frames if skin == "frames" else _grid)(nr, person.personnummer, person.namn)
            for page in [*_common(turn, ref, person.personnummer), *of_case]:
                if page.system not in visitors:
                    visitors[page.system] = Visitor(sandkommun, page.system, skin)
                ms = visitors[page.system].ask(page.path, page.posted, page.shows)
                took.setdefault(f"{page.system}: {page.name}", []).append(ms)
        memory = psutil.Process(sandkommun.pid).memory_full_info().pss / 2**20
    pages = {name: median(times) for name, times in took.items()}
    return Measured(households, generated - began, loaded - generated, started - starting, pages, memory)


def main() -> int:
    """Measure and print a table. Returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--skin", choices=("frames", "grid"), default="frames")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sandkommun-bench-"))
    try:
        measured = measure(asked.households, folder, asked.skin)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{measured.households} hushåll: gjorda på {measured.generate_s:.1f} s, lästa på {measured.load_s:.1f} s, ")
    print(f"uppe efter {measured.start_s:.1f} s, {measured.memory_mib:.0f} MiB (högst {AT_MOST_MIB:.0f})")
    for name, ms in measured.pages.items():
        print(f"{ms:8.1f} ms  {name}")
    print(f"{measured.median_ms:8.1f} ms  medianen av sidslagen (högst {AT_MOST_MS:.0f})")
    print(f"{measured.pages[measured.slowest]:8.1f} ms  långsammast: {measured.slowest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
