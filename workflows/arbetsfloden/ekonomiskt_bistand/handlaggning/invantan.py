"""An application that comes before the incomes that count for it are known waits for the day on which they are."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import i_omgang, las_om
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import RegistreraBeslut
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.engine.run import Run

_SVERIGE = ZoneInfo("Europe/Stockholm")
INKOMSTERNA = "inkomsterna kända"


def invanta_inkomster(run: Run, lage: Lage, omgang: int) -> tuple[Lage, int]:
    """Wait for the day and read everything anew then, in the next round.

    At once where nothing is to be awaited: the incomes are known, a person takes the application anyhow, or its
    decision may have been sent. Raises Suspended meanwhile.
    """
    if lage.inkomstmanaden_kand or run.has_begun(RegistreraBeslut.name):
        return lage, omgang
    if any(one.hindrar for one in granska_arende(lage).regler):
        return lage, omgang
    known = lage.inkomstmanad.first.replace(day=lage.kommun.inkomster_kanda_fran_dag)
    why = f"Inkomsterna för {lage.inkomstmanad.name} är kända tidigast {known}. Ansökan prövas då."
    run.wait_until(INKOMSTERNA, lambda: _morning_of(known, run), why)
    dag = run.step(i_omgang("läs om", omgang + 1), lambda: run.today, date)
    underlag = las_om(run, lage.ansokan, lage.regelverk, dag, omgang + 1)
    return Lage(lage.ansokan, underlag, lage.regelverk, dag), omgang + 1


def _morning_of(day: date, run: Run) -> datetime:
    # Counted from the robot's own day: among practice systems it is another than the clock's.
    now = run.now().astimezone(_SVERIGE)
    return datetime.combine(now.date() + (day - run.today), time(), _SVERIGE)
