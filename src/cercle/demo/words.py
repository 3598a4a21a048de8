"""What the family says: its chores, bills, thanks, wishes and agreements, in French and English."""

from typing import Any, NamedTuple


class Bill(NamedTuple):
    """`cents` that `payer` pays on a `day` of those `months` (none: of each); the lodger bears a share, or not."""

    french: str
    english: str
    cents: int
    payer: str
    day: int
    months: tuple[int, ...] = ()
    lodger: bool = True
    unit: str = "eur"


BILLS = (
    Bill("Loyer de la maison", "The rent of the house", 128_000, "amina", 3, lodger=False),
    Bill("Électricité", "Electricity", 11_840, "amina", 11, (1, 3, 5, 7, 9, 11)),
    Bill("Abonnement internet et téléphone", "Internet and telephone", 3999, "bruno", 15),
    Bill("Eau", "Water", 6215, "bruno", 19, (2, 5, 8, 11)),
    Bill("Assurance de la maison", "Insurance of the house", 21_450, "amina", 8, (1,), lodger=False),
    Bill("Cinéma en famille", "The pictures, all of us", 5280, "amina", 21, (1, 4, 6, 10, 11), lodger=False),
    Bill("Réparation du vélo de Chloé", "Chloé’s bicycle, mended", 4650, "amina", 16, (4, 11), lodger=False),
    Bill("Cours de piano de Chloé", "Chloé’s piano lessons", 12_600, "bruno", 6, (1, 4, 9), lodger=False),
    Bill("Ramonage", "The chimney sweep", 7500, "bruno", 24, (10,)),
    Bill("La semaine à la mer", "The week by the sea", 68_000, "bruno", 2, (8,), lodger=False),
    Bill(
        "Le train et la fondue, à Genève", "The train and the fondue, in Geneva", 14_260, "amina", 27, (2,), unit="chf"
    ),
)

# French, English, and what is said of the chore; a garden's is put away for the winter.
CHORES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "Sortir les poubelles et le compost",
        "Take out the bins and the compost",
        {"kind": "cleaning", "rhythm": "FREQ=WEEKLY;BYDAY=MO,TH", "rotation": "in_turn", "minutes": 10},
    ),
    ("Vaisselle", "Dishes", {"kind": "cleaning", "rhythm": "FREQ=DAILY", "rotation": "fewest_minutes", "minutes": 25}),
    (
        "Aspirateur dans le salon",
        "Vacuum the living room",
        {"kind": "cleaning", "rhythm": "FREQ=WEEKLY", "rotation": "least_recent", "minutes": 30},
    ),
    ("Dîner", "Dinner", {"kind": "cooking", "rhythm": "FREQ=DAILY", "rotation": "random", "minutes": 45}),
    (
        "Serviettes de toilette",
        "Bathroom towels",
        {"kind": "laundry", "rhythm": "FREQ=DAILY;INTERVAL=5", "follows": True, "minutes": 15},
    ),
    (
        "Grand rangement de la cave",
        "Tidy up the cellar",
        {"kind": "other", "rhythm": "FREQ=MONTHLY;BYDAY=1SA", "rotation": "together", "minutes": 90},
    ),
    (
        "Arroser le potager",
        "Water the vegetables",
        {"kind": "garden", "rhythm": "FREQ=WEEKLY;BYDAY=TU,FR,SU", "rotation": "in_turn", "minutes": 15},
    ),
    ("Arroser les plantes de l’entrée", "Water the plants in the hall", {"kind": "garden", "minutes": 5}),
    ("Réparer la chasse d’eau", "Mend the flush", {"kind": "repairs", "rotation": "whoever", "minutes": 60}),
)
ADULTS = ("amina", "bruno")
BINS, DISHES, VACUUM, DINNER, TOWELS, CELLAR, VEGETABLES, PLANTS, FLUSH = range(len(CHORES))
SKIPPED = (
    ("On a mangé chez Mamie", "We ate at Grandma’s"),
    ("Pizza devant un film", "Pizza and a film"),
    ("Il a plu toute la journée", "It rained all day"),
)

# French, English, kind of work, minutes, and who has the good of it, where one person does.
HOURS = (
    ("Aide aux devoirs", "Help with homework", "care", 50, "chloe"),
    ("Déclaration d’impôts", "The tax return", "paperwork", 75, ""),
    ("Étagère du couloir", "The shelf in the corridor", "repairs", 120, ""),
    ("Conduire Mamie chez le médecin", "Grandma to the doctor", "errands", 90, "grandmother"),
    ("Tailler la haie", "Trim the hedge", "garden", 100, ""),
    ("La poésie, par cœur", "The poem, by heart", "care", 40, "chloe"),
    ("Robinet de la salle de bains", "The bathroom tap", "repairs", 45, ""),
)

# Who thanks whom, with how many points, what for in French and English.
THANKS = (
    ("amina", "chloe", 3, "Tu as pensé au pain toute seule", "You thought of the bread all by yourself"),
    ("chloe", "bruno", 0, "Pour l’histoire du soir, même tard", "For the bedtime story, late as it was"),
    ("bruno", "dov", 4, "La douche ne goutte plus", "The shower drips no more"),
    ("dov", "amina", 2, "La soupe quand j’étais malade", "The soup when I was ill"),
    ("amina", "bruno", 2, "Pour la nuit aux urgences avec Mamie", "For the night in casualty with Grandma"),
    ("bruno", "chloe", 2, "Tu as appris les échecs à ton cousin", "You taught your cousin to play chess"),
    ("chloe", "dov", 1, "Tu m’as prêté ton télescope", "You lent me your telescope"),
)


