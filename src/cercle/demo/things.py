"""What the family buys, uses and keeps: French and English names of what no catalogue has."""

from typing import NamedTuple


class Thing(NamedTuple):
    """`key` is the catalogue's code, or a name below for a product of their own with its `aisle` and `unit`. Amounts in
    thousandths of its unit,
    `price` in cents for `amount`, which lasts for `weeks`; it `keeps` so many days, and is eaten in the months of its
    `season`, first and last."""

    key: str
    amount: int
    price: int
    weeks: int = 1
    place: str = "cupboard"
    keeps: int = 0
    minimum: int = 0
    aisle: str = ""
    unit: str = ""
    season: tuple[int, int] = (1, 12)


THINGS = (
    Thing("milk", 6000, 684, place="fridge", keeps=9, minimum=2000),
    Thing("eggs", 12_000, 395, place="fridge", keeps=17),
    Thing("bananas", 1200, 238, place=""),
    Thing("apples", 2000, 478, place="cellar"),
    Thing("baguette", 4000, 460, place=""),
    Thing("green-beans", 800, 372, place="fridge", keeps=4, season=(6, 10)),
    Thing("salted-butter", 500_000, 445, 2, place="fridge", keeps=30, minimum=250_000),
    Thing("cheese", 400_000, 612, place="fridge", keeps=20),
    Thing("cured-ham", 6000, 534, 2, place="fridge", keeps=5),
    Thing("smoked-salmon", 4000, 799, 3, place="fridge", keeps=6),
    Thing("chicken", 1000, 1290, 2, place="fridge", keeps=3),
    Thing("spaghetti", 1_000_000, 189, 2),
    Thing("rice", 2_000_000, 398, 4, minimum=1_000_000),
    Thing("red-lentils", 500_000, 289, 3),
    Thing("flour", 2000, 198, 5),
    Thing("olive-oil", 1000, 949, 4),
    Thing("ground-coffee", 2000, 778, 3),
    Thing("muesli", 1000, 349, 2),
    Thing("apple-juice", 2000, 412, 2, place="cellar"),
    Thing("dark-chocolate", 3000, 567, 2),
    Thing("toilet-paper", 12_000, 689, 4),
    Thing("washing-up-liquid", 1000, 229, 5),
    Thing("laundry-detergent", 1000, 899, 7),
    Thing("toothpaste", 2000, 438, 6),
    Thing("sorbet", 1000, 495, 2, place="freezer"),
    Thing("frozen-peas", 1000, 315, 3, place="freezer"),
    Thing("strawberries", 2000, 449, place="fridge", keeps=3, season=(5, 7)),
    Thing("peaches", 1500, 520, place="", season=(7, 8)),
    Thing("tomatoes", 1500, 435, place="", season=(6, 9)),
    Thing("pumpkin", 1000, 498, 2, place="cellar", season=(10, 12)),
    Thing("leeks", 4000, 279, place="fridge", keeps=8, season=(10, 3)),
    Thing("clementines", 2000, 398, place="", season=(11, 1)),
    Thing("charcoal", 3000, 890, 2, place="cellar", season=(5, 8)),
    Thing("garden-jam", 2000, 0, 5, place="cellar", aisle="own", unit="own"),
    Thing("honey-yoghurts", 8000, 528, place="fridge", keeps=12, aisle="dairy", unit="piece"),
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
    "party": ("L’anniversaire de Chloé", "Chloé’s birthday"),
    "ripe": ("bien mûres, pour la tarte", "ripe ones, for the tart"),
    "brand": ("sans sucres ajoutés", "no added sugar"),
    "bakery": ("chez Lucie, avant 19 h", "from Lucy’s, before seven"),
}

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
