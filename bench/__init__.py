"""Measurements of the desk: `bin/bench`."""
