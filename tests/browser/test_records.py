"""Reminders, documents, registrations with files and messages, written and read back in the practice municipality: the
case system in both skins, by selector file only, and the e-service."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.portaler import e_tjanst
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Aktualiseringspost,
    Bevakningspost,
    Dokumentpost,
    Plats,
    RegistreraAktualisering,
    RegistreraBevakning,
    RegistreraDokument,
)
from medarbetare.browser import Browser, PortalSettings, find_browser
from medarbetare.config import selectors_folder
from medarbetare.engine import File, NaturalKey, Original, Portal
from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

KIM, LINN = "260103", "260107"
BREV = b"%PDF-1.4\n" + bytes(range(256)) * 800
KVITTO = {"filnamn": "kvitto å.png", "fil_id": "21", "slag": "kvitto", "text": "Medicin 240 kr"}
SVAR = {"pa": 1, "efter_dagar": 0, "text": "Här kommer kvittot.", "bilagor": [{**KVITTO, "fil_id": "22"}]}
LOSES = {
    "demo": ("/ny_anteckning_bilaga.do", "/ny_aktualisering.do"),
    "demo-grid": ("/api/arende/*/ny/anteckning", "/api/arende/*/ny/aktualisering"),
}
"""Where the second save loses half of its files."""


@dataclass
class Town:
    """A practice municipality and the robot's portals in it."""

    served: Running
    portal: Callable[[str], Portal]
    ansokan: Ansokan

    @property
    def registered(self) -> dict[str, list[dict[str, Any]]]:
        """What the case system registered."""
        found: dict[str, list[dict[str, Any]]] = self.served.facit()["registered"]
        return found


def _world(name: str) -> World:
    content = worlds.load(name).model_dump(mode="json", exclude_defaults=True)
    content["inkorg"][LINN]["bilagor"] = [KVITTO]
    content["inkorg"][KIM]["svar"] = [SVAR]
    faults = [
        {"fel": "halv_sparning", "system": "verksamhet", "sida": page, "metod": "POST", "gang": 2}
        for page in LOSES[name]
    ]
    skin = worlds.load(name).system["verksamhet"].skin
    # By password, and without the habit of logging out: those are other tests' concern.
    return World.model_validate({**content, "system": {"verksamhet": {"skin": skin}}, "fel": faults})


def _settings(served: Running, name: Any, selectors: str, folder: Path) -> PortalSettings:
    account = served.account(name)
    secrets = {"user": account.user, "password": account.password, "totp": account.totp}
    for what, secret in secrets.items():
        (folder / f"{name}-{what}").write_text(secret or "", "utf-8")
    told = {what: {"file": folder / f"{name}-{what}"} for what, secret in secrets.items() if secret}
    place = {"name": name, "address": served.address(name), "selectors": selectors, "visibility": {"limit_s": 1}}
    return PortalSettings.model_validate(place | told)


@pytest.fixture(scope="module", params=sorted(LOSES))
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("poster")
    case_system = "verksamhet_grid" if request.param == "demo-grid" else "verksamhet"
    with running(_world(request.param), folder / "data") as served:
        described = [
            _settings(served, "verksamhet", case_system, folder),
            _settings(served, "etjanst", "etjanst", folder),
        ]
        browser = Browser(
            find_browser(None), described, selectors_folder(), on_progress=lambda: None, on_heal=lambda *healed: None
        )
        try:
            xml = browser.portal("etjanst").page("arende", referens=LINN).download("xml")
            yield Town(served, browser.portal, las_ansokan(Original.of(xml)))
        finally:
            browser.close()


@pytest.fixture
def plats(town: Town) -> Plats:
    """Linn's case."""
    sokande = town.ansokan.sokande.personnummer
    return Plats(town.portal("verksamhet"), "4707", sokande, town.ansokan.manad)


def written(effect: Any) -> Any:
    """Look that it is not there, write it and read it back."""
    assert list(effect.read()) == []
    effect.fill()()
    return effect.read()


