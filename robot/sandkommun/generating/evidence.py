"""Situations of what agencies and the labour-market unit know. Each changes one household."""

from sandkommun.generating.benefits import KINDS, payment
from sandkommun.generating.plan import Home, Income
from sandkommun.generating.shapes import Drawing

_CARS = (("PROVA", "Exempel"), ("TESTRA", "Kombi"), ("MODELL", "Liten"))


def secrecy(drawing: Drawing, home: Home) -> None:
    home.applicant.answer(drawing.rng.choice(("af", "csn")))["sekretess"] = True


def register_in_error(drawing: Drawing, home: Home) -> None:
    home.applicant.answer(drawing.rng.choice(("fk", "af")))["status"] = "FELANDE"


def register_unavailable(drawing: Drawing, home: Home) -> None:
    home.applicant.answer(drawing.rng.choice(("fk", "af")))["status"] = "OTILLGANGLIG"


def register_answers_later(drawing: Drawing, home: Home) -> None:
    answers = ["OTILLGANGLIG"] * drawing.rng.randint(1, 2)
    home.applicant.answer(drawing.rng.choice(("fk", "af")))["svar"] = [*answers, "OK"]


def not_authorised(drawing: Drawing, home: Home) -> None:
    home.applicant.answer("fk")["avvikelse"] = "OBEHORIG"


def undeclared(drawing: Drawing, home: Home) -> None:
    """A benefit began last month, and nobody says so."""
    new = (one for one in ("Bostadsbidrag", "Sjukpenning") if home.income(one) is None)
    called = next(new, "Föräldrapenning")
    home.incomes.append(Income(home.applicant, called, 0, drawing.rng.randint(9, 24) * 100, declared=0))


def not_in_register(drawing: Drawing, home: Home) -> None:
    for one in home.incomes:
        if one.called == "Aktivitetsstöd":
            one.registered = False


def deviating(drawing: Drawing, home: Home) -> None:
    for one in home.incomes:
        if one.called == "Aktivitetsstöd":
            one.now = round(one.before * drawing.rng.choice((0.55, 0.7, 1.2, 1.35)))


def unusual_benefit(drawing: Drawing, home: Home) -> None:
    called = drawing.rng.choice(("Omvårdnadsbidrag", "Merkostnadsersättning"))
    home.incomes.append(Income(home.applicant, called, 0, drawing.rng.choice((1150, 1480, 2210))))


def retroactive(drawing: Drawing, home: Home) -> None:
    month = drawing.month.back(1)
    told = payment(KINDS["Sjukpenning"], month, drawing.rng.randint(50, 110) * 100, of_type=3)
    told |= {"fran": month.back(4).first, "till": month.back(1).last}
    home.applicant.answer("fk")["utbetalningar"] = [told]


def deduction(drawing: Drawing, home: Home) -> None:
    for one in home.incomes:
        if one.called == "Aktivitetsstöd":
            one.deduction = (drawing.rng.choice(("KVI", "INF", "SOC")), drawing.rng.choice((300, 450, 600)))


def pending(drawing: Drawing, home: Home) -> None:
    """A benefit is applied for and not decided."""
    rng, applicant = drawing.rng, home.applicant
    applied = drawing.month.back(1).day(rng.randint(3, 26)).isoformat()
    agency = rng.choice(("fk", "fk", "so", "csn"))
    if agency == "fk":
        benefit = rng.choice(("Sjukpenning", "Bostadsbidrag", "Sjukersättning"))
        applicant.answer("fk")["arenden"] = [{"forman": benefit, "inkom": applied}]
    elif agency == "so":
        applicant.answer("so").update({"kassa": "Provkassan", "ansokt": applied})
    else:
        term = {"fran": drawing.month.first, "till": drawing.month.back(-5).last}
        applicant.answer("csn")["arenden"] = [{"typ": "Studiemedel", "status": "INITIERAD", **term}]
    home.application["vantar_formaner"] = rng.random() < 0.5


