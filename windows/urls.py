"""Addresses of intake and handling. Each part of the hall has its block."""

from django.urls import path

from .views import (
    case,
    checks,
    clock,
    consultations,
    desk,
    hall,
    hearings,
    licences,
    post_checks,
    promises,
    public,
    restrictions,
    review,
)

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
    path("hall/promise/", promises.counter_promise, name="counter-promise"),
    # ---- hall: the desk
    path("hall/desk/", desk.hall_desk, name="hall-desk"),
    path("hall/cases/<str:number>/", desk.hall_case, name="hall-case"),
    path("hall/cases/<str:number>/materials/", desk.hall_materials, name="hall-materials"),
    path("hall/cases/<str:number>/intake/", desk.hall_decide, name="hall-decide"),
    path("hall/cases/<str:number>/resubmit/", desk.hall_resubmit, name="hall-resubmit"),
    path("hall/cases/<str:number>/withdraw/", desk.hall_withdraw, name="hall-withdraw"),
    # ---- review, decision, certificate, service
    path("inbox/", review.inbox, name="inbox"),
    path("inbox/done/", review.inbox_done, name="inbox-done"),
    path("issuing/", review.issuing, name="issuing"),
    path("reminders/", review.reminders, name="reminders"),
    path("reminders/<int:reminder_id>/read/", review.reminder_read, name="reminder-read"),
    path("cases/", review.cases, name="cases"),
    path("cases/<str:number>/", case.case_detail, name="case"),
    path("cases/<str:number>/acts/<str:action>/", case.case_act, name="case-act"),
    path("cases/<str:number>/reveal/", case.reveal, name="case-reveal"),
    path("cases/<str:number>/files/<int:file_id>/", case.case_file, name="case-file"),
    path("cases/<str:number>/case-file/", case.export_case_file_view, name="case-file-export"),
    path("letters/<int:letter_id>/", case.letter_file, name="letter-file"),
    # ---- licence life
    path("licences/", licences.register, name="licences"),
    path("licences/<int:licence_id>/", licences.licence, name="licence"),
    path("licences/<int:licence_id>/acts/<str:action>/", licences.licence_act, name="licence-act"),
    path("letters/<int:letter_id>/correct/", licences.letter_correct, name="letter-correct"),
    # ---- public
    path("status/", public.status, name="status"),
    path("status/case/", public.status_case, name="status-case"),
    path("status/letters/", public.status_letters, name="status-letters"),
    path("status/letters/<int:letter_id>/", public.status_letter, name="status-letter"),
    path("status/leave/", public.status_leave, name="status-leave"),
    path("verify/", public.verify, name="verify"),
    path("verify/compare/", public.verify_compare, name="verify-compare"),
    path("verify/<str:token>/", public.verify_paper, name="verify-paper"),
    path("mine/", public.my_cases, name="my-cases"),
    path("mine/<str:number>/", public.my_case, name="my-case"),
    # ---- site checks, other departments, hearings
    path("checks/", checks.checks, name="checks"),
    path("checks/<int:check_id>/", checks.check, name="check"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/<int:consultation_id>/", consultations.consultation, name="consultation"),
    path(
        "consultations/<int:consultation_id>/files/<int:file_id>/",
        consultations.consultation_file,
        name="consultation-file",
    ),
    path("hearings/", hearings.hearings, name="hearings"),
    path("hearings/notices/", hearings.hearing_notices, name="hearing-notices"),
    # ---- clock procedures
    path("approvals/", clock.approvals, name="approvals"),
    path("tables/stops/", clock.provisions, name="stop-provisions"),
    path("tables/stops/<int:provision_id>/end/", clock.provision_end, name="stop-provision-end"),
    # ---- 告知承诺、即办、失信限制
    path("inbox/at-once/", review.inbox_at_once, name="inbox-at-once"),
    path("post-checks/", post_checks.post_checks, name="post-checks"),
    path("post-checks/<str:number>/", post_checks.post_check, name="post-check"),
    path("post-checks/<str:number>/findings/", post_checks.post_check_finding, name="post-check-finding"),
    path("post-checks/<str:number>/letters/<int:letter_id>/", post_checks.post_check_letter, name="post-check-letter"),
    path("restrictions/", restrictions.restrictions, name="restrictions"),
    path("restrictions/<int:restriction_id>/lift/", restrictions.restriction_lift, name="restriction-lift"),
]
