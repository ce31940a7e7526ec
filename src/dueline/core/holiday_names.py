"""What holidays are called in languages in which the holidays package does not name them.

The package names a country's holidays in English and in the country's own language; an office in
Sweden has Norwegian customers, too.
"""

# By the package's English name: Swedish, Norwegian.
_NAMES = {
    "New Year's Day": ("Nyårsdagen", "Første nyttårsdag"),
    "Epiphany": ("Trettondedag jul", "Helligtrekongersdag"),
    "Maundy Thursday": ("Skärtorsdagen", "Skjærtorsdag"),
    "Good Friday": ("Långfredagen", "Langfredag"),
    "Holy Saturday": ("Påskafton", "Påskeaften"),
    "Easter Sunday": ("Påskdagen", "Første påskedag"),
    "Easter Monday": ("Annandag påsk", "Andre påskedag"),
    "May Day": ("Arbetets dag", "Arbeidernes dag"),
    "Labor Day": ("Arbetets dag", "Arbeidernes dag"),
    "Ascension Day": ("Kristi himmelsfärdsdag", "Kristi himmelfartsdag"),
    "National Day": ("Nationaldagen", "Nasjonaldagen"),
    "Constitution Day": ("Grundlagsdagen", "Grunnlovsdagen"),
    "Independence Day": ("Självständighetsdagen", "Uavhengighetsdagen"),
    "Whit Sunday": ("Pingstdagen", "Første pinsedag"),
    "Pentecost": ("Pingstdagen", "Første pinsedag"),
    "Whit Monday": ("Annandag pingst", "Andre pinsedag"),
    "Pentecost Monday": ("Annandag pingst", "Andre pinsedag"),
    "Corpus Christi": ("Kristi lekamens dag", "Kristi legemsfest"),
    "Midsummer Eve": ("Midsommarafton", "Midtsommeraften"),
    "Midsummer Day": ("Midsommardagen", "Midtsommerdagen"),
    "Assumption Day": ("Marie himmelsfärdsdag", "Marias himmelfartsdag"),
    "German Unity Day": ("Tyska enhetsdagen", "Den tyske enhetsdagen"),
    "Reformation Day": ("Reformationsdagen", "Reformasjonsdagen"),
    "All Saints' Day": ("Alla helgons dag", "Allehelgensdag"),
    "Christmas Eve": ("Julafton", "Julaften"),
    "Christmas Day": ("Juldagen", "Første juledag"),
    "Second Day of Christmas": ("Annandag jul", "Andre juledag"),
    "Boxing Day": ("Annandag jul", "Andre juledag"),
    "New Year's Eve": ("Nyårsafton", "Nyttårsaften"),
}
_COLUMNS = {"sv": 0, "nb": 1}


def holiday_name(english: str, language: str) -> str:
    """Return the name in a language, or "". Two holidays on one day are "A; B"."""
    column = _COLUMNS[language]
    names = [_NAMES[name][column] for name in english.split("; ") if name in _NAMES]
    return "; ".join(names) if len(names) == len(english.split("; ")) else ""
