"""What people of the demo planned in their cycle: an invented scope, comparison of forms and budget."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """An activity of the scope, for an average person of so many."""

    activity: str
    need: str
    performer: str
    times_week: str
    minutes: int
    persons: int
    mode: str = "together"
    note: str = ""


ITEMS = [
    Item("shopping", "Zakupy i sprawunki", "carer", "2", 45, 25),
    Item("shopping", "Zakupy i sprawunki", "volunteer", "1", 30, 10, note="Most: tylko drobne zakupy"),
    Item("hygiene", "Higiena osobista", "carer", "5", 50, 13, mode="for_person"),
    Item("meals", "Posiłki", "carer", "5", 30, 15),
    Item("cleaning", "Porządki", "carer", "1", 100, 12),
    Item("walks", "Kontakty z otoczeniem i spacery", "carer", "2", 45, 8),
    Item("errands", "", "social_worker", "0.5", 60, 10, note="Sprawy urzędowe załatwia pracownik socjalny"),
]

PLACES = (
    "Mieszkania osób na terenie całego miasta; wyjścia do przychodni, sklepu i na spacer w promieniu kilku "
    "kilometrów."
)
NETWORK = (
    "Rodzina: weekendy i święta tam, gdzie to możliwe. Wolontariat Most: drobne zakupy. Klub Seniora: obiady dla "
    "osób, które mogą dojechać."
)

INDICATORS = [
    (
        "Wykonane z przyznanych godzin",
        "%",
        "at_least",
        "95",
        "Suma przyjętych miesięcy w porównaniu dzienniczków z decyzjami",
        "fulfilment",
    ),
    ("Czas do zastępstwa", "h", "at_most", "4", "Zgłoszenia nieobecności w dzienniczku", "by_hand"),
    ("Wizyty u stałej opiekunki", "%", "at_least", "80", "Dzienniczki z całego okresu", "by_hand"),
    ("Ocena osób w ankiecie (1–5)", "pkt", "at_least", "4.2", "Ankieta co pół roku", "by_hand"),
]

CRITERIA = [
    ("quality", "Jakość i stałość opieki", 40),
    ("cost", "Koszt godziny", 30),
    ("start", "Możliwość rozpoczęcia 1 stycznia", 20),
    ("local", "Zakorzenienie w mieście", 10),
]

FORMS = {
    "entrust": {
        "quality": (4, "Koncepcja jest oceniana i staje się zobowiązaniem"),
        "cost": (3, "Organizacje podają około 44 zł"),
        "start": (4, "Konkurs można rozstrzygnąć do połowy grudnia"),
        "local": (5, "Trzy organizacje działają w mieście od lat"),
    },
    "procurement": {
        "quality": (3, "Jakość trudniej ocenić niż cenę"),
        "cost": (4, "Przetarg może obniżyć stawkę"),
        "start": (2, "Procedura nie zakończy się przed styczniem"),
        "local": (2, "Wykonawca może być spoza miasta"),
    },
    "own": {
        "quality": (3, "Zespół jest dobry, ale bez zastępstw"),
        "cost": (2, "Koszt własnych etatów jest wyższy"),
        "start": (1, "Nie ma dziesięciu etatów od stycznia"),
        "local": (4, "Jednostka zna środowiska"),
    },
}
CHOICE = (
    "Powierzenie w otwartym konkursie ofert: koncepcja świadczenia usług jest punktowana i mierzona, a organizacje "
    "mogą zacząć 1 stycznia."
)

# Year of the cycle (0 the first), kind, amount in PLN.
SOURCES = [
    (0, "own_budget", "330000.00"),
    (0, "payments", "42000.00"),
    (0, "state_grant", "24000.00"),
    (1, "own_budget", "320000.00"),
    (1, "payments", "43000.00"),
]

# Year of the cycle, kind, unit, cost of a unit in PLN, quantity.
COSTS = [
    (0, "care_hours", "h", "44.00", "8400"),
    (0, "coordination", "mies.", "1200.00", "12"),
    (0, "training", "szkol.", "2000.00", "2"),
    (0, "equipment", "szt.", "100.00", "20"),
    (1, "care_hours", "h", "46.00", "7500"),
    (1, "coordination", "mies.", "1200.00", "12"),
]

# Above so many and up to so many percent of the income criterion; percent of the price alone and in a family.
BANDS = [
    ("0", "100", "0", "0"),
    ("100", "150", "5", "10"),
    ("150", "200", "15", "25"),
    ("200", "250", "30", "45"),
    ("250", "350", "60", "75"),
    ("350", "", "100", "100"),
]
