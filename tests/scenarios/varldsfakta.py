"""A practice municipality's applications as the pure decision takes them: what the systems' pages would have shown."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from medarbetare.engine import Original
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application
from sandkommun.folkbokforing import relation
from sandkommun.worlds import World
from sandkommun.worlds.agencies import Af, Csn, Fk, Miv, Myndighet, Skv, So, Ts
from sandkommun.worlds.applications import Ansokan as Inkommen
from sandkommun.worlds.cases import Arende

LAST = datetime(2026, 12, 1, 6, tzinfo=UTC)
_SKYDD = {"Skyddad folkbokföring": "skyddad_folkbokforing", "Sekretessmarkering": "sekretessmarkering"}


def fall(world: World, reference: str) -> tuple[Ansokan, Underlag]:
    """One application of the world's inbox and everything that can be read about its people."""
    entry = world.inkorg[reference]
    assert isinstance(entry, Inkommen)
    ansokan = las_ansokan(Original.of(flow_instance(of_application(reference, entry, world))))
    people = list(dict.fromkeys(entry.namnda))
    return ansokan, Underlag.model_validate(
        {
            "folkbokforing": [_folkbokforing(world, key) for key in people],
            "arende": _arende(world, entry),
            **{
                register.value: [_svar(world, key, register, Manad.parse(entry.manad).minus(3).first) for key in people]
                for register in Register
            },
        }
    )


def _read(source: str) -> dict[str, Any]:
    return {"lasning": {"kalla": source, "tidpunkt": LAST}}


def _folkbokforing(world: World, key: str) -> dict[str, Any]:
    person = world.personer[key]
    told = {"person": person.personnummer, "status": "svar", **_read("Folkbokföringen")}
    if person.skydd:
        return {**told, "skydd": _SKYDD[person.skydd]}
    home = next(one for one in world.hushall.values() if key in one.medlemmar)
    members = [
        {
            "personnummer": None if world.personer[other].skydd else world.personer[other].personnummer,
            "namn": world.personer[other].namn,
            "relation": relation(home, world, key, other),
        }
        for other in home.medlemmar
        if other != key
    ]
    return {
        **told,
        "skydd": "inget",
        "namn": person.namn,
        "adress": home.adress,
        "kommun": person.kommun or world.kommun,
        "medborgarskap": person.medborgarskap,
        "civilstand": person.civilstand,
        "hushall": members,
    }


# --- The case system --------------------------------------------------------------------------------------------------


def _arende(world: World, entry: Inkommen) -> dict[str, Any]:
    found = next(((nr, case) for nr, case in world.arenden.items() if case.sokande == entry.sokande), None)
    if found is None:
        return {"status": "inget", **_read("Verksamhetssystemet")}
    nr, case = found
    month = Manad.parse(entry.manad)
    wanted = (str(month), str(month.minus(1)))
    plan, stimulus = case.planering, case.jobbstimulans
    number = world.personer[case.sokande].personnummer
    return {
        "status": "svar",
        **_read("Verksamhetssystemet"),
        "nummer": nr,
        "aktivt": case.status == "Pågående",
        "avslutat": case.avslutat,
        "handlaggare": case.handlaggare or None,
        "arbetsmarknadssekreterare": case.arbetsmarknadssekreterare or None,
        "hushall": [world.personer[key].personnummer for key in case.medlemmar],
        "planering": {"aktiv": True, "till": plan.till} if plan else None,
        "jobbstimulans": [
            {
                "person": number,
                "manader": _months_in_a_row(case, month),
                "fran": stimulus.fran if stimulus else None,
                "till": stimulus.till if stimulus else None,
            }
        ],
        "konto": {"clearing": case.konto.clearing, "konto": case.konto.konto} if case.konto else None,
        "annan_mottagare": case.mottagare not in ("", world.personer[case.sokande].namn),
        "berakningar": [_berakning(world, one) for one in case.berakningar if one.manad in wanted],
        "beslut": [
            {"manad": Manad.of(one.fran), "kod": one.kod, "belopp": one.belopp, "datum": one.registrerad.date()}
            for one in case.beslut
        ],
        "utbetalningar": [
            {"manad": one.manad, "mottagare": one.mottagare, "belopp": one.belopp, "konto": one.konto}
            for one in case.utbetalningar
        ],
        "aktualiseringar": [
            {"manad": None, "referens": one.referens, "datum": one.ankomst} for one in case.aktualiseringar
        ],
        "narvaro": [one.model_dump() for one in case.narvaro],
    }


