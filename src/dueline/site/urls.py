"""Every address of the product: the console under /console/, the customers' pages at /."""

from django.urls import URLPattern, URLResolver, include, path

from dueline.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("console/", include("dueline.console.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("dueline.portal.urls")),
]