def test_a_reminder_is_registered_once_and_found_again(town: Town, plats: Plats) -> None:
    text = "Rådrum för hyran gäller till och med februari 2027.\nFölj upp före nästa beslut."
    post = Bevakningspost(datum=date(2027, 2, 14), ansvarig="Hilda Handläggarsson", text=text)
    assert list(written(RegistreraBevakning(plats, post, "rådrum"))) == [post]
    (made,) = town.registered["bevakningar"]
    assert (made["arende"], made["datum"], made["ansvarig"]) == ("4707", "2027-02-14", post.ansvarig)


def test_a_document_is_filed_byte_for_byte_and_one_that_lost_its_file_is_seen(town: Town, plats: Plats) -> None:
    post = Dokumentpost(
        namn="beslutsbrev-2026-12-260107.pdf",
        datum=date(2026, 12, 1),
        rubrik="Beslutsbrev december 2026, ansökan 260107",
        text="Beslutsbrevet som det hämtades före beslutet.",
    )
    assert list(written(RegistreraDokument(plats, post, BREV))) == [post]
    (made,) = [one for one in town.registered["dokument"] if one["namn"] == post.namn]
    assert (made["storlek"], made["sha256"]) == (len(BREV), hashlib.sha256(BREV).hexdigest())

    again = RegistreraDokument(plats, post.model_copy(update={"rubrik": "Rättat beslutsbrev december 2026"}), BREV)
    (found,) = written(again)
    assert (found.namn, found == again.intended) == ("", False)


def test_an_application_is_registered_with_its_files_and_one_that_lost_half_is_seen(town: Town, plats: Plats) -> None:
    inbox, ansokan = town.portal("etjanst"), town.ansokan
    files = e_tjanst.las_filer(inbox, ansokan)
    assert files.namn == (f"ansokan-{LINN}.pdf", "kvitto å.png")

    def fetch() -> tuple[File, ...]:
        return e_tjanst.hamta_filer(inbox, ansokan, files)

    post = Aktualiseringspost(
        ankomstdatum=ansokan.inkommen.date(),
        arendetyp="Återansökan ekonomiskt bistånd",
        referens=LINN,
        bilagor=files.i_ord,
        filer=files.namn,
    )
    assert list(written(RegistreraAktualisering(plats, post, fetch))) == [post]
    sent = {one.name: hashlib.sha256(one.content).hexdigest() for one in fetch()}
    kept = {one["namn"]: one["sha256"] for one in town.registered["dokument"] if one["namn"] in sent}
    assert kept == sent

    other = RegistreraAktualisering(plats, post.model_copy(update={"referens": "260999"}), fetch)
    (found,) = written(other)
    assert found.filer == (f"ansokan-{LINN}.pdf",)


def test_a_message_asks_for_more_and_its_answer_is_read(town: Town) -> None:
    inbox, key = town.portal("etjanst"), NaturalKey("199503239817", "2026-12", "komplettering 260103")
    text = "Din ansökan är inte komplett:\n\nSkicka kvittot på medicinen.\n\nKomplettera senast 2026-12-08."
    effect = e_tjanst.SkickaMeddelande(
        inbox, KIM, e_tjanst.Meddelandepost(text=text), begar_komplettering=True, key=key, name="komplettering"
    )
    assert e_tjanst.las_meddelanden(inbox, KIM) == ()
    assert list(written(effect)) == [effect.intended]
    asked, answered = e_tjanst.las_meddelanden(inbox, KIM)
    assert (asked.fran, asked.text, asked.tid is not None) == ("oss", " ".join(text.split()), True)
    assert (answered.fran, answered.text, answered.filer) == ("sokanden", SVAR["text"], ("kvitto å.png",))
    assert e_tjanst.las_status(inbox, KIM) == "Komplettering inkommen"
    (sent, _) = town.served.facit("etjanst")["registered"]["meddelanden"]
    assert sent["text"].replace("\r\n", "\n") == text
