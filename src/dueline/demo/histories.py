"""The cases of the demonstration desk. Times are hours before the desk is started."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    ago: float
    who: str
    act: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class History:
    opened: float
    contact: str
    priority: str
    subject: str
    text: str
    steps: tuple[Step, ...] = ()
    channel: str = "mail"
    reason: str = ""
    call_back: str = ""
    files: tuple[tuple[str, str], ...] = ()


def _solved(
    days: float, contact: str, priority: str, subject: str, text: str, answer: str, *, who: str
) -> History:
    """A case that went well: answered within hours, solved a day later, and closed."""
    opened = days * 24
    steps = (
        Step(opened - 1.2, who, "reply", "Thank you for telling us. I am looking at it now."),
        Step(opened - 1.3, who, "activate"),
        Step(opened - 4, who, "stage", "resolve"),
        Step(opened - 5, who, "resolve", answer),
        Step(opened - 22, contact, "close"),
    )
    return History(opened, contact, priority, subject, text, steps, reason="Month end is near.")


HISTORIES = [
    # --- what needs somebody now ---
    History(
        0.7,
        "cleo",
        "critical",
        "Oslo shop: payments fail as well",
        "The shop in Oslo tells us the same: no payment goes through since 08:50.",
    ),
    History(
        30,
        "eve",
        "high",
        "Parcel labels are refused by the carrier",
        "The carrier refuses every label since their new form came. Forty parcels wait.",
        (
            Step(29, "asta", "reply", "We see it. Their interface changed on Sunday night."),
            Step(28.8, "asta", "activate"),
            Step(26, "asta", "await third party", "the carrier, ticket 77120"),
        ),
        reason="The parcels are paid for and wait on the ramp.",
    ),
    History(
        0.8,
        "cleo",
        "critical",
        "Payment page down",
        "Since a quarter of an hour every payment ends in “502 Bad gateway”. Nothing was changed "
        "on our side. Production is down for all shops.\n\nTelephone +46 70 123 45 67\n"
        "Severity: critical",
        (
            Step(
                0.6,
                "bo",
                "note",
                "Looks like the outage of last month: their proxy was upgraded on Saturday. "
                "I look at the upstream timeouts first.",
            ),
            Step(0.5, "bo", "tried to call", "Three rings, then nothing. No voicemail box."),
        ),
        files=(
            (
                "gateway.log",
                "502 upstream timed out (110) while reading response header\n" * 40,
            ),
        ),
    ),
    History(
        1.6,
        "dag",
        "critical",
        "Warehouse scanners cannot sign in",
        "All hand scanners in hall 2 say “session refused”. We cannot ship anything.",
    ),
    History(
        9,
        "cleo",
        "critical",
        "Search index empty after the upgrade",
        "After the upgrade to 6.2 the product search finds nothing at all. Rebuilding the index "
        "ends with an error after two minutes.",
        (
            Step(
                8.6,
                "asta",
                "called",
                "Cleo confirms: all shops, since the upgrade. Log on its way.",
            ),
            Step(8.5, "asta", "activate"),
            Step(
                6.0,
                "asta",
                "reply",
                "The rebuild stops at the first product without a price. We are preparing a "
                "correction and test it on a copy of your data now.",
            ),
            Step(
                5.9,
                "asta",
                "ask tier two",
                "Rebuild of the index dies on rows without a price (6.2, log attached to the "
                "case). Is it safe to skip these rows with index.strict=off in production?",
            ),
            Step(
                5.2,
                "tove",
                "answer",
                "Yes: strict=off only skips and logs them. Turn it on again after the correction, "
                "or missing prices go unnoticed.",
            ),
            Step(
                3.3,
                "asta",
                "reply",
                "With a setting changed the rebuild runs through on our copy. I change it on your "
                "side at the next half hour and tell you when the search is back.",
            ),
        ),
    ),
    History(
        26,
        "eve",
        "normal",
        "Export stops at 3 000 rows",
        "The monthly export to the accounting system ends at exactly 3 000 rows, without a "
        "message. Last month all 4 200 came through.",
        (
            Step(
                24, "bo", "reply", "I can see the same here with a large export. Looking into it."
            ),
            Step(23.8, "bo", "activate"),
            Step(20, "eve", "escalate", "The quarter closes on Friday, and the auditors wait."),
            Step(
                19,
                "bo",
                "ask tier two",
                "Export pages by 3 000 and loses the cursor when a row is changed meanwhile. "
                "Known? Any switch to page by id?",
            ),
        ),
    ),
    History(
        0.3,
        "dag",
        "normal",
        "Please call me about the new licence keys",
        "I have questions before we order for the new site. Easier by telephone.",
        channel="web",
        call_back="+46 70 987 65 43",
    ),
    History(
        3,
        "dag",
        "normal",
        "Import of holidays fails for Norway",
        "Importing the calendar file for Norway says “unknown day 17”. The file is the same as "
        "last year’s.",
        channel="web",
        files=(("holidays-no.csv", "date,name\n2027-05-17,Grunnlovsdag\n"),),
    ),
    History(
        5,
        "olle",
        "low",
        "Could the guide mention single sign-on?",
        "The chapter on signing in does not say whether our identity provider can be used.",
        channel="web",
    ),
    History(
        2,
        "noa",
        "normal",
        "Trial version: reports are empty",
        "We are trying your product and all reports are empty. Is that so in the trial version?",
    ),
    History(
        7,
        "mika",
        "high",
        "Price list shows last year’s prices to some customers",
        "About one customer in ten sees the prices of last year. Support by telephone is already "
        "flooded.",
        (
            Step(6.2, "asta", "reply", "We can reproduce it and are looking at the price cache."),
            Step(6.0, "asta", "activate"),
            Step(5.5, "asta", "note", "Cache keys lack the year. Fix is small; needs a review."),
        ),
        reason="Customers order at wrong prices.",
    ),
    # --- waiting for the customer ---
    History(
        74,
        "eve",
        "high",
        "Backups grow by ten per cent a day",
        "The nightly backup grew from 40 to 70 GB within a week; the data did not.",
        (
            Step(73, "bo", "reply", "Thank you. I start with what the backup holds."),
            Step(72.8, "bo", "activate"),
            Step(
                70,
                "bo",
                "ask customer",
                "Could you send us the listing of the backup folder of last Monday and of today? "
                "The command is in chapter 9 of the manual.",
            ),
        ),
        reason="The disk is full in five days.",
    ),
    History(
        52,
        "cleo",
        "normal",
        "Mail receipts arrive twice for some orders",
        "Some customers get their receipt twice. We see no pattern.",
        (
            Step(50, "asta", "reply", "We look at the mail queue of the last days first."),
            Step(49.8, "asta", "activate"),
            Step(
                48,
                "asta",
                "ask customer",
                "Can you name two or three order numbers for which it happened?",
            ),
            Step(30, "cleo", "customer", "88121, 88140 and 88204, all on Sunday evening."),
            Step(
                26,
                "asta",
                "ask customer",
                "Thank you, that helps. Was your mail server restarted on Sunday? Please send us "
                "its log of 18–22 h.",
            ),
        ),
    ),
    # --- Tier Two has it ---
    History(
        30,
        "mika",
        "normal",
        "Rounding differs by one cent between cart and invoice",
        "Cart 119.97, invoice 119.98. It concerns carts with three or more discounts.",
        (
            Step(28, "bo", "reply", "Thank you for the example; we can follow it step by step."),
            Step(27.8, "bo", "activate"),
            Step(27, "bo", "stage", "isolate"),
            Step(
                2.5,
                "bo",
                "ask tier two",
                "Discounts are rounded one by one in the cart and as a sum on the invoice. Which "
                "of them is the specified way?",
            ),
        ),
    ),
    # --- escalated, on its way ---
    History(
        28,
        "olle",
        "normal",
        "Report “Open orders” takes four minutes",
        "Since last week the report takes four minutes; it used to take ten seconds.",
        (
            Step(26.5, "asta", "reply", "I compare the query plans of both weeks."),
            Step(26, "asta", "activate"),
            Step(25, "olle", "escalate", "Every dispatcher opens this report ten times a day."),
            Step(
                3,
                "asta",
                "reply",
                "An index is missing since the last update. We add it tonight, outside your hours.",
            ),
        ),
    ),
    # --- resolved, and reopened ---
    History(
        40,
        "dag",
        "normal",
        "Labels print without the postcode",
        "Since Monday the postcode is missing on shipping labels for Denmark.",
        (
            Step(38, "bo", "called", "Dag sent a picture: field is cut, not missing."),
            Step(37, "bo", "activate"),
            Step(
                31,
                "bo",
                "resolve",
                "The label template was two millimetres too narrow for the new postcode field. "
                "We have widened it; please print one label and tell us if it is not right.",
            ),
        ),
        channel="phone",
    ),
    History(
        98,
        "cleo",
        "high",
        "Two-factor codes are refused in the morning",
        "Between 06:00 and 06:30 codes are refused. Later the same people get in.",
        (
            Step(97, "asta", "reply", "Sounds like a clock. We check the time of each server."),
            Step(96.5, "asta", "activate"),
            Step(
                90,
                "asta",
                "resolve",
                "One server’s clock ran 70 seconds ahead until its nightly correction. It now "
                "keeps time with the others.",
            ),
            Step(6, "cleo", "customer", "It happened again this morning, to four people."),
        ),
        reason="Night shift cannot start.",
    ),
    History(
        60,
        "eve",
        "low",
        "Where do I change the logo on invoices?",
        "We have a new logo and cannot find where to upload it.",
        (
            Step(57, "bo", "reply", "Settings → Documents → Letterhead; a PNG 600 pixels wide."),
            Step(56, "bo", "resolve", "I hope that helps. The manual says more in chapter 4."),
        ),
        channel="web",
    ),
    # --- a night that went wrong ---
    History(
        130,
        "cleo",
        "critical",
        "Order queue stands still",
        "No order has left the queue for two hours. Shops still take orders.",
        (
            Step(128.7, "bo", "called", "Reached Cleo. Queue worker hangs on one order."),
            Step(128.6, "bo", "activate"),
            Step(
                119.5,
                "bo",
                "reply",
                "The queue runs again; we removed the order on which it hung and are "
                "finding out why it could stop all the others.",
            ),
            Step(
                117,
                "bo",
                "resolve",
                "An order with 0 items stopped the worker. It is now set aside and reported "
                "instead. We answered you late last night, and went silent for too long: we have "
                "changed the duty list.",
            ),
            Step(100, "cleo", "close"),
        ),
    ),
    # --- quiet history ---
    _solved(
        5,
        "eve",
        "normal",
        "Cannot delete a test customer",
        "It says that orders exist.",
        "Test customers can be archived instead; I have archived it for you.",
        who="bo",
    ),
    _solved(
        6,
        "dag",
        "normal",
        "CSV import: umlauts are garbled",
        "Müller becomes MÃ¼ller.",
        "The file was UTF-8 and read as Latin-1. The import now finds that out by itself.",
        who="asta",
    ),
    _solved(
        8,
        "olle",
        "low",
        "Keyboard shortcut for a new order?",
        "Is there one?",
        "Yes: N on the list of orders.",
        who="bo",
    ),
    _solved(
        9,
        "mika",
        "high",
        "Statistics page shows an error",
        "Error 500 since yesterday.",
        "A month without orders divided by zero. Corrected in 6.1.4, which you have since noon.",
        who="asta",
    ),
    _solved(
        12,
        "cleo",
        "normal",
        "Add a user for the new warehouse",
        "Please add k.ross.",
        "Added with the same rights as the others of the warehouse.",
        who="bo",
    ),
    _solved(
        13,
        "eve",
        "normal",
        "Invoice number skipped",
        "10512 is missing.",
        "It belongs to a draft that was discarded; the report of drafts lists it.",
        who="asta",
    ),
    _solved(
        15,
        "dag",
        "low",
        "Dark mode for the scanner?",
        "The display is very bright at night.",
        "We have noted the wish; the brightness can be lowered with Fn and arrow down.",
        who="bo",
    ),
    _solved(
        17,
        "olle",
        "normal",
        "Delivery dates are one day off",
        "Since the clock change.",
        "Dates at midnight fell on the day before. Corrected, and the 14 orders are put right.",
        who="asta",
    ),
    _solved(
        20,
        "mika",
        "normal",
        "Coupon cannot be used twice",
        "It should be possible.",
        "The coupon was limited to one use per customer; I have raised it to three.",
        who="bo",
    ),
    _solved(
        22,
        "cleo",
        "high",
        "Slow shop on Friday evenings",
        "Pages take eight seconds.",
        "A report ran at the same time. It now runs at 04:00.",
        who="asta",
    ),
    _solved(
        26,
        "eve",
        "normal",
        "Stock differs between sites",
        "Site B shows 12, site A 15.",
        "A transfer was booked once instead of twice. Both are right again.",
        who="bo",
    ),
    _solved(
        31,
        "dag",
        "normal",
        "Printer prints blank pages",
        "Only for long orders.",
        "A page break before the totals. Corrected in your template.",
        who="asta",
    ),
    _solved(
        37,
        "olle",
        "low",
        "Meaning of status “parked”?",
        "The manual does not say.",
        "The order waits for a payment. We have added it to the manual.",
        who="bo",
    ),
    _solved(
        45,
        "mika",
        "normal",
        "Search does not find article 7-110",
        "It exists.",
        "Numbers with hyphens were split. The index is rebuilt, and finds it.",
        who="asta",
    ),
    _solved(
        52,
        "eve",
        "normal",
        "Two customers with one number",
        "Both have 4410.",
        "One was imported by hand. It has a new number, and the import now refuses doubles.",
        who="bo",
    ),
]
