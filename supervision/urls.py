"""Addresses of supervision."""

from django.urls import path, register_converter

from .views import api, channels, console, desk, feedback, inspections, papers, reviews


class PushNumber:
    """推送编号"""

    regex = r"TS-[A-Z0-9]{2,16}-[0-9]{6,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PushNumber, "push_number")

urlpatterns = [
    # ---- regulators
    path("supervision/pushes/", console.inbox, name="pushes"),
    path("supervision/pushes/<push_number:push_number>/", console.push, name="push"),
    path("supervision/pushes/<push_number:push_number>/reveal/", console.push_reveal, name="push-reveal"),
    path("supervision/pushes/<push_number:push_number>/again/", desk.push_again, name="push-again"),
    path("supervision/pushes/<push_number:push_number>/<slug:action>/", console.push_act, name="push-act"),
    path("supervision/feedback/", feedback.feedback_list, name="feedback-list"),
    path("supervision/feedback/new/", feedback.feedback_new, name="feedback-new"),
    path("supervision/feedback/<str:number>/", feedback.feedback, name="feedback"),
    path("supervision/reconciliation/", papers.papers, name="reconciliation"),
    path("supervision/reconciliation/<int:paper_id>.pdf", papers.paper_file, name="reconciliation-file"),
    # ---- coordinators and supervisors
    path("supervision/desk/", desk.desk, name="push-desk"),
    # ---- file reviews and inspections
    path("supervision/reviews/", reviews.reviews, name="reviews"),
    path("supervision/reviews/new/", reviews.review_new, name="review-new"),
    path("supervision/reviews/checklist/", reviews.checklist, name="review-checklist"),
    path("supervision/reviews/<str:number>/", reviews.review, name="review"),
    path("supervision/review-files/", reviews.review_files, name="review-files"),
    path("supervision/review-files/<int:file_id>/", reviews.review_file, name="review-file"),
    path("supervision/review-files/<int:file_id>/<slug:action>/", reviews.review_file_act, name="review-file-act"),
    path("supervision/inspections/", inspections.inspections, name="inspections"),
    path("supervision/inspections/new/", inspections.inspection_new, name="inspection-new"),
    path("supervision/inspections/<str:number>/", inspections.inspection, name="inspection"),
    path("supervision/inspections/<str:number>/<slug:action>/", inspections.inspection_act, name="inspection-act"),
    path("draws/", reviews.draws, name="review-draws"),
    path("draws/<str:number>/population.csv", reviews.population, name="review-population"),
    # ---- the system officer
    path("supervision/channels/", channels.channels, name="push-channels"),
    path("supervision/channels/<slug:code>/", channels.channel, name="push-channel"),
    path("supervision/channels/<slug:code>/keys/<slug:which>/", channels.channel_key, name="push-channel-key"),
    # ---- regulators' own systems
    path("api/v1/pushbacks/", api.pushbacks, name="pushback-api"),
]
