"""The applicant in the middle of a case: asked for what the application lacks, heard before something adverse.

Two who apply together are both parties. The e-service has no box of the co-applicant's own: the message is worded for
both, and the case worker tells the co-applicant and says when.

Both are a message in the e-service, a time to answer in, and a look now and then; the robot is free meanwhile. A person
has read a message by which somebody is heard before it is sent.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag
from arbetsfloden.ekonomiskt_bistand.beslut.kommunicering import saknas_i
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import granska_referens, las_ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.handlaggning.anteckningar import Anteckning, anteckna
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import i_omgang, las_om
from arbetsfloden.ekonomiskt_bistand.handlaggning.yttrande import Delgivning, Yttrande
from arbetsfloden.ekonomiskt_bistand.portaler import e_tjanst
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Plats
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import MedsokandenUnderrattas
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regelverk.texter import Mall
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.engine import Approval, Aside, Mode, NaturalKey, Original, Outcome, Past, Unless, handed_over
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError

KOMMUNICERING = "kommunicering"
_INCOMPLETE = frozenset({6, 7})
"""Rules that the applicant's own completion settles."""
_LOOK_FIRST = "Någon har redan skrivit till sökanden i e-tjänsten: läs det först."
UNDERRATTELSE, _UNDERRATTAD = "underrättelse", "underrättad"
_SEND_BY_HAND = (
    "Beslutet för {} är registrerat, men ansökan kom inte från en e-tjänst med meddelanden. Skicka beslutet till "
    "sökanden och anteckna dagen i journalen: tiden för att överklaga räknas från det att sökanden får del av det."
)
_TELL_THE_OTHER = (
    "Beslutet för {} är registrerat, och medsökanden är också part men nås inte av roboten. Låt medsökanden få del av "
    "hela beslutet och anteckna dagen i journalen: tiden för att överklaga räknas för var och en."
)
_HEAR_THE_OTHER = (
    "Medsökanden är också part: låt även medsökanden få del av uppgifterna och kunna svara (25 § FL). E-tjänsten når "
    "bara sökanden, så gör det innan du godkänner och ange dagen."
)
_SENDS = (
    "Roboten skickar då meddelandet till sökanden och väntar på {}. Inget beslutas ännu: en handläggare blir "
    "tillfrågad innan något beslutas."
)
_WAITS = "Roboten väntar då tills svarstiden är ute. Inget beslutas ännu: en handläggare blir tillfrågad innan dess."
_KOMPLETTERING, _PAMINNELSE = "komplettering", "påminnelse"
_DAY = timedelta(days=1)
_SVERIGE = ZoneInfo("Europe/Stockholm")


_OBEHOVLIGT = "obehovligt"
_TidigareDag = Annotated[date | None, Past(), Unless(_OBEHOVLIGT)]


class Hors(Approval):
    """A person lets somebody be heard, or tells why that is obviously not needed (25 § FL)."""

    obehovligt: str = Field(
        "",
        title="Är det uppenbart obehövligt att höra sökanden (25 § FL)? Skriv varför: då skickas inget, och du får "
        "frågan om beslutet direkt",
    )


class Kommunicering(Hors):
    """A person lets the message to the applicant be sent, with a few words of their own if they like."""

    tillagg: str = Field("", title="Lägg till i meddelandet")


class DelgivenForHand(Hors):
    """A person has told the applicant, where the application came from an inbox without messages."""

    delgiven: _TidigareDag = Field(title="Dag då sökanden fick del av uppgifterna")


class MedsokandeDelgiven(Approval):
    """A person tells the co-applicant too."""

    medsokande_delgiven: _TidigareDag = Field(title="Dag då medsökanden fick del av uppgifterna")

    @model_validator(mode="before")
    @classmethod
    def _answered_before_it_was_asked(cls, answer: Any) -> Any:
        """A case that waited for a person when this was not yet asked goes on with what was answered."""
        return {"medsokande_delgiven": None, **answer} if isinstance(answer, dict) else answer


class KommuniceringTillBada(MedsokandeDelgiven, Kommunicering):
    """A person lets the message be sent, and has told the co-applicant the same."""


class DelgivnaForHand(MedsokandeDelgiven, DelgivenForHand):
    """A person has told both."""


