"""The chores of that household: who does them, week by week."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cercle.modules.tasks.events import ChoreAdded, Done, PutOff, Skipped, TakenOver, Worked
from cercle.modules.tasks.read import due, standing
from cercle.modules.tasks.state import Chore
from cercle.modules.week.events import Agreed
from tests.story import Person, Story

# French, English, and what is said of the chore.
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
    ("Arroser les plantes de l’entrée", "Water the plants in the hall", {"kind": "garden", "minutes": 5}),
    ("Réparer la chasse d’eau", "Mend the flush", {"kind": "repairs", "rotation": "whoever", "minutes": 60}),
)
HOURS = (
    ("Aide aux devoirs", "Help with homework", "care", 50),
    ("Déclaration d’impôts", "The tax return", "paperwork", 75),
    ("Étagère du couloir", "The shelf in the corridor", "repairs", 120),
)


class Chores:
    def __init__(self, story: Story, language: str) -> None:
        self.story, self.language = story, language
        self.adults = (story.amina, story.bruno)
        self.people: tuple[Person, ...] = (story.amina, story.bruno, story.chloe)
        members = [person.member for person in self.people]
        self.ids = [
            story.amina.brings(
                ChoreAdded(
                    name=self.said(french, english),
                    start=self.day(-3) if said.get("rhythm") else None,
                    members=members,
                    seed=7,
                    **said,
                )
            )
            for french, english, said in CHORES
        ]

    def said(self, french: str, english: str) -> str:
        return french if self.language == "fr" else english

    def day(self, ahead: int = 0) -> str:
        return (datetime.fromtimestamp(self.story.time / 1000, UTC) + timedelta(days=ahead)).date().isoformat()

    def chore(self, number: int) -> Chore:
        found: Chore = self.story.circle.tasks.chores[self.ids[number]]
        return found

    def does(self, number: int, person: Person, day: str) -> None:
        chore = self.chore(number)
        who = standing(self.story.circle, self.ids[number], day).whose
        names = who if chore.rotation == "together" else [person.member]
        turn, day_due = chore.turn.number, due(chore) or None
        person.brings(Done(chore=self.ids[number], turn=turn, who=names, day=day, due=day_due, seed=turn * 5 + 1))

    def week(self, week: int) -> None:
        """What was due in the week that is over: most of it by whose turn it was, some by somebody else."""
        for back in range(6, -1, -1):
            day = self.day(-back)
            for number in range(6):
                while "" < due(self.chore(number)) <= day:
                    whose = standing(self.story.circle, self.ids[number], day).whose
                    mine = [person for person in self.people if person.member in whose]
                    someone = mine[0] if mine and (week + back + number) % 5 else self.people[(week + back) % 3]
                    self.does(number, someone, day)
        french, english, kind, minutes = HOURS[week % len(HOURS)]
        worker, pupil = self.adults[week % 2], self.story.chloe
        worker.brings(
            Worked(
                kind=kind,
                minutes=minutes,
                who=[worker.member],
                whom=pupil.member if kind == "care" else None,
                day=self.day(),
                what=self.said(french, english),
            )
        )

    def lately(self) -> None:
        """One chore is late, one was left out, one put off, one taken over; two things were agreed."""
        phones = self.said(
            "Pas de téléphone à table, ni au dîner ni au goûter", "No phones at table, at dinner or at tea"
        )
        self.story.amina.brings(Agreed(what=phones))
        gate = self.said("Réparer le portail", "Mend the gate")
        self.story.amina.brings(Agreed(member=self.story.bruno.member, until=self.day(6), what=gate))
        bins, vacuum, towels = 0, 2, 4
        self.story.bruno.brings(
            Skipped(chore=self.ids[bins], turn=self.chore(bins).turn.number, due=due(self.chore(bins)), day=self.day())
        )
        self.story.bruno.brings(PutOff(chore=self.ids[towels], turn=self.chore(towels).turn.number, until=self.day(2)))
        self.story.chloe.brings(
            TakenOver(chore=self.ids[vacuum], turn=self.chore(vacuum).turn.number, member=self.story.chloe.member)
        )
