"""What people of the demo wrote in their cycle: invented words and numbers, marked as such where a source is asked."""

from dataclasses import dataclass

SOURCE = "Dane przykładowe (wymyślone na potrzeby demonstracji)"

STANDARD = {
    "definition": "Usługi opiekuńcze to pomoc w codziennym życiu osoby, która z powodu wieku, choroby lub "
    "niepełnosprawności nie radzi sobie sama, w miejscu, w którym mieszka. Nie są nimi zabiegi medyczne ani "
    "remonty.",
    "goals": "Osoba mieszka u siebie tak długo, jak chce i jak jest to bezpieczne. Robi sama wszystko, co może; "
    "usługa pomaga, a nie wyręcza. Miarą są: odsetek wykonanych godzin, stałość opiekunki i zdanie osoby.",
    "addressees": "Osoby samotne oraz osoby, którym rodzina nie może pomóc, po wywiadzie pracownika socjalnego. "
    "Zakres, okres i miejsce wynikają z decyzji.",
    "places": "Mieszkanie osoby; wyjścia do przychodni, sklepu i na spacer w promieniu kilku kilometrów. "
    "Uzgodnienia także telefonicznie i z tłumaczem języka migowego.",
    "scope": "Zakupy i załatwianie spraw (30–60 min), posiłki (45–60 min), higiena osobista (30–60 min), "
    "porządki w pomieszczeniach osoby (60 min), pielęgnacja zalecona przez lekarza, kontakty z otoczeniem "
    "(60 min). Kolejność ustala osoba z opiekunką; narzędzia: plan wizyt i dzienniczek.",
    "conditions": "Środki ochrony i torba opiekunki, telefon służbowy, bilety lub rower; pomieszczenie do rozmów "
    "zespołu raz w tygodniu.",
    "staff_support": "Co miesiąc spotkanie zespołu z koordynatorem, co kwartał superwizja grupowa, zastępstwo "
    "na urlop i chorobę, szkolenie z pierwszej pomocy co dwa lata.",
    "qualifications": "Kurs opiekunki środowiskowej lub pokrewny zawód; w pierwszym roku szkolenie z demencji "
    "i z komunikacji. Bez udokumentowanych kwalifikacji wizyty nie są rozliczane.",
    "monitoring": "Po każdym miesiącu porównanie dzienniczków z decyzjami: godziny, zakres, terminy. Kontrola "
    "u wykonawcy raz w roku, wizyty u losowo wybranych osób, ankieta co pół roku. Ewaluacja na końcu cyklu.",
}


@dataclass(frozen=True)
class Place:
    """A place of the directory; `counted_hours` a month count in the cycle, for one need or (empty) for all."""

    scope: str
    address: str
    hours: str
    contact: str
    sector: str
    minutes: int | None = None
    persons: int | None = None
    verified_days_ago: int = 30
    counted_hours: int = 0
    counted_for: str = ""
    note: str = ""


RESOURCES = {
    "Klub Seniora Pod Lipą": Place(
        "Obiady, gimnastyka, wspólne wyjścia; dowóz z trzech osiedli",
        "ul. Lipowa 7",
        "pn.–pt. 9–15",
        "klub@przyklad.test",
        "ngo",
        minutes=9600,
        persons=45,
        counted_hours=60,
        counted_for="Posiłki",
        note="Obiady dla osób, które mogą dojechać",
    ),
    "Dzienny Dom Pomocy nr 2": Place(
        "Pobyt dzienny, rehabilitacja, trzy posiłki",
        "ul. Kasztanowa 12",
        "pn.–pt. 7–16",
        "ddp2@przyklad.test",
        "public",
        minutes=24000,
        persons=30,
        counted_hours=80,
        counted_for="Kontakty z otoczeniem i spacery",
    ),
    "Wolontariat sąsiedzki Most": Place(
        "Zakupy, drobne sprawy, towarzyszenie w drodze do lekarza",
        "całe miasto, dyżur: ul. Mostowa 3",
        "dyżur śr. 16–18",
        "most@przyklad.test",
        "ngo",
        minutes=4800,
        persons=20,
        verified_days_ago=410,
        counted_hours=40,
        counted_for="Zakupy i sprawunki",
        note="Liczba wolontariuszy spada; trzeba sprawdzić",
    ),
    "Wypożyczalnia sprzętu Podpora": Place(
        "Łóżka, chodziki, podnośniki; dowóz i montaż",
        "ul. Zbożowa 1",
        "wt. i czw. 10–17",
        "podpora@przyklad.test",
        "ngo",
        persons=120,
    ),
    "Spółdzielnia Socjalna Złota Rączka": Place(
        "Drobne naprawy, uchwyty, progi; do 2 godzin bezpłatnie",
        "ul. Rzemieślnicza 22",
        "pn.–pt. 8–16",
        "raczka@przyklad.test",
        "private",
        minutes=1200,
    ),
    "Poradnia dla opiekunów rodzinnych": Place(
        "Porady psychologa i prawnika dla osób, które opiekują się bliskimi",
        "ul. Cicha 5, parter",
        "pn. 12–18, czw. 8–14",
        "poradnia@przyklad.test",
        "public",
        minutes=1800,
        persons=25,
        verified_days_ago=90,
    ),
}

