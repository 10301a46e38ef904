"""What outcomes counted in the reports of the pilots: the dictionary that a tenant begins with."""

from django.db import migrations

_PILOTS = "Sprawozdania z pilotażu standardów usług 2012–2013"
# Name, unit, how it is measured, which way is better, source.
_KINDS = (
    (
        "osoby, które podjęły zatrudnienie",
        "persons",
        "Osoby, które w okresie cyklu podjęły pracę w dowolnej formie, spośród wszystkich objętych usługą; według umów, "
        "zaświadczeń albo oświadczeń.",
        "at_least",
        _PILOTS,
    ),
    (
        "osoby, które wyszły z systemu pomocy",
        "persons",
        "Osoby, które do końca okresu przestały korzystać ze świadczeń, spośród wszystkich objętych usługą; według "
        "rejestru świadczeń.",
        "at_least",
        _PILOTS,
    ),
    (
        "osoby, którym obniżono pomoc",
        "persons",
        "Osoby, których świadczenia na koniec okresu są niższe niż planowane na początku, spośród wszystkich objętych "
        "usługą.",
        "at_least",
        _PILOTS,
    ),
    (
        "świadczenia wypłacone wobec planu",
        "money",
        "Kwota świadczeń wypłaconych w okresie jako część kwoty zaplanowanej na ten okres.",
        "at_most",
        _PILOTS,
    ),
    (
        "osoby aktywne w przezwyciężaniu trudnej sytuacji",
        "persons",
        "Osoby, które wykonały uzgodnione z pracownikiem działania, spośród wszystkich objętych usługą.",
        "at_least",
        _PILOTS,
    ),
    ("inny rezultat", "persons", "Według opisu przy rezultacie cyklu.", "at_least", ""),
)
_ADD = (
    "INSERT INTO evaluation_outcomekind (id, name, unit, method, direction, source) "
    "VALUES (uuidv7(), %s, %s, %s, %s, %s)"
)


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]
    operations = [
        migrations.RunSQL([(_ADD, list(kind)) for kind in _KINDS], "DELETE FROM evaluation_outcomekind")
    ]
