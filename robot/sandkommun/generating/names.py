"""Names that nobody has, made of word parts, and places that are nowhere."""

from random import Random

_STEMS = (
    *("Test", "Prov", "Exem", "Mod", "Fikt", "Skiss", "Låt", "Påhitt", "Mönst", "Utkast"),
    *("Blank", "Lotsas", "Förs", "Öv", "Simul", "Mall"),
)
_FIRST = ("ina", "bert", "ella", "olf", "inge", "rika", "mar", "ia", "fride", "mund", "elia", "ulf", "borg", "vina")
_LAST = (
    *("sson", "vsson", "qvist", "fors", "bäck", "hage", "ås", "vik", "stad", "moss", "rot", "sten", "lycke", "torp"),
    *("sjö", "backe", "udde", "näs"),
)
_STREETS = ("Provvägen", "Övningsgatan", "Testgränd", "Exempelvägen", "Försöksgatan", "Modellstigen", "Mallgatan")
LANDLORDS = ("Sandköpingsbostäder AB", "Provhyror AB", "Övningshem AB", "Testfastigheter HB")
STAFF = (
    "Hilda Handläggarsson",
    "Ove Utredarsson",
    "Berit Beslutsson",
    "Sune Socialsson",
    "Elsa Exempelsson",
    "Mats Modellsson",
)
COUNTRIES = ("Syrien", "Somalia", "Irak", "Eritrea", "Ukraina", "Afghanistan", "Finland", "Polen")


def first_name(rng: Random) -> str:
    return rng.choice(_STEMS) + rng.choice(_FIRST)


def surname(rng: Random) -> str:
    return rng.choice(_STEMS) + rng.choice(_LAST)


def address(rng: Random) -> str:
    stairs = rng.choice(("", "", " A", " B", " C"))
    return f"{rng.choice(_STREETS)} {rng.randint(1, 240)}{stairs}, 999 {rng.randint(1, 20):02} Sandköping"
