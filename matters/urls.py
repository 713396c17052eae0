"""Addresses of the catalogue: the public guide, and the pages of those who look after it."""

from django.urls import path, register_converter

from .views import boundaries, competence, desk, drafts, exchange, public, quotas


class Code:
    """事项代码、主题代码: capital letters, digits and hyphens."""

    regex = r"[A-Za-z]{1,4}-[A-Za-z0-9]{1,11}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Code, "code")

urlpatterns = [
    # ---- public
    path("matters/", public.matter_list, name="matter-list"),
    path("matters/search/", public.matter_search, name="matter-search"),
    path("matters/<code:code>/", public.matter_guide, name="matter-guide"),
    path("matters/<code:code>/guide.pdf", public.matter_guide_pdf, name="matter-guide-pdf"),
    path("matters/<code:code>/editions/<int:number>/", public.matter_edition, name="matter-edition"),
    path("packages/", public.package_list, name="package-list"),
    path("packages/<code:code>/", public.package_detail, name="package-detail"),
    path("who-decides/", public.who_decides, name="who-decides"),
    path("matters/<code:code>/competence/", competence.competence, name="matter-competence"),
    path("api/v1/matters/<code:code>/competence/", competence.competence_data, name="api-competence"),
    # ---- those who look after the catalogue
    path("catalogue/", desk.catalogue_desk, name="catalogue-desk"),
    path("catalogue/matters/", desk.catalogue_matters, name="catalogue-matters"),
    path("catalogue/matters/<code:code>/", desk.catalogue_matter, name="catalogue-matter"),
    path("catalogue/findings/", desk.catalogue_findings, name="catalogue-findings"),
    path("catalogue/matters/<code:code>/draft/", drafts.draft_create, name="catalogue-draft-create"),
    path("catalogue/drafts/<int:edition_id>/", drafts.draft_edit, name="catalogue-draft"),
    path("catalogue/drafts/<int:edition_id>/publish/", drafts.draft_publish, name="catalogue-publish"),
    path("catalogue/drafts/<int:edition_id>/discard/", drafts.draft_discard, name="catalogue-discard"),
    path("catalogue/quotas/", quotas.quotas, name="catalogue-quotas"),
    path("catalogue/boundaries/", boundaries.boundaries, name="catalogue-boundaries"),
    path("catalogue/boundaries/<code:code>/", boundaries.boundary, name="catalogue-boundary"),
    path("catalogue/exchange/", exchange.exchange, name="catalogue-exchange"),
    path("catalogue/export/<str:table>.<str:file_format>", exchange.export, name="catalogue-export"),
    path("catalogue/imports/<int:import_id>/", exchange.import_preview, name="catalogue-import"),
    path("catalogue/imports/<int:import_id>/confirm/", exchange.import_confirm, name="catalogue-import-confirm"),
    path("catalogue/imports/<int:import_id>/discard/", exchange.import_discard, name="catalogue-import-discard"),
]
