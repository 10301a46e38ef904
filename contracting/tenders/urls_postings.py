"""Addresses of posting offers of small grants for comments."""

from django.urls import path

from contracting.tenders.views import postings

app_name = "postings"
urlpatterns = [
    path("<uuid:pk>/postings/", postings.list_postings, name="list"),
    path("<uuid:pk>/postings/offers/<uuid:offer_pk>/", postings.post, name="post"),
    path("<uuid:pk>/postings/<uuid:posting_pk>/place/", postings.place, name="place"),
    path("<uuid:pk>/postings/<uuid:posting_pk>/comment/", postings.comment, name="comment"),
    path("<uuid:pk>/postings/comments/<uuid:comment_pk>/", postings.consider, name="consider"),
]
