"""Addresses of intake and handling, a block each; the blocks asked for most stand first."""

from django.urls import path

from .views import desk, hall, public, review

urlpatterns = [
    # ---- public
    path("status/", public.status, name="status"),
    path("status/case/", public.status_case, name="status-case"),
    path("status/letters/", public.status_letters, name="status-letters"),
    path("status/letters/<int:letter_id>/", public.status_letter, name="status-letter"),
    path("status/leave/", public.status_leave, name="status-leave"),
    path("verify/", public.verify, name="verify"),
    path("verify/<str:token>/", public.verify_paper, name="verify-paper"),
    path("mine/", public.my_cases, name="my-cases"),
    path("mine/<str:number>/", public.my_case, name="my-case"),
    # ---- review, decision, certificate, service
    path("inbox/", review.inbox, name="inbox"),
    path("inbox/done/", review.inbox_done, name="inbox-done"),
    path("issuing/", review.issuing, name="issuing"),
    path("reminders/", review.reminders, name="reminders"),
    path("reminders/<int:reminder_id>/read/", review.reminder_read, name="reminder-read"),
    path("cases/", review.cases, name="cases"),
    path("cases/<str:number>/", review.case_detail, name="case"),
    path("cases/<str:number>/acts/<str:action>/", review.case_act, name="case-act"),
    path("cases/<str:number>/reveal/", review.reveal, name="case-reveal"),
    path("cases/<str:number>/files/<int:file_id>/", review.case_file, name="case-file"),
    path("letters/<int:letter_id>/", review.letter_file, name="letter-file"),
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
]
