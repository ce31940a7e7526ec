"""The ways out of the house. Each entry delivers the next thing that is due, if there is one.

To add one, write such a function and give it a line here: the worker runs them all.
"""

from collections.abc import Callable, Mapping

from dueline.outlets import mail_delivery, paging

# name → deliver the next one; False: nothing is due.
OUTLETS: Mapping[str, Callable[[], bool]] = {
    "mail": mail_delivery.deliver_next,
    "pages": paging.start_next,
}
