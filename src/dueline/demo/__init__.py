"""A believable desk to try things on: `bin/serve --demo`.

Everything in it went through the same acts as on a real desk, each at its own instant in the past.
"""

from dueline.demo.seed import seed

__all__ = ["seed"]
