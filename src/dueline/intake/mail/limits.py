"""How large a mail may be, at every door."""

LARGEST_MAIL = 35 * 1024 * 1024
