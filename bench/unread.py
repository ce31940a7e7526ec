"""How much mail nobody has read yet: `python -m bench.inside unread`."""

from dueline.models import InboxItem


def main() -> None:
    print(InboxItem.objects.filter(state="received").count())
