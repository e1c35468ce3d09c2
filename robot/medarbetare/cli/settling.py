"""`cases unknown`, `cases settle` and `cases evidence`: okänt utfall at the command line."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import build_journal, load_workflows, open_database
from medarbetare.cases.handoffs import Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.opening import open_case
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import may_be_shown, operator
from medarbetare.clock import utc_now
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.settling import Settling, unknown_writes
from medarbetare.engine.story import Look, Story, evidence_of
from medarbetare.errors import BusinessError, reason_of
from medarbetare.readable import clock, day_and_second, day_and_time

_ENDINGS = {"text/html": "html", "image/jpeg": "jpg", "image/png": "png", "text/plain": "txt"}


class Operator(Person):
    """Who acts at this command line."""

    @property
    def actor(self) -> str:
        """The operator as an actor in the journal."""
        return operator()


def unknown() -> None:
    """Skrivningar med okänt utfall, de äldsta först. Visar inga personuppgifter."""
    with open_database(configured()):
        table = Table("Ärende", "Sedan", "Portal", "Skrivning")
        for write in Write.objects.filter(state=WriteState.UNKNOWN).order_by("settled_at", "pk"):
            since = day_and_time(write.settled_at) if write.settled_at else ""
            table.add_row(write.case_id, since, escape(write.portal), escape(write.name))
        Console().print(table if table.row_count else "Ingen skrivning har okänt utfall.")


def settle(
    case: Annotated[str, typer.Argument(metavar="ÄRENDE", help="Ärendets handtag, som i cases unknown.")],
    write: Annotated[str, typer.Argument(metavar="SKRIVNING", help="Skrivningens namn, som i cases unknown.")],
    done: Annotated[
        bool | None, typer.Option("--gjort/--inte-gjort", help="Det som du har sett i systemet.", show_default=False)
    ] = None,
    note: Annotated[str, typer.Option("--not", help="Anteckning, sparas i journalen.", show_default=False)] = "",
    yes: Annotated[bool, typer.Option("--ja", help="Fråga inte först.")] = False,
) -> None:
    """Red ut ett okänt utfall: --gjort, roboten skriver aldrig detta igen; --inte-gjort, den tittar och skriver.

    Ditt användarnamn på datorn antecknas i journalen.
    """
    if done is None:
        raise BusinessError("Ange --gjort eller --inte-gjort, efter vad du har sett i systemet.")
    configuration = configured()
    console = Console(highlight=False, soft_wrap=True)
    with open_database(configuration):
        handoff = _open_handoff(case, write)
        meaning = "roboten skriver det aldrig igen" if done else "roboten tittar efter en gång till och skriver det"
        told = f"«{write}» i ärende {case} är {'gjort' if done else 'inte gjort'}: {meaning}. Går inte att ångra."
        if not yes and not _agreed(f"{told} Fortsätt? [j/N]: "):
            console.print("Ingenting gjordes.")
            return
        user = getpass.getuser()
        settled = Settling(build_journal(configuration)).settle(
            handoff.pk, write, done=done, person=Operator(user, user), now=utc_now(), note=note
        )
        left = ", ".join(f"«{one.name}»" for one in unknown_writes(settled))
        console.print(f"Antecknat. {f'Kvar att reda ut: {left}.' if left else 'Roboten går vidare.'}", markup=False)


def evidence(
    case: Annotated[str, typer.Argument(metavar="ÄRENDE", help="Ärendets handtag, som i cases list.")],
    to: Annotated[
        Path | None, typer.Option("--till", help="Mapp att skriva bevisen i.", show_default="bevis-ÄRENDE")
    ] = None,
) -> None:
    """Skriv ett ärendes bevis till en mapp som bara du kan läsa. Att de lämnades ut antecknas i journalen."""
    configuration = configured()
    workflows = load_workflows(configuration)
    folder = to or Path(f"bevis-{case}")
    table = Table("Fil", "Tid", "Skrivning", "Vad")
    with open_database(configuration):
        journal = build_journal(configuration)
        # Before anything is shown: what cannot be written is not handed out either.
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BusinessError(
                f"--till: mappen {folder} kan inte göras ({reason_of(error)}). Välj en annan."
            ) from None
        found, entries = open_case(journal, case, operator(), may_be_shown(case, workflows), piece="*")
        for piece in evidence_of(found, entries, journal):
            name = "gallrat"
            if piece.media_type:
                media_type, content = journal.piece(case, found.department, piece.digest)
                name = f"{piece.entry:06d}-{piece.position}.{_ENDINGS.get(media_type, 'bin')}"
                _write(folder / name, content)
            table.add_row(name, day_and_second(piece.at), escape(piece.step), escape(f"{piece.name}, {piece.moment}"))
    Console().print(table if table.row_count else f"Ärende {case} har inga bevis.")


def tell(console: Console, story: Story) -> None:
    """The story of one write of unknown outcome."""
    console.print(f"\n[bold]Okänt utfall: «{escape(story.write)}» i {escape(story.portal)}[/]")
    console.print(story.why or "Roboten har inte kunnat läsa tillbaka sedan det skickades.", markup=False)
    sent = ", ".join(map(day_and_second, story.sent))
    before = "" if story.shown_before is None else f" Listan visade {story.shown_before} i allt innan."
    console.print(f"Kan ha skickats: {sent or 'okänt när'}.{before}", markup=False)
    _print_fields(console, story)
    pictures = sum(piece.is_picture for piece in story.evidence)
    console.print(f"Bevis: {len(story.evidence)}, därav bilder: {pictures}. Hämta dem: medarbetare cases evidence")
    for one in story.settled:
        answer = "gjort" if one.done else "inte gjort"
        console.print(f"Utrett som {answer} av {one.by} {day_and_time(one.at)}. {one.note}", markup=False)


def _print_fields(console: Console, story: Story) -> None:
    """One column for what was intended and one for each record that a look showed."""
    records = [(look, record) for look in story.looks for record in look.records]
    table = Table("Fält", "Skulle stå", *(_heading(look) for look, _ in records))
    names = list(dict.fromkeys(line.name for lines in (story.intended, *(one for _, one in records)) for line in lines))
    intended = {line.name: line.intended for line in story.intended}
    found = [{line.name: line for line in record} for _, record in records]
    for name in names:
        cells = [
            f"[bold red]{escape(one[name].found)} (skiljer sig)[/]" if one[name].differs else escape(one[name].found)
            for one in found
        ]
        table.add_row(escape(name), escape(intended.get(name, "")), *cells)
    console.print(table)
    for look in story.looks:
        if not look.records:
            console.print(f"{_heading(look)}: fanns inte.", markup=False)


def _heading(look: Look) -> str:
    shown = "" if look.shown is None else f" ({look.shown} i listan)"
    return f"Läst {clock(look.at)}{shown}"


def _open_handoff(case: str, write: str) -> Handoff:
    """The hand-off in which the write is settled. Raises BusinessError that tells what there is to settle."""
    found = Case.objects.filter(handle=case).first()
    if found is None:
        raise BusinessError(f"Det finns inget ärende {case}. Se medarbetare cases unknown.")
    names = [one.name for one in unknown_writes(found)]
    handoff = Handoff.objects.filter(case=found, about="", closed_at=None).first()
    if write not in names or handoff is None:
        known = ", ".join(f"«{name}»" for name in names) if handoff is not None else ""
        raise BusinessError(
            f"Ärende {case} har ingen skrivning «{write}» att reda ut. De som finns: {known or 'inga'}."
        )
    return handoff


def _agreed(question: str) -> bool:
    return typer.prompt(question, default="n", show_default=False, prompt_suffix="").strip().casefold() in ("j", "ja")


def _write(path: Path, content: bytes) -> None:
    """A new file that its owner alone can read. Raises BusinessError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BusinessError(f"--till: {path.name} kan inte skrivas ({reason_of(error)}). Välj en tom mapp.") from None
    with open(descriptor, "wb") as file:
        file.write(content)
