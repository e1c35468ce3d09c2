"""What a case worker is shown of the agencies' answers: one table for each agency and person."""

from collections.abc import Iterable, Iterator

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    AfSvar,
    CsnSvar,
    Formanssvar,
    MivSvar,
    Myndighetssvar,
    Registersvar,
    SkvSvar,
    SoSvar,
    TsSvar,
)
from arbetsfloden.ekonomiskt_bistand.visning.visat import (
    VARDE,
    dag,
    ja_nej,
    kalla,
    last,
    period,
    varden,
    visat_personnummer,
)
from medarbetare.engine.presentation import Section


def registersektioner(svar: Iterable[Registersvar]) -> Iterator[Section]:
    """A section for each agency that had something to say or could not be asked, and one for those with nothing."""
    answers = [one for told in svar for one in told.alla]
    yield from (_sektion(one) for one in answers if one.status is not Svarsstatus.INGET)
    nothing = [one for one in answers if one.status is Svarsstatus.INGET]
    if nothing:
        yield Section(
            title="Register utan uppgifter",
            columns=("Register", "Om", "Läst"),
            rows=tuple((one.register.namn, visat_personnummer(one.person), last(one.lasning)) for one in nothing),
            note="De har svarat att de inte har några uppgifter.",
        )


def _sektion(svar: Myndighetssvar) -> Section:
    match svar:
        case Formanssvar():
            return _formaner(svar)
        case AfSvar():
            return _arbetsformedlingen(svar)
        case SoSvar():
            return _akassorna(svar)
        case CsnSvar():
            return _csn(svar)
        case SkvSvar():
            rows = tuple((str(one.taxeringsar), kronor(one.intakter), kronor(one.overskott)) for one in svar.kapital)
            amounts = frozenset({"Intäkter", "Överskott"})
            return _tabell(svar, ("Taxeringsår", "Intäkter", "Överskott"), rows, amounts=amounts)
        case TsSvar():
            cars = tuple(
                (one.regnr, f"{one.fabrikat} {one.modell}".strip(), str(one.ar), one.slag) for one in svar.fordon
            )
            return _tabell(svar, ("Registreringsnummer", "Fordon", "Årsmodell", "Slag"), cars)
        case MivSvar():
            permits = tuple((one.slag, dag(one.fran), dag(one.till) or "permanent") for one in svar.tillstand)
            return _tabell(svar, ("Tillstånd", "Från", "Till"), permits)
        case _:
            raise TypeError(type(svar).__name__)


def _tabell(
    svar: Myndighetssvar,
    columns: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    *,
    also: str = "",
    amounts: frozenset[str] = frozenset(),
) -> Section:
    name = svar.register.namn
    notes = [
        kalla(svar.status, svar.lasning),
        also,
        f"Avvikelser: {', '.join(svar.avvikelser)}." if svar.avvikelser else "",
        f"Personen har skyddade uppgifter hos {name}." if svar.skyddad else "",
    ]
    return Section(
        title=f"{name} om {visat_personnummer(svar.person)}",
        columns=columns,
        rows=rows,
        note=" ".join(filter(None, notes)),
        amounts=amounts,
    )


def _formaner(svar: Formanssvar) -> Section:
    waiting = ", ".join(f"{one.forman} ({dag(one.inkommet) or 'utan datum'})" for one in svar.vantande)
    rows = tuple(
        (
            dag(one.datum),
            one.forman,
            period(one.period_fran, one.period_till),
            kronor(one.brutto),
            kronor(one.skatt),
            kronor(one.netto),
            ", ".join(f"{avdrag.kod} {kronor(avdrag.belopp)}" for avdrag in one.avdrag),
        )
        for one in svar.utbetalningar
    )
    return _tabell(
        svar,
        ("Utbetald", "Förmån", "Period", "Brutto", "Skatt", "Netto", "Avdrag"),
        rows,
        also=f"Inte avgjort än: {waiting}." if waiting else "",
        amounts=frozenset({"Brutto", "Skatt", "Netto"}),
    )


def _arbetsformedlingen(svar: AfSvar) -> Section:
    rows = varden(
        ("Arbetssökande", ja_nej(svar.arbetssokande)),
        ("Kategori", svar.kategori),
        ("Registrerad", dag(svar.registrerad)),
        ("Söker arbete på", None if svar.omfattning is None else f"{svar.omfattning} procent"),
        ("Avaktualiserad", dag(svar.avaktualiserad)),
        ("Aktivitetsrapport", svar.aktivitetsrapport),
        ("Beslut", "; ".join(svar.beslut)),
    )
    return _tabell(svar, VARDE, rows)


def _akassorna(svar: SoSvar) -> Section:
    bans = "; ".join(
        f"avstängd {period(one.fran, one.till) or dag(one.fran)}"
        + ("" if one.till else " tills vidare")
        + (f" ({one.orsak})" if one.orsak else "")
        for one in svar.avstangningar
    )
    notes = [svar.kassa or "", f"Ersättning sökt {svar.ansokt}" if svar.ansokt else "", bans.capitalize()]
    rows = tuple(
        (
            dag(one.datum),
            period(one.avser_fran, one.avser_till),
            f"{one.dagar.normalize():f}".replace(".", ","),
            kronor(one.netto_efter_skatt),
            kronor(one.netto_efter_avdrag),
        )
        for one in svar.utbetalningar
    )
    return _tabell(
        svar,
        ("Utbetald", "Avser", "Dagar", "Efter skatt", "Efter avdrag"),
        rows,
        also=" ".join(f"{text}." for text in notes if text),
        amounts=frozenset({"Efter skatt", "Efter avdrag"}),
    )


def _csn(svar: CsnSvar) -> Section:
    cases = "; ".join(f"{one.typ} {one.lage.lower()} {period(one.fran, one.till)}".strip() for one in svar.arenden)
    rows = tuple(
        (dag(one.datum), one.typ, kronor(one.belopp), "utbetald" if one.utbetald else "planerad")
        for one in svar.utbetalningar
    )
    return _tabell(
        svar,
        ("Dag", "Stöd", "Kronor", "Läge"),
        rows,
        also=f"Ärenden: {cases}." if cases else "",
        amounts=frozenset({"Kronor"}),
    )
