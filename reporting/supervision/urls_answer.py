"""The address behind the link of a survey."""

from django.urls import path

from reporting.supervision.views import answering

app_name = "survey"
urlpatterns = [path("<str:token>/", answering.answer, name="answer")]
