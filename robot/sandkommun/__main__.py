"""`python -m sandkommun`: serve a world, check a world file, tell a person's one-time code."""

import argparse
import os
import sys
from pathlib import Path

from sandkommun import accounts
from sandkommun.worlds import WorldError, load, shipped


def main() -> int:
    """Returns the exit code: 0 done, 1 refused with the reason on stderr."""
    arguments = _parser().parse_args()
    try:
        if arguments.what == "check":
            return _check(arguments.world)
        if arguments.what == "kod":
            return _code(arguments.data)
        return _serve(arguments.world, arguments.data, arguments.port_base)
    except WorldError as error:
        return _refuse(str(error))


def _parser() -> argparse.ArgumentParser:
    description = "En övningskommun: e-tjänst, register, verksamhetssystem."
    parser = argparse.ArgumentParser(prog="sandkommun", description=description)
    commands = parser.add_subparsers(dest="what", required=True)
    serve = commands.add_parser("serve", help="starta systemen och håll dem igång")
    serve.add_argument("--world", default="demo", help=f"en fil .yaml eller en av: {', '.join(shipped())}")
    serve.add_argument("--data", type=Path, required=True, help="tom mapp för databaser, adresser och inloggningar")
    serve.add_argument("--port-base", type=int, help="första porten, ett system på varje; annars tas lediga portar")
    check = commands.add_parser("check", help="granska en världsfil")
    check.add_argument("world", help="världsfilen")
    code = commands.add_parser("kod", help="visa handläggarens engångskod till verksamhetssystemet just nu")
    code.add_argument("--data", type=Path, required=True, help="mappen som gavs till serve")
    return parser


def _serve(world: str, data: Path, port_base: int | None) -> int:
    from sandkommun.serving import ServeError, serve  # the web server takes time to import: only where it is needed

    try:
        serve(world, data, port_base, announce=_say)
    except ServeError as error:
        return _refuse(str(error))
    return 0


def _check(world: str) -> int:
    loaded = load(world)
    counts = f"{len(loaded.personer)} personer, {len(loaded.arenden)} ärenden, {len(loaded.inkorg)} i inkorgen"
    _say(f"{world}: {counts}. Rätt.")
    return 0


def _code(data: Path) -> int:
    file = accounts.place(data / "credentials", "verksamhet", "handlaggare")
    try:
        _say(accounts.read(file).code())
    except FileNotFoundError:
        return _refuse(f"{file} finns inte. Är sandkommun startad med den mappen?")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + os.linesep)
    sys.stdout.flush()


def _refuse(text: str) -> int:
    sys.stderr.write(text + os.linesep)
    return 1


if __name__ == "__main__":
    sys.exit(main())
