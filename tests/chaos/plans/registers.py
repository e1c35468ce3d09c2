"""The other portals of a plan: folkbokföring, the multi-question portal, and the e-service's status."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from plans.case_system import CaseSystem
from plans.faults import Value
from plans.households import STRANGER, Household
from plans.records import Press
from plans.surface import StubbornPortal, View, World

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_kronor, shown_personnummer
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    AfSvar,
    Formanssvar,
    Myndighetssvar,
    Register,
    Utbetalning,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from medarbetare.engine.portal import Visibility
from medarbetare.errors import SelectorError

_MARKS = {
    "inget": "Ingen",
    "sekretessmarkering": "Sekretessmarkering",
    "skyddad_folkbokforing": "Skyddad folkbokföring",
}
_AF = (
    *("af_arbetssokande", "af_kategori", "af_registrerad"),
    *("af_omfattning", "af_avaktualiserad", "af_aktivitetsrapport"),
)


class PopulationRegister(StubbornPortal):
    """Folkbokföring: one person at a time."""

    def __init__(self, world: World, visibility: Visibility, household: Household) -> None:
        super().__init__("folkbokforing", world, visibility)
        self._household = household

    def view(self, page: str, parameters: Mapping[str, str], hits: Mapping[str, Value]) -> View:
        """The person, another one by mistake, or that there is none."""
        if "dubblett" in hits:
            raise SelectorError("folkbokforing: sida «person»: två personer visas.")
        number = Personnummer(parameters["personnummer"])
        known = self._household.underlag.folkbokforing_for(number)
        if known is None:
            return View(texts={"ingen_person": "Ingen person med detta personnummer finns i registret."})
        mark = _MARKS[known.skydd.value if known.skydd else "inget"]
        if mark != "Ingen":
            return View(texts={"skyddsmarkering": mark})
        shown = shown_personnummer(Personnummer(STRANGER) if "fel_person" in hits else number)
        texts = {"skyddsmarkering": mark, "personnummer": shown, "namn": known.namn, "adress": known.adress}
        texts |= {"kommun": known.kommun, "civilstand": known.civilstand, "medborgarskap": known.medborgarskap}
        rows = [
            {
                "personnummer": shown_personnummer(one.personnummer) if one.personnummer else "",
                "namn": one.namn,
                "relation": one.relation,
            }
            for one in known.hushall or ()
        ]
        return View(texts={name: text or "" for name, text in texts.items()}, tables={"hushall": rows})


class Agencies(StubbornPortal):
    """The multi-question portal. `held` is what the agencies know, from when on: the latest counts."""

    def __init__(self, world: World, visibility: Visibility, household: Household) -> None:
        super().__init__("ssbtek", world, visibility)
        self._household = household
        self.held: list[tuple[datetime, Underlag]] = [(world.clock.now, household.underlag)]

    def learn(self) -> None:
        """An agency pays a hundred kronor more than it did: the applicant's last payment, if there is any."""
        underlag = self.held[-1][1]
        answers = list(underlag.fk)
        for place, answer in enumerate(answers):
            if answer.utbetalningar:
                last = answer.utbetalningar[-1]
                more = last.model_copy(update={"netto": last.netto + 100, "brutto": last.brutto + 100})
                answers[place] = answer.model_copy(update={"utbetalningar": (*answer.utbetalningar[:-1], more)})
                self.world.tell("  NY UPPGIFT hos Försäkringskassan")
                self.held.append((self.world.clock.now, underlag.model_copy(update={"fk": tuple(answers)})))
                return

    def view(self, page: str, parameters: Mapping[str, str], hits: Mapping[str, Value]) -> View:
        """The answers about one person; another person's by mistake."""
        number = Personnummer(parameters["personnummer"])
        underlag = self.held[-1][1]
        about = shown_personnummer(Personnummer(STRANGER) if "fel_person" in hits else number)
        silent, partly = str(hits.get("tyst_register", "")), str(hits.get("delvis_register", ""))
        texts: dict[str, str] = {}
        tables: dict[str, list[dict[str, str]]] = {}
        for register in Register:
            if parameters[register.value] == "Ja":
                # The whole portal may be silent about the insurers, and a part of it about Arbetsförmedlingen.
                down = {Register.FK: silent, Register.AF: partly or silent}.get(register, "")
                answer = next((one for one in underlag.fran(register) if one.person == number), None)
                texts |= {f"{register}_personnummer": about, **_head(register, answer, down)}
                tables |= _TABLES[register](answer)
        return View(texts=texts | _af(underlag.svar_for(AfSvar, number)), tables=tables)


