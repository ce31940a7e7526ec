"""Dueline: a service-request desk whose promises are its data."""

__version__ = "0.1.0"
