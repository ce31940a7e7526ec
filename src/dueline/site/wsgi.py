"""The pages as a WSGI application, made ready before the first request."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from dueline.cli.lifeline import hold_on_to_parent
from dueline.cli.web import OWN_ADDRESS

hold_on_to_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dueline.site.settings")
application = get_wsgi_application()

# The first visitor should not wait for what every page needs.
import_module(settings.ROOT_URLCONF)

# What is loaded by now stays for good. Looking through all of it again and again is what makes
# the slowest pages slow: the collector shall mind only what requests make.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)

if address := os.environ.get(OWN_ADDRESS):
    from dueline.site.beating import keep_beating

    keep_beating(address)
