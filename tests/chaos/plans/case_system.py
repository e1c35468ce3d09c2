"""The case system of a plan: lists, forms, a letter, and staff at work. It keeps what it is given, or spoils it."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from brevtext import brevtext
from plans.faults import Value
from plans.households import STRANGER, STRANGERS_CASE, Household
from plans.records import Press, Record, Rows, decimal, shown
from plans.surface import StubbornPortal, View, World

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_kronor, shown_personnummer
from medarbetare.engine.portal import Visibility
from medarbetare.errors import SelectorError

STAFF = "Hilda Handläggarsson"
LETTER = b"%PDF-plan\n"
END = b"\n%%EOF"
FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ny_aktualisering": ("aktualiseringar", ("ankomstdatum", "arendetyp", "referens", "bilagor", "filer")),
    "ny_berakning": ("berakningar", ("norm", "manad", "antal", "normsumma", "resultat")),
    "nytt_beslut": ("beslut", ("kod", "fran", "till", "belopp", "motivering", "beslutsfattare")),
    "ny_utbetalning": ("utbetalningar", ("mottagare", "konto", "manad", "datum", "belopp")),
    "ny_anteckning": ("journal", ("datum", "rubrik_text", "text")),
    "ny_anteckning_med_bilaga": ("journal", ("datum", "rubrik_text", "text", "filer")),
    "ny_bevakning": ("bevakningar", ("datum", "ansvarig", "text")),
}
TITLES = {"aktualiseringar": "Ny aktualisering", "journal": "Ny journalanteckning"}
"""What documents belong to, by the kind of record that they came with."""
ROWS = {
    "inkomster": ("inkomst", ("slag", "person", "belopp", "datum", "notering")),
    "kostnader": ("kostnad", ("slag", "ansokt", "godkant", "notering")),
}
_ROW_FIELDS = tuple(
    f"{kind}.{number}.{column}" for kind, columns in ROWS.values() for number in range(1, 11) for column in columns
)
_AMOUNTS = ("belopp", "normsumma", "resultat", "ansokt", "godkant")
_FREE = (
    "referens",
    "bilagor",
    "motivering",
    "beslutsfattare",
    "mottagare",
    "konto",
    "rubrik",
    "text",
    "notering",
    "ansvarig",
)
_HALVED = {"aktualiseringar": "bilagor", "beslut": "motivering", "journal": "text", "bevakningar": "text"}
_DAMAGED = str.maketrans({letter: letter.encode().decode("cp1252") for letter in "åäöÅÄÖ"})


class CaseSystem(StubbornPortal):
    """Holds one household's case, and a stranger's."""

    def __init__(self, world: World, visibility: Visibility, household: Household) -> None:
        super().__init__("verksamhet", world, visibility)
        self.household = household
        self.records: list[Record] = []
        self.presses: list[Press] = []
        self.is_closed = False
        self._fetched: set[int] = set()
        self._looks: set[int] = set()
        self._seen: dict[tuple[int, str, str], tuple[int, ...]] = {}
        self._lay_down_history()
        self.history = len(self.records)

    # -- the judge's view ----------------------------------------------------------------------------------------------

    def of(self, kind: str, *, robot: bool | None = None) -> list[Record]:
        """All records of a kind, shown or not yet; only the robot's, or only those of others."""
        return [one for one in self.records if one.kind == kind and robot in (None, bool(one.press))]

    def press(self, portal: str, page: str, case: str, typed: dict[str, str]) -> Press:
        """A worker presses a button that saves."""
        worker, now = self.world.worker, self.world.clock.now
        kind = FORMS[page][0] if page in FORMS else page
        seen = self._seen.get((worker.token, kind, case))
        same = [one.number for one in self.records if one.number in (seen or ()) and self._is_same(one, typed)]
        lease = not worker.is_superseded and now < worker.until
        made = Press(
            len(self.presses) + 1, worker.token, portal, page, case, typed, now, lease, seen is not None, tuple(same)
        )
        self.presses.append(made)
        self.world.tell(f"  TRYCK {made.number} av arbetare {worker.token}: {portal}/{page}")
        return made

    def looked(self, kind: str, case: str, numbers: tuple[int, ...] = ()) -> None:
        """A worker was shown a list."""
        self._seen[self.world.worker.token, kind, case] = numbers

    @staticmethod
    def _is_same(one: Record, typed: Mapping[str, str]) -> bool:
        fields = one.fields
        return {
            "aktualiseringar": lambda: fields["referens"] == typed["referens"],
            "berakningar": lambda: False,
            "beslut": lambda: one.month == typed["fran"][:7],
            "utbetalningar": lambda: (one.month, fields["mottagare"]) == (typed["manad"], typed["mottagare"]),
            "journal": lambda: fields["rubrik"] == typed["rubrik_text"],
            "bevakningar": lambda: (fields["datum"], fields["text"]) == (typed["datum"], typed["text"]),
        }[one.kind]()

    # -- pages ---------------------------------------------------------------------------------------------------------

    def view(self, page: str, parameters: Mapping[str, str], hits: Mapping[str, Value]) -> View:
        """A list, a form, one calculation, the letter or the person."""
        if "kollega" in hits:
            self.staff(str(hits["kollega"]))
        if "ny_version" in hits:
            self._looks.add(int(hits["ny_version"]))
        if page == "person":
            if "dubblett" in hits:
                raise SelectorError("verksamhet: sida «person»: två personer har detta personnummer.")
            return self._person(STRANGER if "fel_person" in hits else parameters["personnummer"])
        case = parameters["arende"]
        if page in FORMS:
            return self._form(page)
        if page == "berakning":
            return self._calculation(
                next(one for one in self._shown(page + "ar", case) if str(one.number) == parameters["nr"])
            )
        if page == "brev":
            return self._letter(case)
        rows = self._shown(page, case)
        self.looked(page, case, tuple(one.number for one in rows))
        return View(tables={page: [self._row(one) for one in rows]})

    def _shown(self, kind: str, case: str) -> list[Record]:
        now = self.world.clock.now
        return [one for one in self.records if (one.kind, one.case) == (kind, case) and one.visible_from <= now]

    def _row(self, one: Record) -> dict[str, str]:
        return {**one.fields, "nr": str(one.number), "registrerad": f"{one.registered:%Y-%m-%d %H:%M}"}

    def _form(self, page: str) -> View:
        fields = set(FORMS[page][1]) | (set(_ROW_FIELDS) if page == "ny_berakning" else set())
        button = "spara"
        if page == "nytt_beslut":
            fields -= {"belopp"} if 1 in self._looks else set()
            button = "faststall" if 3 in self._looks else "spara"
        return View(fields=fields, buttons=(button,))

    def _person(self, digits: str) -> View:
        arende, text = self.household.arende, shown_personnummer(Personnummer(digits))
        members = [one.digits for one in arende.hushall or ()]
        known = digits in members
        if not known and digits != STRANGER:
            return View(texts={"ingen_person": "Ingen person med angivet personnummer är registrerad."})
        plan = arende.planering
        stimulus = arende.jobbstimulans[0] if arende.jobbstimulans else None
        months = [self.household.ansokan.manad.minus(n + 1) for n in range((stimulus and stimulus.manader) or 0)]
        konto = arende.konto
        name = self.household.ansokan.sokande.namn if known else "Någon Annansson"
        texts = {
            "arende": self.household.case if known else STRANGERS_CASE,
            "sokande": shown_personnummer(self.household.ansokan.sokande.personnummer) if known else text,
            "namn": name,
            "mottagare": name,
            "status": "Avslutat" if self.is_closed and known else "Pågående",
            "avslutat": self.world.clock.today.isoformat() if self.is_closed and known else "",
            "handlaggare": arende.handlaggare or "",
            "arbetsmarknadssekreterare": arende.arbetsmarknadssekreterare or "",
            "planering": "Arbetsmarknadsenheten" if plan else "",
            "planering_till": plan.till.isoformat() if plan and plan.till else "",
            "jobbstimulans_fran": stimulus.fran.isoformat() if stimulus and stimulus.fran else "",
            "jobbstimulans_till": stimulus.till.isoformat() if stimulus and stimulus.till else "",
            "bistandsmanader": ", ".join(str(month) for month in sorted(months)),
            "konto": f"{konto.clearing}-{konto.konto}" if konto and known else "9999-1",
        }
        people = members if known else [STRANGER]
        return View(
            texts=texts, tables={"hushall": [{"personnummer": one, "namn": "-", "roll": "-"} for one in people]}
        )

    def _calculation(self, one: Record) -> View:
        return View(texts=one.fields, tables={name: one.rows.get(name, ()) for name in ROWS})

    def _letter(self, case: str) -> View:
        one = self._undecided(case)
        if one is None:
            return View(texts={"inget_utkast": "Det finns inget utkast att göra brev av."})
        self._fetched.add(one.number)
        person = self.household.ansokan.sokande
        rows = (one.rows["inkomster"], one.rows["kostnader"])
        text = brevtext(case, person.namn, shown_personnummer(person.personnummer), one.fields, *rows)
        return View(files={"beslutsbrev": LETTER + text.encode() + END})

    def _undecided(self, case: str) -> Record | None:
        shown_ones = self._shown("berakningar", case)
        return shown_ones[-1] if shown_ones and shown_ones[-1].fields["status"] == "Utkast" else None

    def _latest(self) -> Record | None:
        return next((one for one in reversed(self.of("berakningar")) if one.case == self.household.case), None)

    # -- saving --------------------------------------------------------------------------------------------------------

    def pressed(self, page: str, parameters: Mapping[str, str], typed: dict[str, str]) -> Press:
        """A form of a case is to be saved."""
        return self.press(self.name, page, parameters["arende"], typed)

    def saved(self, press: Press, hits: Mapping[str, Value]) -> None:
        """Save, as far as the system does; see `hits`."""
        page, case = press.page, press.case
        if "kollega" in hits:
            self.staff(str(hits["kollega"]))
        for name in ("post_last", "redigeringskonflikt"):
            if hits.get(name) == "syns":
                raise self.failed(name)
            if name in hits:
                return
        if self.is_closed and case == self.household.case:
            raise self.failed("ärendet är avslutat, inget sparades")
        if page == "nytt_beslut" and {4, 5} & self._looks:
            if 4 in self._looks:
                raise self.failed("delgivningssätt saknas, inget sparades")
            return
        latest = self._latest()
        if page == "nytt_beslut" and (latest is None or latest.number not in self._fetched):
            return
        for _ in range(2 if "dubbel_sparning" in hits else 1):
            press.made.append(self._keep(page, case, press.typed, press.number, hits))

    def _keep(self, page: str, case: str, typed: dict[str, str], press: int, hits: Mapping[str, Value]) -> Record:
        kind, names = FORMS[page]
        whole: dict[str, str] = {
            name.removesuffix("_text"): shown(typed[name]) if name in _AMOUNTS else typed.get(name, "")
            for name in names
            if name != "filer"
        }
        rows = {name: self._rows(typed, name) for name in ROWS} if page == "ny_berakning" else {}
        fields, kept = dict(whole), dict(rows)
        if "halv_sparning" in hits:
            kept = {name: found[: len(found) // 2] for name, found in rows.items()}
            if (halved := _HALVED.get(kind, "")) in fields:
                fields[halved] = fields[halved][: len(fields[halved]) // 2]
        fields = {name: _spoiled(name, text, hits) for name, text in fields.items()}
        kept = {
            name: tuple({key: _spoiled(key, text, hits) for key, text in row.items()} for row in found)
            for name, found in kept.items()
        }
        late = timedelta(milliseconds=int(hits.get("sen_synlighet", 0)))
        files = typed["filer"].split("\n") if typed.get("filer") else []
        held = files[: len(files) // 2] if "halv_sparning" in hits else files
        damaged = (fields, kept, held) != (whole, rows, files)
        made = self._add(kind, case, fields, press, late=late, rows=kept, damaged=damaged)
        for name in held:
            paper = {"namn": name, "typ": "Bilaga", "hor_till": f"{TITLES[kind]}, nr {made.number}"}
            self._add("dokument", case, paper, press, late=late)
        return made

    @staticmethod
    def _rows(typed: Mapping[str, str], name: str) -> Rows:
        kind, columns = ROWS[name]
        rows = []
        for number in range(1, 11):
            row = {column: typed.get(f"{kind}.{number}.{column}", "") for column in columns}
            amounts = {column: row[column] or "0" for column in columns if column in _AMOUNTS}
            if any(decimal(amount) for amount in amounts.values()):
                rows.append({**row, **{column: shown(amount) for column, amount in amounts.items()}})
        return tuple(rows)

    def _add(
        self,
        kind: str,
        case: str,
        fields: dict[str, str],
        press: int = 0,
        *,
        late: timedelta = timedelta(0),
        rows: Mapping[str, Rows] | None = None,
        damaged: bool = False,
    ) -> Record:
        if kind == "beslut" and (latest := self._latest()) is not None:
            latest.fields["status"] = "Slutlig"
        if kind == "berakningar":
            fields = {"status": "Utkast", **fields}
        now = self.world.clock.now
        made = Record(kind, len(self.records) + 1, case, fields, now, now + late, press, damaged, rows=rows or {})
        self.records.append(made)
        self.world.tell(f"  SPARAT nr {made.number} {kind} av {f'tryck {press}' if press else 'personal'}")
        return made

    # -- staff ---------------------------------------------------------------------------------------------------------

    def staff(self, act: str) -> None:
        """A colleague does something in the household's case, unless it is closed."""
        if self.is_closed:
            return
        self.world.tell(f"  KOLLEGA {act}")
        {
            "antecknar": self._note,
            "beraknar": self._calculate,
            "beslutar": self._decide,
            "avslutar": self._close,
            "betalar": self._pay,
            "andrar_utkast": self._change_draft,
        }[act]()

    def _note(self) -> None:
        day = self.world.clock.today.isoformat()
        self._add("journal", self.household.case, {"datum": day, "rubrik": "Telefonsamtal", "text": "Har ringt."})

    def _calculate(self) -> None:
        latest = self._latest()
        fields = dict(latest.fields) if latest else {}
        fields |= {"manad": self.household.month, "status": "Utkast"}
        self._add("berakningar", self.household.case, fields, rows=latest.rows if latest else {})

    def _decide(self) -> None:
        if any(one.month == self.household.month for one in self.of("beslut")):
            return self._note()
        if self._undecided(self.household.case) is None:
            self._calculate()
        latest = self._latest()
        assert latest is not None
        month = self.household.month
        amount = shown_kronor(max(-decimal(latest.fields["resultat"]), Decimal(0)))
        last = monthrange(int(month[:4]), int(month[5:]))[1]
        fields = {"kod": "01 Bifall försörjningsstöd", "fran": f"{month}-01", "till": f"{month}-{last}"}
        text = {"motivering": "Enligt beräkning.", "beslutsfattare": STAFF}
        self._add("beslut", self.household.case, {**fields, "belopp": amount, **text})
        self._pay(amount)

    def _pay(self, amount: str = "1 000,00") -> None:
        if any(one.month == self.household.month for one in self.of("utbetalningar")):
            return
        konto, name = self.household.arende.konto, self.household.ansokan.sokande.namn
        account = f"{konto.clearing}-{konto.konto}" if konto else ""
        fields: dict[str, Any] = {"mottagare": name, "konto": account, "manad": self.household.month}
        day = self.world.clock.today.isoformat()
        self._add("utbetalningar", self.household.case, {**fields, "datum": day, "belopp": amount})

    def _change_draft(self) -> None:
        draft = self._latest()
        if draft is not None and draft.fields["status"] == "Utkast":
            draft.fields["resultat"] = shown_kronor(decimal(draft.fields["resultat"]) - 100)
            draft.changed_by_staff = True

    def _close(self) -> None:
        self.is_closed = True

    # -- before the plan -----------------------------------------------------------------------------------------------

    def _lay_down_history(self) -> None:
        arende, case, name = self.household.arende, self.household.case, self.household.ansokan.sokande.namn
        for one in arende.berakningar:
            rows = {
                "inkomster": tuple(
                    {
                        "slag": row.slag,
                        "person": shown_personnummer(row.person) if row.person else "",
                        "belopp": shown_kronor(row.belopp),
                        "datum": row.datum.isoformat() if row.datum else "",
                        "notering": row.notering,
                    }
                    for row in one.inkomster
                ),
                "kostnader": tuple(
                    {
                        "slag": row.slag,
                        "ansokt": shown_kronor(row.ansokt),
                        "godkant": shown_kronor(row.godkant),
                        "notering": row.notering,
                    }
                    for row in one.kostnader
                ),
            }
            head = {"manad": str(one.manad), "norm": str(one.norm_namn), "antal": str(one.antal_personer)}
            told = {"normsumma": one.normsumma, "resultat": one.resultat}
            sums = {name: shown_kronor(amount or Decimal(0)) for name, amount in told.items()} | {"status": "Slutlig"}
            self._add("berakningar", case, {**head, **sums}, rows=rows)
        for decision in arende.beslut:
            period = {"fran": decision.manad.first.isoformat(), "till": decision.manad.last.isoformat()}
            told = {"kod": "01 Bifall försörjningsstöd", "motivering": "Enligt beräkning.", "beslutsfattare": STAFF}
            self._add("beslut", case, {**told, **period, "belopp": shown_kronor(decision.belopp)})
        for paid in arende.utbetalningar:
            fields = {"mottagare": name, "konto": paid.konto or "", "manad": str(paid.manad)}
            day = paid.manad.first.replace(day=4).isoformat()
            self._add("utbetalningar", case, {**fields, "datum": day, "belopp": shown_kronor(paid.belopp)})
        for came in arende.aktualiseringar:
            day = came.datum.isoformat() if came.datum else ""
            kind = {"arendetyp": "Återansökan ekonomiskt bistånd", "bilagor": ""}
            self._add("aktualiseringar", case, {"ankomstdatum": day, "referens": came.referens or "", **kind})
        self.world.story.clear()


def _spoiled(name: str, text: str, hits: Mapping[str, Value]) -> str:
    if name not in _FREE:
        return text
    if "kapad_text" in hits:
        text = text[: int(hits["kapad_text"])]
    return text.translate(_DAMAGED) if "teckenskada" in hits else text
