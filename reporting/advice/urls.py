"""Addresses under `/<tenant>/advice/`."""

from django.urls import path

from reporting.advice.views import appointments, booking, figures, files, moving, notes, slots

app_name = "advice"
urlpatterns = [
    path("", appointments.list_appointments, name="list"),
    path("export.csv", appointments.export_list, name="export"),
    path("book/", booking.book_appointment, name="book"),
    path("requests/", booking.list_requests, name="requests"),
    path("requests/new/", booking.create_request, name="create_request"),
    path("requests/<uuid:pk>/withdraw/", booking.withdraw_request, name="withdraw_request"),
    path("requests/<uuid:pk>/decline/", booking.decline_slot, name="decline_slot"),
    path("slots/", slots.list_slots, name="slots"),
    path("slots/hours/", slots.enter_hours, name="enter_hours"),
    path("slots/hours/<uuid:pk>/end/", slots.end_hours, name="end_hours"),
    path("slots/<uuid:pk>/close/", slots.close_slot, name="close_slot"),
    path("figures/", figures.show_figures, name="figures"),
    path("figures/figures.xlsx", figures.export_xlsx, name="figures_xlsx"),
    path("figures/figures.csv", figures.export_csv, name="figures_csv"),
    path("files/", files.bring, name="files"),
    path("files/<uuid:pk>/", files.show_file, name="file"),
    path("files/<uuid:pk>/progress/", files.file_progress, name="file_progress"),
    path("files/<uuid:pk>/retry/", files.retry, name="retry_file"),
    path("files/<uuid:pk>/save/", files.save, name="save_file"),
    path("files/<uuid:pk>/refused/", files.refused_copy, name="refused_copy"),
    path("notes/", notes.list_notes, name="notes"),
    path("notes/deputies/<uuid:pk>/end/", notes.end_deputy, name="end_deputy"),
    path("terms/", slots.show_terms, name="terms"),
    path("terms/topics/new/", slots.add_topic, name="add_topic"),
    path("terms/topics/<uuid:pk>/", slots.change_topic, name="change_topic"),
    path("referrals/<uuid:pk>/", appointments.record_outcome, name="outcome"),
    path("<uuid:pk>/", appointments.show_card, name="card"),
    path("<uuid:pk>/card/", appointments.fill_in, name="fill_in"),
    path("<uuid:pk>/move/", appointments.move, name="move"),
    path("<uuid:pk>/time/", moving.reschedule, name="reschedule"),
    path("<uuid:pk>/note/", notes.show_note, name="note"),
    path("<uuid:pk>/refer/", appointments.refer, name="refer"),
]
