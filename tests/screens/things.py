"""What that household buys, calls and pays, in both languages."""

from typing import NamedTuple


class Thing(NamedTuple):
    """`key` is the catalogue's code, or a name below for a product of their own with its `aisle` and `unit`. Amounts in
    thousandths of its unit,
    `price` in cents for `amount`; bought every so many weeks, `used` percent of the stock in a week, `keeps` days."""

    key: str
    amount: int
    price: int
    every: int = 1
    used: int = 80
    place: str = "cupboard"
    keeps: int = 0
    minimum: int = 0
    aisle: str = ""
    unit: str = ""


THINGS = (
    Thing("milk", 6000, 684, place="fridge", keeps=9, minimum=2000),
    Thing("eggs", 12_000, 395, place="fridge", keeps=17),
    Thing("bananas", 1200, 238, place="", used=90),
    Thing("apples", 2000, 478, place="cellar", used=70),
    Thing("baguette", 2000, 230, place="", used=100),
    Thing("green-beans", 800, 372, 2, used=100, place="fridge", keeps=4),
    Thing("salted-butter", 500_000, 445, 2, place="fridge", keeps=30, minimum=250_000),
    Thing("cheese", 400_000, 612, 2, place="fridge", keeps=20),
    Thing("cured-ham", 6000, 534, 2, used=100, place="fridge", keeps=5),
    Thing("smoked-salmon", 4000, 799, 3, place="fridge", keeps=6),
    Thing("spaghetti", 1_000_000, 189, 2, used=40),
    Thing("rice", 2_000_000, 398, 4, used=25, minimum=1_000_000),
    Thing("olive-oil", 1000, 949, 4, used=20),
    Thing("ground-coffee", 2000, 778, 3, used=35),
    Thing("muesli", 1000, 349, 2, used=50),
    Thing("apple-juice", 2000, 412, 2, used=60, place="cellar"),
    Thing("toilet-paper", 12_000, 689, 4, used=25),
    Thing("washing-up-liquid", 1000, 229, 4, used=30),
    Thing("sorbet", 1000, 495, 4, used=30, place="freezer"),
    Thing("garden-jam", 2000, 0, 5, used=20, place="cellar", aisle="own", unit="own"),
    Thing("honey-yoghurts", 8000, 528, 2, used=70, place="fridge", keeps=12, aisle="dairy", unit="piece"),
)

# key: French, English
NAMES = {
    "circle": ("Les Lilas", "The Lilacs"),
    "grandmother": ("Mamie Marie-Antoinette", "Grandma Mary-Antoinette"),
    "market": ("Marché Saint-Aubin", "Saint Aubin’s Market"),
    "supermarket": ("Supermarché coopératif du Vallon", "Valley Co-operative"),
    "fridge": ("Réfrigérateur", "Fridge"),
    "cupboard": ("Placard de la cuisine", "Kitchen cupboard"),
    "cellar": ("Cave", "Cellar"),
    "freezer": ("Congélateur", "Freezer"),
    "aisle": ("Chez la voisine du troisième étage", "From the neighbour on the third floor"),
    "unit": ("bocal", "big jar"),
    "units": ("bocaux", "big jars"),
    "garden-jam": ("Confiture de mûres et de framboises du jardin", "Blackberry and raspberry jam from the garden"),
    "honey-yoghurts": ("Yaourts à la grecque au miel de châtaignier", "Greek yoghurts with chestnut honey"),
    "gift": ("Un cadeau de Mamie", "A present from Grandma"),
    "twice": ("écrit deux fois", "written twice"),
    "electricity": ("Électricité", "Electricity"),
    "internet": ("Abonnement internet et téléphone", "Internet and telephone"),
    "water": ("Eau", "Water"),
    "cinema": ("Cinéma en famille", "The pictures, all of us"),
    "repair": ("Réparation du vélo de Chloé", "Chloé’s bicycle, mended"),
    "ripe": ("bien mûres, pour la tarte", "ripe ones, for the tart"),
    "brand": ("sans sucres ajoutés", "no added sugar"),
    "bakery": ("chez Lucie, avant 19 h", "from Lucy’s, before seven"),
}

# (what, cents, who paid, whether the lodger bears a share)
BILLS = (
    ("electricity", 11_840, "amina", True),
    ("internet", 3999, "bruno", True),
    ("repair", 4650, "amina", False),
    ("water", 6215, "bruno", True),
    ("cinema", 5280, "amina", False),
)

# What is on the list now: (thing, amount, note).
SHOPPING = (
    ("apples", 2000, "ripe"),
    ("bananas", 1200, ""),
    ("milk", 6000, ""),
    ("baguette", 2000, "bakery"),
    ("green-beans", 800, ""),
    ("honey-yoghurts", 8000, ""),
    ("cheese", 400_000, ""),
    ("ground-coffee", 2000, ""),
    ("muesli", 1000, "brand"),
    ("toilet-paper", 12_000, ""),
    ("sorbet", 1000, ""),
    ("garden-jam", 2000, ""),
)
