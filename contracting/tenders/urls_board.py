"""Addresses of the public notice board: calls, their feeds, open data."""

from django.urls import path

from contracting.tenders.views import board, feeds

app_name = "board"
urlpatterns = [
    path("", board.list_board, name="list"),
    path("feed.rss", feeds.rss, name="rss"),
    path("feed.atom", feeds.atom, name="atom"),
    path("feed.json", feeds.json_feed, name="json"),
    path("ocds.json", feeds.ocds, name="ocds"),
    path("<uuid:pk>/", board.show_public_call, name="call"),
]
