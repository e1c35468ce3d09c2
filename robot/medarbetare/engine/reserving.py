"""Reserving room under a day's ceiling. What a person has approved is not counted: somebody has looked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import structlog
from django.db import connection
from django.db.models import Count, Q, Sum

from medarbetare.cases.models import Case
from medarbetare.engine.ceiling import Ceiling, Reserved
from medarbetare.engine.models import Reservation

log = structlog.get_logger()


@dataclass(frozen=True)
class DaysTotal:
    """What is reserved of one day: kronor and cases, and how many cases there was no room for."""

    amount: Decimal
    count: int
    refused: int


def reserve(case: Case, kind: str, amount: Decimal, ceiling: Ceiling, day: date) -> Reserved:
    """Reserve an amount of a day, in place of what the case had reserved before, if there is room.

    Joins the transaction at hand, in which the case's row is locked; until it ends, every other worker that asks about
    the same day waits. Without room the case has nothing reserved. Raises ValueError for an amount below zero or with
    parts of an öre.
    """
    if not (amount >= 0 and amount == round(amount, 2)):
        raise ValueError(f"{kind}: no amount of money")
    with connection.cursor() as cursor:
        name = f"{case.department}/{case.workflow}/{kind}/{day}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    Reservation.objects.filter(case=case, kind=kind).delete()
    before = total(case.department, case.workflow, kind, day)
    within = before.amount + amount <= ceiling.amount and before.count + 1 <= ceiling.count
    Reservation.objects.create(case=case, kind=kind, day=day, amount=amount, within=within)
    if not within:
        log.warning("ceiling of the day reached", kind=kind, reserved=str(before.amount), cases=before.count)
    return Reserved(day=day, amount=amount, within=within)


def total(department: str, workflow: str, kind: str, day: date) -> DaysTotal:
    """What the cases of a workflow in a department have reserved of a day."""
    rows = Reservation.objects.filter(kind=kind, day=day, case__department=department, case__workflow=workflow)
    within = Q(within=True)
    found = rows.aggregate(
        amount=Sum("amount", filter=within), count=Count("pk", filter=within), refused=Count("pk", filter=~within)
    )
    return DaysTotal(found["amount"] or Decimal(0), found["count"], found["refused"])
