"""Rule 12's alarm: IT is told beside the case, once an agency for as long as the alarm is open."""

from datetime import UTC, datetime
from typing import Any

import pytest
from liten_varld import EXEMPEL, REFERENS, TOVA, LitenVarld

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import OBEHORIG
from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Original


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    return LitenVarld(regelverk, monkeypatch)


def avvisas(varld: LitenVarld, avvikelse: str = OBEHORIG) -> None:
    (answer,) = varld.underlag.fk
    refused = answer.model_copy(
        update={"status": Svarsstatus.EJ_KONTROLLERBART, "avvikelser": (avvikelse,), "utbetalningar": ()}
    )
    varld.underlag = varld.underlag.model_copy(update={"fk": (refused,)})


def larm() -> list[Handoff]:
    return list(Handoff.objects.filter(role="it").order_by("pk"))


def ett_till(varld: LitenVarld, referens: str) -> CaseStatus:
    """Another household's application, which meets the same register."""
    content = (EXEMPEL / "ansokan.xml").read_bytes()
    varld.bench.originals[referens] = Original.of(content.replace(REFERENS.encode(), referens.encode()))
    return varld.bench.work_on(varld.bench.receive(referens, referens))


def test_it_gets_one_alarm_however_many_cases_are_refused_and_a_new_one_once_it_is_closed(varld: LitenVarld) -> None:
    avvisas(varld)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    (first,) = larm()
    assert (first.about, first.case_id) == ("Behörighet hos Försäkringskassan", varld.case.handle)
    (told,) = varld.bench.entries(varld.case, "handoff.opened")[:1]
    assert "OBEHORIG" in str(told.payload["reasons"])

    assert ett_till(varld, "260103") is CaseStatus.HANDED_OVER
    assert larm() == [first]

    Handoffs(varld.bench.journal).take_over(first.pk, TOVA, datetime.now(UTC))
    assert ett_till(varld, "260104") is CaseStatus.HANDED_OVER
    assert [one.case.reference for one in larm()] == [REFERENS, "260104"]


def test_a_register_in_error_is_no_alarm(varld: LitenVarld) -> None:
    avvisas(varld, "INTERNT_FEL")
    varld.arbeta()
    assert larm() == []
