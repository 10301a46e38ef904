"""The address behind the link of a reminder."""

from django.urls import path

from reporting.advice.views import answer

app_name = "answer"
urlpatterns = [path("<str:token>/", answer.answer, name="appointment")]
