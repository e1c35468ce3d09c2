"""Rules 11–12: whether the registers answer, and whether they may be asked."""

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.register.registersvar import OBEHORIG, OK, Formanssvar, Myndighetssvar, Register
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import orimligt_i_register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar


def ej_anslutet(lage: Lage, register: Register) -> list[str]:
    """A finding when a register is not connected and nothing is accepted instead."""
    if register in lage.regelverk.anslutna:
        return []
    connections = lage.regelverk.anslutningar
    if connections.accepts(connections.till(register), lage.today):
        return []
    return [f"{register.namn} kan inte kontrolleras av roboten."]


def register_svarar_inte(lage: Lage) -> Svar:
    """Rule 11: a register is in error, unavailable or of unknown status. Never the same as no income.

    What a register cannot rightly hold goes to a person at once: asking again gives the same.
    """
    broken = orimligt_i_register(lage.myndigheterna, lage.tid, lage.kallas, len(lage.ansokan.barn))
    # Of somebody else nothing may be counted, nor told to the applicant (26 kap. 1 § OSL).
    strangers = {one.register: one for one in lage.underlag.registersvar if one.person not in lage.personer}
    broken += [f"{register.namn} har svarat om någon som inte är med i ansökan." for register in strangers]
    findings, times = list(broken), []
    for register, person, answer in lage.besked:
        if answer is None:
            findings.append(f"{register.namn} har inte svarat för {lage.kallas(person)}.")
            continue
        times.append(answer.lasning.tidpunkt)
        if answer.status is Svarsstatus.EJ_KONTROLLERBART or answer.kallstatus != OK or answer.avvikelser:
            findings += _silence(answer, lage.kallas(person))
    action = Utfall.OVERLAMNA if broken else Utfall.VANTA
    return svar(action, findings, f"{len(lage.besked)} frågor", tidpunkt=min(times, default=None))


def _silence(answer: Myndighetssvar, who: str) -> list[str]:
    if not answer.ar_kontrollerbart or answer.kallstatus != OK:
        return [] if OBEHORIG in answer.avvikelser else [f"{answer.register.namn} har inte svarat för {who}."]
    return [f"{answer.register.namn} svarar med fel för {who}."] if set(answer.avvikelser) - {OBEHORIG} else []


def obehoriga(underlag: Underlag) -> list[Formanssvar]:
    """The answers in which an insurer says that the municipality may not ask."""
    insurers: tuple[Formanssvar, ...] = (*underlag.fk, *underlag.pm)
    return [one for one in insurers if OBEHORIG in one.avvikelser]


def obehorig(lage: Lage) -> Svar:
    """Rule 12: the agency says that the municipality may not ask. Handed over, and IT gets an alarm (`larm.py`)."""
    findings = [
        f"{one.register.namn} svarar att kommunen inte får fråga om {lage.kallas(one.person)}. IT larmas."
        for one in obehoriga(lage.underlag)
    ]
    if not findings and lage.formaner is None:
        return vantar(Register.FK.namn)
    shown = OBEHORIG if findings else "behörighet finns"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.FK, Register.PM))


REGISTREN = (
    Regel(11, register_svarar_inte),
    Regel(12, obehorig),
)
