"""What the desk has written, as pages show it."""

from django.db.models import Case, TextField, Value, When

# A stranger's HTML is shown in a frame. This is made by `wording.markdown`, and stands in the page
# itself; "" for what a customer wrote.
WRITTEN = Case(When(agent__isnull=False, then="html"), default=Value(""), output_field=TextField())
