"""Reads an application in the posting format of Viva (JSON with tagged answers). The format: README, "Format"."""

import base64
import binascii
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular import ansokan as form
from arbetsfloden.ekonomiskt_bistand.formular import falt
from arbetsfloden.ekonomiskt_bistand.formular.inkommet import Formular
from arbetsfloden.ekonomiskt_bistand.formular.viva_format import (
    ANNAN,
    BARN,
    BILAGA,
    ENSKILDA,
    ENSKILDAS_PLATS,
    INKOMST,
    KOSTNAD,
    MEDSOKANDES,
    MEDSOKANDES_FRIVILLIGA,
    NAMN,
    RADENS_PLATS,
    RADSLAG,
    Radslag,
)
from arbetsfloden.ekonomiskt_bistand.formular.viva_svar import Plats, Tal, las_json, las_svar
from medarbetare.errors import BusinessError

ValueT = TypeVar("ValueT")

_SVERIGE = ZoneInfo("Europe/Stockholm")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MOMENT = 4_102_444_800_000


def las_ansokan(content: bytes) -> form.Ansokan:
    """Read one application.

    Raises BusinessError with a Swedish reason: a first application, every answer that is missing or given twice, or the
    first that is not of its kind. The reason never quotes what the applicant wrote.
    """
    posting = las_json(content)
    _check_kind(posting)
    answers, again, tags = las_svar(posting, ENSKILDAS_PLATS, RADENS_PLATS)
    reader = _Reader(answers, has_partner="coApplicant" in tags)
    reader.check_whole(again)
    _check_pdf(posting)
    application = _application(reader)
    persons = [row.name("personalNumber") for row in reader.rows(INKOMST)]
    falt.granska_personer(application, lambda number: f"Svaret «{persons[number - 1]}»")
    return application


def sokande(content: bytes) -> Personnummer:
    """Whose application it is, of whatever kind it is. Raises BusinessError."""
    name = "sökandens personnummer"
    value = _anywhere(las_json(content), {"personInfo", "personalNumber", "applicant"})
    if value is None:
        raise BusinessError(f"Svaret «{name}» i ansökan saknas.")
    return _checked(name, value, _text(falt.person))


def annat_formular(content: bytes) -> Formular | None:
    """What a posting calls itself that is no re-application. Raises BusinessError."""
    posting = las_json(content)
    kind = posting["applicationType"]
    if type(kind) is not str or kind == "recurrent":
        return None
    try:
        return Formular((kind,), _day(_anywhere(posting, {"application", "submitted"})))
    except ValueError:
        return Formular((kind,), None)


def _anywhere(posting: dict[str, Any], wanted: Set[str]) -> Any:
    """The first answer that has all the tags, in a posting of whatever kind; None when there is none."""
    answers = posting.get("answers")
    for answer in answers if isinstance(answers, list) else ():
        field = answer.get("field") if isinstance(answer, dict) else None
        tags = field.get("tags") if isinstance(field, dict) else None
        if isinstance(tags, list) and wanted <= {tag for tag in tags if isinstance(tag, str)}:
            return answer.get("value")
    return None


@dataclass(frozen=True)
class _Row:
    """One row: its kind's tag, its group, and its number for people."""

    slag: Radslag
    kind: str
    group: int | None
    number: int
    answers: dict[Plats, Any]

    def place(self, part: str) -> Plats:
        return Plats(self.slag.tags(self.kind, part), self.group)

    def name(self, part: str) -> str:
        word = f" ({self.slag.kinds.get(self.kind, ANNAN).lower()})" if self.kind else ""
        parts = {**self.slag.required, **self.slag.optional, "type": "vilket slag"}
        return f"{self.slag.rad} {self.number}{word}: {parts[part]}"

    def answered(self, part: str) -> bool:
        return self.place(part) in self.answers

    def take(self, part: str, check: Callable[[Any], ValueT]) -> ValueT:
        return _checked(self.name(part), self.answers[self.place(part)], check)

    def missing(self) -> list[str]:
        required = (*(["type"] if self.kind == ANNAN else []), *self.slag.required)
        return [self.name(part) for part in required if not self.answered(part)]


