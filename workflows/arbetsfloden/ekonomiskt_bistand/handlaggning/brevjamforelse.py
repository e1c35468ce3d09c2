"""A decision letter held against the decision: who, which month, every amount and row, payee, outcome and appeal.

Pure: from the text of the letter to sentences on what differs, free of names and personal identity numbers. An amount
that the decision does not explain differs, whatever it is called.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import MANADSNAMN, Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.handlaggning.brevets_belopp import Brevbelopp, belopp_i, i_en_form
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning, siffror

_INKOMST, _KOSTNAD = "inkomst", "kostnad"
_PERSONNUMMER = re.compile(r"(?<!\d)(?:(?:19|20)\d{6}[-+]?\d{4}|\d{6}[-+]\d{4})(?!\d)")
_MONTH_IN_FIGURES = re.compile(r"(?<![\d-])20\d\d-(?:0[1-9]|1[0-2])(?![-\d])")
_MONTH_IN_WORDS = re.compile(rf"(?<!\d\s)\b(?:{'|'.join(MANADSNAMN)})\s\d{{4}}\b", re.IGNORECASE)
_RESULT = re.compile(r"\bresultat|\bunderskott$|\böverskott$", re.IGNORECASE)
_NORM = re.compile(r"norm\b|\bperson(?:er)?$", re.IGNORECASE)
_GRANTED = re.compile(r"belopp|bevilja|bifall|avslag|bistånd|försörjningsstöd|betala|\bfår\b", re.IGNORECASE)
_APPLIED_FOR = re.compile(r"\b(?:an)?sökt(?: belopp)?$", re.IGNORECASE)
_SUM = re.compile(r"\b(?:summa|totalt|sammanlagt)\b", re.IGNORECASE)
_PAYEE = re.compile(r"\b(?:betalnings)?mottagare\W{1,3}|\b(?:ut)?betalas till\W{1,3}", re.IGNORECASE)
_OWN_ACCOUNT = re.compile(r"(?:(?:ditt|ert)(?: \w+)? ?konto|dig|er|sökanden)\b", re.IGNORECASE)
_ACCOUNT = re.compile(r"\b(?:\w*konto(?:nummer)?|bankgiro|plusgiro)\W{1,3}(\d[\d .,-]*\d)", re.IGNORECASE)
_OUTCOMES = {
    "Delvis bifall": r"\bdelvis (?:bifall|bevilja\w*|avslag)|\bdelavslag|\bbevilja\w* delvis",
    "Avslag": r"\bavsl(?:ag|ås|år|agen)\b|\b(?:inte|ej) bevilja\w*|\bbeviljas (?:inte|ej)",
    "Bifall": r"\bbifall(?:s|es)?\b|\bbeviljas\b",
}
"""What a letter may call an outcome: what is found is taken out before the next is looked for."""
_OTHER_APPEAL = re.compile(
    r"(?:två|fyra|fem|sex|sju|åtta|nio|tio|(?<!\d)(?:[124-9]|\d\d+))veckor|kammarrätt|"
    r"(?:kan|får)(?:du)?(?:inte|ej)(?:beslutet)?överklag"
)


def avvikelser(brev: str, arende: str, handling: Handling) -> Iterator[str]:
    """How the letter differs from the decision, in words for a case worker; pages are parted by form feeds."""
    text, utkast = i_en_form(brev), handling.utkast
    slag = {one.slag for one in utkast.inkomster} | {one.slag for one in utkast.kostnader}
    belopp, oklart = belopp_i(text, slag)
    yield from _vem(text, arende, handling)
    yield from _manad(text, arende, handling.manad)
    yield from _summor(text, belopp, handling)
    yield from _rader([one for one in belopp if one.slag], utkast)
    if not all(one.slag or _is_explained(one, handling) for one in belopp):
        yield "brevet har ett belopp som inte finns i beräkningen"
    if oklart:
        yield "brevet har ett belopp som inte går att läsa"
    yield from _mottagare(text, handling)
    if _other_outcome(text, handling.utgang):
        yield "brevet säger ett annat utfall"
    yield from _overklagan(text)


def _vem(text: str, arende: str, handling: Handling) -> Iterator[str]:
    if not _has_name(text, handling.namn):
        yield "namnet saknas"
    numbers = [siffror(one) for one in _PERSONNUMMER.findall(text)]
    persons = [handling.sokande.digits, *(row.person.digits for row in handling.utkast.inkomster if row.person)]
    if not any(handling.sokande.digits.endswith(one) for one in numbers):
        yield "personnumret saknas"
    others = [one for one in numbers if not any(known.endswith(one) for known in persons)]
    # Ten digits that begin with no date are an organisation's.
    if any(len(one) == len(handling.sokande.digits) or Personnummer(f"19{one}").birth_date for one in others):
        yield "brevet har någon annans personnummer"
    number = rf"{re.escape(arende)}(?!\d)"
    another = re.search(rf"(?<![^\W\d_])ärende(?:nummer|nr)?\W{{1,3}}(?=\d)(?!{number})", text, re.IGNORECASE)
    if another or not re.search(rf"(?<!\d)(?<!\d[ ,]){number}", text):
        yield "ärendets nummer saknas"


def _has_name(text: str, name: str) -> bool:
    """Whether the name stands there whole, and behind every "Namn:". One that goes on on its line is another's."""
    whole = rf"{_words(name)}(?![a-zåäö]|-\w| [A-ZÅÄÖ][\w-]*(?![\w:-]| \d))"
    begins = r"(?:^|\b(?i:namn|till|sökande|för)\s+|[^\w\s-]\s*|\d\s+)"
    labels = [match.end() for match in re.finditer(r"(?:^|[.,;] )Namn:\s*", text, re.MULTILINE)]
    pattern = re.compile(whole)
    return re.search(begins + whole, text, re.MULTILINE) is not None and all(pattern.match(text, end) for end in labels)


