"""The units and aisles that every circle knows, and exact conversion between units."""

from fractions import Fraction
from math import gcd

# In the order of a walk through a shop: what is frozen goes into the bag last.
AISLES = (
    "produce",
    "bakery",
    "delicatessen",
    "meat",
    "fish",
    "dairy",
    "pantry",
    "seasoning",
    "breakfast",
    "snacks",
    "drinks",
    "household",
    "hygiene",
    "baby",
    "pharmacy",
    "pets",
    "other",
    "frozen",
)

# code: the unit that it is counted in, and how many of those it is, exactly. What a bottle holds nobody can
# say for all bottles: that is a conversion of the circle's own.
UNITS: dict[str, tuple[str, int]] = {
    "piece": ("piece", 1),
    "g": ("g", 1),
    "kg": ("g", 1000),
    "ml": ("ml", 1),
    "cl": ("ml", 10),
    "l": ("ml", 1000),
    "pack": ("pack", 1),
    "bottle": ("bottle", 1),
    "can": ("can", 1),
    "jar": ("jar", 1),
    "box": ("box", 1),
    "bag": ("bag", 1),
    "carton": ("carton", 1),
    "tray": ("tray", 1),
    "bunch": ("bunch", 1),
    "head": ("head", 1),
    "slice": ("slice", 1),
    "roll": ("roll", 1),
    "tube": ("tube", 1),
    "tablet": ("tablet", 1),
}

# In which unit people compare prices: by the kilogram, not by the gram.
PRICED_IN = {"g": "kg", "ml": "l"}

MOST_STEPS = 3

# unit: other unit: [numerator, denominator]; one of the first is that many of the other. Units are those that
# the built-in ones are counted in, and the circle's own; each conversion stands in both directions.
Conversions = dict[str, dict[str, list[int]]]


def counted_in(unit: str) -> tuple[str, int]:
    """The unit that `unit` is counted in, and how many of those it is: itself, if it is no built-in one."""
    return UNITS.get(unit, (unit, 1))


def set_conversion(conversions: Conversions, unit: str, to: str, numerator: int, denominator: int) -> None:
    """From here on one `unit` is numerator/denominator `to`, and the other way round."""
    base, size = counted_in(unit)
    goal, goal_size = counted_in(to)
    numerator, denominator = numerator * goal_size, denominator * size
    common = gcd(numerator, denominator)
    conversions.setdefault(base, {})[goal] = [numerator // common, denominator // common]
    conversions.setdefault(goal, {})[base] = [denominator // common, numerator // common]


def factor(unit: str, to: str, *tables: Conversions) -> Fraction | None:
    """How many `to` one `unit` is, by the shortest chain of conversions, at most three, or None.

    Of two chains of one length the one through an earlier table counts, then the one that was set first.
    """
    base, size = counted_in(unit)
    goal, goal_size = counted_in(to)
    reached = {base: Fraction(size, goal_size)}
    edge = [base]
    for _ in range(MOST_STEPS):
        if goal in reached:
            break
        nearer, edge = edge, []
        for here in nearer:
            for table in tables:
                for there, (numerator, denominator) in table.get(here, {}).items():
                    if there not in reached:
                        reached[there] = reached[here] * Fraction(numerator, denominator)
                        edge.append(there)
    return reached.get(goal)


def rounded(exact: Fraction) -> int:
    """The nearest whole number, a half up."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