class _Reader:
    """The answers by place."""

    def __init__(self, answers: dict[Plats, Any], *, has_partner: bool) -> None:
        self._answers = answers
        self.has_partner = has_partner

    def rows(self, slag: Radslag) -> list[_Row]:
        """Rows of one kind in the order in which the file first names them."""
        found = dict.fromkeys(
            (RADENS_PLATS[place.taggar][1], place.grupp)
            for place in self._answers
            if place.taggar in RADENS_PLATS and RADENS_PLATS[place.taggar][0] is slag
        )
        falt.granska_antal_rader(slag.antal, len(found))
        return [_Row(slag, kind, group, number, self._answers) for number, (kind, group) in enumerate(found, start=1)]

    def check_whole(self, again: list[int]) -> None:
        """Raises BusinessError that lists everything missing, and what is answered twice."""
        required = {**ENSKILDA, **(MEDSOKANDES if self.has_partner else {})}
        missing = [name for tags, name in required.items() if not self._has(tags)]
        missing += [name for slag in RADSLAG for row in self.rows(slag) for name in row.missing()]
        faults = []
        if missing:
            faults.append(f"{len(missing)} svar saknas: {'; '.join(missing)}.")
        if again:
            faults.append(f"Svar nummer {', '.join(map(str, again[:20]))} besvarar något som redan är besvarat.")
        if faults:
            raise BusinessError(f"Återansökan är inte fullständig. {' '.join(faults)}")

    def take(self, tags: str, check: Callable[[Any], ValueT]) -> ValueT:
        return _checked(NAMN[tags], self._answers[Plats(frozenset(tags.split()), None)], check)

    def optional(self, tags: str, check: Callable[[Any], str]) -> str:
        return self.take(tags, check) if self._has(tags) else ""

    def _has(self, tags: str) -> bool:
        return Plats(frozenset(tags.split()), None) in self._answers


def _application(reader: _Reader) -> form.Ansokan:
    yes = {tags.split()[1]: reader.take(tags, _yes) for tags in ENSKILDA if tags.startswith("declaration ")}
    return form.Ansokan(
        referens=reader.take("application reference", _text(falt.referens)),
        inkommen=reader.take("application submitted", _moment).replace(tzinfo=None),
        sokande=form.Sokande(
            fornamn=reader.take("personInfo firstName applicant", _text(falt.ifylld)),
            efternamn=reader.take("personInfo lastName applicant", _text(falt.ifylld)),
            personnummer=reader.take("personInfo personalNumber applicant", _text(falt.person)),
            epost=reader.optional("personInfo email applicant", _text(falt.rad)),
            telefon=reader.optional("personInfo phoneNumber applicant", _text(falt.rad)),
        ),
        medsokande=_partner(reader) if reader.has_partner else None,
        manad=reader.take("application month", _text(falt.manad)),
        barn=tuple(_child(row) for row in reader.rows(BARN)),
        hushallet_andrat=reader.take("household changed", _yes),
        bostad=form.Bostad(
            typ=reader.take("housing type", _text(falt.ifylld)),
            rum=reader.take("housing rooms", _number(falt.antal)),
            personer=reader.take("housing persons", _number(falt.antal)),
            delad=reader.take("housing shared", _yes),
        ),
        kostnader=tuple(_cost(row) for row in reader.rows(KOSTNAD)),
        inkomster=tuple(_income(row) for row in reader.rows(INKOMST)),
        tillgangar=yes["assets"],
        fordon=yes["vehicle"],
        studier=yes["studies"],
        vantar_pa_ersattning=yes["pendingBenefits"],
        akassa=yes["unemploymentFund"],
        vistelse_utanfor=yes["stayElsewhere"],
        utbetalning=form.Utbetalningssatt(
            metod=reader.take("payment method", _text(falt.ifylld)),
            clearing=reader.take("payment clearing", _text(falt.ifylld)),
            konto=reader.take("payment account", _text(falt.ifylld)),
            andrat=reader.take("payment changed", _yes),
        ),
        meddelande=reader.optional("message text", _text(falt.meddelande)),
        bilagor=tuple(
            form.Bilaga(filnamn=row.take("name", _text(falt.ifylld)), fil_id=row.take("id", _text(falt.ifylld)))
            for row in reader.rows(BILAGA)
        ),
        intygad=reader.take("attestation truthful", _yes),
    )


def _partner(reader: _Reader) -> form.Medsokande:
    for tags in MEDSOKANDES_FRIVILLIGA:
        reader.optional(tags, _text(falt.rad))
    return form.Medsokande(
        fornamn=reader.take("personInfo firstName coApplicant", _text(falt.ifylld)),
        efternamn=reader.take("personInfo lastName coApplicant", _text(falt.ifylld)),
        personnummer=reader.take("personInfo personalNumber coApplicant", _text(falt.person)),
        har_undertecknat=reader.take("personInfo signed coApplicant", _yes),
    )


