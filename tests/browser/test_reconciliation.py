"""Staff work in the case system too: what `medarbetare reconcile` sees of it, through the browser.

The person acts over plain HTTP with a log-in of their own; what cannot be done on the system's pages (its vendor
correcting a record) is done in its database.
"""

import json
import re
import sqlite3
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pyotp

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case, Handoff
from medarbetare.engine.tasks import defer_reconciliation
from medarbetare.journal.models import Leaf
from sandkommun import worlds

HANNA = "Hanna Handläggare"


class CaseWorker:
    """A person at work in the case system."""

    def __init__(self, practice):
        port = urlsplit(practice.municipality.addresses["verksamhet"]).port
        file = practice.folder / "sandkommun" / "credentials" / "verksamhet.handlaggare.json"
        account = json.loads(file.read_text("utf-8"))
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._address = f"http://127.0.0.1:{port}"
        self.post("/login.do", anv=account["user"], los=account["password"])
        self.post("/kod.do", kod=pyotp.TOTP(account["totp"]).now())

    def post(self, path, **fields):
        with self._opener.open(self._address + path, urlencode(fields, encoding="cp1252").encode(), timeout=10) as page:
            return page.read()

    def form(self, path, case, **fields):
        return self.post(f"{path}?arende={case}", **{f"f{case}_{name}": value for name, value in fields.items()})

    def decide(self, case, amount):
        self._opener.open(f"{self._address}/beslutsmeddelande.do?arende={case}", timeout=10).close()
        period = {"pfr": "2026-12-01", "ptm": "2026-12-31"}
        self.form(
            "/nytt_beslut.do", case, kod="01 Bifall försörjningsstöd", bel=amount, mot="Klart.", fat=HANNA, **period
        )

    def pay_again(self, case, payment):
        names = {"mtg": "mottagare", "kto": "konto", "man": "manad", "dat": "datum", "bel": "belopp"}
        self.form("/ny_utbetalning.do", case, **{n: payment[of].replace(".", ",").strip() for n, of in names.items()})


def support(practice, sql, *values):
    """What the vendor does to the case system's records."""
    with closing(sqlite3.connect(Path(practice.folder) / "sandkommun" / "verksamhet.sqlite")) as records, records:
        assert records.execute(sql, values).rowcount == 1


def a_world():
    """The demo's applications except the foreign form; the couple has a new account, which a person must look at."""
    world = worlds.only(worlds.load("demo"), "260101", "260102", "260106", "260107", "260122", "260124")
    couple = world.inkorg["260106"]
    account = couple.konto.model_copy(update={"andrat": True})
    return world.model_copy(update={"inkorg": {**world.inkorg, "260106": couple.model_copy(update={"konto": account})}})


def reconciled(practice, *options):
    done = practice.medarbetare("reconcile", *options)
    assert "Traceback" not in done.stderr
    return done


def report(practice):
    done = reconciled(practice, "--json")
    return done.returncode, json.loads(done.stdout)


def differences(told, names):
    return {(names[one["case"]], one["difference"]["write"], one["difference"]["what"]) for one in told["differences"]}


EXPECTED = {
    ("260101", "beslut", "saknas"),
    ("260102", "utbetalning", "flera"),
    ("260107", "utbetalning", "ändrad"),
}


