"""The WSGI entry for gunicorn."""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
for _source in (_ROOT / "platform", _ROOT):
    if str(_source) not in sys.path:
        sys.path.insert(0, str(_source))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from kernel.web_role import work_under_it  # noqa: E402

work_under_it()
