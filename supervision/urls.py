"""Addresses of supervision."""

from django.urls import path, register_converter

from .views import api, complaints, console, desk, feedback, rating_desk, ratings


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
    # ---- coordinators and supervisors
    path("supervision/desk/", desk.desk, name="push-desk"),
    # ---- ratings and complaints
    path("rate/", ratings.rate, name="rate"),
    path("rate/case/", ratings.rate_case, name="rate-case"),
    path("satisfaction/", ratings.public_satisfaction, name="satisfaction"),
    path("complaints/", complaints.complaint_new, name="complaint-new"),
    path("complaints/answer/", complaints.complaint_look, name="complaint-look"),
    path("supervision/ratings/", rating_desk.rating_desk, name="rating-desk"),
    path("supervision/ratings/export/", rating_desk.ratings_export, name="ratings-export"),
    path("supervision/ratings/<int:rating_id>/", rating_desk.rating, name="rating"),
    path("supervision/ratings/<int:rating_id>/<slug:action>/", rating_desk.rating_act, name="rating-act"),
    path("supervision/complaints/", complaints.complaint_desk, name="complaint-desk"),
    path("supervision/complaints/<str:number>/", complaints.complaint, name="complaint"),
    # ---- regulators' own systems
    path("api/v1/pushbacks/", api.pushbacks, name="pushback-api"),
]
