"""Staff who work in the case system while others do: in the case of a request, or by themselves somewhere."""

from calendar import monthrange
from collections.abc import Callable
from random import Random

from sandkommun.storage import Json
from sandkommun.stubbornness.gate import SYSTEM
from sandkommun.stubbornness.hitting import Hits
from sandkommun.verksamhet.letter import granted
from sandkommun.verksamhet.register import CLOSED, STAFF, Register


def arrived(register: Register, hits: Hits, nr: str = "") -> None:
    """A request of somebody logged in has arrived, about a case or (empty) about none. What happens just before it is
    handled: new looks come into force, a colleague acts in the same case, the staff do some work of their own."""
    database = register.system.database
    if "ny_version" in hits and hits.number("ny_version") > register.version:
        hits.happened("ny_version")
        database.put("looks", "version", {"version": hits.number("ny_version")}, user=SYSTEM)
    if "kollega" in hits and (case := register.case(nr)) is not None and case["status"] != CLOSED:
        hits.happened("kollega")
        _ACTS[hits.word("kollega")](register, nr)
    _by_themselves(register)


def _by_themselves(register: Register) -> None:
    personal = register.system.kommun.personal
    if personal is None:
        return
    database = register.system.database
    counted = database.document("personal", "requests")
    requests = int(counted["number"]) if counted else 0
    database.put("personal", "requests", {"number": requests + 1})
    if requests and requests % personal.var == 0:
        chance = Random(f"{personal.seed}:{requests}")  # noqa: S311 - a plan to be repeated, nothing secret
        numbers = register.numbers()
        if numbers:
            act, nr = chance.choice(list(_ACTS.values())), chance.choice(numbers)
            case = register.case(nr)
            if case is not None and case["status"] != CLOSED:
                act(register, nr)


def _writes(register: Register, nr: str) -> None:
    text = "Klienten har ringt och frågat om handläggningstiden."
    register.add("note", nr, STAFF, {"datum": _today(register), "rubrik": "Telefonsamtal", "text": text})


def _calculates(register: Register, nr: str) -> None:
    """A draft for this month as the last calculation was; in a case without any, a draft of nothing."""
    latest = register.latest(nr)
    made: Json = {"norm": f"Riksnorm {_today(register)[:4]}", "antal": 1, "inkomster": [], "kostnader": []}
    made |= {"normsumma": "0", "resultat": "0"}
    if latest is not None:
        made = {name: latest.content[name] for name in made}
    register.add("calculation", nr, STAFF, {**made, "manad": _today(register)[:7], "status": "Utkast"})


def _decides(register: Register, nr: str) -> None:
    """Letter, decision and payment of the calculation that waits, or of one like the last for this month; where that
    month is decided, nothing but a note."""
    waiting = register.undecided(nr)
    month = str(waiting.content["manad"]) if waiting else _today(register)[:7]
    if any(one.content["fran"].startswith(month) for one in register.system.database.records("decision", nr)):
        _writes(register, nr)
        return
    if waiting is None:
        _calculates(register, nr)
    calculation, case = register.latest(nr), register.case(nr)
    if calculation is None or case is None:
        return
    register.papers.write_letter(case, calculation, STAFF)
    amount = granted(calculation.content)
    decision = {
        "kod": "01 Bifall försörjningsstöd" if amount else "03 Avslag försörjningsstöd",
        "fran": f"{month}-01",
        "till": f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]}",
        "belopp": str(amount),
        "motivering": f"Försörjningsstöd enligt beräkning {calculation.id}.",
        "beslutsfattare": STAFF,
    }
    register.add("decision", nr, STAFF, decision)
    if amount:
        payee = {"mottagare": case["mottagare"] or case["namn"], "konto": case["konto"], "manad": month}
        register.add("payment", nr, STAFF, {**payee, "datum": _today(register), "belopp": str(amount)})


def _closes(register: Register, nr: str) -> None:
    register.close(nr, STAFF)


def _today(register: Register) -> str:
    return register.system.clock.today.isoformat()


_ACTS: dict[str, Callable[[Register, str], None]] = {
    "antecknar": _writes,
    "beraknar": _calculates,
    "beslutar": _decides,
    "avslutar": _closes,
}
