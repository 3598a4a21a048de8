"""The points of that household: what counts there, who confirms it, thanks, and wishes that people save up for."""

from cercle.modules.merit.events import (
    AllowanceSet,
    Confirmed,
    Declined,
    Fulfilled,
    Pledged,
    RateSet,
    Released,
    Thanked,
    Wished,
)
from cercle.modules.merit.read import claims
from cercle.modules.merit.state import balance
from cercle.modules.tasks.events import Worked
from tests.screens.chores import Chores
from tests.story import Person, Story

# Who thanks whom, with how many points, what for in French and English.
THANKS = (
    ("amina", "chloe", 3, "Tu as pensé au pain toute seule", "You thought of the bread all by yourself"),
    ("chloe", "bruno", 0, "Pour l’histoire du soir, même tard", "For the bedtime story, late as it was"),
    ("bruno", "dov", 4, "La douche ne goutte plus", "The shower drips no more"),
    ("dov", "amina", 2, "La soupe quand j’étais malade", "The soup when I was ill"),
)
HAMMOCK, BICYCLE, SEA, GAMES, PAINT = range(5)
# What is wished for in French and English, by whom, for how many points.
WISHES = (
    ("Un hamac entre les deux pommiers", "A hammock between the two apple trees", "bruno", 150),
    ("Un vélo à la taille de Chloé", "A bicycle of Chloé’s size", "chloe", 120),
    ("Un week-end à la mer, tous ensemble", "A weekend by the sea, all of us", "bruno", 400),
    ("Une soirée jeux avec pizza", "An evening of games, with pizza", "chloe", 40),
    ("Repeindre la cuisine en jaune", "Paint the kitchen yellow", "amina", 250),
)


class Points:
    def __init__(self, story: Story, chores: Chores) -> None:
        self.story, self.chores = story, chores
        bins, dishes, plants = 0, 1, 6
        for rate in (
            RateSet(kind="cooking", per_turn=6, budget=30),
            RateSet(kind="care", per_hour=12, confirm="beneficiary"),
            RateSet(kind="repairs", per_hour=10, confirm="another"),
            RateSet(kind="paperwork", per_hour=10, confirm="another", budget=20),
            RateSet(kind="garden", per_turn=2),
            RateSet(chore=chores.ids[bins], per_turn=2, growing=2),
            RateSet(chore=chores.ids[dishes], per_turn=3, budget=15),
            RateSet(chore=chores.ids[plants]),
            AllowanceSet(points=10),
        ):
            story.amina.brings(rate)
        self.wishes = [
            self.person(who).brings(Wished(points=points, name=chores.said(french, english)))
            for french, english, who, points in WISHES
        ]

    def person(self, name: str) -> Person:
        return self.story.people[name]

    def week(self, week: int) -> None:
        """What waits is confirmed, somebody says thank you, and people pledge some of what they have."""
        for claim in claims(self.story.circle):
            self.answer(week, claim.entry, claim.by)
        by, to, points, french, english = THANKS[week % len(THANKS)]
        thanked = Thanked(to=self.person(to).member, points=points, what=self.chores.said(french, english))
        self.person(by).brings(thanked)
        self.pledge("bruno", HAMMOCK if week < 2 else SEA, 15)
        self.pledge("amina", BICYCLE if week < 5 else SEA, 20)
        self.pledge("chloe", BICYCLE if week < 5 else GAMES, 24)
        if week == 3:
            self.person("bruno").brings(Released(wish=self.wishes[HAMMOCK]))
        if week == 5:
            self.person("amina").brings(Fulfilled(wish=self.wishes[BICYCLE]))

    def answer(self, week: int, claim: str, by: list[str]) -> None:
        somebody = next(person for person in self.story.people.values() if person.member in by)
        if week == 6:
            why = self.chores.said("L’étagère penche encore", "The shelf still leans")
            somebody.brings(Declined(claim=claim, why=why))
        else:
            somebody.brings(Confirmed(claim=claim))

    def pledge(self, name: str, number: int, points: int) -> None:
        """As many, or what they have, or what the wish still takes."""
        person, wish = self.person(name), self.story.circle.merit.wishes[self.wishes[number]]
        some = min(points, balance(self.story.circle, person.member), wish.points - wish.pledged)
        if some:
            person.brings(Pledged(wish=self.wishes[number], points=some))

    def lately(self) -> None:
        """Some work that waits: for one of several, and for the very person whom it was for."""
        amina, bruno, chloe = (self.person(name) for name in ("amina", "bruno", "chloe"))
        said, today = self.chores.said, self.chores.day()
        hinge = said("La charnière du placard", "The hinge of the cupboard")
        bruno.brings(Worked(kind="repairs", minutes=45, who=[bruno.member], day=today, what=hinge))
        form = said("Inscription à la piscine", "The form for the pool")
        who = [bruno.member, chloe.member]
        bruno.brings(Worked(kind="paperwork", minutes=30, who=who, day=today, what=form))
        poem = said("Apprendre la poésie", "Learning the poem by heart")
        amina.brings(Worked(kind="care", minutes=40, who=[amina.member], whom=chloe.member, day=today, what=poem))
