"""Links by which the reader of a copy gets no more of them, without signing in."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

from dueline.core.errors import Refusal


def stop_link(public_url: str, *, case_id: int, contact_id: int) -> str:
    """Return the address of the page that ends a contact's watch over a case.

    It is signed for just this, opens nothing else, and does not run out: a mail is read whenever.
    """
    return f"{public_url}/watching/{_signer().sign(f'{case_id}.{contact_id}')}"


def read_stop_token(token: str) -> tuple[int, int]:
    """Return case and contact. Raises Refusal("not-found") for what we have not signed."""
    try:
        case_id, contact_id = _signer().unsign(token).split(".")
    except (BadSignature, ValueError) as error:
        raise Refusal("not-found", "There is no such page.") from error
    return int(case_id), int(contact_id)


def _signer() -> Signer:
    return Signer(key=settings.SECRET_KEY, salt="dueline watch end")
