"""An explanation as people read it: sentences and tables in the order of the page."""

from collections.abc import Iterable

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import Forklaradregel, Forklaring, Summor
from arbetsfloden.ekonomiskt_bistand.forklaring.rader import Forklaradrad, Forklaradslag
from arbetsfloden.ekonomiskt_bistand.regler import Utfall
from arbetsfloden.ekonomiskt_bistand.visning.visat import belopp
from medarbetare.engine.explanation import Condition, Explanation, Part
from medarbetare.engine.presentation import Section

UTFALL = {
    Utfall.GA_VIDARE: "gå vidare",
    Utfall.DRA_AV: "räkna",
    Utfall.OVERLAMNA: "handläggare",
    Utfall.VANTA: "vänta",
    Utfall.STOPP: "stopp",
    Utfall.UTESLUTEN: "träffar inte",
}
_SUMMERADE = {
    Forklaradslag.NORM: ("Riksnorm", "Post", "Ansökt"),
    Forklaradslag.KOSTNAD: ("Kostnader", "Kostnad", "Ansökt"),
    Forklaradslag.INKOMST: ("Inkomster", "Inkomst", "Uppgivet"),
}
_ANDRA = {
    Forklaradslag.FOR_SIG: ("Beslutas för sig, av en handläggare", "Kostnad", "Ansökt"),
    Forklaradslag.RAKNAS_INTE: ("Räknas inte", "Inkomst", "Belopp"),
}
"""Title, name of the first column and of what was applied for, stated or paid."""
_AMOUNTS = frozenset({"Ansökt", "Uppgivet", "Belopp", "Före avrundning", "Räknas"})


def visa(forklaring: Forklaring) -> Explanation:
    """The explanation for people, with the same as JSON values."""
    return Explanation(
        outcome=forklaring.utgang,
        decided_by=forklaring.beslutat_av,
        differs=_differs(forklaring),
        otherwise=tuple(
            Condition(f"Regel {one.regel}. {one.namn}", one.kravs, one.har) for one in forklaring.utredning.villkor
        ),
        parts=(
            Part("Så är det räknat", tuple(_calculation(forklaring)), note=_of_calculation(forklaring)),
            Part("Reglerna", _rules(forklaring)),
            Part("Det här är läst", (_read(forklaring),)),
            Part("Regelverket", (_sources(forklaring),)),
        ),
        data=forklaring.model_dump(mode="json"),
    )


def _differs(forklaring: Forklaring) -> Part:
    found, note = forklaring.utredning, forklaring.anmarkning
    if forklaring.regler_hindrade:
        rules = "Regeln" if len(found.villkor) == 1 else "Reglerna"
        why = f"{rules} nedan hindrade att roboten själv beslutade om bifall."
        sentences = (why, found.tillsammans, _waiting(found.vantar), note)
        return Part("Vad som hade behövt vara annorlunda", (), note=" ".join(filter(None, sentences)))
    near = "Ingen regel hindrade. Så nära låg de närmaste gränserna." if found.villkor else "Ingen regel hindrade."
    return Part("De närmaste gränserna", (), note=" ".join(filter(None, (near, note))))


def _waiting(rules: tuple[int, ...]) -> str:
    return f"Regel {drawn_together(rules)} går inte att pröva förrän registren har svarat." if rules else ""


def _of_calculation(forklaring: Forklaring) -> str:
    if forklaring.summor is None:
        return "Ingen beräkning gjordes."
    return f"{forklaring.norm} Alla belopp är i kronor för {forklaring.manad}."


def _calculation(forklaring: Forklaring) -> Iterable[Section]:
    if forklaring.summor is not None:
        sums = forklaring.summor
        totals = (sums.norm, sums.kostnader, sums.inkomster)
        for (kind, called), total in zip(_SUMMERADE.items(), totals, strict=True):
            yield _rows(called, [row for row in forklaring.rader if row.slag is kind], kronor(total))
        yield _result(sums)
    for kind, called in _ANDRA.items():
        yield _rows(called, [row for row in forklaring.rader if row.slag is kind])


