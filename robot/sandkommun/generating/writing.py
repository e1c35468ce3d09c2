"""A household as the elements of a world: people, home, case, application."""

from datetime import date, timedelta
from random import Random
from typing import Any

from sandkommun.generating.benefits import fund_payment, payment
from sandkommun.generating.history import case_of
from sandkommun.generating.months import Month, moment
from sandkommun.generating.plan import Home, Income, Member

_KNOWN = 4
"""So many months back the agencies tell of payments."""
Elements = dict[str, dict[str, Any]]


def write(rng: Random, home: Home, month: Month, today: date, into: Elements) -> None:
    """Add a household's elements to a world's sections."""
    people = [*home.adults, *home.lives_here, *home.children, *home.lodgers]
    for member in people:
        into["personer"][member.key] = _person(member)
    for income in home.incomes:
        if income.registered:
            _tell(income, month, into["personer"][income.member.key])
    into["hushall"][f"h{home.number}"] = _household(home)
    if home.case is not None:
        into["arenden"][str(10_000 + home.number)] = case_of(rng, home, month)
    into["inkorg"][str(300_000 + home.number)] = _application(rng, home, month, today)
    if home.again:
        again = _application(rng, home, month, today)
        again["meddelande"] = "Jag glömde en räkning i min förra ansökan."
        again["kostnader"] = [*again["kostnader"], {"typ": "Medicin", "belopp": rng.randint(80, 600)}]
        into["inkorg"][str(600_000 + home.number)] = again


def _person(member: Member) -> dict[str, Any]:
    told = {"personnummer": member.number, "fornamn": member.first, "efternamn": member.last}
    return {**told, **member.said, **member.answers}


def _household(home: Home) -> dict[str, Any]:
    told: dict[str, Any] = {"adress": home.address, "vuxna": [one.key for one in (*home.adults, *home.lives_here)]}
    if home.children:
        told["barn"] = [one.key for one in home.children]
    if home.lodgers:
        told["ovriga"] = [one.key for one in home.lodgers]
    return told


def _tell(income: Income, month: Month, person: dict[str, Any]) -> None:
    """What the agency that pays tells of an income."""
    kind = income.kind
    if kind.agency is None:
        return
    told = dict(person.get(kind.agency, {}))
    payments = list(told.get("utbetalningar", []))
    for back in range(_KNOWN, -1 if kind.ahead else 0, -1):
        covered = month.back(back)
        amount = income.now if back <= 1 else income.before
        if not amount:
            continue
        if kind.agency == "so":
            payments.append(fund_payment(kind, covered, amount))
        elif kind.agency == "csn":
            payments.append({"datum": kind.paid(covered), "typ": kind.benefit, "belopp": amount})
        else:
            payments.append(payment(kind, covered, amount, income.of_type, income.deduction))
    if kind.agency == "so":
        told["kassa"] = "Provkassan"
    if kind.agency == "csn":
        began = month.back(4 if income.before else 1)
        told["arenden"] = [
            {"typ": kind.family, "status": "BESLUTAD", "fran": began.first, "till": began.back(-7).last},
        ]
    person[kind.agency] = {**told, "utbetalningar": sorted(payments, key=lambda one: str(one["datum"]))}


def _application(rng: Random, home: Home, month: Month, today: date) -> dict[str, Any]:
    arrived = today - timedelta(days=rng.choice((0, 0, 0, 1, 1, 2, 3)))
    told: dict[str, Any] = {"inkommet": moment(arrived, rng.randint(300, 479), rng.randint(0, 59))}
    told |= {"manad": month.text, "sokande": home.applicant.key}
    if len(home.adults) > 1:
        told["medsokande"] = {"person": home.adults[1].key}
    if home.children:
        told["barn"] = [{"person": one.key, **home.residence.get(one.key, {})} for one in home.children]
    told["boende"] = {"typ": "Hyresrätt", "rum": home.rooms, "personer": home.persons + len(home.lodgers)}
    if home.lodgers:
        told["boende"] |= {"typ": "Inneboende", "delar": True}
    told["kostnader"] = [
        {"typ": kind, "belopp": amount, **({"mottagare": home.landlord} if kind == "Hyra" else {})}
        for kind, amount in home.now.items()
    ]
    incomes = [_stated(one, month.back(1)) for one in home.incomes if one.stated]
    if incomes:
        told["inkomster"] = incomes
    if any(one.called == "A-kassa" for one in home.incomes):
        told["akassa"] = True
    if any(one.called == "Studiestöd" and one.stated for one in home.incomes):
        told["studier"] = True
    return {**told, "konto": home.account, **home.application}


def _stated(income: Income, month: Month) -> dict[str, Any]:
    row: dict[str, Any] = {"person": income.member.key, "typ": income.row, "belopp": income.stated}
    row |= {"datum": income.kind.paid(month)}
    return {**row, "fran": month.first, "till": month.last} if income.kind.agency in ("fk", "pm", "so") else row
