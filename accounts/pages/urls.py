"""Addresses of the account pages."""

from django.urls import URLPattern, URLResolver, path

from accounts.pages import invitation, members, own_settings, own_sign_ins, registration

urlpatterns: list[URLPattern | URLResolver] = [
    path("register/", registration.register, name="register"),
    path("register/sent/", registration.sent, name="register_sent"),
    path("register/resend/", registration.resend, name="register_resend"),
    path("register/confirm/<str:secret>/", registration.confirm, name="register_confirm"),
    path("invitation/<str:secret>/", invitation.accept, name="invitation"),
    path("account/person/", own_settings.person, name="person"),
    path("account/sign-ins/", own_sign_ins.own_sign_ins, name="sign_ins"),
    path("i/<slug:slug>/members/", members.members, name="members"),
    path("i/<slug:slug>/members/<int:membership>/end/", members.end, name="member_end"),
    path("i/<slug:slug>/members/<int:membership>/number/", members.number, name="member_number"),
    path("i/<slug:slug>/invitations/<int:invitation>/resend/", members.resend, name="invitation_resend"),
    path(
        "i/<slug:slug>/invitations/<int:invitation>/withdraw/", members.withdraw, name="invitation_withdraw"
    ),
    path("i/<slug:slug>/settings/", own_settings.institution_settings, name="institution_settings"),
    path("i/<slug:slug>/admin/", own_settings.open_admin, name="institution_admin"),
]
