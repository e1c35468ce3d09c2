"""The ways into a municipality's systems, drawn at each start: accounts, and certificates where those are asked for."""

from dataclasses import dataclass
from pathlib import Path

from sandkommun.entrances import accounts
from sandkommun.entrances.accounts import USERS, Accounts
from sandkommun.entrances.certificates import Authority, Pair
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import SYSTEMS, Systemnamn


@dataclass(frozen=True)
class Tls:
    """What a system that is served with TLS shows (`server`), and whose certificates it believes (`authority`)."""

    server: Pair
    authority: Path


@dataclass(frozen=True)
class Entrances:
    """Accounts and, where one logs in by certificate, TLS, by system. Systems with the common log-in share accounts."""

    accounts: dict[Systemnamn, Accounts]
    tls: dict[Systemnamn, Tls]


def draw(kommun: Kommun, folder: Path) -> Entrances:
    """Draw them for every system of a municipality and write the users' files into a folder."""
    folder.mkdir(mode=0o700)
    login = {name: kommun.login(name) for name in SYSTEMS if name != "start"}
    sharing: list[Systemnamn] = ["inloggning", *(name for name, kind in login.items() if kind == "sso")]
    common = accounts.draw(folder, sharing, with_totp=login["inloggning"] == "engangskod")
    drawn: dict[Systemnamn, Accounts] = {"start": Accounts(folder, (), {}), **dict.fromkeys(sharing, common)}
    tls: dict[Systemnamn, Tls] = {}
    authority: Authority | None = None
    for name, kind in login.items():
        if kind == "certifikat":
            authority = authority or Authority(folder, kommun.kommun)
            tls[name] = Tls(authority.server(name), authority.file)
            drawn[name] = accounts.draw(folder, [name], certificates=authority.clients(name, USERS))
        elif name not in drawn:
            drawn[name] = accounts.draw(folder, [name], with_totp=kind == "engangskod")
    return Entrances(drawn, tls)