class Wish(NamedTuple):
    """Who made it in which week, for how many points, and who pledges how many a week; it comes true when it is full,
    or is let go in week `released`."""

    french: str
    english: str
    by: str
    week: int
    points: int
    pledges: dict[str, int]
    released: int = 0


WISHES = (
    Wish("Un hamac entre les deux pommiers", "A hammock between the two apple trees", "bruno", 2, 150, {"bruno": 8}, 9),
    Wish("Un vélo à la taille de Chloé", "A bicycle of Chloé’s size", "chloe", 1, 320, {"amina": 12, "chloe": 16}),
    Wish("Une soirée jeux avec pizza", "An evening of games, with pizza", "chloe", 13, 60, {"chloe": 12, "dov": 4}),
    Wish("Un composteur en bois", "A wooden composter", "amina", 15, 240, {"amina": 14, "bruno": 12}),
    Wish("Une tente pour trois", "A tent for three", "chloe", 26, 300, {"chloe": 16, "bruno": 14, "amina": 6}),
    Wish(
        "Repeindre la cuisine en jaune",
        "Paint the kitchen yellow",
        "amina",
        33,
        420,
        {"amina": 20, "bruno": 8, "dov": 3},
    ),
    Wish(
        "Un week-end à la mer, tous ensemble",
        "A weekend by the sea, all of us",
        "bruno",
        38,
        700,
        {"bruno": 15, "dov": 12},
    ),
    Wish("Un lapin", "A rabbit", "chloe", 44, 200, {"chloe": 12}),
)

# French, English, and who sees to it, where one does; every third is let go, the others are kept.
AGREED = (
    ("Écran éteint à 21 heures", "Screens off at nine", ""),
    ("Appeler le propriétaire pour la chaudière", "Call the landlord about the boiler", "amina"),
    ("Un légume nouveau par semaine", "A vegetable we do not know, each week", ""),
    ("Chacun range ses chaussures", "Everybody puts their shoes away", ""),
    ("Inscrire Chloé à la piscine", "Put Chloé’s name down for swimming", "bruno"),
    ("Acheter en vrac ce qui se garde", "What keeps, we buy loose", "bruno"),
    ("Le samedi, marché à vélo", "To the market by bicycle on Saturdays", ""),
    ("Finir les restes avant de cuisiner", "Leftovers first, then the stove", ""),
    ("Inviter les voisins du 12", "Invite the neighbours of number 12", "amina"),
    ("Trier les jouets pour la bourse", "Sort out toys for the sale", "chloe"),
    ("Réparer la sonnette", "Mend the bell", "dov"),
    ("Moins de viande, deux fois par semaine au plus", "Less meat, twice a week at most", ""),
)
STANDING = ("Pas de téléphone à table, ni au dîner ni au goûter", "No phones at table, at dinner or at tea")
GATE = ("Réparer le portail", "Mend the gate")
# Work that waits to be confirmed now.
WAITING = (
    ("La charnière du placard", "The hinge of the cupboard", "repairs", 45, "bruno", ""),
    ("Inscription à la piscine", "The form for the pool", "paperwork", 30, "bruno", ""),
    ("Exposé sur les volcans", "The talk about volcanoes", "care", 40, "amina", "chloe"),
)
LEANS = ("L’étagère penche encore", "The shelf still leans")
TWICE = ("écrit deux fois", "written twice")
RENT_OF_ROOM = ("La chambre du haut", "The room upstairs")
SAVINGS = ("Les vacances", "The holidays")
OUTINGS = (("La piscine", "The swimming pool"), ("Les billets du ferry", "The tickets of the ferry"))
SQUARE = ("On est quittes", "Now we are even")
BUSINESS = ("Au travail, à Nantes", "At work, in Nantes")
FRIENDS = ("Chez son amie Odette", "At her friend Odette’s")
CAMP = ("En colonie", "At summer camp")
PRIVATE = ("Un cadeau surprise", "A surprise present")

# How they decide, and what their meetings were about: on the agenda, and in the minutes.
MEETING = ("Le conseil du dimanche", "The Sunday table")
KITCHEN = ("À la cuisine", "In the kitchen")
TALKED = (
    (
        ("Le goûter d’anniversaire", "The birthday tea"),
        ("Samedi à 15 h, huit enfants. Bruno fait le gâteau.", "Saturday at three, eight children. Bruno bakes."),
    ),
    (
        ("Qui emmène Chloé au piano", "Who takes Chloé to her piano lesson"),
        ("Chacun une semaine sur deux.", "Every other week each."),
    ),
    (
        ("La cave", "The cellar"),
        ("On trie ensemble le premier samedi du mois.", "We sort it out together on the first Saturday."),
    ),
    (
        ("Le jardin cet automne", "The garden this autumn"),
        ("Deux pommiers, pas de gazon.", "Two apple trees, and no lawn."),
    ),
)
NO_SCREENS = (
    ("Pas d’écran le soir", "No screens in the evening"),
    ("Pour se parler et mieux dormir.", "So that we talk, and sleep better."),
)
CHLOE_OBJECTS = ("J’appelle Lou à sept heures et demie", "I call Lou at half past seven")
FROM_EIGHT = ("À partir de vingt heures, alors", "From eight o’clock on, then")
TALK_FIRST = (
    ("En parler avant les grosses dépenses", "Talk before we spend a lot"),
    ("La cagnotte est à nous tous.", "The purse is ours, all of us."),
)
HOLIDAYS = (
    ("Où partir l’été prochain", "Where we go next summer"),
    ("Il faut réserver avant Noël.", "We have to book before Christmas."),
)
WHERE = (("La mer", "The sea"), ("La montagne", "The hills"), ("Chez tante Inès", "Aunt Inès"))
A_CAT = (
    ("Adopter un chat", "Adopt a cat"),
    ("Je m’en occuperai, promis.", "I will look after it, I promise."),
)
