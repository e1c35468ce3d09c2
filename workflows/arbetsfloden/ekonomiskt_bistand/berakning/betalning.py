"""To whom a grant is paid: the applicant, or the landlord for the rent and the applicant for the rest."""

from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, TidigareUtbetalning, siffror


class Betalning(Fakta):
    """One payment of a grant."""

    mottagare: str
    konto: str
    belopp: Decimal


def andra_mottagare(arende: Arende, ansokan: Ansokan) -> tuple[TidigareUtbetalning, ...]:
    """Last month's payments to somebody else: neither to the applicant's name nor to the account on file."""
    own, before = arende.konto.siffror if arende.konto else "", ansokan.manad.minus(1)
    elsewhere = [row for row in arende.utbetalningar if row.manad == before and siffror(row.konto or "") != own]
    if not elsewhere:
        return ()
    name = _folded(ansokan.sokande.namn)
    return tuple(row for row in elsewhere if _folded(row.mottagare) != name)


def hyresvarden(arende: Arende, ansokan: Ansokan) -> TidigareUtbetalning | None:
    """Last month's payment of the rent straight to the landlord, when this month's can be made likewise for certain.

    Certain is: one other payee, the one that the application's rent names, paid exactly last month's approved rent,
    which is the rent of this month too.
    """
    others = andra_mottagare(arende, ansokan)
    if len(others) != 1:
        return None
    rents = [row for row in ansokan.kostnader if _folded(row.slag) == _folded(HYRA)]
    if len(rents) != 1:
        return None
    (paid,), (rent,) = others, rents
    before = next((one for one in arende.berakningar if one.slutlig and one.manad == paid.manad), None)
    approved = [row.godkant for row in before.kostnader if row.slag == HYRA] if before else []
    same = _folded(rent.mottagare or "") == _folded(paid.mottagare) and approved == [paid.belopp] == [rent.belopp]
    return paid if same and paid.konto else None


def betalningar(ansokan: Ansokan, arende: Arende, belopp: Decimal) -> tuple[Betalning, ...]:
    """The payments of a grant of `belopp`, whose sum it is: empty for nothing.

    Raises ValueError when the case has no account, or the rent that goes to the landlord is more than the grant.
    """
    if not belopp:
        return ()
    if arende.konto is None:
        raise ValueError("ärendet har inget konto")
    own = Betalning(
        mottagare=ansokan.sokande.namn, konto=f"{arende.konto.clearing}-{arende.konto.konto}", belopp=belopp
    )
    landlord = hyresvarden(arende, ansokan)
    if landlord is None or landlord.konto is None:
        return (own,)
    if landlord.belopp >= belopp:
        raise ValueError("hyran är större än det som beviljas")
    rent = Betalning(mottagare=landlord.mottagare, konto=landlord.konto, belopp=landlord.belopp)
    return (rent, own.model_copy(update={"belopp": belopp - rent.belopp}))


def delas_sakert(arende: Arende, ansokan: Ansokan, belopp: Decimal) -> bool:
    """Whether it is certain to whom the grant goes: to the account on file, or the rent to last month's landlord."""
    if not andra_mottagare(arende, ansokan):
        return True
    landlord = hyresvarden(arende, ansokan)
    return landlord is not None and landlord.belopp < belopp


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
