"""The first dated threshold of disclosure, as reference data with its source."""

from datetime import date

from django.db import migrations


def add_rule(apps, schema_editor):
    apps.get_model("statistics", "DisclosureRule").objects.get_or_create(
        valid_from=date(2012, 1, 1),
        defaults={
            "persons_threshold": 5,
            "source": "Practice of public statistics for counts of persons; not set by statute (requirement T-06).",
        },
    )


def remove_rule(apps, schema_editor):
    apps.get_model("statistics", "DisclosureRule").objects.filter(valid_from=date(2012, 1, 1)).delete()


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_initial")]
    operations = [migrations.RunPython(add_rule, remove_rule)]