def _head(register: Register, answer: Myndighetssvar | None, silent: str) -> dict[str, str]:
    """Status, protection, and the insurers' deviation."""
    internal = silent == "INTERNT_FEL"
    insurer = register in (Register.FK, Register.PM)
    status = "OK" if internal and insurer else "FELANDE" if internal else silent
    known = answer.kallstatus if answer else "OK"
    head = {f"{register}_status": status or known, f"{register}_skyddad": "Nej"}
    if register is Register.SO:
        head |= {"so_kassa": "", "so_ansokt": ""}
    return {**head, f"{register}_avvikelse": silent if internal else ""} if insurer else head


def _benefits(answer: Myndighetssvar | None) -> dict[str, list[dict[str, str]]]:
    code = answer.register.value if answer else "fk"
    known = answer if isinstance(answer, Formanssvar) else None
    return {
        f"{code}_utbetalningar": [_paid(one) for one in known.utbetalningar] if known else [],
        f"{code}_arenden": [{"forman": one.forman, "inkom": str(one.inkommet or "")} for one in known.vantande]
        if known
        else [],
    }


def _nothing(*tables: str) -> Callable[[Myndighetssvar | None], dict[str, list[dict[str, str]]]]:
    return lambda answer: {name: [] for name in tables}


_TABLES = {
    Register.FK: _benefits,
    Register.PM: _nothing("pm_utbetalningar", "pm_arenden"),
    Register.AF: _nothing("af_beslut"),
    Register.SO: _nothing("so_utbetalningar", "so_avstangningar"),
    Register.CSN: _nothing("csn_arenden", "csn_utbetalningar"),
    Register.SKV: _nothing("skv_kapital"),
    Register.TS: _nothing("ts_fordon"),
    Register.MIV: _nothing("miv_tillstand"),
}


def _paid(one: Utbetalning) -> dict[str, str]:
    return {
        "datum": one.datum.isoformat(),
        "familj": one.formansfamilj,
        "forman": one.forman,
        "brutto": shown_kronor(Decimal(one.brutto)),
        "skatt": shown_kronor(Decimal(one.skatt)),
        "netto": shown_kronor(Decimal(one.netto)),
        "typ": f"{one.typ} Utbetalning",
        "period_fran": one.period_fran.isoformat() if one.period_fran else "",
        "period_till": one.period_till.isoformat() if one.period_till else "",
        "avdrag": "",
        "avdragstyp": "",
    }


def _af(answer: AfSvar | None) -> dict[str, str]:
    if answer is None:
        return dict.fromkeys(_AF, "")
    return {
        "af_arbetssokande": "Ja" if answer.arbetssokande else "Nej",
        "af_kategori": answer.kategori or "Öppet arbetslös",
        "af_registrerad": "2025-11-03",
        "af_omfattning": "100",
        "af_avaktualiserad": answer.avaktualiserad.isoformat() if answer.avaktualiserad else "",
        "af_aktivitetsrapport": answer.aktivitetsrapport or "",
    }


class EService(StubbornPortal):
    """The e-service: the status that the applicant sees, and what they are told. `changes` and `sent` are by press."""

    def __init__(self, world: World, visibility: Visibility, cases: CaseSystem) -> None:
        super().__init__("etjanst", world, visibility)
        self._cases = cases
        self.status = "Inkommen"
        self.changes: list[tuple[int, str]] = []
        self.sent: list[tuple[int, str]] = []

    def view(self, page: str, parameters: Mapping[str, str], hits: Mapping[str, Value]) -> View:
        """The application's page."""
        self._cases.looked("arende", parameters["referens"])
        messages = [{"ut": text, "in": "", "fran": "Robot", "text": text, "filer": ""} for _, text in self.sent]
        return View(
            texts={"status": self.status},
            tables={"meddelanden": messages},
            fields=("ny_status", "meddelande", "begar_komplettering"),
            buttons=("andra_status", "skicka_meddelande"),
            files={"pdf": b"%PDF-ansokan\n%%EOF", "bilaga": b"bilaga"},
        )

    def pressed(self, page: str, parameters: Mapping[str, str], typed: dict[str, str]) -> Press:
        """The status is to be changed, or a message sent."""
        return self._cases.press(self.name, page, parameters["referens"], typed)

    def saved(self, press: Press, hits: Mapping[str, Value]) -> None:
        """Change the status, or send the message and change it where more is asked for."""
        if "meddelande" in press.typed:
            self.sent.append((press.number, press.typed["meddelande"]))
            self.status = "Väntar på komplettering" if press.typed["begar_komplettering"] == "True" else self.status
            return
        self.status = press.typed["ny_status"]
        self.changes.append((press.number, self.status))
