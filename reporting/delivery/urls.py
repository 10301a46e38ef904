"""Addresses of the diary."""

from django.urls import path

from reporting.delivery import api
from reporting.delivery.views import grid, imports

app_name = "delivery"
urlpatterns = [
    path("grid/", grid.show_grid, name="grid"),
    path("grid/month/", api.month_data, name="grid_data"),
    path("grid/save/", api.save, name="save_cells"),
    path("can-log/", api.ask, name="can_log"),
    path("import/", imports.import_diary, name="import"),
    path("import/<uuid:pk>/", imports.show_import, name="import_detail"),
    path("import/<uuid:pk>/progress/", imports.import_progress, name="import_progress"),
    path("import/<uuid:pk>/confirm/", imports.confirm, name="confirm_import"),
    path("import/<uuid:pk>/retry/", imports.retry, name="retry_import"),
    path("import/<uuid:pk>/refused/", imports.refused_copy, name="refused_copy"),
]
