"""Addresses of transfers: the board, a batch, what a body hands over, one matter on its way."""

from django.urls import path

from .views import board, item, lists, reform, registers, seals

urlpatterns = [
    path("transfers/", board.board, name="transfer-board"),
    path("transfers/new/", board.batch_new, name="transfer-batch-new"),
    path("transfers/batches/<int:batch_id>/", board.batch, name="transfer-batch"),
    path("transfers/batches/<int:batch_id>/activate/", board.batch_activate, name="transfer-batch-activate"),
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
    path("transfers/seals/", seals.register, name="transfer-seals"),
    path("transfers/seals/new/", seals.new, name="transfer-seal-new"),
    path("transfers/seals/<int:seal_id>/", seals.seal, name="transfer-seal"),
    path("transfers/seals/<int:seal_id>/imprint/", seals.imprint, name="transfer-seal-imprint"),
    path("transfers/seals/<int:seal_id>/act/<str:action>/", seals.seal_act, name="transfer-seal-act"),
    path("transfers/registers/", registers.registers, name="transfer-registers"),
    path("transfers/registers/<str:table>.xlsx", registers.register_form, name="transfer-register-form"),
    path(
        "transfers/registers/<int:import_id>/<str:action>/", registers.register_settle, name="transfer-register-settle"
    ),
    path("power-lists/", lists.power_list, name="power-list"),
    path("power-lists/list.<str:file_format>", lists.power_list_file, name="power-list-file"),
    path("transfers/timetable/", reform.timetable, name="transfer-timetable"),
    path("transfers/questions/", reform.questions, name="transfer-questions"),
    path("transfers/questions/<int:question_id>/", reform.question, name="transfer-question"),
    path("transfers/lines/<int:line_id>/", item.line, name="transfer-line"),
]
