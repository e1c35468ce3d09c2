"""A case as staff have left it: who is in it, and the months already calculated, decided and paid."""

from collections.abc import Iterator
from random import Random
from typing import Any

from sandkommun.generating.months import Month, moment
from sandkommun.generating.norms import norm_sum, year_of
from sandkommun.generating.plan import Home, Income

_GRANTED, _DENIED = "01 Bifall försörjningsstöd", "03 Avslag försörjningsstöd"
_PARTLY = "02 Delvis bifall försörjningsstöd"


def case_of(rng: Random, home: Home, month: Month) -> dict[str, Any]:
    """The case of a household that applies for a month."""
    said = home.case or {}
    last = home.ended or month.back(1)
    children = home.children if home.known is None else home.known
    written: dict[str, Any] = {"sokande": home.applicant.key}
    if len(home.adults) > 1:
        written["medsokande"] = home.adults[1].key
    if children:
        written["barn"] = [child.key for child in children]
    written["handlaggare"] = home.staff
    written["planering"] = {"innehall": rng.choice(_PLANS), "till": month.back(rng.choice((-2, -3, -5))).last}
    if home.stimulus:
        written["jobbstimulans"] = {"fran": home.stimulus[0], "till": home.stimulus[1]}
    written["bistandsmanader"] = [last.back(one).text for one in range(home.months_of_aid - 1, -1, -1)]
    written |= {"mottagare": home.applicant.name, "konto": home.account}
    if "Aktivitetsstöd" in {one.called for one in home.incomes}:
        written["narvaro"] = [_attendance(rng, month.back(one)) for one in (2, 1)]
    months = [last.back(one) for one in range(home.history - 1, -1, -1)]
    written |= _records(rng, home, [*months, month] if home.already else months, month)
    written |= _rest(rng, home, month)
    written |= said
    return {key: value for key, value in written.items() if value is not None}


_PLANS = (
    "Arbetsmarknadsenheten, jobbsökarstöd",
    "Arbetsmarknadsenheten, praktik fyra dagar i veckan",
    "Jobb- och utvecklingsgarantin med AME",
    "Svenska för invandrare och jobbsökarstöd",
    "Rehabilitering enligt plan med vårdcentralen",
)


def _rest(rng: Random, home: Home, month: Month) -> dict[str, Any]:
    """Reminders and papers that some cases have."""
    by = {"registrerad": moment(month.back(2).office(6), 600), "av": home.staff}
    rest: dict[str, Any] = {}
    if rng.random() < 0.15:
        reminder = {"datum": month.back(-2).first, "ansvarig": home.staff, "text": "Följ upp planeringen"}
        rest["bevakningar"] = [{**reminder, **by}]
    if rng.random() < 0.1:
        text = "Planering i samråd med arbetsmarknadsenheten: söka arbete på heltid och delta i aktiviteter."
        rest["dokument"] = [{"namn": "planering.pdf", "rubrik": "Planering", "text": text, **by}]
    return rest


def _attendance(rng: Random, month: Month) -> dict[str, Any]:
    planned, excused = rng.choice((64, 80, 96, 120)), rng.choice((0, 0, 0, 8))
    hours = {"manad": month.text, "planerat": planned, "narvaro": planned - excused}
    return {**hours, "giltig_franvaro": excused} if excused else hours


