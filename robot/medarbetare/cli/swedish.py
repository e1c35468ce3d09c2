"""Typer's own words in Swedish: help, usage lines and what it says of a command that was typed wrong."""

import re
from functools import partial
from typing import Any

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

_USAGE = {
    "Usage: ": "Användning: ",
    "[OPTIONS]": "[VÄLJARE]",
    "COMMAND [ARGS]...": "KOMMANDO [ARGUMENT]...",
}

_FAULTS = tuple(
    (re.compile(english), swedish)
    for english, swedish in (
        (r"^Missing argument '(.+?)'\.", r"Argumentet «\1» saknas."),
        (r"^Missing option '(.+?)'\.", r"Väljaren \1 saknas."),
        (r"^Missing command\.", "Ett kommando saknas."),
        (r"^No such command '(.+?)'", r"Kommandot «\1» finns inte"),
        (r"^No such option: (\S+)", r"Väljaren \1 finns inte."),
        (r"Did you mean (.+)\?$", r"Menade du \1?"),
        (r"\(Possible options: (.+)\)$", r"Menade du \1?"),
        (r"^Got unexpected extra arguments?(?:\(s\))? \((.+)\)", r"För många argument, det här används inte: \1."),
        (r"^Option '(.+?)' requires an argument\.", r"Väljaren \1 ska följas av ett värde."),
        (r"^Option '(.+?)' requires (\d+) arguments\.", r"Väljaren \1 ska följas av \2 värden."),
        (r"^Option '(.+?)' does not take a value\.", r"Väljaren \1 tar inget värde."),
        (r"^Invalid value for '(.+?)': ", r"Fel värde för \1: "),
        (r"^Invalid value: ", "Fel värde: "),
        (r"(?:Value error, )?'(.*?)' is not one of (.+?)\.?$", r"fann «\1», väntade något av \2."),
        (r"Input should be a valid integer.*$", "väntade ett heltal."),
        (r"Input should be a valid (?:number|decimal|float).*$", "väntade ett tal."),
        (r"Input should be less than or equal to (\S+)$", r"väntade högst \1."),
        (r"Input should be greater than or equal to (\S+)$", r"väntade minst \1."),
    )
)
"""What Typer says, in English, and the same in Swedish. What is not here is shown as it is."""


def in_swedish(app: typer.Typer) -> TyperGroup:
    """The commands of `app`, ready to be called, with help in Swedish."""
    for name, words in _WORDS.items():
        setattr(rich_utils, name, words)
    # Asked of the module each time something was typed wrong; put in place once, however often this is called.
    if not isinstance(rich_utils.rich_format_error, partial):
        rich_utils.rich_format_error = partial(_tell_fault, rich_utils.rich_format_error)
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    _explain_help(group)
    return group


def in_swedish_words(fault: str) -> str:
    """What Typer says of a command that was typed wrong."""
    for english, swedish in _FAULTS:
        fault = english.sub(swedish, fault)
    return fault


def _tell_fault(show: Any, error: Any) -> None:
    told = in_swedish_words(error.format_message())
    error.format_message = lambda: told
    show(error)


def _usage(english: Any, context: Any) -> str:
    usage: str = english(context)
    for word, swedish in _USAGE.items():
        usage = usage.replace(word, swedish)
    return usage


def _explain_help(group: TyperGroup) -> None:
    for command in (group, *group.commands.values()):
        # Typer makes this option once per command and keeps it.
        option = command.get_help_option(command.context_class(command))
        if option is not None:
            option.help = "Visa den här hjälpen och avsluta."
        command.get_usage = partial(_usage, command.get_usage)  # type: ignore[method-assign]
        if command is not group and isinstance(command, TyperGroup):
            _explain_help(command)