def hor_sokanden(
    run: Run, ansokan: Ansokan, forslag: Forslag, regelverk: Regelverk, plats: Plats, omgang: int, overlamning: Outcome
) -> tuple[Delgivning, Yttrande | None]:
    """Let the applicants know what the decision would rest on and wait for an answer from either (25 § FL).

    Gives what was told and what was answered, None when the time went by without an answer, and at once where a person
    has found that nobody need be heard. Raises Suspended meanwhile.
    """
    step = i_omgang(KOMMUNICERING, omgang)
    if run.inbox_portal is None:
        return _heard_by_hand(run, ansokan, forslag, regelverk, omgang, overlamning)
    last = _last_day(run.today, regelverk)
    preview = formulering.kommunicering(regelverk.texter, ansokan, forslag.att_kommunicera, last)
    both = ansokan.medsokande is not None
    question = overlamning.model_copy(
        update={
            "reasons": (
                *_written_before(run),
                *overlamning.reasons,
                *((_HEAR_THE_OTHER,) if both else ()),
                f"Om du godkänner skickas det här till sökanden: {preview}",
            ),
            "follows": _SENDS.format("svar"),
        }
    )
    approved = run.handoff(step, question, KommuniceringTillBada if both else Kommunicering)
    if approved.obehovligt:
        return _not_heard(run, forslag, approved, omgang), None
    told = run.step(
        i_omgang("delgivning", omgang), lambda: _told(run, ansokan, forslag, regelverk, approved), Delgivning
    )
    before, run.mode = run.mode, Mode.AUTOMATISK
    run.write(_message(run, ansokan, step, told.text, begar_komplettering=False))
    note = i_omgang("anteckning om kommunicering", omgang)
    anteckna(run, plats, note, lambda: _note_of_what_was_told(ansokan, told, regelverk, omgang))
    run.mode = before
    waited = i_omgang("yttrande", omgang)
    answer = run.wait_for(
        waited,
        lambda: _answer(run, ansokan, told.text),
        Yttrande,
        every=_DAY,
        longest=timedelta(days=regelverk.kommun.yttrande_dagar) + _DAY,
        why=f"Sökanden får yttra sig till och med {told.sista_dag}.",
        may_end=True,
    )
    return told, answer or _by_word_of_mouth(run, waited)


def _not_heard(run: Run, forslag: Forslag, approved: Hors, omgang: int) -> Delgivning:
    """A person has found that it is obviously not needed to hear the applicant, and answers for it."""

    def noted() -> Delgivning:
        day, why = run.today, approved.obehovligt
        facts = forslag.att_kommunicera
        return Delgivning(uppgifter=facts, text="", dag=day, sista_dag=day, av=approved.by, obehovligt=why)

    return run.step(i_omgang("delgivning", omgang), noted, Delgivning)


def underratta(run: Run, ansokan: Ansokan, regelverk: Regelverk, beslut: str, dag: date, *, hord: bool) -> str:
    """Let the applicants know the decision (33 § FL): a message in the e-service, else an errand for a person.

    `beslut` is the whole text of the decision, with how to appeal. The co-applicant is told by a person where they were
    `hord`, since the decision goes against them or rests on what they had not stated, where no message is sent, and
    always where the municipality wants it so. Gives the sentence for the journal, with the day when the message was
    sent.
    """
    always = regelverk.kommun.medsokanden_underrattas is MedsokandenUnderrattas.ALLTID
    if ansokan.medsokande is not None and (hord or always or run.inbox_portal is None):
        reason = _TELL_THE_OTHER.format(ansokan.manad.name)
        run.hand_over_apart(Aside(about="Underrätta medsökanden", reasons=(reason,)))
    if run.inbox_portal is None:
        run.hand_over_apart(Aside(about="Underrätta sökanden", reasons=(_SEND_BY_HAND.format(ansokan.manad.name),)))
        return run.step(_UNDERRATTAD, lambda: formulering.underrattad(regelverk.texter, ansokan.manad, None), str)
    text = formulering.underrattelse(regelverk.texter, ansokan.manad, dag, beslut)
    run.write(_message(run, ansokan, UNDERRATTELSE, text, begar_komplettering=False))
    return run.step(_UNDERRATTAD, lambda: formulering.underrattad(regelverk.texter, ansokan.manad, run.today), str)


_WAITS_FOR_COMPLETION = ("svar på komplettering", "svar på påminnelse")
_SAID = "Sökanden har svarat muntligt på begäran om komplettering, antecknat av {}: «{}»"
_ANSWERED_IN_WORDS = (
    "Sökanden har svarat på begäran om komplettering i e-tjänsten, och ansökan är fortfarande inte komplett. Läs "
    "svaret där: det kan gälla mer tid eller något som inte kan vänta."
)


