"""Sizes of files, as people say them."""

from django.utils.translation import gettext as _


def say_size(size: int) -> str:
    """Say a number of bytes: "220 kB", "1.4 MB"."""
    if size < 1000:
        return _("%(n)s B") % {"n": size}
    if size < 1_000_000:
        return _("%(n)s kB") % {"n": round(size / 1000)}
    return _("%(n)s MB") % {"n": f"{size / 1_000_000:.1f}".removesuffix(".0")}