def _records(rng: Random, home: Home, months: list[Month], applied: Month) -> dict[str, list[dict[str, Any]]]:
    made: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("berakningar", "beslut", "utbetalningar", "aktualiseringar", "anteckningar")
    }
    for one in months:
        minute = 60 * 8 + rng.randint(5, 220)
        # This month's decision, where there is one already, was made early today; the others on a day of their month.
        minute = min(minute, 60 * 8 + 5) if one == applied else minute
        day = one.day(1) if one == applied else one.office(rng.randint(2, 5))
        by = {"registrerad": moment(day, minute), "av": home.staff}
        calculation = _calculation(home, one, applied, by)
        made["berakningar"].append(calculation)
        granted = max(0, -calculation["resultat"])
        later = {"registrerad": moment(day, minute + 8), "av": home.staff}
        partly = any(row["godkant"] < row["sokt"] for row in calculation["kostnader"])
        code = _DENIED if not granted else _PARTLY if partly else _GRANTED
        decision, payments = _decision(home, one, code, granted, later, day.isoformat())
        for _ in range(2 if home.twice and one == months[-1] else 1):
            made["beslut"].append(decision)
            made["utbetalningar"] += payments
        arrived = {"ankomst": one.back(1).day(28).isoformat(), "typ": "Återansökan ekonomiskt bistånd"}
        reference = str(100_000 * (one.year % 100) + 1_000_000 * one.number + home.number)
        made["aktualiseringar"].append({**arrived, "referens": reference, **by})
        note = {"datum": day.isoformat(), "rubrik": f"Beslut {one.name}"}
        made["anteckningar"].append({**note, "text": "Återansökan prövad. Planeringen följs.", **later})
    return {name: records for name, records in made.items() if records}


def _calculation(home: Home, month: Month, applied: Month, by: dict[str, str]) -> dict[str, Any]:
    children = home.children if home.known is None else home.known
    ages = [child.age(month) for child in children]
    lives = {place: home.residence.get(child.key) for place, child in enumerate(children)}
    part_time = {place: one.get("dagar") for place, one in lives.items() if one}
    norm = norm_sum(month.year, len(home.adults), ages, len(home.lodgers), part_time)
    costs = home.now if month == applied else home.before
    incomes = [row for one in home.incomes for row in _counted(home, one, month.back(1), applied)]
    rows = [_cost(home, kind, amount, month, applied) for kind, amount in costs.items()]
    balance = sum(row["belopp"] for row in incomes) - norm - sum(row["godkant"] for row in rows)
    return {
        "manad": month.text,
        "norm": f"Riksnorm {year_of(month.year)}",
        "antal": len(home.adults) + len(children) - sum(days is not None for days in part_time.values()),
        **({"inkomster": incomes} if incomes else {}),
        "kostnader": rows,
        "normsumma": norm,
        "resultat": balance,
        **by,
    }


def _cost(home: Home, kind: str, amount: int, month: Month, applied: Month) -> dict[str, Any]:
    row = {"typ": kind, "sokt": amount, "godkant": amount}
    if kind not in home.approved or month == applied:
        return row
    if month == applied.back(1):
        return {**row, "godkant": home.approved[kind]}
    return {**row, "notering": f"Rådrum till {applied.back(2).text}"}


def _counted(home: Home, income: Income, month: Month, applied: Month) -> Iterator[dict[str, Any]]:
    """The row of an income that was counted of a month."""
    amount = income.now if month == applied.back(1) else income.before
    if not amount:
        return
    row = {"typ": income.row, "person": income.member.key}
    paid = {"datum": income.kind.paid(month)}
    since, until = home.stimulus or ("", "")
    if income.called == "Lön" and since <= month.first <= until:
        left = round(amount * 0.75)
        yield {**row, "belopp": left, **paid, "notering": f"Lön {amount} kr, 25 % jobbstimulans avräknad"}
    else:
        yield {**row, "belopp": amount - income.deduction[1], **paid}


def _decision(
    home: Home, month: Month, code: str, granted: int, by: dict[str, str], day: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    kronor = f"{granted:,}".replace(",", " ")
    reason = f"Försörjningsstöd beviljas med {kronor} kr enligt 12 kap. 1 § socialtjänstlagen."
    if not granted:
        reason = "Avslag: inkomsterna räcker till norm och kostnader, 12 kap. 1 § socialtjänstlagen."
    decision = {"kod": code, "fran": month.first, "till": month.last, "belopp": granted, "motivering": reason}
    account = "{clearing}-{konto}".format(**home.account)
    paid = {"mottagare": home.applicant.name, "konto": account, "manad": month.text, "datum": day, "belopp": granted}
    return {**decision, "beslutsfattare": home.staff, **by}, [{**paid, **by}] if granted else []
