"""Situations of the people, the case, the application and the costs. Each changes one household."""

from datetime import timedelta

from sandkommun.generating import names
from sandkommun.generating.months import Month
from sandkommun.generating.plan import Home, Income
from sandkommun.generating.shapes import Drawing

_NEXT_BAND = (1, 3, 4, 7, 11, 15)
"""Ages at which a child comes into the next column of the norm."""


def protected(drawing: Drawing, home: Home) -> None:
    mark = drawing.rng.choice(("Skyddad folkbokföring", "Sekretessmarkering"))
    for one in (*home.adults, *home.children):
        one.said["skydd"] = mark


def registered_elsewhere(drawing: Drawing, home: Home) -> None:
    for one in home.adults:
        one.said["kommun"] = "Grannkommun"


def new_applicant(drawing: Drawing, home: Home) -> None:
    home.case = None


def closed_long_ago(drawing: Drawing, home: Home) -> None:
    home.ended = drawing.month.back(3)
    home.case = {"status": "Avslutat", "avslutat": home.ended.last}


def new_partner(drawing: Drawing, home: Home) -> None:
    home.lives_here.append(drawing.member(f"p{home.number}n", 22, 58, names.surname(drawing.rng)))
    home.application["hushall_andrat"] = True


def new_child(drawing: Drawing, home: Home) -> None:
    home.known = list(home.children)
    last = home.applicant.last
    child = drawing.member(f"p{home.number}-ny", 0, 0, last)
    previous = drawing.month.back(1)
    child.number, child.born = drawing.born(previous.day(3), previous.day(20))
    home.children.append(child)
    home.application["hushall_andrat"] = True


def already_decided(drawing: Drawing, home: Home) -> None:
    home.already = True


def applies_twice(drawing: Drawing, home: Home) -> None:
    home.again = True


def unsigned(drawing: Drawing, home: Home) -> None:
    later = {"signerar_efter_dagar": drawing.rng.randint(1, 3)} if drawing.rng.random() < 0.6 else {}
    home.application["medsokande"] = {"person": home.adults[1].key, "signerat": False, **later}


def not_attested(drawing: Drawing, home: Home) -> None:
    home.application["intygat"] = False


def message(drawing: Drawing, home: Home) -> None:
    home.application["meddelande"] = drawing.rng.choice(
        (
            "Hej! Jag har fått en räkning från tandläkaren, vad gör jag med den?",
            "Min praktik tar slut den 20:e. Vill att ni ringer mig.",
            "Hyran höjs efter nyår enligt brev från hyresvärden.",
            "Jag har sökt tre jobb den här månaden.",
        )
    )


def attachment(drawing: Drawing, home: Home) -> None:
    name, kind, text = drawing.rng.choice(
        (
            ("hyresavi.pdf", "hyresavi", f"Hyra {drawing.month.name}, {home.now['Hyra']} kr"),
            ("kvitto.png", "kvitto", "Apoteket Provet, 240 kr"),
            ("kontoutdrag.pdf", "kontoutdrag", "Saldo 312,50 kr"),
            ("intyg.pdf", "intyg", "Intyg om deltagande i praktik"),
        )
    )
    home.application["bilagor"] = [{"filnamn": name, "fil_id": f"{700_000 + home.number}", "slag": kind, "text": text}]


def no_history(drawing: Drawing, home: Home) -> None:
    home.history = 0
    home.months_of_aid = 0


def decided_twice(drawing: Drawing, home: Home) -> None:
    home.twice = True


def next_month(drawing: Drawing, home: Home) -> None:
    home.application["manad"] = drawing.month.back(-1).text


def above_ceiling(drawing: Drawing, home: Home) -> None:
    home.rooms = 6
    home.incomes = [one for one in home.incomes if one.called != "Bostadsbidrag"]
    for costs in (home.before, home.now):
        costs |= {"Hyra": 8700, "Hushållsel": 1080, "Hemförsäkring": 250}


def few_months_of_aid(drawing: Drawing, home: Home) -> None:
    home.stimulus = None
    home.months_of_aid = 5


def stimulus_over(drawing: Drawing, home: Home) -> None:
    home.stimulus = (drawing.month.back(24).first, drawing.month.back(1).last)
    home.months_of_aid = 36


def childs_wage(drawing: Drawing, home: Home) -> None:
    wage = drawing.rng.randint(9, 22) * 100
    home.incomes.append(Income(home.children[0], "Lön", 0, wage))


def childs_high_wage(drawing: Drawing, home: Home) -> None:
    home.incomes.append(Income(home.children[0], "Lön", 0, drawing.rng.randint(42, 60) * 100))


def alternating(drawing: Drawing, home: Home) -> None:
    home.residence[home.children[0].key] = {"boende": "Växelvis"}


def visiting(drawing: Drawing, home: Home) -> None:
    home.residence[home.children[0].key] = {"boende": "Umgänge", "dagar": drawing.rng.randint(4, 12)}


def older_child(drawing: Drawing, home: Home) -> None:
    """The first child has a birthday this month and is in another column of the norm from now on."""
    child, month = home.children[0], drawing.month
    new_age = min(_NEXT_BAND, key=lambda band: abs(band - child.age(month)))
    born = Month(month.year - new_age, month.number)
    child.number, child.born = drawing.born(born.day(5), born.day(5) + timedelta(days=18))


def rent_raised(drawing: Drawing, home: Home) -> None:
    home.now["Hyra"] = home.before["Hyra"] + drawing.rng.choice((85, 140, 212, 390))


def rent_above_cap(drawing: Drawing, home: Home) -> None:
    """The first month with it."""
    home.now["Hyra"] = 8900 + 10 * drawing.rng.randint(0, 60)


def rent_capped(drawing: Drawing, home: Home) -> None:
    """Staff told of the cap months ago, and approved no more than it last month."""
    approved = home.before["Hyra"]
    home.before["Hyra"] = home.now["Hyra"] = 8900 + 10 * drawing.rng.randint(0, 60)
    home.approved["Hyra"] = approved
    home.history = 4


def dear_electricity(drawing: Drawing, home: Home) -> None:
    home.now["Hushållsel"] = 2600 + 10 * drawing.rng.randint(0, 60)


def new_fee(drawing: Drawing, home: Home) -> None:
    fee, amount = drawing.rng.choice((("Fackavgift", 260), ("A-kasseavgift", 147), ("Arbetsresor", 690)))
    home.before.pop(fee, None)
    home.now[fee] = amount


def other_cost(drawing: Drawing, home: Home) -> None:
    kind, least, most = drawing.rng.choice(
        (("Medicin", 90, 480), ("Tandvård", 400, 1900), ("Glasögon", 700, 1600), ("Skuld", 500, 4000))
    )
    home.now[kind] = drawing.rng.randint(least, most)


def assets(drawing: Drawing, home: Home) -> None:
    home.application["tillgangar"] = True


def new_account(drawing: Drawing, home: Home) -> None:
    account = {"clearing": "9999", "konto": str(6_000_000 + 7 * home.number), "andrat": True}
    home.application["konto"] = account


def away(drawing: Drawing, home: Home) -> None:
    home.application["vistelse_annan_ort"] = True
