"""The tenders app; the opening of offers tells the committee whom the law excludes."""

from django.apps import AppConfig


class TendersConfig(AppConfig):
    name = "contracting.tenders"
    label = "tenders"

    def ready(self) -> None:
        from contracting.tenders import hooks
        from contracting.tenders.actions.committees import exclude_bidders

        hooks.offers_opened.subscribe(exclude_bidders)
