"""Every address of the portal; one include per app. Who may open which stands in access.py."""

from django.urls import include, path

from .views import gallery, health, home, workbench

# An address is looked for from the top; the pages asked for most stand first.
urlpatterns = [
    path("", home.home, name="home"),
    path("", include("windows.urls")),
    path("", include("matters.urls")),
    path("", include("laiyang_approval.kernel.urls")),
    path("", include("transfers.urls")),
    path("", include("supervision.urls")),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/counts/", workbench.rail_counts, name="rail-counts"),
    path("components/", gallery.component_gallery, name="component-gallery"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]

handler500 = "laiyang_approval.kernel.views.failures.server_error"
