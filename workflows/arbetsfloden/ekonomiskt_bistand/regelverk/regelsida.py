"""The rules told to people: the table of `regler.yaml` with the municipality's own limits beside it."""

from collections.abc import Iterator

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Hyrestak, Kommun, StickprovNar
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import Lag, med_kalla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.engine import Mode
from medarbetare.engine.rulebook import Rule, Rulebook

TITLE = "Återansökan om försörjningsstöd"
_WHAT_IT_DOES = (
    "Din ansökan läses först av ett datorprogram. Programmet kontrollerar ansökan mot register och räknar enligt "
    "reglerna nedan. Det gissar inte och lär sig inte av tidigare beslut: samma uppgifter ger alltid samma svar."
)
_WHO_DECIDES = {
    Mode.AUTOMATISK: (
        "Stämmer allt kan programmet självt bevilja det du har ansökt om, samma dag. I alla andra fall tar en "
        "handläggare över."
    ),
    Mode.FORBERED: "Programmet förbereder, men beslutar inget: en handläggare fattar alla beslut.",
    Mode.SKUGGA: "Programmet är på prov: det läser och räknar bara. En handläggare prövar alla ansökningar.",
}
_WHAT_IT_NEVER_DOES = (
    "Programmet avslår aldrig en ansökan och beviljar aldrig mindre än du har ansökt om. Sådana beslut fattar bara en "
    "handläggare. Du kan alltid begära att en handläggare går igenom beslutet, och du kan överklaga det."
)
ABBREVIATIONS = (
    "SoL: socialtjänstlagen (2025:400). FL: förvaltningslagen (2017:900). KL: kommunallagen (2017:725). "
    "OSL: offentlighets- och sekretesslagen (2009:400). FK: Försäkringskassan. PM: Pensionsmyndigheten. "
    "AF: Arbetsförmedlingen. SO: a-kassorna. SKV: Skatteverket. TS: Transportstyrelsen. MIV: Migrationsverket."
)
KEY = "G gå vidare, D räkna eller dra av, H handläggare, W vänta och fråga igen, X stopp."


def regelsida(regelverk: Regelverk) -> Rulebook:
    """Every rule, as the configuration has it now."""
    book = regelverk.regelbok
    law, limits = _numbers_of_law(regelverk.lag), _limits(regelverk.kommun)
    return Rulebook(
        title=TITLE,
        municipality=regelverk.kommun.kommun,
        version=regelverk.version,
        source=book.source,
        valid_from=book.valid_from,
        valid_to=book.valid_to,
        approved=f"{book.approved_by}, {book.decision_reference}" if book.is_approved else None,
        introduction=(_WHAT_IT_DOES, _who_decides(regelverk), _WHAT_IT_NEVER_DOES),
        key=KEY,
        abbreviations=ABBREVIATIONS,
        rules=tuple(
            Rule(
                number=number,
                name=text.namn,
                trigger=text.utloser,
                sources=text.kallor,
                action=text.atgard,
                law=text.lagrum,
                in_plain_words=text.for_alla,
                required=text.vad_kravs,
                limits=(*law.get(number, ()), *limits.get(number, ())),
                always_person=text.alltid_handlaggare,
            )
            for number, text in sorted(book.regler.items())
        ),
    )


def _who_decides(regelverk: Regelverk) -> str:
    """By the mode that the delegation order has chosen: the page is written once and stands for a long time."""
    grant = regelverk.beslutstyp(BIFALL)
    return _WHO_DECIDES[grant.mode if grant and grant.is_approved else Mode.FORBERED]


def _numbers_of_law(lag: Lag) -> dict[int, tuple[tuple[str, str], ...]]:
    """The numbers of `lag.yaml` by the rule that uses them."""
    of_age = ("Vuxen enligt lag", med_kalla(lag.myndig_alder, "år"))
    stimulus = (
        ("Räknas inte av lönen", med_kalla(lag.jobbstimulans_procent, "procent")),
        ("Efter bistånd i följd", med_kalla(lag.jobbstimulans_efter_manader, "månader")),
        ("Så länge", med_kalla(lag.jobbstimulans_ar, "år")),
    )
    return {
        4: (of_age,),
        22: (("Riktålder för pension", med_kalla(lag.riktalder, "år")),),
        27: (of_age, ("CSN frågas om den som fyllt", med_kalla(lag.studiehjalp_alder, "år"))),
        28: stimulus,
        29: stimulus,
    }


