"""The alarm of rule 12: an agency says that the municipality may not ask.

It is the municipality's own connection that is at fault, not a household, so it goes to those who see to it, beside the
case. One alarm an agency is open at a time, however many cases meet the fault: a refused municipality is refused in
every case, and a hundred alarms tell no more than one. Once IT has closed it, the next refusal is a new alarm, which
tells that the fault is still there or has come back. A count by day or month would hide that, and repeat what is known.
"""

from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler.register import obehoriga
from medarbetare.engine.asides import is_open_apart
from medarbetare.engine.outcome import Aside
from medarbetare.engine.run import Run

_IT = "it"


def larma(run: Run, underlag: Underlag, step: str) -> None:
    """Hand the fault over to IT, apart from the case, for each agency that has refused and has no open alarm.

    Whether there is one is asked once, in `step`, so that a case that is begun again much later raises no old alarm.
    """
    refused = {one.register for one in obehoriga(underlag)}
    if not refused:
        return

    def unheard() -> tuple[Register, ...]:
        department = run.case.department
        return tuple(one for one in Register if one in refused and not is_open_apart(department, _IT, _about(one)))

    for register in run.step(step, unheard, tuple[Register, ...]):
        run.hand_over_apart(Aside(about=_about(register), reasons=(_reason(register),), role=_IT))


def _about(register: Register) -> str:
    return f"Behörighet hos {register.namn}"


def _reason(register: Register) -> str:
    return (
        f"{register.namn} svarar att kommunen inte får fråga (avvikelsen OBEHORIG). Se över kommunens behörighet, "
        "certifikat och anslutning (15 kap. 10 § SoL). Ansökningar där detta händer går till handläggare under tiden. "
        "Så länge den här uppgiften är öppen kommer ingen ny om samma myndighet. Avsluta den när felet är åtgärdat: "
        "finns felet kvar larmar roboten igen."
    )
