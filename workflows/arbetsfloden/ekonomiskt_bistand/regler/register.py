"""Rules 11–12: whether the registers answer, and whether they may be asked."""

from arbetsfloden.ekonomiskt_bistand.registersvar import OBEHORIG, OK, Formanssvar, Myndighetssvar, Register
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar


def ej_anslutet(lage: Lage, register: Register) -> list[str]:
    """A finding when a register is not connected and nothing is accepted instead."""
    connections = lage.regelverk.anslutningar
    one = connections.till(register)
    if one.ansluten or connections.accepts(one, lage.today):
        return []
    return [f"{register.namn} kan inte kontrolleras av roboten."]


def register_svarar_inte(lage: Lage) -> Svar:
    """Rule 11: a register is in error, unavailable or of unknown status. Never the same as no income."""
    questions = [(register, person) for person, asked in lage.fragor.items() for register in asked]
    findings, times = [], []
    for register, person in questions:
        answer = next((one for one in lage.underlag.fran(register) if one.person == person), None)
        if answer is not None:
            times.append(answer.lasning.tidpunkt)
        findings += _silence(register, answer, lage.kallas(person))
    return svar(Utfall.VANTA, findings, f"{len(questions)} frågor", tidpunkt=min(times, default=None))


def _silence(register: Register, answer: Myndighetssvar | None, who: str) -> list[str]:
    if answer is None or not answer.ar_kontrollerbart or answer.kallstatus != OK:
        if answer is not None and OBEHORIG in answer.avvikelser:
            return []
        return [f"{register.namn} har inte svarat för {who}."]
    return [f"{register.namn} svarar med fel för {who}."] if set(answer.avvikelser) - {OBEHORIG} else []


def obehorig(lage: Lage) -> Svar:
    """Rule 12: the agency says that the municipality may not ask. Handed over, and IT is told."""
    insurers: tuple[Formanssvar, ...] = (*lage.underlag.fk, *lage.underlag.pm)
    findings = [
        f"{one.register.namn} svarar att kommunen inte får fråga om {lage.kallas(one.person)}. Larma IT."
        for one in insurers
        if OBEHORIG in one.avvikelser
    ]
    if not findings and lage.formaner is None:
        return vantar(Register.FK.namn)
    shown = OBEHORIG if findings else "behörighet finns"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.FK, Register.PM))


REGISTREN = (
    Regel(11, register_svarar_inte),
    Regel(12, obehorig),
)