def _words(text: str) -> str:
    """The words, wherever a line ends between them, as a pattern."""
    return r"\s+".join(map(re.escape, unicodedata.normalize("NFKC", text).split()))


def _manad(text: str, arende: str, manad: Manad) -> Iterator[str]:
    text = re.sub(rf"(?<![\w-]){re.escape(arende)}(?!\d)", "", text)
    told = [
        " ".join(match[0].casefold().split())
        for pattern in (_MONTH_IN_FIGURES, _MONTH_IN_WORDS)
        for match in pattern.finditer(text)
        # An income may be of another month, and say so.
        if _INKOMST not in re.split("kr|:", text[max(match.start() - 40, 0) : match.start()])[-1].casefold()
    ]
    days = re.search(rf"{manad.first}(?: ?- ?| till | t\.?o\.?m\.? ){manad.last}", text)
    if str(manad) not in told and manad.name not in told and not days:
        yield "månaden saknas"
    if any(one not in (str(manad), manad.name) for one in told):
        yield "brevet nämner en annan månad"


def _summor(text: str, belopp: list[Brevbelopp], handling: Handling) -> Iterator[str]:
    utkast = handling.utkast
    resultat, normsumma = utkast.resultat or Decimal(0), utkast.normsumma or Decimal(0)
    name, plain = _words(utkast.norm_namn or ""), [one for one in belopp if one.slag is None]
    if not any(one.varde == handling.belopp and _GRANTED.search(one.etikett) for one in plain):
        yield f"beloppet {kronor(handling.belopp)} kr saknas"
    if not any(_RESULT.search(one.etikett) and one.varde == _as_told(one, resultat) for one in plain):
        yield f"resultatet {kronor(resultat)} kr saknas"
    if not re.search(rf"{name}(?!\d)\W+{utkast.antal_personer}\s?person", text):
        yield f"normen {utkast.norm_namn} för {utkast.antal_personer} personer saknas"
    if not any(one.varde == normsumma and _NORM.search(one.etikett) for one in plain):
        yield f"normsumman {kronor(normsumma)} kr saknas"


def _as_told(one: Brevbelopp, resultat: Decimal) -> Decimal:
    """The result as its label tells it: an underskott has no minus."""
    return -resultat if one.etikett.casefold().endswith("underskott") else resultat


def _rader(belopp: list[Brevbelopp], utkast: TidigareBerakning) -> Iterator[str]:
    """Each row stands there as often as in the calculation, with its amount, and no kind has more rows."""
    incomes = [(_INKOMST, one.slag, one.belopp) for one in utkast.inkomster]
    costs = [(_KOSTNAD, one.slag, one.godkant) for one in utkast.kostnader]
    income_kinds = {slag for _, slag, _ in incomes}
    read = Counter(_rad(one, income_kinds) for one in belopp)
    for (sida, slag, amount), number in Counter([*incomes, *costs]).items():
        if read[sida, slag, amount] < number:
            yield f"{sida}en {slag} {kronor(amount)} kr saknas"
    for slag, number in Counter(slag for _, slag, _ in (*incomes, *costs)).items():
        if sum(count for (_, kind, _), count in read.items() if kind == slag) > number:
            yield f"{slag} står med fler rader än i beräkningen"