def _months_in_a_row(case: Arende, month: Manad) -> int:
    count = 0
    while str(month.minus(count + 1)) in case.bistandsmanader:
        count += 1
    return count


def _berakning(world: World, one: Any) -> dict[str, Any]:
    return {
        "manad": one.manad,
        "slutlig": one.status == "Slutlig",
        "norm_namn": one.norm,
        "antal_personer": one.antal,
        "normsumma": one.normsumma,
        "resultat": one.resultat,
        "inkomster": [
            {
                "slag": row.typ,
                "belopp": row.belopp,
                "person": world.personer[row.person].personnummer,
                "datum": row.datum,
                "notering": row.notering,
            }
            for row in one.inkomster
        ],
        "kostnader": [
            {"slag": row.typ, "ansokt": row.sokt, "godkant": row.godkant, "notering": row.notering}
            for row in one.kostnader
        ],
    }


# --- The agencies -----------------------------------------------------------------------------------------------------


def _svar(world: World, key: str, register: Register, fran: date) -> dict[str, Any]:
    person = world.personer[key]
    facts: Myndighet = getattr(person, register.value)
    status = facts.svar[0] if facts.svar else facts.status
    deviation = facts.avvikelse if isinstance(facts, Fk) else ""
    protected = facts.sekretess or person.skydd is not None
    told = {
        "person": person.personnummer,
        "kallstatus": status,
        "skyddad": protected,
        "avvikelser": [deviation] if deviation else [],
        **_read(register.namn),
    }
    if status != "OK" or deviation or protected:
        return {**told, "status": Svarsstatus.EJ_KONTROLLERBART}
    said = uppgifter(facts, world.today)
    if "utbetalningar" in said:
        said["utbetalningar"] = [row for row in said["utbetalningar"] if row["datum"] >= fran]
    if isinstance(facts, Af):
        return {**told, "status": Svarsstatus.SVAR, **said}
    return {**told, "status": Svarsstatus.SVAR if any(said.values()) else Svarsstatus.INGET, **said}


def uppgifter(facts: Myndighet, today: date) -> dict[str, Any]:
    """What an agency tells on a day, by the fields of its answer."""
    match facts:
        case Fk():
            paid = [row for row in facts.utbetalningar if row.datum <= today or row.typ == 4]
            return {
                "utbetalningar": [_utbetalning(row) for row in paid],
                "vantande": [
                    {"forman": row.forman, "inkommet": row.inkom} for row in facts.arenden if row.inkom <= today
                ],
            }
        case Af():
            report = facts.aktivitetsrapport
            return {
                "arbetssokande": facts.arbetssokande,
                "kategori": facts.kategori or None,
                "registrerad": facts.registrerad,
                "omfattning": facts.omfattning,
                "avaktualiserad": facts.avaktualiserad,
                "aktivitetsrapport": str(report.kod) if report else None,
                "beslut": [f"{one.datum} {one.beslut}" for one in facts.beslut],
            }
        case So():
            return {
                "kassa": facts.kassa or None,
                "ansokt": facts.ansokt,
                "utbetalningar": _rows(
                    (row for row in facts.utbetalningar if row.datum <= today), avser_fran="fran", avser_till="till"
                ),
                "avstangningar": _rows(facts.avstangningar),
            }
        case Csn():
            return {
                "arenden": _rows(facts.arenden, lage="status"),
                "utbetalningar": [{**row, "utbetald": row["datum"] <= today} for row in _rows(facts.utbetalningar)],
            }
        case Skv():
            return {"kapital": _rows(facts.kapital)}
        case Ts():
            return {"fordon": _rows(facts.fordon)}
        case Miv():
            return {"tillstand": _rows(facts.tillstand)}
        case _:
            raise TypeError(type(facts).__name__)


def _utbetalning(row: Any) -> dict[str, Any]:
    return {
        "datum": row.datum,
        "formansfamilj": row.formansfamilj,
        "forman": row.forman,
        "brutto": row.brutto,
        "skatt": row.skatt,
        "netto": row.netto,
        "typ": row.typ,
        "period_fran": row.fran,
        "period_till": row.till,
        "avdrag": [{"kod": row.avdragstyp, "belopp": row.avdrag}] if row.avdrag != Decimal(0) else [],
    }


def _rows(rows: Iterable[Any], **renamed: str) -> list[dict[str, Any]]:
    """Rows as they are, but for what is called otherwise there."""
    told = []
    for row in rows:
        plain = row.model_dump()
        told.append(
            {**{key: value for key, value in plain.items() if key not in renamed.values()}}
            | {new: plain[old] for new, old in renamed.items()}
        )
    return told
