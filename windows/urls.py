"""Addresses of intake and handling. Each part of the hall has its block."""

from django.urls import path

from .views import desk, hall

urlpatterns = [
    # ---- hall: the counter
    path("hall/", hall.counter, name="counter"),
    path("hall/matters/", hall.counter_matters, name="counter-matters"),
    path("hall/party/", hall.counter_party, name="counter-party"),
    path("hall/judgement/", hall.counter_judgement, name="counter-judgement"),
    path("hall/draft/", hall.counter_draft, name="counter-draft"),
    path("hall/draft/discard/", hall.counter_draft_discard, name="counter-draft-discard"),
    path("hall/results/<str:number>/", hall.intake_result, name="intake-result"),
    path("hall/results/<str:number>/letters/", hall.intake_letters, name="intake-letters"),
    # ---- hall: the desk
    path("hall/desk/", desk.hall_desk, name="hall-desk"),
    path("hall/cases/<str:number>/", desk.hall_case, name="hall-case"),
    path("hall/cases/<str:number>/materials/", desk.hall_materials, name="hall-materials"),
    path("hall/cases/<str:number>/intake/", desk.hall_decide, name="hall-decide"),
    path("hall/cases/<str:number>/resubmit/", desk.hall_resubmit, name="hall-resubmit"),
    path("hall/cases/<str:number>/withdraw/", desk.hall_withdraw, name="hall-withdraw"),
    # ---- review
    # ---- public
]
