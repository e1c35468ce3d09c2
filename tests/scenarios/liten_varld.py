"""The whole workflow on a bench: facts as a scenario has them, and a case system in memory that is written into."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from scenarier import FOLDER, fall, las, referens
from scenariovarld import varld

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut_pa_fil import las_underlag
from arbetsfloden.ekonomiskt_bistand.flow import handlagg
from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.portaler import folkbokforing, ssbtek, verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_kronor
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende
from medarbetare.cases.handoffs import Person
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Mode, Original
from medarbetare.engine.ending_waits import EndingWaits
from medarbetare.engine.run import Boundary
from medarbetare.testing import Bench, MemoryPortal, Sheet
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application
from sandkommun.worlds.elements import formatted

EXEMPEL = FOLDER / "exempel"
REFERENS = "260102"
TOVA = Person("tova", "Tova Testsson")
BESLUT = ("nytt_beslut", "ny_utbetalning", "ny_anteckning")
_BERAKNING = {"norm", "manad", "antal", "normsumma", "resultat"} | {
    f"{kind}.{number}.{column}"
    for kind, columns in (
        ("inkomst", ("slag", "person", "belopp", "datum", "notering")),
        ("kostnad", ("slag", "ansokt", "godkant", "notering")),
    )
    for number in range(1, 11)
    for column in columns
}


class Avbrott(BaseException):
    """The robot is stopped at a boundary."""


class Arendesystem:
    """The case system's pages: what is saved there is shown there."""

    def __init__(self) -> None:
        self.sokande = "Namn: Aron Testsson. Personnummer: 19900125-9887."
        self.rader: dict[str, list[dict[str, str]]] = {
            name: []
            for name in (
                *("aktualiseringar", "berakningar", "beslut", "utbetalningar", "journal"),
                *("bevakningar", "dokument"),
            )
        }
        forms = {
            "ny_berakning": ("berakningar", _BERAKNING),
            "nytt_beslut": ("beslut", {"kod", "fran", "till", "belopp", "motivering", "beslutsfattare"}),
            "ny_utbetalning": ("utbetalningar", {"mottagare", "konto", "manad", "datum", "belopp"}),
            "ny_anteckning": ("journal", {"datum", "rubrik_text", "text"}),
            "ny_bevakning": ("bevakningar", {"datum", "ansvarig", "text"}),
        }
        self.portal = MemoryPortal(
            verksamhet.PORTAL,
            {name: self._lista(name) for name in self.rader}
            | {name: self._formular(*form) for name, form in forms.items()}
            | {
                "ny_aktualisering": self._aktualisering,
                "berakning": self._berakning,
                "brev": self._brev,
                "ny_anteckning_med_bilaga": self._anteckning_med_bilaga,
            },
        )

    def _lista(self, name: str) -> Callable[..., Sheet]:
        return lambda arende: Sheet(
            tables={
                name: [
                    row | {"nr": str(number), "rubrik": row.get("rubrik_text", "")}
                    for number, row in enumerate(self.rader[name])
                ]
            }
        )

    def _formular(self, lista: str, fields: set[str]) -> Callable[..., Sheet]:
        return lambda arende: Sheet(fields=fields, commits={"spara": self.rader[lista].append})

    def _aktualisering(self, arende: str) -> Sheet:
        def save(typed: dict[str, str]) -> None:
            about = f"Ny aktualisering, nr {len(self.rader['aktualiseringar'])}"
            if "filer" in typed:
                self.rader["dokument"].append({"namn": typed.pop("filer"), "hor_till": about})
            self.rader["aktualiseringar"].append(typed)

        fields = {"ankomstdatum", "arendetyp", "referens", "bilagor"}
        return Sheet(fields=fields, uploads={"filer"}, commits={"spara": save})

    def _anteckning_med_bilaga(self, arende: str) -> Sheet:
        def save(typed: dict[str, str]) -> None:
            about = f"Ny journalanteckning, nr {len(self.rader['journal'])}"
            self.rader["dokument"].append({"namn": typed.pop("filer"), "hor_till": about})
            self.rader["journal"].append(typed)

        return Sheet(fields={"datum", "rubrik_text", "text"}, uploads={"filer"}, commits={"spara": save})

    def _berakning(self, arende: str, nr: str) -> Sheet:
        typed = self.rader["berakningar"][int(nr)]
        tables: dict[str, list[dict[str, str]]] = {}
        for table, kind in (("inkomster", "inkomst"), ("kostnader", "kostnad")):
            rows = [
                {k.split(".")[2]: v for k, v in typed.items() if k.startswith(f"{kind}.{n}.")} for n in range(1, 11)
            ]
            tables[table] = [{"person": "", **row} for row in rows if row]
        return Sheet(texts=typed | {"status": "Utkast"}, tables=tables)

    def _brev(self, arende: str) -> Sheet:
        made = self.rader["berakningar"][-1]
        shown = {key: shown_kronor(visning.kronor(made[key])) for key in ("normsumma", "resultat")}
        granted = shown_kronor(max(-visning.kronor(made["resultat"]), Decimal(0)))
        rows = [
            f"{what} {made[f'{kind}.{number}.slag']}: {shown_kronor(visning.kronor(made[f'{kind}.{number}.{column}']))}"
            for what, kind, column in (("Inkomst", "inkomst", "belopp"), ("Kostnad", "kostnad", "godkant"))
            for number in range(1, 11)
            if f"{kind}.{number}.slag" in made
        ]
        text = "\n".join([
            f"Ärende: {arende}. {self.sokande}",
            f"Månad: 2026-12 Belopp: {granted} kr",
            f"{made['norm']}, {made['antal']} personer: {shown['normsumma']} kr",
            *rows,
            f"Resultat: {shown['resultat']} kr",
            "Du kan överklaga till förvaltningsrätten inom tre veckor.",
        ])  # fmt: skip
        return Sheet(files={"beslutsbrev": text.encode()})


