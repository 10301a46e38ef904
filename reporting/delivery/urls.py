"""Addresses of the diary."""

from django.urls import path

from reporting.delivery import api
from reporting.delivery.views import grid

app_name = "delivery"
urlpatterns = [
    path("grid/", grid.show_grid, name="grid"),
    path("grid/month/", api.month_data, name="grid_data"),
    path("grid/save/", api.save, name="save_cells"),
    path("can-log/", api.ask, name="can_log"),
    path("import/", grid.show_grid, name="import"),
]