def kompletterad(run: Run, lage: Lage, plats: Plats) -> tuple[Lage, int, tuple[str, ...]]:
    """Ask for what the application lacks, and go on with it as it is when it has come; in which round of facts.

    Days have passed then, so everything that was read is read anew, in a second round: somebody may have been protected
    since, or the case closed. Last, what the applicant has answered by word of mouth instead, a sentence for whoever
    takes the application as it is. Raises Suspended while the applicant has time to answer.
    """
    ansokan, omgang = _komplettera(run, lage, plats), 2
    if ansokan == lage.ansokan:
        said = (_by_word_of_mouth(run, step) for step in _WAITS_FOR_COMPLETION)
        return lage, 1, tuple(_SAID.format(one.muntligt_till, one.svar[0]) for one in said if one is not None)
    dag = run.step(i_omgang("läs om", omgang), lambda: run.today, date)
    return Lage(ansokan, las_om(run, ansokan, lage.regelverk, dag, omgang), lage.regelverk, dag), omgang, ()


def _komplettera(run: Run, lage: Lage, plats: Plats) -> Ansokan:
    """Ask for what the application lacks, remind, and read it again when it has come: the application as it is then.

    Only where nothing else of the beginning stands in the way. A person approves the message where the robot may not
    act by itself. Each message is noted in the journal of the case. Raises Suspended while the applicant has time to
    answer.
    """
    ansokan, texter, terms = lage.ansokan, lage.regelverk.texter, lage.kommun.komplettering
    lacks = saknas_i(ansokan)
    judged = granska_arende(lage).regler
    if run.inbox_portal is None or not lacks or {one.nummer for one in judged if one.hindrar} - _INCOMPLETE:
        return ansokan
    written, approved = _written_before(run), None
    if run.mode is not Mode.AUTOMATISK or written:
        question = "Ansökan är inte komplett. Godkänn, så begär roboten resten."
        asked_for = handed_over(question, (*written, *lacks))
        follows = _SENDS.format("kompletteringen")
        approved = run.approval(_KOMPLETTERING, asked_for.model_copy(update={"follows": follows}))
    dag = run.step("begär komplettering", lambda: run.today, date)
    last, by = dag + timedelta(days=terms.svarstid_dagar), approved.by if approved else ""

    def send(name: str, mall: Mall, note: Callable[[], Anteckning]) -> None:
        text = formulering.komplettering(texter, mall, ansokan.manad, lacks, last)
        run.write(_message(run, ansokan, name, text, begar_komplettering=True))
        anteckna(run, plats, f"anteckning om {name}", note)

    def of_what_was_asked() -> Anteckning:
        return Anteckning.av(dag, formulering.anteckning_om_komplettering(texter, ansokan, lacks, dag, last, by))

    def of_the_reminder() -> Anteckning:
        return Anteckning.av(run.today, formulering.anteckning_om_paminnelse(texter, ansokan, lacks, last))

    asked = formulering.komplettering(texter, texter.komplettering, ansokan.manad, lacks, last)
    send(_KOMPLETTERING, texter.komplettering, of_what_was_asked)
    first = timedelta(days=terms.paminnelse_dagar)
    complete = _await_complete(run, ansokan, asked, _WAITS_FOR_COMPLETION[0], first, last)
    if run.ended(_WAITS_FOR_COMPLETION[0]):
        return ansokan
    if complete is None:
        send(_PAMINNELSE, texter.paminnelse, of_the_reminder)
        left = timedelta(terms.svarstid_dagar + 1) - first
        complete = _await_complete(run, ansokan, asked, _WAITS_FOR_COMPLETION[1], left, last)
    if complete is None:
        return ansokan
    return las_ansokan(run.step(i_omgang("hämta ansökan", 2), lambda: complete, Original))


def _await_complete(
    run: Run, ansokan: Ansokan, asked: str, step: str, longest: timedelta, last: date
) -> Original | None:
    return run.wait_for(
        step,
        lambda: _complete(run, ansokan, asked),
        Original,
        every=_DAY,
        longest=longest,
        why=f"Ansökan ska kompletteras senast {last}.",
        may_end=True,
    )


def _complete(run: Run, before: Ansokan, asked: str) -> Original | None:
    """The application as it lies in its inbox now, when it lacks nothing any more.

    Raises BusinessError when something else in it has changed: what was read for the old one does not hold then; and
    when the applicant has answered the message `asked` in words, which only a person can read.
    """
    original = run.original()
    now = las_ansokan(original)
    granska_referens(now, run.reference)
    if saknas_i(now):
        if _answer(run, before, asked) is not None:
            raise BusinessError(_ANSWERED_IN_WORDS)
        return None
    signed = before.medsokande and before.medsokande.model_copy(update={"har_undertecknat": True})
    if now != before.model_copy(update={"intygad": True, "medsokande": signed}):
        raise BusinessError("Ansökan har ändrats på fler sätt än den skulle kompletteras. En handläggare läser den.")
    return original