def _rows(called: tuple[str, str, str], rows: list[Forklaradrad], total: str = "") -> Section:
    title, first, applied = called
    columns = (first, "Vem", applied, "Före avrundning", "Räknas", "Anmärkning", "Källa", "Regler", "Lagrum")
    shown = tuple(
        (
            row.vad,
            row.vem,
            belopp(row.ansokt),
            belopp(row.orundat) if row.orundat != row.raknat else "",
            belopp(row.raknat),
            row.notering,
            _source(row.kalla, row.last),
            _judged(row),
            row.lagrum,
        )
        for row in rows
    )
    summed = (("Summa", "", "", "", total, "", "", "", ""),) if total else ()
    return Section(
        title=title, columns=columns, rows=(*shown, *summed), amounts=_AMOUNTS & set(columns), sums=len(summed)
    )


def _judged(row: Forklaradrad) -> str:
    """The rules that judged a row; then those that stood in its way."""
    told = drawn_together(row.regler)
    return f"{told}; hindrade: {', '.join(map(str, row.hindrade))}" if row.hindrade else told


def drawn_together(numbers: Iterable[int]) -> str:
    """Ascending numbers with runs of three or more drawn together: "13–19, 27"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _result(sums: Summor) -> Section:
    outcome = "Underskott, att bevilja" if sums.resultat < 0 else "Överskott"
    return Section(
        title="Resultat",
        columns=("Post", "Kronor"),
        rows=(
            ("Inkomster", kronor(sums.inkomster)),
            ("Riksnorm", f"−{kronor(sums.norm)}"),
            ("Kostnader", f"−{kronor(sums.kostnader)}"),
            (outcome, kronor(abs(sums.resultat))),
        ),
        note=f"{kronor(sums.inkomster)} − {kronor(sums.norm)} − {kronor(sums.kostnader)} = "
        f"{kronor(sums.resultat).replace('-', '−')}",
        amounts=frozenset({"Kronor"}),
        sums=1,
    )


def _rules(forklaring: Forklaring) -> tuple[Section, ...]:
    left = forklaring.regler_ej_provade
    not_judged = f"Regel {left[0]}–{left[-1]} prövades inte, eftersom prövningen slutade före dem." if left else ""
    return (
        Section(
            title="Regler som hindrade",
            columns=(
                "Regel",
                "Följd",
                "Vad regeln såg",
                "Vad regeln fann",
                "Varför det har betydelse",
                "Källa",
                "Lagrum",
            ),
            rows=tuple(_rule(one, one.fann, one.betydelse) for one in forklaring.regler_hindrade),
        ),
        Section(
            title="Regler som prövades och inte hindrade",
            columns=("Regel", "Följd", "Vad regeln såg", "Källa", "Lagrum"),
            rows=tuple(_rule(one) for one in forklaring.regler_provade),
            note=not_judged,
        ),
    )


def _rule(one: Forklaradregel, *more: str) -> tuple[str, ...]:
    saw = "; ".join(one.sag) if more else ". ".join(filter(None, ("; ".join(one.sag), one.fann)))
    return (f"{one.nummer}. {one.namn}", UTFALL[one.utfall], saw, *more, _source(one.kalla, one.last), one.lagrum)


def _source(where: str, when: str) -> str:
    return f"{where}, {when}" if when else where


def _read(forklaring: Forklaring) -> Section:
    return Section(
        title="Källor",
        columns=("Vad", "Om", "Svar", "Läst i", "Läst"),
        rows=tuple((one.vad, one.om, one.svar, one.kalla, one.last) for one in forklaring.last),
    )


def _sources(forklaring: Forklaring) -> Section:
    return Section(
        title="Delar",
        columns=("Del", "Källa", "Gäller", "Godkänd av"),
        rows=tuple((one.vad, one.kalla, one.galler, one.godkand) for one in forklaring.regelkallor),
        note=f"Version {forklaring.regelverk_version}, prövad {forklaring.dag}.",
    )
