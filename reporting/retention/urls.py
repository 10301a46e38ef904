"""Addresses under `/<tenant>/retention/`."""

from django.urls import path

from reporting.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("propose/", views.propose, name="propose"),
    path("lists/<uuid:pk>/", views.clearance, name="clearance"),
    path("lists/<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("lines/<uuid:pk>/keep-back/", views.keep_back, name="keep_back"),
    path("classes/", views.classes, name="classes"),
    path("classes/<uuid:pk>/remove/", views.remove_class, name="remove_class"),
    path("holds/", views.holds, name="holds"),
    path("holds/<uuid:pk>/lift/", views.lift_hold, name="lift_hold"),
]
