"""The case system, written: one effect per kind of record, each compared field by field when it is read back."""

from arbetsfloden.ekonomiskt_bistand.portaler.registrering.aktualisering import (
    Aktualiseringspost,
    RegistreraAktualisering,
)
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.anteckning import Anteckningspost, SkrivAnteckning
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.berakning import SparaBerakning
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.beslut import Beslutspost, RegistreraBeslut
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.bevakning import Bevakningspost, RegistreraBevakning
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.dokument import Dokumentpost, RegistreraDokument, filer_till
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Plats, skrivningens_namn
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.utbetalning import RegistreraUtbetalning, Utbetalningspost

__all__ = [
    "Aktualiseringspost",
    "Anteckningspost",
    "Beslutspost",
    "Bevakningspost",
    "Dokumentpost",
    "Plats",
    "RegistreraAktualisering",
    "RegistreraBeslut",
    "RegistreraBevakning",
    "RegistreraDokument",
    "RegistreraUtbetalning",
    "SkrivAnteckning",
    "SparaBerakning",
    "Utbetalningspost",
    "filer_till",
    "skrivningens_namn",
]
