"""Wiring only: settings, addresses, Celery and WSGI entries."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
