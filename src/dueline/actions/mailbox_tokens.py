"""The permission to read a mailbox, as its provider renews it."""

from dueline.models import Mailbox


def replace(mailbox: Mailbox, refresh_token: str) -> None:
    """Keep the token that takes the old one's place, unless somebody has connected anew."""
    rows = Mailbox.objects.filter(pk=mailbox.pk, oauth_refresh_token=mailbox.oauth_refresh_token)
    rows.update(oauth_refresh_token=refresh_token)
    mailbox.oauth_refresh_token = refresh_token