class ETjanst:
    """The e-service's errand: the status, and what the municipality and the applicant have written to each other."""

    def __init__(self) -> None:
        self.status = "Inkommen"
        self.meddelanden: list[tuple[str, str]] = []
        self.portal = MemoryPortal("etjanst", {"arende": self._arende})

    def svara(self, text: str) -> None:
        """The applicant writes."""
        self.meddelanden.append(("in", text))

    def _arende(self, referens: str) -> Sheet:
        def send(typed: dict[str, str]) -> None:
            self.meddelanden.append(("ut", typed["meddelande"]))
            if typed["begar_komplettering"] == "True":
                self.status = "Väntar på komplettering"

        def change(typed: dict[str, str]) -> None:
            self.status = typed["ny_status"]

        rows = [
            {
                "ut": text if way == "ut" else "",
                "in": text if way == "in" else "",
                "fran": way,
                "text": text,
                "filer": "",
            }
            for way, text in self.meddelanden
        ]
        return Sheet(
            texts={"status": self.status},
            tables={"meddelanden": rows},
            fields={"ny_status", "meddelande", "begar_komplettering"},
            commits={"skicka_meddelande": send, "andra_status": change},
            files={"pdf": b"%PDF-1.4\n%%EOF"},
        )


class LitenVarld:
    """One application, its facts, the rules in force, and a robot that may be stopped and begun again."""

    def __init__(self, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.underlag = las_underlag((EXEMPEL / "uppgifter.yaml").read_bytes())
        self.regelverk = regelverk
        self.alder = timedelta(0)
        self.lasningar: list[str] = []
        self.system = Arendesystem()
        self.e_tjanst = ETjanst()
        portals = [
            self.e_tjanst.portal,
            self.system.portal,
            MemoryPortal(folkbokforing.PORTAL, {}),
            MemoryPortal(ssbtek.PORTAL, {}),
        ]
        self.bench = Bench({"ateransokan": lambda run: handlagg(run, self.regelverk)}, portals)
        self.bench.originals[REFERENS] = Original.of((EXEMPEL / "ansokan.xml").read_bytes())
        self.case: Case = self.bench.receive(REFERENS, "tova")
        monkeypatch.setattr(
            folkbokforing, "las_person", lambda _, *who: self._last("folkbokföring", "folkbokforing", *who)
        )
        monkeypatch.setattr(verksamhet, "las_arende", lambda *_, **__: self._arende())
        monkeypatch.setattr(ssbtek, "fraga", lambda _, person, *__, **___: self._svar(person))
        monkeypatch.setattr(brev, "text_of", lambda pdf: pdf.decode())

    def _last(self, told: str, part: str, person: Personnummer | None = None, *_: Any) -> Any:
        if told:
            self.lasningar.append(told)
        found = getattr(self.underlag, part)
        one = next(one for one in found if one.person == person) if isinstance(found, tuple) else found
        read = one.lasning.model_copy(update={"tidpunkt": self.bench.clock() - self.alder})
        return one.model_copy(update={"lasning": read})

    def _arende(self) -> Arende:
        """The case as the facts have it, and the drafts that have been saved since."""
        arende: Arende = self._last("ärende", "arende")
        drafts = tuple(
            verksamhet.las_berakning(self.system.portal, arende.nummer or "", str(number))
            for number in range(len(self.system.rader["berakningar"]))
        )
        return arende.model_copy(update={"berakningar": (*arende.berakningar, *drafts)})

    def _svar(self, person: Personnummer) -> Registersvar:
        self.lasningar.append("register")
        asked = [register.value for register in Register if self.underlag.fran(register)]
        return Registersvar.model_validate({part: self._last("", part, person) for part in asked})

    def med_medsokande(self) -> None:
        """Two apply together, and have been granted aid before: scenario 6 under this application's number."""
        text = las(FOLDER / "06-par.yaml")
        one, world = fall(text), varld([text])
        form = of_application(REFERENS, world.inkorg[referens(text)], world)
        self.bench.originals[REFERENS], self.underlag = Original.of(flow_instance(form)), one.underlag
        applicant = one.ansokan.sokande
        self.system.sokande = f"Namn: {applicant.namn}. Personnummer: {formatted(applicant.personnummer.digits)}."

    def i_e_tjansten(self) -> None:
        """The application lies in an e-service with messages, not in a folder."""
        self.bench.inbox_portal = self.e_tjanst.portal.name

    def med_inkomst(self, netto: int) -> None:
        """Försäkringskassan has paid another amount, which the applicant has stated too, last month as well."""
        (answer,) = self.underlag.fk
        (payment,) = answer.utbetalningar
        paid = payment.model_copy(update={"netto": Decimal(netto), "brutto": Decimal(netto)})
        self.underlag = self.underlag.model_copy(update={"fk": (answer.model_copy(update={"utbetalningar": (paid,)}),)})

    def lage(self, mode: Mode) -> None:
        """The municipality chooses another mode."""
        types = {
            name: one.model_copy(update={"mode": mode}) for name, one in self.regelverk.delegation.beslutstyper.items()
        }
        delegation = self.regelverk.delegation.model_copy(update={"beslutstyper": types})
        self.regelverk = replace(self.regelverk, delegation=delegation, version=f"{self.regelverk.version} {mode}")

    def stannar_vid(self, step: str, point: str = "step") -> None:
        """Work until a boundary and stop there."""

        def stop(passed: Boundary) -> None:
            if (passed.step, passed.point) == (step, point):
                raise Avbrott

        self.bench.passed = stop
        with pytest.raises(Avbrott):
            self.bench.work_on(self.case)
        self.bench.passed = lambda passed: None

    def arbeta(self) -> CaseStatus:
        return self.bench.work_on(self.case)

    def vanta(self, days: int) -> CaseStatus:
        """Let days pass; the robot looks once each day, as long as it waits."""
        status = self.bench.status(self.case)
        for _ in range(days):
            self.bench.let_pass(timedelta(days=1))
            status = self.arbeta()
            if status is not CaseStatus.WAITING:
                break
        return status

    def avbryt_vantan(self, note: str) -> None:
        """A case worker has been answered by word of mouth, and ends the wait."""
        EndingWaits(self.bench.journal).end(self.case.handle, TOVA, self.bench.clock(), note)

    def godkann(self, **answers: str) -> None:
        self.bench.answer(self.case, answers, by=TOVA)

    @property
    def utfall(self) -> dict[str, Any]:
        """What the latest stretch came to."""
        return dict(self.bench.entries(self.case, "case.outcome")[-1].payload)

    @property
    def beslutat(self) -> list[str]:
        """Which records of a decision have been saved."""
        return [page for page in self.system.portal.commits() if page in BESLUT]

    @property
    def dagar(self) -> tuple[str, str]:
        """The day of the payment and of the decision's note."""
        note = next(row for row in self.system.rader["journal"] if row["rubrik_text"].startswith("Beslut om"))
        return self.system.rader["utbetalningar"][0]["datum"], note["datum"]

    @property
    def anteckningar(self) -> list[str]:
        """The headings of the journal, in the order in which they were written."""
        return [row["rubrik_text"] for row in self.system.rader["journal"]]
