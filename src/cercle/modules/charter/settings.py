"""What a circle may set for itself: what each setting may be, what it is in each template, and which events it is
about.

What no circle can set has no place here: that each person has one vote, that merit weighs none and is never docked,
that anybody may leave with the log, that a removal takes more than half of the others.
"""

from msgspec import Struct

Value = int | str

TEMPLATES = ("household", "friends", "village", "online", "council", "association")
# What a circle of each form goes by, as long as it has not chosen a template.
OF_FORM = {
    "household": "household",
    "circle": "friends",
    "village": "village",
    "online": "online",
    "council": "council",
}

CHOOSING = ("approval", "score", "ranked")
# How a motion is to be decided, and the ways of deciding that are strict enough for each of those.
ENOUGH = {
    "light": ("light", "lazy", "majority", "two_thirds", "consent", "election", *CHOOSING, "lot", "times"),
    "lazy": ("lazy", "majority", "two_thirds", "consent", "election", *CHOOSING, "lot", "times"),
    "majority": ("majority", "two_thirds", "consent", "election", *CHOOSING),
    "two_thirds": ("two_thirds", "consent", "election"),
    "consent": ("consent", "election"),
}
METHODS = tuple(ENOUGH)
WHO = {
    "adults": ["adult", "circle"],
    "household": ["adult", "child", "circle"],
    "decision": ["circle"],
}


class Setting(Struct, frozen=True):
    """`values` are in the order of `TEMPLATES`. A number is within `least` and `most`; else it is one of the `choices`.
    `kind` says what is counted: number, share (per cent), days, months, money (minor units of the circle's currency) or
    points; or "choice". `events` are those of which it says who may do them, or the name of a part of one, for which
    its rule asks."""

    values: tuple[Value, ...]
    kind: str = "choice"
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    events: tuple[str, ...] = ()


def chosen(choices: tuple[str, ...], *values: str) -> Setting:
    return Setting(values, choices=choices)


def counted(kind: str, least: int, most: int, *values: int) -> Setting:
    return Setting(values, kind=kind, least=least, most=most)


def allowed(events: tuple[str, ...], *values: str) -> Setting:
    return Setting(values, choices=tuple(WHO), events=events)


CHORES = ("tasks.chore_added", "tasks.chore_changed", "tasks.chore_archived", "tasks.chore_restored")
SHAPE = ("circle.renamed", "circle.adopted", "circle.turned_on", "circle.turned_off")

SETTINGS: dict[str, Setting] = {
    "method": chosen(METHODS, "light", "lazy", "majority", "majority", "consent", "majority"),
    "method_charter": chosen(METHODS, "light", "consent", "two_thirds", "two_thirds", "consent", "two_thirds"),
    "method_people": chosen(METHODS, "light", "consent", "majority", "majority", "consent", "majority"),
    "method_money": chosen(METHODS, "light", "lazy", "majority", "majority", "consent", "majority"),
    "voters": chosen(("adults", "household"), "household", "adults", "adults", "adults", "adults", "adults"),
    "newcomer_days": counted("days", 0, 365, 0, 7, 30, 30, 30, 30),
    "days": counted("days", 1, 90, 1, 3, 7, 7, 14, 15),
    "quorum": counted("share", 0, 100, 0, 50, 30, 30, 50, 30),
    "active_days": counted("days", 7, 730, 60, 60, 90, 90, 120, 365),
    "tie": chosen(("as_it_was", "again", "lot"), "as_it_was", "again", "as_it_was", "again", "again", "as_it_was"),
    "reasons": chosen(("no", "yes"), "no", "no", "no", "no", "yes", "no"),
    "proxy_days": counted("days", 0, 730, 0, 31, 90, 90, 0, 365),
    "proxy_most": counted("number", 1, 20, 1, 1, 2, 2, 1, 2),
    "review_months": counted("months", 0, 60, 0, 6, 12, 6, 6, 12),
    "may_invite": allowed(
        ("people.newcomer", "people.added"), "adults", "adults", "decision", "adults", "decision", "decision"
    ),
    "may_change_kinds": allowed(
        ("people.kind_changed",), "adults", "adults", "decision", "decision", "decision", "decision"
    ),
    "may_shape": allowed(SHAPE, "adults", "adults", "decision", "decision", "decision", "decision"),
    "may_set_chores": allowed(CHORES, "household", "household", "adults", "adults", "adults", "adults"),
    "may_set_rates": allowed(
        ("merit.rate_set", "merit.allowance_set"),
        *("adults", "decision", "decision", "decision", "decision", "decision"),
    ),
    "may_close_purses": allowed(
        ("pools.closed", "pools.allowance_revoked"),
        *("adults", "adults", "decision", "decision", "decision", "decision"),
    ),
    "spend_alone": counted("money", 0, 10**9, 0, 10_000, 5_000, 5_000, 5_000, 5_000),
    "spend_together": counted("money", 0, 10**9, 0, 50_000, 50_000, 50_000, 20_000, 50_000),
    "confirming": chosen(
        ("nobody", "another", "beneficiary"), "nobody", "another", "another", "another", "another", "another"
    ),
    "points_a_week": counted("points", 0, 100_000, 0, 0, 0, 0, 0, 0),
    "split_at": counted("number", 0, 1000, 0, 12, 0, 12, 12, 0),
}


def value_in(template: str, setting: str) -> Value:
    return SETTINGS[setting].values[TEMPLATES.index(template)]


def fits(setting: str, value: Value) -> bool:
    """Whether there is such a setting, and it may be that."""
    known = SETTINGS.get(setting)
    if known is None:
        return False
    if known.kind == "choice":
        return value in known.choices
    return isinstance(value, int) and known.least <= value <= known.most
