"""The posting format of Viva: real samples, and a whole re-application equal to the same one in XML."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbetsfloden.ekonomiskt_bistand.formular import viva
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import sokande
from arbetsfloden.ekonomiskt_bistand.formular.viva_format import ENSKILDA, INKOMSTER, KOSTNADER, MEDSOKANDES
from medarbetare.engine import Original
from medarbetare.errors import BusinessError

SAMPLES = Path(__file__).parent / "real-input" / "viva"
WHOLE = Path(__file__).parent / "ateransokan.json"


def refusal(content: bytes) -> str:
    with pytest.raises(BusinessError) as caught:
        viva.las_ansokan(content)
    return caught.value.message


def test_a_first_application_goes_to_a_person_as_what_it_is():
    content = (SAMPLES / "application-new.json").read_bytes()
    reason = refusal(content)
    assert "nyansökan" in reason
    assert "handläggare" in reason
    assert str(sokande(Original.of(content))) == "19860306-****"


def test_a_sparse_re_application_is_handed_over_with_every_answer_that_is_missing():
    content = (SAMPLES / "application-recurrent.json").read_bytes()
    reason = refusal(content)
    for name in ENSKILDA.values():
        assert f"{name};" in reason or f"{name}." in reason
    for name in (
        "inkomst 1 (lön): vem som har fått den",
        "inkomst 2 (lön): vem som har fått den",
        "inkomst 3 (annan): vilket slag",
        "inkomst 3 (annan): utbetalningsdag",
        "inkomst 4 (annan): utbetalningsdag",
    ):
        assert name in reason
    assert "inkomst 1 (lön): belopp" not in reason
    assert "30 svar saknas" in reason
    assert "Svar nummer 7 besvarar något som redan är besvarat." in reason
    assert sokande(Original.of(content)) is None


def test_the_whole_re_application_in_the_readme_is_read(ansokan):
    application = viva.las_ansokan(WHOLE.read_bytes())
    assert application == ansokan
    assert application.kostnader[1].belopp == Decimal("612.50")
    assert application.inkomster[0].betald == date(2026, 11, 25)
    assert application.inkommen == datetime(2026, 12, 1, 6, 44, 58)  # noqa: DTZ001 - local time, as in the form


def test_both_formats_give_the_very_same_application(formats, ansokan):
    for one in formats.values():
        assert one.through_inbox(one.write(one.leaves(ansokan))) == ansokan


WORDS = st.text("abcåäöÅÄÖé -'", min_size=1, max_size=20).filter(lambda text: text == text.strip() != "")
AMOUNTS = st.integers(0, 999_999_999).map(lambda ore: Decimal(ore) / 100)
DAYS = st.dates(date(2026, 11, 1), date(2027, 2, 28))


@st.composite
def applications(draw: st.DrawFn) -> Ansokan:
    person = {"fornamn": WORDS, "efternamn": WORDS}
    numbers = draw(st.permutations(["198802189897", "198603069876", "202101109839", "201401279888"]))
    count = draw(st.integers(1, 4))
    used = numbers[:count]
    partner = count > 1 and draw(st.booleans())
    children = used[2 if partner else 1 :]
    name = st.fixed_dictionaries(person)
    period = DAYS.flatmap(lambda first: st.tuples(st.just(first), st.dates(first, date(2027, 3, 1))))
    income = st.fixed_dictionaries(
        {"person": st.sampled_from(used), "slag": WORDS | st.sampled_from(list(INKOMSTER.values()))}
        | {"belopp": AMOUNTS, "betald": DAYS},
        optional={"period": period},
    )
    cost = st.fixed_dictionaries(
        {"slag": WORDS | st.sampled_from(list(KOSTNADER.values())), "belopp": AMOUNTS, "mottagare": st.none() | WORDS}
    )
    where = st.sampled_from([{"boende": "Heltid"}, {"boende": "Växelvis"}, {"boende": "Umgänge", "dagar": 31}])
    answers = ("hushallet_andrat", "tillgangar", "fordon", "studier", "vantar_pa_ersattning", "akassa")
    incomes = draw(st.lists(income, max_size=4))
    for row in incomes:
        row["period_fran"], row["period_till"] = row.pop("period", (None, None))
    return Ansokan.model_validate(
        {
            "referens": "260100",
            "inkommen": datetime.combine(draw(DAYS), draw(st.times()).replace(microsecond=0)),
            "sokande": {**draw(name), "personnummer": used[0], "epost": draw(st.just("") | WORDS)},
            "medsokande": {**draw(name), "personnummer": used[1], "har_undertecknat": draw(st.booleans())}
            if partner
            else None,
            "manad": "2026-12",
            "barn": [{**draw(name), "personnummer": number, **draw(where)} for number in children],
            "bostad": {"typ": draw(WORDS), "rum": 99, "personer": 0, "delad": draw(st.booleans())},
            "kostnader": draw(st.lists(cost, max_size=4)),
            "inkomster": incomes,
            "utbetalning": {"metod": "Konto", "clearing": "9999", "konto": "1000007", "andrat": draw(st.booleans())},
            "meddelande": draw(st.just("") | WORDS),
            **{answer: draw(st.booleans()) for answer in (*answers, "vistelse_utanfor", "intygad")},
        }
    )


@settings(max_examples=60, deadline=None)
@given(applications())
def test_any_application_is_the_same_in_both_formats(formats, application):
    read = [one.read(one.leaves(application)) for one in formats.values()]
    assert read == [application, application]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"applicationType": "new"}, "nyansökan"),
        ({"applicationType": 7}, "varken new eller recurrent"),
        ({"applicationType": {"recurrent": 1}}, "varken new eller recurrent"),
        ({"lottery": True}, "Fältet lottery i ansökan är okänt"),
        ({"answers": None}, "answers i ansökan saknas"),
        ({"answers": [1]}, "Svar nummer 1 i ansökan har inte delarna"),
        ({"answers": [{"field": {"id": "a", "tags": []}, "value": 1}]}, "Svar nummer 1 i ansökan saknar taggar"),
        ({"answers": [{"field": {"id": "a", "tags": ["x", 1]}, "value": 1}]}, "saknar taggar"),
        ({"answers": [{"field": {"tags": ["lottery"]}, "value": 1}]}, "taggarna lottery, som är okända"),
        ({"answers": [{"field": {"tags": ["group:1", "group:2"]}, "value": 1}]}, "två grupper"),
        ({"answers": [{}] * 2001}, "2001 svar; roboten tar högst 2000"),
        ({"rawDataType": "docx"}, "rawDataType"),
        ({"rawData": "inte base64!"}, "rawData i ansökan är inte base64"),
        ({"rawData": "TVqQAAM="}, "rawData i ansökan är ingen PDF"),
        ({"hashid": 5}, "ingen text"),
    ],
)
def test_a_posting_with_other_parts_than_the_format_is_handed_over_with_the_part(change, reason):
    assert reason in refusal(json.dumps(json.loads(WHOLE.read_bytes()) | change).encode())


def test_answers_that_the_robot_has_no_use_for_are_passed_over(formats, ansokan):
    leaves = formats["json"].leaves(ansokan)
    more = json.loads((SAMPLES / "application-new.json").read_text("utf-8"))["answers"]
    unused = [
        one["field"]["tags"]
        for one in more
        if {"phoneType", "citizenship", "address", "sms"} & set(one["field"]["tags"])
    ]
    assert len(unused) == 8
    leaves += [type(leaves[0])(tags, "något") for tags in unused]
    assert formats["json"].read(leaves) == ansokan


def test_a_co_applicant_named_only_by_answers_without_use_makes_no_single_household(formats, ansokan):
    alone = ansokan.model_copy(update={"medsokande": None, "inkomster": ansokan.inkomster[:1]})
    leaves = formats["json"].leaves(alone)
    assert formats["json"].read(leaves).medsokande is None
    address = type(leaves[0])(["personInfo", "address", "coApplicant", "partner"], "Provvägen 6")
    reason = refusal(formats["json"].write([*leaves, address]))
    assert "4 svar saknas: " in reason
    for name in MEDSOKANDES.values():
        assert name in reason


def test_an_embedded_pdf_is_accepted(ansokan):
    assert (
        viva.las_ansokan(json.dumps(json.loads(WHOLE.read_bytes()) | {"rawData": "JVBERi0xLjc="}).encode()) == ansokan
    )
