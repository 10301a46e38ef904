"""Addresses of the own account that allauth does not have."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.edit_profile, name="profile"),
    path("stay/", views.stay, name="stay"),
    path("idle/", views.end_idle, name="end_idle"),
    path("back/", views.back, name="back"),
    path("file/<str:key>/", views.show_asked_file, name="asked_file"),
]
