"""Texts of the demo's calls: invented, after the practice of asking bidders for a concept of the service (S-050)."""

from dataclasses import dataclass

TEMPLATE = "Usługi opiekuńcze z koncepcją świadczenia usług"
TASK_KIND = """Pomoc społeczna, w tym pomoc rodzinom i osobom w trudnej sytuacji życiowej oraz wyrównywanie szans: \
usługi opiekuńcze w miejscu zamieszkania osób, które z powodu wieku, choroby lub niepełnosprawności potrzebują \
pomocy innych osób.

Usługi obejmują pomoc w zaspokajaniu codziennych potrzeb życiowych, opiekę higieniczną, zaleconą przez lekarza \
pielęgnację oraz zapewnianie kontaktów z otoczeniem."""
GRANT_RULES = """Dotacja pokrywa koszty godzin usług wykonanych i potwierdzonych w dzienniczkach, koszty koordynacji \
oraz szkolenia i nadzoru nad osobami świadczącymi usługi.

Z dotacji nie finansuje się zakupu środków trwałych ani kosztów poniesionych przed zawarciem umowy. Dotację przekazuje \
się w transzach miesięcznych po przyjęciu miesiąca."""
CONDITIONS = """Usługi świadczy się siedem dni w tygodniu w godzinach 7:00–20:00, na podstawie decyzji Ośrodka.

Osoby świadczące usługi mają ukończony kurs opiekunki środowiskowej lub równoważny. Zmiana stałej opiekunki wymaga \
powiadomienia osoby i Ośrodka najpóźniej w dniu poprzednim.

Wskaźniki jakości: wykonanie co najmniej 95 % przyznanych godzin (z miesięcznych zestawień), zastępstwo w ciągu \
najwyżej 24 godzin (z dzienniczków), co najmniej 80 % wizyt tej samej opiekunki."""
SELECTION = """Oferty otwiera komisja konkursowa po upływie terminu. Po ocenie formalnej każdy członek komisji ocenia \
oferty samodzielnie według ogłoszonych kryteriów, podając powód każdej oceny. Komisja opiniuje oferty; wyboru dokonuje \
Prezydent Miasta. Wyniki ogłasza się niezwłocznie w BIP, na tablicy ogłoszeń w siedzibie i na stronie internetowej.

Można wybrać więcej niż jedną ofertę. Od wyboru nie przysługuje odwołanie; w ciągu 30 dni od ogłoszenia wyników każdy \
może żądać uzasadnienia."""
EARLIER = """W ubiegłym roku: usługi opiekuńcze, 1 412 300,00 zł.
W bieżącym roku: usługi opiekuńcze, 1 538 000,00 zł (w tym dotacje 1 461 100,00 zł)."""
CONTACT = "Dział Usług, tel. 91 000 00 00, uslugi@mopr.szczecin.test"
QUESTIONS = {
    "organisation": "Jak zaplanują Państwo wizyty i jak zapewnią, że do osoby przychodzi stale ta sama opiekunka?",
    "replacement": "Kto i w jakim czasie zastąpi opiekunkę, która zachoruje lub jest na urlopie? Ile to godzin?",
    "coordination": "Kto koordynuje usługi, kiedy jest osiągalny i jak spostrzeżenia opiekunek trafiają do Ośrodka?",
    "quality_control": "Jak sprawdzają Państwo jakość sami: ile kontroli w miesiącu, co z nich wynika?",
    "training": "Jak przygotowują, szkolą i wspierają Państwo opiekunki?",
    "activation": "Jak pomagają Państwo osobom robić samodzielnie to, co jeszcze potrafią?",
    "extras": "Co zapewnią Państwo ponad standard, dla kogo i jak często?",
}
FILES = ("Statut", "Dokumenty kwalifikacji personelu")
# Name, what earns points, kind, most points, weight in percent, section of the offer.
CRITERIA = (
    ("Cena godziny usługi", "Liczona: najniższa cena / cena oferty.", "price", 10, 40, "budget"),
    (
        "Koncepcja świadczenia usług",
        "Konkretność odpowiedzi, mierzalne zobowiązania, aktywizowanie zamiast wyręczania.",
        "merit",
        20,
        35,
        "concept",
    ),
    (
        "Kwalifikacje i dostępność kadry",
        "Kwalifikacje wskazanych osób, wymiar zatrudnienia, zastępstwa.",
        "merit",
        10,
        15,
        "staff",
    ),
    (
        "Doświadczenie i rzetelność",
        "Dotychczasowa realizacja zadań tego rodzaju i ich rozliczenie.",
        "merit",
        10,
        10,
        "resources",
    ),
)
QUESTION = "Czy zastępstwo w niedzielę może zapewnić pracownik organizacji partnerskiej wskazanej w ofercie wspólnej?"
ANSWER = (
    "Tak, jeżeli organizacja partnerska jest stroną oferty wspólnej, a pracownik spełnia wymagania kwalifikacyjne "
    "z ogłoszenia."
)
SECOND_QUESTION = "Czy kwota dotacji może być niższa niż podana w ogłoszeniu najwyższa dotacja?"
AMENDMENT = "Na wniosek organizacji doprecyzowano dostępność usług w niedziele i święta."
SUNDAYS = "\n\nW niedziele i święta usługi obejmują wyłącznie opiekę higieniczną, posiłki i podawanie leków."
ANNULMENT = "Środki na to zadanie przesunięto uchwałą Rady Miasta, co ogłoszenie przewidywało w punkcie 8."


@dataclass(frozen=True)
class DemoCall:
    """A call of the demo: key, number (with the year), title, and its parts with funds in PLN and hours; the one of
    the cycle takes its part from there."""

    key: str
    number: str
    title: str
    parts: tuple[tuple[str, str, int], ...]


CALLS = (
    DemoCall(
        "decided",
        "1/{year}",
        "Usługi opiekuńcze w całym mieście {year}",
        (),
    ),
    DemoCall(
        "scoring",
        "2/{year}",
        "Usługi opiekuńcze w Śródmieściu {year}",
        (("Śródmieście", "498000.00", 12_000),),
    ),
    DemoCall(
        "sealed",
        "3/{year}",
        "Usługi opiekuńcze na Północy {year}",
        (("Północ", "332000.00", 8_000),),
    ),
    DemoCall(
        "open",
        "4/{year}",
        "Usługi opiekuńcze dla dzielnicy Zachód {year}",
        (("Pogodno i Gumieńce", "290500.00", 7_000), ("Pomorzany", "207500.00", 5_000)),
    ),
    DemoCall("annulled", "5/{year}", "Usługi sąsiedzkie {year}", (("Całe miasto", "120000.00", 4_000),)),
)
# Invented organisations that bid, each with the name of its manager and the local part of their address.
BIDDERS = (
    ("Fundacja Dom Pogodny", "Hanna Wiąz", "prezes.dom-pogodny"),
    ("Stowarzyszenie Bliżej Siebie", "Leon Topola", "prezes.blizej-siebie"),
    ("Spółdzielnia Socjalna Pomocna Dłoń", "Maria Jesion", "prezes.pomocna-dlon"),
)
