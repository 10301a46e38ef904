"""Texts of the demo's offers: three invented organisations that promise different things for different prices."""

from dataclasses import dataclass
from decimal import Decimal

SUMMARY = (
    "Codzienna pomoc w domu osób starszych i z niepełnosprawnością: posiłki, zakupy, higiena, pielęgnacja zalecona "
    "przez lekarza, kontakt z otoczeniem. Usługi świadczą przeszkolone opiekunki pod opieką koordynatorki."
)
SCHEDULE = (
    ("Rekrutacja i przygotowanie opiekunek", "Rozmowy, sprawdzenie kwalifikacji, szkolenie wstępne (16 h)."),
    ("Świadczenie usług opiekuńczych", "Wizyty według decyzji i harmonogramów, siedem dni w tygodniu."),
    ("Kontrola jakości i sprawozdania", "Wizyty koordynatorki, miesięczne zestawienia, ankiety co pół roku."),
)
RESULT = ("Wykonane godziny usług", "co najmniej 95 % przyznanych", "miesięczne zestawienie z dzienniczków")


@dataclass(frozen=True)
class DemoOffer:
    """What an organisation offers: price of an hour (PLN), its people, its concept by part, and its promises.

    A promise is part, measure, words, direction, value, unit, and how it is measured.
    """

    price: Decimal
    address: str
    experience: str
    staff: tuple[tuple[str, str, str], ...]
    concept: dict[str, str]
    promises: tuple[tuple[str, str, str, str, str, str, str], ...]


_SAME = ("organisation", "same_carer", "wizyty tej samej opiekunki", "at_least")
_REPLACED = ("replacement", "replacement_hours", "czas zastępstwa", "at_most")
_DELIVERED = ("quality_control", "delivered_hours", "wykonanie przyznanych godzin", "at_least")
_DIARY = "z dzienniczków"

OFFERS = (
    DemoOffer(
        Decimal("39.80"),
        "ul. Lipowa 4, 71-001 Szczecin",
        "Od ośmiu lat prowadzimy usługi opiekuńcze dla 120 osób w trzech gminach; dotacje rozliczone w terminie.",
        (
            ("Hanna Wiąz", "koordynatorka", "1.00"),
            ("Bogna Leszczyna", "opiekunka", "1.00"),
            ("Irena Kruszyna", "opiekunka", "0.75"),
        ),
        {
            "organisation": "Każda osoba ma opiekunkę prowadzącą i jedną znaną jej zastępczynię. Plan tygodnia układa "
            "koordynatorka z osobą i rodziną, zmiany wpisuje do dzienniczka najpóźniej dzień wcześniej.",
            "replacement": "Dyżur zastępstw prowadzimy codziennie od 6:00. Zastępstwo przychodzi w ciągu 6 godzin; "
            "pierwsza wizyta tego samego dnia.",
            "coordination": "Koordynatorka jest pod telefonem od 7:00 do 20:00. Spostrzeżenia opiekunek trafiają do "
            "pracownika socjalnego jeszcze tego samego dnia.",
            "quality_control": "Cztery niezapowiedziane kontrole w miesiącu i rozmowa z każdą osobą co kwartał; "
            "wyniki omawiamy z opiekunkami i przekazujemy Ośrodkowi.",
            "training": "16 godzin szkolenia wstępnego, superwizja grupowa raz w miesiącu, opieka mentorki przez trzy "
            "pierwsze miesiące.",
            "activation": "Opiekunka robi z osobą, a nie za nią: wspólne gotowanie, zakupy z listą, ćwiczenia od "
            "fizjoterapeuty. Raz w miesiącu zapisujemy, co osoba robi już sama.",
            "extras": "Wolontariusze dwa razy w tygodniu zabierają chętnych na spacer; raz w miesiącu wspólny obiad.",
        },
        (
            (*_REPLACED, "6.00", "h", _DIARY),
            (*_SAME, "85.00", "%", _DIARY),
            (*_DELIVERED, "97.00", "%", "z miesięcznych zestawień"),
        ),
    ),
    DemoOffer(
        Decimal("38.20"),
        "ul. Parkowa 11, 70-200 Szczecin",
        "Od trzech lat świadczymy usługi sąsiedzkie i opiekuńcze dla 40 osób; jedna dotacja rozliczona po wezwaniu.",
        (("Leon Topola", "koordynator", "0.50"), ("Wanda Głóg", "opiekunka", "1.00")),
        {
            "organisation": "Opiekunki mieszkają w dzielnicy, w której pracują. Plan układamy na miesiąc i wysyłamy "
            "osobie pocztą.",
            "replacement": "Zastępstwo zapewniamy w ciągu doby, w dni wolne w ciągu dwóch dób.",
            "coordination": "Koordynator pracuje od poniedziałku do piątku od 8:00 do 14:00.",
            "quality_control": "Raz w kwartale ankieta telefoniczna wśród wszystkich osób.",
            "training": "Szkolenie wstępne 8 godzin, pierwsza pomoc co dwa lata.",
            "activation": "Zachęcamy do wspólnego wykonywania prostych czynności.",
            "extras": "Świąteczne paczki i życzenia urodzinowe.",
        },
        ((*_REPLACED, "24.00", "h", _DIARY), (*_DELIVERED, "95.00", "%", "z miesięcznych zestawień")),
    ),
    DemoOffer(
        Decimal("41.00"),
        "al. Wojska 88, 70-470 Szczecin",
        "Od pięciu lat zatrudniamy 30 opiekunek na umowy o pracę; usługi dla dwóch gmin, bez uwag w kontrolach.",
        (
            ("Maria Jesion", "koordynatorka", "1.00"),
            ("Celina Jarzębina", "opiekunka, pielęgniarka", "1.00"),
            ("Zyta Wierzba", "opiekunka", "1.00"),
            ("Tekla Sosna", "opiekunka", "0.50"),
        ),
        {
            "organisation": "Zespoły po cztery opiekunki na dzielnicę; osoba zna wszystkie cztery. Grafik w telefonie, "
            "zmiany widoczne od razu.",
            "replacement": "W zespole zawsze jedna opiekunka ma dyżur: zastępstwo w ciągu 4 godzin, także w święta.",
            "coordination": "Koordynatorka i zastępczyni na zmiany, siedem dni w tygodniu, 7:00–21:00; cotygodniowa "
            "notatka do Ośrodka.",
            "quality_control": "Sześć kontroli w miesiącu, w tym dwie z pielęgniarką; skargi rozpatrujemy w trzy dni.",
            "training": "24 godziny szkolenia wstępnego, potem 16 godzin rocznie, superwizja na życzenie.",
            "activation": "Plan aktywizacji dla każdej osoby, układany z fizjoterapeutką i oceniany co trzy miesiące.",
            "extras": "Wizyta fizjoterapeutki raz w kwartale i wypożyczalnia sprzętu bez opłat.",
        },
        (
            (*_REPLACED, "4.00", "h", _DIARY),
            (*_SAME, "80.00", "%", _DIARY),
            (*_DELIVERED, "98.00", "%", "z miesięcznych zestawień"),
            (
                "training",
                "qualified_staff",
                "personel z kwalifikacjami",
                "at_least",
                "100.00",
                "%",
                "z ewidencji kwalifikacji",
            ),
        ),
    ),
)