def worked_through(practice):
    """Let the robot work through the inbox; the references by their cases' handles."""
    done = practice.medarbetare("run", "--once", timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    with practice.database():
        cases = list(Case.objects.all())
    assert {case.reference: case.status for case in cases} == {
        **dict.fromkeys(("260101", "260102", "260107"), "beslutad"),
        **dict.fromkeys(("260106", "260124"), "överlämnad"),
        "260122": "stoppad",
    }
    return {case.handle: case.reference for case in cases}


def a_day_of_the_staff(practice):
    """One hand-off decided, one payment made again, and two records that the vendor corrects."""
    person = CaseWorker(practice)
    person.decide("4706", "9360")
    (paid,) = (one for one in practice.facit()["registered"]["utbetalningar"] if one["arende"] == "4702")
    person.pay_again("4702", paid)
    support(practice, "DELETE FROM records WHERE kind = 'decision' AND subject = '4701' AND history = 0")
    support(
        practice,
        "UPDATE records SET content = json_set(content, '$.belopp', '6000') "
        "WHERE kind = 'payment' AND subject = '4707' AND history = 0",
    )


def assert_told(told, names):
    assert differences(told, names) == EXPECTED
    assert all(one["is_new"] and not one["settled"] for one in told["differences"])
    (changed,) = (one["difference"] for one in told["differences"] if one["difference"]["what"] == "ändrad")
    assert changed == {"write": "utbetalning", "portal": "verksamhet", "what": "ändrad", "fields": ["belopp"]}
    assert [names[handle] for handle in told["closed"]] == ["260106"]
    assert [names[handle] for handle in told["shielded"]] == ["260122"]
    assert told["unread"] == told["busy"] == []
    assert not re.search(r"\d{8}-?\d{4}|9999-", json.dumps(told))


def assert_recorded(practice, names, asked_by):
    """What stands in the robot's own database, with who asked for each reconciliation; gives the last one's figures."""
    with practice.database():
        assert Case.objects.get(reference="260106").status == "avslutad av handläggare"
        assert Case.objects.get(reference="260124").status == "överlämnad"
        apart = Handoff.objects.filter(about="avstämning", closed_at=None)
        assert sorted(names[handoff.case_id] for handoff in apart) == ["260101", "260102", "260107"]
        assert Leaf.objects.filter(kind="reconciliation.difference").count() == 3
        journal = build_journal(read_configuration(practice.config))
        assert journal.verify().ok
        done = list(Leaf.objects.filter(kind="reconciliation").order_by("index"))
        assert ["robot" if one.actor == "robot" else "person" for one in done] == asked_by
        return journal.entry(done[-1].index).payload


def test_what_staff_did_in_the_case_system_is_seen_told_and_handed_over_once(practise):
    practice = practise(a_world(), workers=2)
    names = worked_through(practice)

    calm = reconciled(practice)
    assert calm.returncode == 0, calm.stdout + calm.stderr
    assert "6 kvitton jämförda: 0 skillnader" in calm.stdout

    a_day_of_the_staff(practice)
    began = len(practice.facit()["requests"])
    code, told = report(practice)
    assert code == 1
    assert_told(told, names)
    assert_recorded(practice, names, ["person", "person"])

    # The next night, by the schedule.
    with practice.database():
        defer_reconciliation()
    again = practice.medarbetare("run", "--once", timeout=120)
    assert again.returncode == 0, again.stdout + again.stderr
    assert '"event": "reconciled"' in again.stdout
    figures = assert_recorded(practice, names, ["person", "person", "robot"])
    nothing = dict.fromkeys(("new_differences", "closed_handoffs", "busy", "unread"), 0)
    assert figures == {"compared": 6, "differences": 3, "unsettled": 3, "shielded": 1, **nothing}

    robots = [one for one in practice.facit()["requests"][began:] if one["user"] == "robot"]
    assert robots
    assert {one["path"] for one in robots if one["method"] == "POST"} <= {"/login.do", "/kod.do", "/sok.do"}


def test_a_case_system_that_cannot_be_read_is_told_by_the_exit_code(practise):
    practice = practise(worlds.only(worlds.load("demo"), "260102"))
    assert practice.medarbetare("run", "--once").returncode == 0

    def unreachable(content):
        for portal in content["portals"]:
            if portal["name"] == "verksamhet":
                portal["address"] = "http://verksamhet.localhost:9"

    practice.configure("portals.yaml", unreachable)
    done = reconciled(practice)
    assert done.returncode == 2
    assert "Kunde inte läsas (varför: medarbetare reconcile 2> logg.jsonl): " in done.stdout
    assert "0 kvitton jämförda" in done.stdout
