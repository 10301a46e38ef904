"""The first dated thresholds of disclosure, as reference data with its source."""

from datetime import date
from decimal import Decimal

from django.db import migrations


def add_rule(apps, schema_editor):
    apps.get_model("statistics", "DisclosureRule").objects.get_or_create(
        valid_from=date(2012, 1, 1),
        defaults={
            "persons_threshold": 5,
            "health_threshold": 10,
            "fewest_providers": 3,
            "largest_share": Decimal("0.75"),
            "release_after_days": 20,
            "source": "Wykonawcy: ustawa o statystyce publicznej, art. 38 ust. 2, przyjęta tu jako reguła. Osoby (5, dane o "
            "zdrowiu 10): praktyka statystyki publicznej, nie przepis (T-06). Dzień publikacji: przyjęty dla systemu.",
        },
    )


def remove_rule(apps, schema_editor):
    apps.get_model("statistics", "DisclosureRule").objects.filter(valid_from=date(2012, 1, 1)).delete()


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_initial")]
    operations = [migrations.RunPython(add_rule, remove_rule)]
