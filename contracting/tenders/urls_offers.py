"""Addresses of offers: writing, handing in, reading, and the opening room."""

from django.urls import path

from contracting.tenders.views import editing, handing_in, offers, opening, partners, recovery

app_name = "offers"
urlpatterns = [
    path("", offers.list_offers, name="list"),
    path("start/<uuid:lot_pk>/", offers.start_offer, name="start"),
    path("opening/<uuid:call_pk>/", opening.opening_room, name="opening"),
    path("opening/<uuid:call_pk>/confirm/", opening.confirm_opening, name="confirm_opening"),
    path("recovery-key/", recovery.recovery_key, name="recovery_key"),
    path("<uuid:pk>/", offers.show_offer, name="offer"),
    path("<uuid:pk>/preview/", offers.preview, name="preview"),
    path("<uuid:pk>/read/", offers.read_offer, name="read"),
    path("<uuid:pk>/read/files/<slug:key>/", offers.download_opened_file, name="opened_file"),
    path("<uuid:pk>/files/", editing.edit_files, name="files"),
    path("<uuid:pk>/files/<slug:key>/", editing.download_draft_file, name="draft_file"),
    path("<uuid:pk>/files/<slug:key>/remove/", editing.remove_draft_file, name="remove_file"),
    path("<uuid:pk>/partners/new/", partners.add_partner, name="add_partner"),
    path("<uuid:pk>/partners/<uuid:partner_pk>/", partners.show_partner, name="partner"),
    path("<uuid:pk>/partners/<uuid:partner_pk>/remove/", partners.remove_partner, name="remove_partner"),
    path("<uuid:pk>/hand-in/", handing_in.hand_in, name="hand_in"),
    path("<uuid:pk>/receipts/<slug:sequence>/", handing_in.show_receipt, name="receipt"),
    path("<uuid:pk>/receipts/<slug:sequence>/pdf/", handing_in.receipt_pdf, name="receipt_pdf"),
    path("<uuid:pk>/receipts/<slug:sequence>/json/", handing_in.receipt_json, name="receipt_json"),
    path("<uuid:pk>/withdraw/", handing_in.withdraw, name="withdraw"),
    path("<uuid:pk>/reopen/", handing_in.reopen, name="reopen"),
    path("<uuid:pk>/anew/", handing_in.begin_anew, name="begin_anew"),
    path("<uuid:pk>/discard/", handing_in.discard_draft, name="discard_draft"),
    path("<uuid:pk>/confirm/", handing_in.confirm_amendments, name="confirm_amendments"),
    path("<uuid:pk>/section/<slug:section>/", editing.edit_section, name="section"),
]
