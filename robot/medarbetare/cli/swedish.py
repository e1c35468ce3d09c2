"""Typer's own words in Swedish, as far as Typer lets them be changed."""

import typer
from typer import rich_utils
from typer.core import TyperGroup
from typer.main import get_command

_WORDS = {
    "ARGUMENTS_PANEL_TITLE": "Argument",
    "OPTIONS_PANEL_TITLE": "Väljare",
    "COMMANDS_PANEL_TITLE": "Kommandon",
    "ERRORS_PANEL_TITLE": "Fel",
    "DEFAULT_STRING": "[annars: {}]",
    "REQUIRED_LONG_STRING": "[krävs]",
    "ABORTED_TEXT": "Avbrutet.",
    "RICH_HELP": "Hjälp: [blue]{command_path} {help_option}[/]",
}


def in_swedish(app: typer.Typer) -> TyperGroup:
    """The commands of `app`, ready to be called, with help in Swedish."""
    for name, words in _WORDS.items():
        setattr(rich_utils, name, words)
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    _explain_help(group)
    return group


def _explain_help(group: TyperGroup) -> None:
    for command in (group, *group.commands.values()):
        # Typer makes this option once per command and keeps it.
        option = command.get_help_option(command.context_class(command))
        if option is not None:
            option.help = "Visa den här hjälpen och avsluta."
        if command is not group and isinstance(command, TyperGroup):
            _explain_help(command)