def suspended(drawing: Drawing, home: Home) -> None:
    since = drawing.month.back(1).day(9).isoformat()
    reason = drawing.rng.choice(("Sökt för få arbeten", "Lämnat arbete utan giltigt skäl"))
    told = {"kassa": "Provkassan", "avstangningar": [{"fran": since, "orsak": reason}]}
    home.applicant.answer("so").update(told)
    home.application["akassa"] = drawing.rng.random() < 0.5


def deregistered(drawing: Drawing, home: Home) -> None:
    day = drawing.month.back(1).day(drawing.rng.randint(5, 27)).isoformat()
    home.applicant.answer("af").update({"arbetssokande": False, "avaktualiserad": day})


def not_registered(drawing: Drawing, home: Home) -> None:
    home.applicant.answers.pop("af", None)


def report_missing(drawing: Drawing, home: Home) -> None:
    home.applicant.answer("af")["aktivitetsrapport"]["kod"] = drawing.rng.choice((500, 501))


def report_in_error(drawing: Drawing, home: Home) -> None:
    home.applicant.answer("af")["aktivitetsrapport"]["kod"] = 502


def no_plan(drawing: Drawing, home: Home) -> None:
    if home.case is not None:
        home.case["planering"] = None


def plan_ended(drawing: Drawing, home: Home) -> None:
    if home.case is not None:
        home.case["planering"] = {"innehall": "Praktik", "till": drawing.month.back(1).day(15).isoformat()}


def absent(drawing: Drawing, home: Home) -> None:
    """Planned hours nobody came to, last month."""
    if home.case is not None:
        hours = {"planerat": 80, "narvaro": drawing.rng.randint(18, 52), "giltig_franvaro": 4}
        home.case["narvaro"] = [{"manad": drawing.month.back(1).text, **hours}]


def sick_benefit_ended(drawing: Drawing, home: Home) -> None:
    for one in home.incomes:
        if one.called == "Sjukpenning":
            one.now = 0


def new_studies(drawing: Drawing, home: Home) -> None:
    declared = None if drawing.rng.random() < 0.5 else 0
    amount = drawing.rng.choice((3950, 7900, 12000))
    home.incomes.append(Income(home.applicant, "Studiestöd", 0, amount, declared=declared))
    home.application["studier"] = declared is None


def vehicle(drawing: Drawing, home: Home) -> None:
    rng, (make, model) = drawing.rng, drawing.rng.choice(_CARS)
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUWXYZ") for _ in range(3))
    told = {"regnr": f"{letters}{rng.randint(10, 99)}{rng.choice('ABCDEF0123456789')}", "fabrikat": make}
    home.applicant.answer("ts")["fordon"] = [{**told, "modell": model, "ar": drawing.month.year - rng.randint(2, 19)}]
    home.application["fordon"] = rng.random() < 0.5


def capital(drawing: Drawing, home: Home) -> None:
    amount = drawing.rng.randint(4, 90) * 100
    told = {"taxeringsar": drawing.month.year - 1, "intakter": amount, "overskott": amount}
    home.applicant.answer("skv")["kapital"] = [told]


def permit_expired(drawing: Drawing, home: Home) -> None:
    ended = drawing.month.back(1).day(drawing.rng.randint(2, 25)).isoformat()
    began = drawing.month.back(25).first
    home.applicant.said["medborgarskap"] = "Syrien"
    permit = {"slag": "Tillfälligt uppehållstillstånd", "fran": began, "till": ended}
    home.applicant.answer("miv")["tillstand"] = [permit] if drawing.rng.random() < 0.7 else []


def surplus(drawing: Drawing, home: Home) -> None:
    """The benefit was raised to more than the household needs."""
    for one in home.incomes:
        if one.called == "Sjukpenning":
            one.now = 9000 + sum(home.now.values()) + drawing.rng.randint(1, 900)


def deposit(drawing: Drawing, home: Home) -> None:
    home.incomes.append(Income(home.applicant, "Swish/insättning", 0, drawing.rng.randint(2, 40) * 100))
