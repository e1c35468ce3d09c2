"""`users`: who may log in to the web, and which hand-offs they take."""

import getpass
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import open_database
from medarbetare.cases import staff
from medarbetare.cases.access import group_of
from medarbetare.cases.models import Absence, StaffName
from medarbetare.cli import absences
from medarbetare.cli.folder import chosen_department, configured
from medarbetare.clock import utc_now
from medarbetare.errors import BusinessError
from medarbetare.log import mask
from medarbetare.readable import day_and_time, local

users_app = typer.Typer(help="De som får logga in i webben.", no_args_is_help=True)
users_app.command("absent")(absences.absent)
users_app.command("back")(absences.back)

ROLES = ("handläggare", "arbetsmarknadssekreterare", "it", "skyddade personuppgifter", "jäv")
"""Whom the robot hands over to so far; a workflow may name others."""

_USER = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_LONGEST_NAME = 60
"""What fits where case systems ask for the decision maker."""

User_ = Annotated[str, typer.Argument(metavar="NAMN", help="Inloggningsnamnet.")]
CalledThere = Annotated[
    str | None,
    typer.Option(
        "--case-system-name", help="Namnet i verksamhetssystemet, när det skrivs annorlunda där.", show_default=False
    ),
]


@users_app.command("add")
def add(
    name: User_,
    role: Annotated[list[str], typer.Option("--role", help=f"Roll, kan anges flera gånger: {', '.join(ROLES)}.")],
    department: Annotated[
        str | None, typer.Option(help="Avdelning; behövs bara när det finns flera.", show_default=False)
    ] = None,
    full_name: Annotated[
        str | None, typer.Option("--name", help="För- och efternamn, som beslutsfattare skrivs.", show_default=False)
    ] = None,
    case_system_name: CalledThere = None,
    password_file: Annotated[
        Path | None, typer.Option(help="Fil med lösenordet; annars frågas det här.", show_default=False)
    ] = None,
) -> None:
    """Lägg till en person, eller ge en som finns nya roller, nytt namn och nytt lösenord. Frågar efter lösenordet."""
    configuration = configured()
    chosen = chosen_department(configuration, department)
    password = _asked_password() if password_file is None else read_password(password_file)
    with open_database(configuration), transaction.atomic():
        add_user(name, full_name or name, [group_of(chosen, one) for one in role], password)
        if case_system_name is not None:
            staff.call(name, case_system_name)
    console = Console(markup=False, highlight=False)
    console.print(f"{name} kan logga in och tar {', '.join(role)} för {chosen}.")
    if new := [one for one in role if one not in ROLES]:
        console.print(f"Obs: roboten lämnar inte över till {', '.join(new)} än. Stavat rätt?", style="yellow")


@users_app.command("name")
def name_there(
    name: User_,
    case_system_name: Annotated[
        str, typer.Option("--case-system-name", help="Namnet som det skrivs där. Tomt: samma som här.")
    ],
) -> None:
    """Säg vad en person heter i verksamhetssystemet: ärenden med den handläggaren lämnas då över till personen."""
    with open_database(configured()):
        _existing(name)
        staff.call(name, case_system_name)
    there = " ".join(case_system_name.split())
    told = f"heter «{there}» i verksamhetssystemet" if there else "heter likadant i verksamhetssystemet som här"
    Console(markup=False, highlight=False).print(f"{name} {told}. Det gäller det som lämnas över från och med nu.")


@users_app.command("list")
def list_users() -> None:
    """De som får logga in, vad de tar, och när de är frånvarande."""
    with open_database(configured()):
        table = Table("Namn", "Beslutsfattare", "Tar", "Inloggning", "Senast inne")
        there = dict(StaffName.objects.values_list("user", "name"))
        away = list(Absence.objects.filter(last__gte=local(utc_now()).date()).order_by("first"))
        for user in User.objects.order_by("username").prefetch_related("groups"):
            groups = "\n".join(sorted(group.name for group in user.groups.all()))
            last = day_and_time(user.last_login) if user.last_login else ""
            state = "öppen" if user.is_active else "stängd"
            states = [state, *(absences.in_words(one) for one in away if one.user == user.username)]
            names = [user.get_full_name(), *([f"({there[user.username]})"] if user.username in there else [])]
            table.add_row(
                escape(user.username), escape("\n".join(names)), escape(groups), escape("\n".join(states)), last
            )
        Console().print(
            table if table.row_count else "Ingen får logga in än. Lägg till: medarbetare users add NAMN --role ROLL"
        )


@users_app.command("disable")
def disable(name: User_) -> None:
    """Stäng en persons inloggning genast, också där personen är inloggad. Öppnas igen med users add."""
    with open_database(configured()):
        user = _existing(name)
        user.is_active = False
        user.save(update_fields=["is_active"])
    Console(markup=False, highlight=False).print(f"{name} kan inte logga in längre.")


@users_app.command("remove")
def remove(name: User_) -> None:
    """Ta bort en person helt. Det som personen har gjort står kvar i journalen under inloggningsnamnet."""
    with open_database(configured()), transaction.atomic():
        _existing(name).delete()
        left = staff.forget(name)
    told = f" Det som låg hos personen ligger nu hos gruppen: {left}." if left else ""
    Console(markup=False, highlight=False).print(f"{name} är borttagen.{told}")


def add_user(name: str, full_name: str, groups: Sequence[str], password: str) -> None:
    """Make a person who can log in, or give one that there is other groups, name and password.

    Raises BusinessError when a name or the password will not do.
    """
    if not _USER.fullmatch(name) or mask(name) != name:
        raise BusinessError(
            "Inloggningsnamnet får ha a–z, 0–9, punkt, bindestreck, _ och @, högst 64 tecken, och får inte vara ett "
            "personnummer."
        )
    if not full_name.strip() or len(full_name) > _LONGEST_NAME or mask(full_name) != full_name:
        raise BusinessError(f"Namnet får ha högst {_LONGEST_NAME} tecken och får inte innehålla ett personnummer.")
    first, _, last = " ".join(full_name.split()).rpartition(" ")
    with transaction.atomic():
        user = User.objects.filter(username=name).first() or User(username=name)
        user.first_name, user.last_name, user.is_active = first, last, True
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise BusinessError("Lösenordet duger inte. " + " ".join(error.messages)) from None
        user.set_password(password)
        user.save()
        user.groups.set(Group.objects.get_or_create(name=group)[0] for group in groups)


def read_password(file: Path) -> str:
    """The first line of a file. Raises BusinessError when it cannot be read."""
    try:
        return file.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError):
        raise BusinessError(f"Lösenordet kunde inte läsas i {file}.") from None


def _asked_password() -> str:
    password = getpass.getpass("Lösenord: ")
    if getpass.getpass("Lösenordet en gång till: ") != password:
        raise BusinessError("Lösenorden är inte lika. Ingenting är ändrat.")
    return password


def _existing(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise BusinessError(f"Det finns ingen {name}. Se medarbetare users list.")
    return user
