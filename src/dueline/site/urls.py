"""Every address of the product: the console under /console/, the customers' pages at /."""

from django.urls import URLPattern, URLResolver, include, path

from dueline.console.views import on_call_feeds
from dueline.intake.mail import webhooks
from dueline.intake.phone import page_replies, voicemail_door
from dueline.intake.phone import webhooks as phone
from dueline.site import health, page_link

urlpatterns: list[URLPattern | URLResolver] = [
    path("console/", include("dueline.console.urls")),
    # For calendar programs, which cannot sign in.
    path("on-call/rotas/<str:secret>.ics", on_call_feeds.rota, name="rota_feed"),
    path("on-call/people/<int:agent_id>/<str:key>.ics", on_call_feeds.agent, name="agent_feed"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("page/<str:token>", page_link.show, name="page_link"),
    path("mail/webhooks/<str:secret>", webhooks.receive),
    # Mailgun hands a mail over whole where its address ends so.
    path("mail/webhooks/<str:secret>/mime", webhooks.receive),
    path("hooks/phone/<str:secret>/calls", phone.calls),
    path("hooks/phone/<str:secret>/caller", phone.caller),
    path("hooks/pages/<str:secret>/replies", page_replies.receive),
    path("hooks/voicemail/<str:secret>", voicemail_door.receive),
    path("", include("dueline.portal.urls")),
]
