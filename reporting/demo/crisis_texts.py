"""Texts of the demo's crisis intervention; everybody in them is invented."""

CATEGORIES = (
    "Przemoc w rodzinie",
    "Kryzys psychiczny lub próba samobójcza",
    "Żałoba lub nagła strata",
    "Wypadek lub katastrofa",
    "Konflikt w rodzinie, rozstanie",
    "Utrata mieszkania",
    "Uzależnienie w rodzinie",
)
INSTITUTIONS = (
    "Policja",
    "Ośrodek pomocy społecznej",
    "Zespół interdyscyplinarny",
    "Szpital lub poradnia zdrowia psychicznego",
    "Szkoła lub poradnia psychologiczno-pedagogiczna",
    "Sąd rodzinny lub kurator",
)
ALIASES = ("Pani Wanda", "Róża", "Pan z Pogodna", "Kasia z dziećmi", "Student", "Pani M.")
NAMES = (
    "Grażyna Wrzos",
    "Hubert Jesion",
    "Lena Paproć",
    "Oskar Modrzew",
    "Nina Bez",
    "Roman Grabina",
    "Teresa Szałwia",
    "Wojciech Tarnina",
    "Zuzanna Jarząb",
    "Bartosz Sitowie",
    "Celina Mięta",
    "Daniel Wiąz",
    "Emilia Rumian",
    "Filip Cisowy",
)
CARDS = (
    (
        "first_contact",
        {
            "event": "Osoba zgłosiła się po kłótni, w czasie której partner groził jej i uderzył ją w twarz.",
            "state": "Roztrzęsiona, płacze, mówi nieskładnie. Bez widocznych poważnych obrażeń.",
            "safety": "Nie chce wracać do mieszkania. Sprawca zna adres jej pracy.",
            "resources": "Siostra w sąsiedniej dzielnicy, życzliwa przełożona.",
            "actions": "Rozmowa wspierająca, informacja o procedurze „Niebieskie Karty”, miejsce w hostelu.",
            "agreed": "Następna sesja pojutrze; do tego czasu kontakt z prawnikiem.",
        },
    ),
    (
        "help_plan",
        {
            "goals": "„Chcę się znowu czuć bezpiecznie i wiedzieć, gdzie będę mieszkać.”",
            "steps": "Osoba: rozmowa z prawnikiem. Ośrodek: sesje dwa razy w tygodniu, pismo do zespołu.",
            "institutions": "Zespół interdyscyplinarny, policja; kontakt utrzymuje interwent prowadzący.",
            "review": "Po czwartej sesji, na spotkaniu zespołu.",
        },
    ),
)