def _rad(one: Brevbelopp, income_kinds: set[str]) -> tuple[str, str, Decimal]:
    """A row of the letter: on which side, its kind and amount. An income may have a minus, a cost has none."""
    slag = one.slag or ""
    before = one.etikett[: -len(slag)].casefold() if slag else ""
    told = max((_INKOMST, _KOSTNAD), key=before.rfind)
    sida = told if told in before else _INKOMST if slag in income_kinds else _KOSTNAD
    return sida, slag, abs(one.varde) if sida == _INKOMST else one.varde


def _is_explained(one: Brevbelopp, handling: Handling) -> bool:
    """Whether an amount beside no row's kind is what its words say: the grant, the result, a sum, a payment."""
    utkast, label = handling.utkast, one.etikett
    for payment in handling.betalningar:
        if " ".join(payment.mottagare.split()).casefold() in label.casefold():
            return one.varde == payment.belopp
    if _APPLIED_FOR.search(label):
        return one.varde in {row.ansokt for row in utkast.kostnader}
    if _SUM.search(label):
        return abs(one.varde) in _sums(label.casefold(), handling)
    if _RESULT.search(label):
        return one.varde == _as_told(one, utkast.resultat or Decimal(0))
    if _NORM.search(label):
        return one.varde == (utkast.normsumma or Decimal(0))
    return _GRANTED.search(label) is not None and one.varde == handling.belopp


def _sums(label: str, handling: Handling) -> set[Decimal]:
    """What the sum of that label is: of the parts that it names, else the decision's own amounts."""
    utkast = handling.utkast
    parts = {
        "norm": utkast.normsumma or Decimal(0),
        "kostnad": sum((one.godkant for one in utkast.kostnader), Decimal(0)),
        "inkomst": sum((one.belopp for one in utkast.inkomster), Decimal(0)),
    }
    named = [amount for part, amount in parts.items() if part in label]
    needs = parts["norm"] + parts["kostnad"]
    return {sum(named, Decimal(0))} if named else {handling.belopp, abs(utkast.resultat or Decimal(0)), needs}


def _mottagare(text: str, handling: Handling) -> Iterator[str]:
    """Where a letter tells who is paid and where: it is those whom the decision pays."""
    payees = [" ".join(one.mottagare.split()).casefold() for one in handling.betalningar]
    for match in _PAYEE.finditer(text):
        told = text[match.end() :].replace("\n", " ").casefold()
        own = bool(payees) and _OWN_ACCOUNT.match(told) is not None
        if not own and not any(re.match(rf"{re.escape(one)}(?!\w|-\w)", told) for one in payees):
            yield "mottagaren av pengarna är en annan"
            break
    accounts = [siffror(one.konto) for one in handling.betalningar]
    if any(not any(known.endswith(siffror(told)) for known in accounts) for told in _ACCOUNT.findall(text)):
        yield "kontot är ett annat"


def _other_outcome(text: str, utgang: str) -> bool:
    """Whether the letter names an outcome that is not the decision's. How to appeal, which comes last, names any."""
    left, told = re.split("överklag", text, maxsplit=1, flags=re.IGNORECASE)[0], set()
    for outcome, pattern in _OUTCOMES.items():
        left, number = re.subn(pattern, "", left, flags=re.IGNORECASE)
        if number:
            told.add(outcome)
    decided = next(outcome for outcome in _OUTCOMES if utgang.startswith(outcome))
    return bool(told) and (decided not in told if decided == "Delvis bifall" else told != {decided})


def _overklagan(text: str) -> Iterator[str]:
    # A line may end anywhere: between "tre" and "veckor", or within a word with a hyphen.
    together = re.sub(r"[\s-]", "", text.casefold())
    if "förvaltningsrätt" not in together or not re.search(r"(?:tre|(?<!\d)3)veckor", together):
        yield "hur man överklagar saknas"
        return
    appeal = re.search(r".{0,40}överklag.*", together)
    if appeal is None:
        yield "hur man överklagar saknas"
    elif _OTHER_APPEAL.search(appeal[0]):
        yield "hur man överklagar är ett annat än det ska vara"