def _child(row: _Row) -> form.Barn:
    residence = row.take("residence", _text(falt.boende))
    if residence is form.Boende.UMGANGE and not row.answered("days"):
        _fault(row.name("days"), "saknas")
    if residence is not form.Boende.UMGANGE and row.answered("days"):
        _fault(row.name("days"), falt.DAGAR_UTAN_UMGANGE)
    return form.Barn(
        fornamn=row.take("firstName", _text(falt.ifylld)),
        efternamn=row.take("lastName", _text(falt.ifylld)),
        personnummer=row.take("personalNumber", _text(falt.person)),
        boende=residence,
        dagar=row.take("days", _number(falt.dagar)) if row.answered("days") else None,
    )


def _kind(row: _Row) -> str:
    return row.take("type", _text(falt.ifylld)) if row.kind == ANNAN else row.slag.kinds[row.kind]


def _cost(row: _Row) -> form.Kostnad:
    return form.Kostnad(
        slag=_kind(row),
        belopp=row.take("amount", _number(falt.belopp)),
        mottagare=(row.take("payee", _text(falt.rad)) if row.answered("payee") else "") or None,
    )


def _income(row: _Row) -> form.Inkomst:
    if row.answered("periodFrom") != row.answered("periodTo"):
        _fault(
            row.name("periodTo" if row.answered("periodFrom") else "periodFrom"), "saknas, fast den andra dagen finns"
        )
    first = row.take("periodFrom", _day) if row.answered("periodFrom") else None
    last = row.take("periodTo", _day) if row.answered("periodTo") else None
    if first and last and first > last:
        _fault(row.name("periodTo"), "är tidigare än den första")
    return form.Inkomst(
        person=row.take("personalNumber", _text(falt.person)),
        slag=_kind(row),
        belopp=row.take("amount", _number(falt.belopp)),
        betald=row.take("date", _day),
        period_fran=first,
        period_till=last,
    )


def _fault(name: str, why: str) -> NoReturn:
    raise BusinessError(f"Svaret «{name}» i återansökan {why}.")


def _checked(name: str, value: Any, check: Callable[[Any], ValueT]) -> ValueT:
    try:
        return check(value)
    except ValueError as error:
        _fault(name, str(error))


def _text(check: Callable[[str], ValueT]) -> Callable[[Any], ValueT]:
    def of(value: Any) -> ValueT:
        if type(value) is not str:
            raise ValueError("är ingen text")
        return check(value)

    return of


def _number(check: Callable[[str], ValueT]) -> Callable[[Any], ValueT]:
    """For a JSON number, or a text as the forms write numbers."""

    def of(value: Any) -> ValueT:
        if type(value) is not Tal and type(value) is not str:
            raise ValueError("är varken tal eller text")
        return check(value.replace(".", ",") if type(value) is Tal else value)

    return of


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("är varken true eller false")
    return value


def _moment(value: Any) -> datetime:
    """Swedish time of milliseconds since 1970."""
    if type(value) is not Tal or not value.isdecimal() or len(value) > 13 or int(value) > _LAST_MOMENT:
        raise ValueError("är ingen tidpunkt i millisekunder mellan 1970 och 2099")
    return (_EPOCH + timedelta(milliseconds=int(value))).astimezone(_SVERIGE)


def _day(value: Any) -> date:
    return _moment(value).date()


def _check_kind(posting: dict[str, Any]) -> None:
    kind = posting["applicationType"]
    if kind == "new":
        raise BusinessError(
            "Ansökan är en nyansökan (applicationType new), ingen återansökan. En nyansökan utreds av en handläggare."
        )
    if kind != "recurrent":
        raise BusinessError("Fältet applicationType i ansökan är varken new eller recurrent.")


def _check_pdf(posting: dict[str, Any]) -> None:
    if any(type(posting.get(key, "")) is not str for key in ("hashid", "workflowId", "rawDataType", "rawData")):
        raise BusinessError("Något av fälten hashid, workflowId, rawDataType och rawData i ansökan är ingen text.")
    if posting.get("rawDataType", "pdf") != "pdf":
        raise BusinessError("Fältet rawDataType i ansökan är något annat än pdf.")
    try:
        raw = base64.b64decode(posting.get("rawData", ""), validate=True)
    except (binascii.Error, ValueError):
        raise BusinessError("Fältet rawData i ansökan är inte base64.") from None
    if raw and not raw.startswith(b"%PDF-"):
        raise BusinessError("Fältet rawData i ansökan är ingen PDF, fast rawDataType säger pdf.")
