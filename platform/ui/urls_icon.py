"""The address at which browsers look for an icon by themselves."""

from django.urls import path

from ui import views

app_name = "icon"
urlpatterns = [path("favicon.ico", views.show_icon, name="icon")]
