"""The posting format of Viva as the robot reads it: what the tags mean, and what people call it. README, "Format"."""

from collections.abc import Iterator
from dataclasses import dataclass

ANNAN = "annan"
INKOMSTER = {
    "lon": "Lön",
    "barnbidrag": "Barnbidrag",
    "underhallsstod": "Underhållsstöd",
    "bostadsbidrag": "Bostadsbidrag",
    "aktivitetsstod": "Aktivitetsstöd",
    "sjukpenning": "Sjukpenning",
    "foraldrapenning": "Föräldrapenning",
    "akassa": "A-kassa",
    "studiestod": "Studiestöd",
    "pension": "Pension",
}
KOSTNADER = {
    "boende": "Hyra",
    "el": "Hushållsel",
    "hemforsakring": "Hemförsäkring",
    "resor": "Arbetsresor",
    "fackavgift": "Fackavgift",
    "akassa": "A-kasseavgift",
    "medicin": "Medicin",
    "tandvard": "Tandvård",
    "glasogon": "Glasögon",
}
"""The form's words for the tags of kinds; anything else has the tag `annan` and says its kind in an answer `type`."""

_PERSON = {"firstName": "förnamn", "lastName": "efternamn", "personalNumber": "personnummer"}
ENSKILDA = {
    "application reference": "ansökans ärendenummer",
    "application submitted": "när ansökan skickades",
    "application month": "månaden som ansökan gäller",
    **{f"personInfo {part} applicant": f"sökandens {name}" for part, name in _PERSON.items()},
    "household changed": "om hushållet har ändrats",
    "housing type": "boendeform",
    "housing rooms": "antal rum",
    "housing persons": "antal personer i bostaden",
    "housing shared": "om bostaden delas med andra",
    "declaration assets": "om någon har tillgångar",
    "declaration vehicle": "om någon har ett fordon",
    "declaration studies": "om någon studerar",
    "declaration pendingBenefits": "om någon väntar på besked om en förmån",
    "declaration unemploymentFund": "om någon har ersättning från a-kassa",
    "declaration stayElsewhere": "om någon har vistats utanför kommunen",
    "payment method": "utbetalningssätt",
    "payment clearing": "clearingnummer",
    "payment account": "kontonummer",
    "payment changed": "om kontot är ändrat",
    "attestation truthful": "intygandet att uppgifterna är riktiga",
}
FRIVILLIGA = {
    "personInfo email applicant": "sökandens e-post",
    "personInfo phoneNumber applicant": "sökandens telefon",
    "message text": "meddelandet",
}
MEDSOKANDES = {
    **{f"personInfo {part} coApplicant": f"medsökandens {name}" for part, name in _PERSON.items()},
    "personInfo signed coApplicant": "om medsökanden har undertecknat",
}
MEDSOKANDES_FRIVILLIGA = {
    "personInfo email coApplicant": "medsökandens e-post",
    "personInfo phoneNumber coApplicant": "medsökandens telefon",
}
NAMN = {**ENSKILDA, **FRIVILLIGA, **MEDSOKANDES, **MEDSOKANDES_FRIVILLIGA}


@dataclass(frozen=True)
class Radslag:
    """One kind of rows: the tags of a part are `stem`, the row's own kind if there are kinds, and the part's tag."""

    rad: str
    antal: str
    stem: frozenset[str]
    kinds: dict[str, str]
    required: dict[str, str]
    optional: dict[str, str]

    def tags(self, kind: str, part: str) -> frozenset[str]:
        return self.stem | ({kind} if kind else set()) | {part}

    def all_parts(self) -> Iterator[tuple[str, str]]:
        for kind in (*self.kinds, ANNAN) if self.kinds else ("",):
            for part in (*self.required, *self.optional, *(["type"] if kind == ANNAN else [])):
                yield kind, part


BARN = Radslag(
    "barn",
    "barn",
    frozenset({"personInfo", "children"}),
    {},
    {**_PERSON, "residence": "boende"},
    {"days": "antal dagar"},
)
KOSTNAD = Radslag(
    "kostnad", "kostnader", frozenset({"expenses"}), KOSTNADER, {"amount": "belopp"}, {"payee": "mottagare"}
)
INKOMST = Radslag(
    "inkomst",
    "inkomster",
    frozenset({"incomes"}),
    INKOMSTER,
    {"personalNumber": "vem som har fått den", "amount": "belopp", "date": "utbetalningsdag"},
    {"periodFrom": "första dagen som den avser", "periodTo": "sista dagen som den avser"},
)
BILAGA = Radslag("bilaga", "bilagor", frozenset({"attachments"}), {}, {"name": "filnamn", "id": "filens id"}, {})
RADSLAG = (BARN, KOSTNAD, INKOMST, BILAGA)
RADENS_PLATS = {slag.tags(kind, part): (slag, kind) for slag in RADSLAG for kind, part in slag.all_parts()}
ENSKILDAS_PLATS = {frozenset(tags.split()): tags for tags in NAMN}
