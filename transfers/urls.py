"""Addresses of transfers: the board, a batch, what a body hands over, one matter on its way."""

from django.urls import path

from .views import board, item

urlpatterns = [
    path("transfers/", board.board, name="transfer-board"),
    path("transfers/new/", board.batch_new, name="transfer-batch-new"),
    path("transfers/batches/<int:batch_id>/", board.batch, name="transfer-batch"),
    path("transfers/batches/<int:batch_id>/<str:department_code>/", board.handover, name="transfer-handover"),
    path("transfers/batches/<int:batch_id>/<str:department_code>/sign/", board.handover_sign, name="transfer-sign"),
    path(
        "transfers/batches/<int:batch_id>/<str:department_code>/complete/",
        board.handover_complete,
        name="transfer-complete",
    ),
    path("transfers/items/<int:item_id>/", item.item, name="transfer-item"),
    path("transfers/items/<int:item_id>/act/<str:action>/", item.item_act, name="transfer-item-act"),
    path("transfers/items/<int:item_id>/import/", item.item_import, name="transfer-import"),
    path("transfers/items/<int:item_id>/lists.pdf", item.item_lists_pdf, name="transfer-lists-pdf"),
    path("transfers/items/<int:item_id>/lists.xlsx", item.item_table, name="transfer-lists-table"),
    path("transfers/lines/<int:line_id>/", item.line, name="transfer-line"),
]
