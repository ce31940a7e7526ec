"""Who works at the benchmark's desk, and for whom."""

PASSWORD = "a long walk by the sea"
COMPANIES, CONTACTS_EACH, ENGINEERS = 200, 5, 20
