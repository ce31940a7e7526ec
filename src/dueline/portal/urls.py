"""The addresses of the customers' pages."""

from django.urls import path

from dueline.portal.views import (
    account,
    cases,
    company,
    guide,
    help,
    home,
    languages,
    message_html,
    set_up,
    sign_in,
)

app_name = "portal"
_COLLEAGUE = "company/colleagues/<int:contact_id>"
_REQUEST = "company/requests/<int:held_id>"
urlpatterns = [
    path("", home.home, name="home"),
    path("help", help.ask, name="help"),
    path("help/thanks", help.thanks, name="thanks"),
    path("cases", cases.index, name="cases"),
    path("cases/<str:number>", cases.show, name="case"),
    path("cases/<str:number>/messages", cases.write, name="write"),
    path("cases/<str:number>/escalation", cases.escalate, name="escalate"),
    path("cases/<str:number>/priority", cases.change_priority, name="priority"),
    path("cases/<str:number>/watchers", cases.let_watch, name="let-watch"),
    path("cases/<str:number>/watchers/end", cases.stop_watching, name="stop-watching"),
    path("cases/<str:number>/closing", cases.close, name="close"),
    path("cases/<str:number>/reopening", cases.reopen, name="reopen"),
    path("cases/<str:number>/files/<int:file_id>", cases.file, name="file"),
    path("messages/<int:message_id>/html", message_html.show, name="message-html"),
    path(
        "messages/<int:message_id>/pictures/<int:file_id>",
        message_html.picture,
        name="message-picture",
    ),
    path("company", company.show, name="company"),
    path("company/confirmation", company.confirm, name="company-confirm"),
    path("company/colleagues", company.add, name="company-add"),
    path(_COLLEAGUE, company.change, name="company-colleague"),
    path(f"{_COLLEAGUE}/super-user", company.make_super_user, name="company-super-user"),
    path(f"{_COLLEAGUE}/super-user/end", company.end_super_user, name="company-end-super-user"),
    path(f"{_COLLEAGUE}/leaving", company.mark_left, name="company-left"),
    path("company/installations", company.add_installation, name="company-add-installation"),
    path(
        "company/installations/<int:installation_id>/removal",
        company.remove_installation,
        name="company-remove-installation",
    ),
    path(_REQUEST, company.request_page, name="company-request"),
    path(f"{_REQUEST}/vouching", company.vouch, name="company-vouch"),
    path(f"{_REQUEST}/refusal", company.decline, name="company-decline"),
    path(f"{_REQUEST}/files/<int:file_id>", company.request_file, name="company-request-file"),
    path("guide", guide.show, name="guide"),
    path("guide.pdf", guide.pdf, name="guide-pdf"),
    path("guide/editions/<int:edition_id>.pdf", guide.edition, name="guide-edition"),
    path("account", account.show, name="account"),
    path("account/language", languages.own, name="own-language"),
    path("account/password", account.password, name="password"),
    path("account/zone", account.zone, name="zone"),
    path("language", languages.visitor, name="language"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/link", sign_in.mail_link, name="mail-link"),
    path("sign-in/sent", sign_in.link_sent, name="link-sent"),
    path("link/<str:token>", sign_in.link, name="link"),
    path("invite/<str:token>", sign_in.invite, name="invite"),
    path("setup/<str:token>", set_up.show, name="set-up"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
]