def _limits(kommun: Kommun) -> dict[int, tuple[tuple[str, str], ...]]:
    """The figures of `kommun.yaml` by the rule that uses them."""
    vehicles = kommun.fordon_godtas_fran_alder
    when = "före beslutet" if kommun.stickprov.nar is StickprovNar.FORE else "efter beslutet"
    counted = sorted(kommun.inkomstslag)
    return {
        3: (("Avslutat ärende blir nyansökan efter", f"{kommun.avslutat_arende_dagar} dagar"),),
        5: (("En ansökan utan månad kan gälla nästa månad från den", str(kommun.nasta_manad_soks_fran_dag)),),
        8: (("Meddelanden och bilagor", kommun.fritext_och_bilagor.value.replace("overlamna", "överlämnas")),),
        11: (("Frågas högst", f"{kommun.registren_fragas_hogst} gånger"),),
        15: (("Gräns", f"{kommun.inkomstavvikelse_procent} procent"),),
        16: (("Räknas utan handläggare", ", ".join(counted)),),
        17: (
            ("Inkomster som räknas", kommun.inkomstmanad.text),
            ("En utbetalning hör till", kommun.inkomstmanad.tillhor.text),
            ("Månadens inkomster är kända från den", str(kommun.inkomster_kanda_fran_dag)),
        ),
        23: (("Beslut läses från den sökta månaden och", f"{kommun.af_beslut_manader} månader före den"),),
        25: (("Minst", f"{kommun.narvaro_minst_procent} procent av de planerade timmarna"),),
        29: (("Lön utan lönespecifikation, högst", f"{kronor(kommun.lon_enbart_ansokan_hogst)} kr"),),
        30: (("Nära gränsen", f"{kommun.barns_lon_andel_av_prisbasbelopp_procent} procent av prisbasbeloppet"),),
        34: (*_rents(kommun.hyrestak), ("Rådrum", f"{kommun.radrum_manader} månader")),
        35: tuple(_costs(kommun)),
        36: tuple(
            (f"{kind}, som förra månaden", f"räknas upp till {kronor(rule.belopp_hogst)} kr")
            for kind, rule in kommun.levnadskostnader_i_ovrigt.items()
        ),
        37: (("Uppgivna fordon godtas från", f"{vehicles} år" if vehicles else "aldrig utan handläggare"),),
        38: (
            ("Inkomst av kapital per år, högst", f"{kronor(kommun.kapitalinkomst_hogst_per_ar)} kr"),
            ("Prövas så långt bakåt", f"{kommun.kapitalinkomst_ar} taxeringsår"),
        ),
        44: (("Andel", f"{kommun.stickprov.andel} procent, {when}"),),
        46: (("Tak per hushåll och månad", f"{kronor(kommun.belopp_hogst_per_hushall)} kr"),),
    }


def _rents(caps: tuple[Hyrestak, ...]) -> Iterator[tuple[str, str]]:
    for cap in caps:
        rooms = f"högst {cap.rum_hogst} rum" if cap.rum_hogst is not None else ""
        children = f"högst {cap.barn_hogst} barn" if cap.barn_hogst is not None else ""
        yield f"Hyrestak, {', '.join(filter(None, (rooms, children))) or 'övriga'}", f"{kronor(cap.belopp)} kr"


def _costs(kommun: Kommun) -> Iterator[tuple[str, str]]:
    for kind, rule in kommun.skaliga_kostnader.items():
        amounts = ", ".join(kronor(amount) for amount in rule.belopp)
        persons = " för 1, 2, 3 … personer" if len(rule.belopp) > 1 else ""
        yield kind, f"{amounts} kr{persons}{', per vuxen' if rule.per_vuxen else ''}"
