"""Addresses of the kernel: signing in, accounts and rights, audit."""

from django.urls import path

from .views import calendars, laws, officers, session, tables

urlpatterns = [
    path("login/", session.sign_in, name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("account/", session.account, name="account"),
    path("account/password/", session.password, name="password-change"),
    path("account/confirm/", session.confirm_identity, name="confirm-identity"),
    path("tables/rules/", tables.rules, name="rules"),
    path("tables/rules/<slug:key>/", tables.rule, name="rule"),
    path("tables/laws/", laws.laws, name="laws"),
    path("tables/laws/<slug:key>/", laws.law, name="law"),
    path("tables/void-numbers/", tables.void_numbers, name="void-numbers"),
    path("officers/people/", officers.people, name="people"),
    path("officers/people/new/", officers.person_new, name="person-new"),
    path("officers/people/<int:pk>/", officers.person, name="person"),
    path("officers/people/<int:pk>/details/", officers.person_details, name="person-details"),
    path("officers/people/<int:pk>/roles/", officers.person_roles, name="person-roles"),
    path("officers/people/<int:pk>/rights/", officers.person_rights, name="person-rights"),
    path("officers/people/<int:pk>/disable/", officers.person_disable, name="person-disable"),
    path("officers/people/<int:pk>/enable/", officers.person_enable, name="person-enable"),
    path("officers/people/<int:pk>/reset/", officers.person_reset, name="person-reset"),
    path("officers/people/<int:pk>/unlock/", officers.person_unlock, name="person-unlock"),
    path("officers/locks/", officers.locks, name="locks"),
    path("officers/locks/address/", officers.unlock_address, name="unlock-address"),
    path("officers/audit/", officers.audit_log, name="audit-log"),
    path("officers/audit/verify/", officers.audit_verify, name="audit-verify"),
    path("tables/calendar/", calendars.calendar_list, name="calendar-list"),
    path("tables/calendar/import/", calendars.calendar_import, name="calendar-import"),
    path("tables/calendar/<int:pk>/preview/", calendars.calendar_preview, name="calendar-preview"),
    path("tables/calendar/activate/", calendars.calendar_activate, name="calendar-activate"),
]
