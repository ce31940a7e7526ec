"""The recordings of voicemails: which are to be fetched, and what a page shows of one."""

from dueline.models import PhoneCall


def numbers_of_call(provider: str, call_id: str) -> tuple[str, str]:
    """Return who called and whom, as it was told when it rang; "" where it was not."""
    if not call_id:
        return "", ""
    calls = PhoneCall.objects.filter(webhook__provider=provider, call_id=call_id)
    return calls.values_list("from_number", "to_number").first() or ("", "")
