"""Two who apply together: both are parties, heard and told the decision (25 and 33 §§ FL).

The e-service has one box, the applicant's; the co-applicant is told by the case worker, who says when.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from liten_varld import LitenVarld

from arbetsfloden.ekonomiskt_bistand.handlaggning import dialog
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import MedsokandenUnderrattas
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.status import CaseStatus
from medarbetare.errors import BusinessError

DAY = timedelta(days=1)
FOR_BOTH = "Ni är två som har ansökt"
TELL_THE_OTHER = "Underrätta medsökanden"


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    world = LitenVarld(regelverk, monkeypatch)
    world.i_e_tjansten()
    world.med_medsokande()
    return world


def medsokanden_fick_mer(varld: LitenVarld, netto: int = 3000) -> None:
    """Försäkringskassan has paid the co-applicant more than the application says."""
    first, answer = varld.underlag.fk
    (payment,) = answer.utbetalningar
    paid = payment.model_copy(update={"netto": Decimal(netto), "brutto": Decimal(netto)})
    fk = (first, answer.model_copy(update={"utbetalningar": (paid,)}))
    varld.underlag = varld.underlag.model_copy(update={"fk": fk})


def vid_sidan(varld: LitenVarld) -> list[str]:
    opened = varld.bench.entries(varld.case, "handoff.opened")
    return [one.payload["about"] for one in opened if one.payload.get("about")]


def test_both_are_heard_and_both_are_told_the_decision(varld: LitenVarld) -> None:
    medsokanden_fick_mer(varld)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    *_, the_other, preview = varld.utfall["reasons"]
    assert the_other.startswith("Medsökanden är också part: låt även medsökanden få del")
    assert "Medsökanden har fått aktivitetsstöd 3 000 kr" in preview
    with pytest.raises(BusinessError, match="«Dag då medsökanden fick del av uppgifterna» måste besvaras"):
        varld.godkann()
    varld.godkann(medsokande_delgiven="2026-12-01")
    assert varld.arbeta() is CaseStatus.WAITING
    ((_, told),) = varld.e_tjanst.meddelanden
    for part in (
        FOR_BOTH,
        "Var och en av er har rätt att få veta det här och att svara",
        "senast den 15 december 2026",
    ):
        assert part in told
    assert not any(name in told for name in ("Pia", "Pär", "Testsson"))
    note = varld.system.rader["journal"][0]["text"]
    assert "Medsökanden fick del av dem den 1 december 2026, enligt Tova Testsson. Svar senast" in note

    varld.e_tjanst.svara("Det stämmer, säger vi båda.")
    varld.bench.let_pass(DAY)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    heard, time_left, *_ = varld.utfall["reasons"]
    assert "«Det stämmer, säger vi båda.» Medsökanden har fått del av dem 2026-12-01, enligt Tova Testsson." in heard
    assert time_left.endswith("vänta om någon av dem kan komma med mer.")
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    (beslut,) = varld.system.rader["beslut"]
    assert FOR_BOTH in beslut["motivering"]
    assert "Du fick del av uppgifterna den 1 december 2026 och medsökanden den 1 december 2026." in beslut["motivering"]
    assert vid_sidan(varld) == [TELL_THE_OTHER]


def test_a_grant_that_nobody_had_to_be_heard_on_is_worded_for_both_and_asks_no_person(varld: LitenVarld) -> None:
    assert varld.arbeta() is CaseStatus.DECIDED
    ((_, sent),) = varld.e_tjanst.meddelanden
    assert FOR_BOTH in sent
    assert vid_sidan(varld) == []


def test_a_municipality_may_have_the_co_applicant_told_every_decision(varld: LitenVarld) -> None:
    chosen = {"medsokanden_underrattas": MedsokandenUnderrattas.ALLTID}
    varld.regelverk = replace(varld.regelverk, kommun=varld.regelverk.kommun.model_copy(update=chosen))
    assert varld.arbeta() is CaseStatus.DECIDED
    assert vid_sidan(varld) == [TELL_THE_OTHER]


def test_a_day_that_has_not_been_is_no_day_when_somebody_was_told(varld: LitenVarld) -> None:
    medsokanden_fick_mer(varld)
    varld.arbeta()
    with pytest.raises(BusinessError, match="Dag då medsökanden fick del av uppgifterna»: dagen har inte varit än"):
        varld.godkann(medsokande_delgiven="2026-12-02")
    assert varld.e_tjanst.meddelanden == []


def test_who_need_obviously_not_be_heard_is_not_and_the_reason_is_kept(varld: LitenVarld) -> None:
    medsokanden_fick_mer(varld)
    varld.arbeta()
    assert "Inget beslutas ännu" in varld.utfall["follows"]
    with pytest.raises(BusinessError, match="medsökanden fick del"):
        varld.godkann()
    varld.godkann(obehovligt="Båda har ringt och godtar uppgiften.")

    assert varld.arbeta() is CaseStatus.HANDED_OVER
    (why, *_), asked = varld.utfall["reasons"], varld.utfall["waits_at"]
    told = "Det är uppenbart obehövligt (25 § FL) enligt Tova Testsson: «Båda har ringt och godtar uppgiften.»"
    assert (why, asked) == (f"Sökanden har inte hörts. {told}", "beslut, omgång 2")
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    assert told in varld.system.rader["journal"][0]["text"]
    assert "fick del av uppgifterna" not in varld.system.rader["beslut"][0]["motivering"]
    assert vid_sidan(varld) == [TELL_THE_OTHER]
    assert len(varld.e_tjanst.meddelanden) == 1


@pytest.mark.parametrize("stops_at", ["", "kommunicering"])
def test_a_case_that_was_heard_before_the_co_applicant_was_asked_about_goes_on(
    stops_at: str, varld: LitenVarld, monkeypatch: pytest.MonkeyPatch
) -> None:
    medsokanden_fick_mer(varld)
    with monkeypatch.context() as before:
        before.setattr(dialog, "KommuniceringTillBada", dialog.Kommunicering)
        varld.arbeta()
        varld.godkann(tillagg="Ring gärna.")
        if stops_at:
            varld.stannar_vid(stops_at, "submit answered")
    assert varld.arbeta() is CaseStatus.WAITING
    ((_, told),) = varld.e_tjanst.meddelanden
    assert "Ring gärna." in told
    assert "Medsökanden fick del" not in varld.system.rader["journal"][0]["text"]
    varld.bench.let_pass(15 * DAY)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert "Det framgår inte om medsökanden har fått del av dem" in varld.utfall["reasons"][0]
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    assert vid_sidan(varld) == [TELL_THE_OTHER]


def test_what_was_told_before_there_was_a_day_for_the_co_applicant_can_still_be_read() -> None:
    old = {"uppgifter": ["En."], "text": "En.", "dag": "2026-12-01", "sista_dag": "2026-12-15", "av": "Tova Testsson"}
    assert dialog.Delgivning.model_validate(old).medsokande is None


@pytest.mark.parametrize(
    ("stops_at", "point"), [(dialog.UNDERRATTELSE, "submit answered"), (dialog.UNDERRATTELSE, "intended")]
)
def test_a_robot_that_stops_by_the_message_asks_the_person_once(stops_at: str, point: str, varld: LitenVarld) -> None:
    medsokanden_fick_mer(varld)
    varld.arbeta()
    varld.godkann(medsokande_delgiven="2026-11-30")
    varld.arbeta()
    varld.bench.let_pass(15 * DAY)
    varld.arbeta()
    varld.godkann()
    varld.stannar_vid(stops_at, point)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert vid_sidan(varld) == [TELL_THE_OTHER]
    assert len(varld.e_tjanst.meddelanden) == 2


def test_where_the_inbox_has_no_messages_a_person_tells_both(varld: LitenVarld) -> None:
    varld.bench.inbox_portal = None
    medsokanden_fick_mer(varld)
    varld.arbeta()
    assert "Låt sökanden och medsökanden få del av detta" in varld.utfall["reasons"][-1]
    with pytest.raises(BusinessError, match="medsökanden fick del"):
        varld.godkann(delgiven="2026-11-30")
    with pytest.raises(BusinessError, match="sökanden fick del av uppgifterna»: dagen har inte varit än"):
        varld.godkann(delgiven="2026-12-02", medsokande_delgiven="2026-12-01")
    varld.bench.let_pass(3 * DAY)
    varld.godkann(delgiven="2026-11-30", medsokande_delgiven="2026-12-04")
    assert varld.arbeta() is CaseStatus.WAITING
    # The time to answer in begins when both know.
    assert "till och med 2026-12-18" in varld.utfall["summary"]
    varld.bench.let_pass(27 * DAY)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert "Medsökanden har fått del av dem 2026-12-04, enligt Tova Testsson." in varld.utfall["reasons"][0]
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    assert vid_sidan(varld) == [TELL_THE_OTHER, "Underrätta sökanden"]
    note = varld.system.rader["journal"][0]["text"]
    assert note.endswith("Handläggaren underrättar sökanden om beslutet och antecknar dagen.")
    assert "har skickats till sökanden" not in note
    motivering = varld.system.rader["beslut"][0]["motivering"]
    assert "medsökanden den 4 december 2026. Ni har båda kunnat svara till och med den 18 december 2026." in motivering


def test_one_who_applies_alone_is_asked_nothing_of_another(
    database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = LitenVarld(regelverk, monkeypatch)
    alone.i_e_tjansten()
    alone.med_inkomst(12000)
    alone.arbeta()
    assert "medsökande" not in str(alone.utfall["questions"]).lower()
    alone.godkann()
    assert alone.arbeta() is CaseStatus.WAITING
    assert FOR_BOTH not in alone.e_tjanst.meddelanden[0][1]
    assert date(2026, 12, 15).isoformat() in alone.utfall["summary"]