GROUPS = [
    ("seniors", "samotne osoby po 75. roku życia", 420),
    ("disability", "osoby poruszające się na wózku", 85),
    ("carers", "rodziny osób z demencją", 60),
]


@dataclass(frozen=True)
class WrittenNeed:
    """A need: whose, which activity of the service or which specialism, how many persons, hours a month together."""

    group: str
    activity: str
    persons: int
    hours: int
    specialism: str = ""


NEEDS = {
    "Zakupy i sprawunki": WrittenNeed("seniors", "shopping", 26, 200),
    "Higiena osobista": WrittenNeed("seniors", "hygiene", 14, 240),
    "Posiłki": WrittenNeed("seniors", "meals", 18, 220),
    "Porządki": WrittenNeed("disability", "cleaning", 12, 90),
    "Kontakty z otoczeniem i spacery": WrittenNeed("disability", "walks", 15, 130),
    "Wyręczenie rodziny na kilka godzin": WrittenNeed("carers", "", 8, 60, "opieka wytchnieniowa"),
}

CONSULTATIONS = [
    (
        135,
        "meeting",
        34,
        "Najwięcej mówiono o zastępstwach: gdy opiekunka choruje, nikt nie przychodzi. Drugi temat: godziny "
        "wieczorne i weekendy.",
    ),
    (
        120,
        "interviews",
        12,
        "Pracownicy socjalni i opiekunki: zakres w decyzjach jest zbyt ogólny, potrzebny jest podział zadań. "
        "Rodziny osób z demencją proszą o kilka godzin oddechu w tygodniu.",
    ),
]

# Section, area, level now, level wanted, what will be done.
AREAS = [
    (
        "monitoring",
        "Porównywanie dzienniczków z decyzjami co miesiąc",
        2,
        4,
        "Comiesięczne porównanie w systemie",
    ),
    ("scope", "Szczegółowy zakres w decyzji", 1, 3, "Wzór zakresu z czynnościami dla pracowników socjalnych"),
    ("staff_support", "Superwizja opiekunek", 1, 3, "Wpisać superwizję do warunków konkursu"),
    ("qualifications", "Udokumentowane kwalifikacje", 3, 3, ""),
]

TICKED = {
    "needs_diagnosis": ["all_groups"],
    "scope": ["division_of_tasks", "talked_with_deliverers"],
    "form": ["organisations_asked", "cooperation_programme"],
    "financing": ["in_budget"],
}

NOTES = {
    "needs_diagnosis": "Diagnoza omówiona na naradzie kierowników. Największa luka: higiena i posiłki. Wyręczenie "
    "rodzin zostaje poza zakresem, dopóki nie znajdą się na nie środki.",
    "scope": "Zakres według standardu, z podziałem zadań między pracownika socjalnego i opiekunkę. Wskaźniki: "
    "wykonanie godzin, stałość opiekunki, czas zastępstwa.",
    "form": "Powierzenie zadania w otwartym konkursie ofert z koncepcją świadczenia usług.",
    "financing": "Kwoty zgodne z projektem budżetu; wpłaty osób według uchwały.",
}
