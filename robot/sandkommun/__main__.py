"""`python -m sandkommun`: serve a world, move it, check or generate a world file, tell a person's one-time code."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from sandkommun import remote
from sandkommun.entrances import accounts
from sandkommun.worlds import WorldError, load, shipped
from sandkommun.worlds.faultlist import CATALOGUE
from sandkommun.worlds.systems import LONGEST_DELAY, SYSTEMS


def main() -> int:
    """Returns the exit code: 0 done, 1 refused with the reason on stderr."""
    arguments = _parser().parse_args()
    try:
        if arguments.what == "check":
            return _check(arguments.world)
        if arguments.what == "generate":
            return _generate(arguments.households, arguments.seed, arguments.today, arguments.out)
        if arguments.what in ("tick", "reset"):
            ticks = arguments.what == "tick"
            _say(remote.tick(arguments.data, arguments.step) if ticks else remote.reset(arguments.data))
            return 0
        if arguments.what == "kod":
            return _code(arguments.data, arguments.system)
        if arguments.what == "faults":
            return _known_faults(arguments.as_json) if arguments.shown == "list" else _seeded(arguments)
        return _serve(arguments.world, arguments.data, arguments.port_base, arguments.latency, arguments.faults)
    except (WorldError, remote.RemoteError) as error:
        return _refuse(str(error))


def _parser() -> argparse.ArgumentParser:
    description = "En övningskommun: e-tjänst, register, verksamhetssystem."
    parser = argparse.ArgumentParser(prog="sandkommun", description=description)
    commands = parser.add_subparsers(dest="what", required=True)
    serve = commands.add_parser("serve", help="starta systemen och håll dem igång")
    serve.add_argument("--world", default="demo", help=f"en fil .yaml eller .json, eller en av: {', '.join(shipped())}")
    serve.add_argument("--data", type=Path, required=True, help="tom mapp för databaser, adresser och inloggningar")
    serve.add_argument("--port-base", type=int, help="första porten, ett system på varje; annars tas lediga portar")
    late, more = "så många millisekunder dröjer varje svar", "ett heltal, eller en YAML-fil: fel utöver världens"
    serve.add_argument("--latency", type=_delay, default=0, metavar="MS", help=late)
    serve.add_argument("--faults", type=_faults, metavar="FRÖ|PLAN", help=more)
    check = commands.add_parser("check", help="granska en världsfil")
    check.add_argument("world", help="världsfilen")
    _add_generate(commands.add_parser("generate", help="gör en världsfil av ett antal påhittade hushåll"))
    tick = commands.add_parser("tick", help="flytta fram datumet i en startad värld")
    tick.add_argument("step", metavar="STEG", help="till exempel 1d eller 1month")
    reset = commands.add_parser("reset", help="gör allt i en startad värld som det var från början")
    for moved in (tick, reset):
        moved.add_argument("--data", type=Path, required=True, help="mappen som gavs till serve")
    code = commands.add_parser("kod", help="visa handläggarens engångskod till ett system just nu")
    code.add_argument("--system", default="verksamhet", choices=SYSTEMS, metavar="NAMN", help="annars verksamhet")
    code.add_argument("--data", type=Path, required=True, help="mappen som gavs till serve")
    _add_faults(commands.add_parser("faults", help="visa de fel som systemen kan ha, eller planen för ett frö"))
    return parser


def _add_faults(parser: argparse.ArgumentParser) -> None:
    shown = parser.add_subparsers(dest="shown", required=True)
    known = shown.add_parser("list", help="alla fel: namn, vad som händer, värde, system")
    known.add_argument("--json", action="store_true", dest="as_json", help="för program")
    seeded = shown.add_parser("plan", help="planen för ett frö, som YAML")
    seeded.add_argument("seed", type=_seed, metavar="FRÖ", help="ett heltal; samma tal ger samma plan")
    seeded.add_argument("--world", default="demo", help="världen vars system planen gäller")


def _delay(text: str) -> int:
    if not text.isdecimal() or int(text) > LONGEST_DELAY:
        raise argparse.ArgumentTypeError(f"ange ett heltal från 0 till {LONGEST_DELAY}, i millisekunder")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("ange fröet som ett heltal från 0")
    return int(text)


def _faults(text: str) -> str:
    return str(_seed(text)) if text.lstrip("-").isdecimal() else text


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--households", type=int, required=True, metavar="N", help="antal hushåll")
    parser.add_argument(
        "--seed", type=int, required=True, metavar="S", help="samma tal ger samma värld, tecken för tecken"
    )
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 12, 1), help="världens dag, 2026-12-01")
    parser.add_argument("--out", type=Path, required=True, metavar="FIL", help="världsfilen, .yaml eller .json")


def _generate(households: int, seed: int, today: date, out: Path) -> int:
    from sandkommun.generating import generate, write_file

    if out.suffix not in (".yaml", ".json"):
        return _refuse(f"{out} ska sluta på .yaml eller .json.")
    try:
        world = generate(households, seed, today)
        write_file(world, out)
    except ValueError as error:
        return _refuse(f"Världen går inte att göra: {error}.")
    except OSError as error:
        return _refuse(f"{out} går inte att skriva ({error.strerror}). Finns mappen?")
    counts = {name: len(world[name]) for name in ("personer", "hushall", "arenden", "inkorg")}
    _say(f"{out}: {', '.join(f'{count} {name}' for name, count in counts.items())}.")
    return 0


def _serve(world: str, data: Path, port_base: int | None, latency: int, faults: str | None) -> int:
    from sandkommun.serving import ServeError, serve  # the web server takes time to import: only where it is needed
    from sandkommun.stubbornness.plans import PlanError

    try:
        serve(world, data, port_base, announce=_say, latency_ms=latency, faults=faults)
    except (ServeError, PlanError) as error:
        return _refuse(str(error))
    return 0


def _known_faults(as_json: bool) -> int:
    if as_json:
        _say(json.dumps({name: asdict(fault) for name, fault in CATALOGUE.items()}, ensure_ascii=False, indent=1))
        return 0
    for name, fault in CATALOGUE.items():
        usual = f", annars {fault.usual}" if fault.usual is not None else ""
        value = f" Värde: {fault.value}{usual}." if fault.value else ""
        where = f" Bara i {', '.join(fault.systems)}." if fault.systems else ""
        _say(f"{name:20} {fault.what}{value}{where}")
    return 0


def _seeded(arguments: argparse.Namespace) -> int:
    from sandkommun.stubbornness import plans

    _say(plans.as_yaml(plans.plan(arguments.seed, plans.pages_of(load(arguments.world)))).rstrip())
    return 0


def _check(world: str) -> int:
    one = load(world)
    counts = {
        "personer": len(one.personer),
        "hushåll": len(one.hushall),
        "ärenden": len(one.arenden),
        "beräkningar": sum(len(case.berakningar) for case in one.arenden.values()),
        "i inkorgen": len(one.inkorg),
        "fel i planen": len(one.fel),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    _say(f"{world}: {one.kommun} {one.today}. {told}. Rätt.")
    return 0


def _code(data: Path, system: str) -> int:
    file = accounts.place(data / "credentials", system, "handlaggare")
    try:
        _say(accounts.read(file).code())
    except FileNotFoundError:
        return _refuse(f"{file} finns inte. Är sandkommun startad med den mappen?")
    except ValueError:
        return _refuse(f"Till {system} loggar man inte in med engångskod. Ange ett annat --system.")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + os.linesep)
    sys.stdout.flush()


def _refuse(text: str) -> int:
    sys.stderr.write(text + os.linesep)
    return 1


if __name__ == "__main__":
    sys.exit(main())
