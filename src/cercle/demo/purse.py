"""What the family pays, and how it gets even again."""

import calendar

from cercle.demo import words
from cercle.demo.family import Family
from cercle.modules.accounts.events import Corrected, Shared, Transferred
from cercle.modules.accounts.read import balances, settlement
from cercle.modules.pools import events as pools

ROOM = 42_000  # cents a month
TWICE = 30  # days
SAVED = 5000  # cents a month, by each
OUTING = 1900


class Purse:
    def __init__(self, family: Family) -> None:
        self.family = family
        self.days = 0
        self.savings = ""

    def live(self) -> None:
        """Bills come on their days; the lodger pays for the room on the fifth; at the month’s end all get even."""
        family, day = self.family, self.family.day
        family.at(17)
        for bill in words.BILLS:
            if bill.day == day.day and day.month in (bill.months or range(1, 13)):
                self.pay(bill)
        if day.day == 5 and "dov" in family.members:
            dov = family.members["dov"]
            self.shared(words.RENT_OF_ROOM, ROOM, "amina", ["dov"])
            amina = family.members["amina"]
            family.does("amina", Transferred(unit="eur", amount=ROOM, payer=dov, to=amina, day=family.on()))
        if day.day == calendar.monthrange(day.year, day.month)[1]:
            self.get_even()
        if self.days == TWICE:
            once = words.BILLS[2]
            entry = self.shared((once.french, once.english), once.cents, once.payer, ["amina", "bruno"])
            family.does("amina", Corrected(entry=entry, why=family.said(words.TWICE)))
        self.save_up()
        self.days += 1

    def save_up(self) -> None:
        """On the first of the month both put something aside for the holidays; in the middle some of it is spent."""
        family, day = self.family, self.family.day
        if day.day == 1 and not self.savings:
            self.savings = family.does("amina", pools.Opened(name=family.said(words.SAVINGS)))
            family.does("bruno", pools.AllowanceAsked(pool=self.savings))
        if day.day == 1:
            for name in ("amina", "bruno"):
                payer = family.members[name]
                family.does(name, pools.PaidIn(pool=self.savings, amount=SAVED, payer=payer, day=family.on()))
        if day.day == 16 and self.savings:
            name, what = ("amina", "bruno")[day.month % 2], words.OUTINGS[day.month % 2]
            said = family.said(what)
            family.does(name, pools.Spent(pool=self.savings, amount=OUTING, day=family.on(), what=said))

    def pay(self, bill: words.Bill) -> None:
        sharing = ["amina", "bruno"] + (["dov"] if bill.lodger and "dov" in self.family.members else [])
        self.shared((bill.french, bill.english), bill.cents, bill.payer, sharing, bill.unit)

    def shared(self, what: tuple[str, str], cents: int, payer: str, sharing: list[str], unit: str = "eur") -> str:
        family, members = self.family, self.family.members
        shares = dict.fromkeys((members[name] for name in sharing), 1)
        said = family.said(what)
        return family.does(
            payer,
            Shared(unit=unit, amount=cents, payer=members[payer], shares=shares, day=family.on(), what=said),
        )

    def get_even(self) -> None:
        """By as few payments as it takes."""
        family = self.family
        for one in settlement(balances(family.circle, "eur")):
            given = Transferred(
                unit="eur",
                amount=one.amount,
                payer=one.payer,
                to=one.to,
                day=family.on(),
                what=family.said(words.SQUARE),
            )
            family.does("bruno", given)