def _heard_by_hand(
    run: Run, ansokan: Ansokan, forslag: Forslag, regelverk: Regelverk, omgang: int, overlamning: Outcome
) -> tuple[Delgivning, Yttrande | None]:
    facts, days = " ".join(forslag.att_kommunicera), regelverk.kommun.yttrande_dagar
    both = ansokan.medsokande is not None
    by_hand = (
        f"Låt {'sökanden och medsökanden' if both else 'sökanden'} få del av detta, och säg att svar kan lämnas "
        f"skriftligt eller muntligt inom {days} dagar. Anteckna det i journalen och godkänn sedan: {facts}"
    )
    reasons = (*overlamning.reasons, by_hand)
    question = overlamning.model_copy(update={"reasons": reasons, "follows": _WAITS})
    done = run.handoff(i_omgang(KOMMUNICERING, omgang), question, DelgivnaForHand if both else DelgivenForHand)
    other = _day_of_the_other(done)
    if done.obehovligt or done.delgiven is None:
        return _not_heard(run, forslag, done, omgang), None
    last = _last_day(max(done.delgiven, other or done.delgiven), regelverk)
    waited = i_omgang("yttrande", omgang)
    run.wait_until(
        waited,
        lambda: datetime.combine(last + _DAY, time(), _SVERIGE),
        f"Sökanden får yttra sig till och med {last}.",
        may_end=True,
    )
    told = Delgivning(
        uppgifter=forslag.att_kommunicera,
        text="",
        dag=done.delgiven,
        sista_dag=last,
        av=done.by,
        medsokande=other,
    )
    return told, _by_word_of_mouth(run, waited)


def _day_of_the_other(answer: Approval) -> date | None:
    return answer.medsokande_delgiven if isinstance(answer, MedsokandeDelgiven) else None


def _by_word_of_mouth(run: Run, waited: str) -> Yttrande | None:
    """What a case worker noted who was given the answer and ended the wait for it."""
    told = run.ended(waited)
    return Yttrande(svar=(told.note,), muntligt_till=told.by) if told is not None else None


def _written_before(run: Run) -> tuple[str, ...]:
    """A sentence for whoever approves a message, when somebody has written to the applicant before the robot did."""

    def look() -> bool:
        assert run.inbox_portal is not None
        messages = e_tjanst.las_meddelanden(run.portal(run.inbox_portal), run.reference)
        return any(one.fran == "oss" for one in messages)

    return (_LOOK_FIRST,) if run.step("läs meddelanden", look, bool) else ()


def _told(run: Run, ansokan: Ansokan, forslag: Forslag, regelverk: Regelverk, approved: Kommunicering) -> Delgivning:
    told = (*forslag.att_kommunicera, *((approved.tillagg,) if approved.tillagg else ()))
    other, last = _day_of_the_other(approved), _last_day(run.today, regelverk)
    text = formulering.kommunicering(regelverk.texter, ansokan, told, last)
    return Delgivning(
        uppgifter=forslag.att_kommunicera,
        tillagg=approved.tillagg,
        text=text,
        dag=run.today,
        sista_dag=last,
        av=approved.by,
        medsokande=other,
    )


def _note_of_what_was_told(ansokan: Ansokan, told: Delgivning, regelverk: Regelverk, omgang: int) -> Anteckning:
    facts = tuple(filter(None, (*told.uppgifter, told.tillagg)))
    note = formulering.anteckning_om_kommunicering(
        regelverk.texter, ansokan, facts, told.sista_dag, told.av, told.medsokande
    )
    return Anteckning.av(told.dag, note, omgang)


def _last_day(day: date, regelverk: Regelverk) -> date:
    return day + timedelta(days=regelverk.kommun.yttrande_dagar)


def _message(
    run: Run, ansokan: Ansokan, name: str, text: str, *, begar_komplettering: bool
) -> e_tjanst.SkickaMeddelande:
    assert run.inbox_portal is not None
    key = NaturalKey(ansokan.sokande.personnummer.digits, str(ansokan.manad), f"{name} {run.reference}")
    return e_tjanst.SkickaMeddelande(
        run.portal(run.inbox_portal),
        run.reference,
        e_tjanst.Meddelandepost(text=text),
        begar_komplettering=begar_komplettering,
        key=key,
        name=name,
        needs=Mode.FORBERED if begar_komplettering else Mode.AUTOMATISK,
    )


def _answer(run: Run, ansokan: Ansokan, told: str) -> Yttrande | None:
    """What the applicant has written since the message was sent."""
    assert run.inbox_portal is not None
    messages = e_tjanst.las_meddelanden(run.portal(run.inbox_portal), run.reference)
    sent = [number for number, one in enumerate(messages) if one.fran == "oss" and one.text == folded(told)]
    since = messages[sent[-1] + 1 :] if sent else messages
    answers = tuple(one.text for one in since if one.fran == "sokanden")
    return Yttrande(svar=answers) if answers else None
