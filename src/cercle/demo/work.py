"""What the family does at home: chores, hours, points, and what it agrees at the table on Sunday."""

from typing import Any

from cercle.demo import words
from cercle.demo.family import Family
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
from cercle.modules.tasks.events import (
    ChoreAdded,
    ChoreArchived,
    ChoreRestored,
    Done,
    PutOff,
    Skipped,
    TakenOver,
    Undone,
    Worked,
)
from cercle.modules.tasks.read import Standing, chores, standing
from cercle.modules.week.events import Agreed, Dropped, Kept

WORKERS = ("amina", "bruno", "chloe")
SUNDAY = 6
GARDEN = range(4, 11)  # months
MOST_SEED = 2**20


class Work:
    def __init__(self, family: Family) -> None:
        self.family = family
        self.weeks = 0
        self.wishes: list[tuple[words.Wish, str]] = []
        self.open: list[str] = []
        self.ids = [
            family.does(
                "amina",
                ChoreAdded(
                    name=family.said((french, english)),
                    start=family.on() if said.get("rhythm") else None,
                    members=[family.members[name] for name in (words.ADULTS if at == words.DINNER else WORKERS)],
                    seed=7,
                    **said,
                ),
            )
            for at, (french, english, said) in enumerate(words.CHORES)
        ]
        if family.day.month not in GARDEN:
            family.does("amina", ChoreArchived(chore=self.ids[words.VEGETABLES]))
        self.set_rates()
        family.does("amina", Agreed(what=family.said(words.STANDING)))

    def set_rates(self) -> None:
        for rate in (
            RateSet(kind="cooking", per_turn=2, budget=10),
            RateSet(kind="care", per_hour=6, confirm="beneficiary"),
            RateSet(kind="repairs", per_hour=6, confirm="another"),
            RateSet(kind="paperwork", per_hour=6, confirm="another", budget=10),
            RateSet(kind="garden", per_turn=1),
            RateSet(chore=self.ids[words.BINS], per_turn=1, growing=1),
            RateSet(chore=self.ids[words.DISHES], per_turn=1, budget=6),
            RateSet(chore=self.ids[words.PLANTS]),
            AllowanceSet(points=5),
        ):
            self.family.does("amina", rate)

    def name_of(self, member: str) -> str:
        return next(name for name, found in self.family.members.items() if found == member)

    # --- a day ---------------------------------------------------------------------------------------------------

    def live(self) -> None:
        """What is due is mostly done by whose turn it is; on Sunday all sit at the table."""
        family = self.family
        self.mind_the_garden()
        family.at(18, 30)
        for one in chores(family.circle, family.on()):
            if "" < one.due <= family.on() and family.random.random() > 0.05:
                self.see_to(one)
        for number in (words.PLANTS, words.FLUSH):
            if family.random.random() < (0.15 if number == words.PLANTS else 0.01):
                self.does(standing(family.circle, self.ids[number], family.on()), family.one_of(*WORKERS))
        if family.random.random() < 0.25:
            self.work(family.random.choice(words.HOURS))
        for claim in claims(family.circle):
            if family.random.random() < 0.6:
                self.answer(claim.entry, [name for name in family.people if family.members[name] in claim.by])
        if family.day.weekday() == SUNDAY:
            family.at(20, 45)
            self.meet()

    def mind_the_garden(self) -> None:
        """It is put away when the first frost comes, and begins again in April."""
        family, chore = self.family, self.ids[words.VEGETABLES]
        archived = family.circle.tasks.chores[chore].archived
        if archived and family.day.month in GARDEN:
            family.does("amina", ChoreRestored(chore=chore))
        elif not archived and family.day.month not in GARDEN:
            family.does("amina", ChoreArchived(chore=chore))

    def see_to(self, one: Standing) -> None:
        family = self.family
        mine = [self.name_of(member) for member in one.whose]
        if not mine and not any(family.is_here(name) for name in WORKERS):
            return
        if one.chore.rotation != "together" and family.random.random() < 0.03:
            why = family.said(family.random.choice(words.SKIPPED))
            seed = family.random.randrange(MOST_SEED)
            skipped = Skipped(
                chore=one.id, turn=one.chore.turn.number, due=one.due, day=family.on(), seed=seed, why=why
            )
            family.does(family.one_of(*WORKERS), skipped)
        elif mine and family.random.random() > 0.1:
            self.does(one, mine[0])
        else:
            self.does(one, family.one_of(*(words.ADULTS if one.id == self.ids[words.DINNER] else WORKERS)))

    def does(self, one: Standing, who: str) -> None:
        """Now and then it took another time than as a rule, or was noted by mistake and then again."""
        family, chance = self.family, self.family.random.random()
        minutes = one.chore.minutes + family.random.choice((-5, 5, 10)) if chance < 0.15 else None
        together = one.chore.rotation == "together" and one.whose
        done = Done(
            chore=one.id,
            turn=one.chore.turn.number,
            who=one.whose if together else [family.members[who]],
            minutes=max(minutes, 5) if minutes else None,
            due=one.due or None,
            day=family.on(),
            seed=family.random.randrange(MOST_SEED),
        )
        entry = family.does(who, done)
        if chance > 0.99:
            family.does(who, Undone(entry=entry))
            family.does(who, done)

    def work(self, hours: tuple[str, str, str, int, str]) -> None:
        french, english, kind, minutes, whom = hours
        worker = self.family.one_of(*words.ADULTS, *(() if whom else ("dov",)))
        self.worked((french, english), kind, minutes, worker, whom)

    def worked(self, what: tuple[str, str], kind: str, minutes: int, worker: str, whom: str) -> None:
        family = self.family
        family.does(
            worker,
            Worked(
                kind=kind,  # type: ignore[arg-type]
                minutes=minutes,
                who=[family.members[worker]],
                whom=family.members[whom] if whom else None,
                day=family.on(),
                what=family.said(what),
            ),
        )

    def answer(self, claim: str, may: list[str]) -> None:
        """Most of it is confirmed at once, and what was not, is not asked for again."""
        who = self.family.random.choice(may)
        if self.family.random.random() < 0.04:
            self.family.does(who, Declined(claim=claim, why=self.family.said(words.LEANS)))
        else:
            self.family.does(who, Confirmed(claim=claim))

    # --- the week ------------------------------------------------------------------------------------------------

    def meet(self) -> None:
        """Thanks are said, points pledged, what was agreed is looked at, and the week is sealed."""
        family = self.family
        self.thank(words.THANKS[self.weeks % len(words.THANKS)])
        for wish in words.WISHES:
            if wish.week == self.weeks:
                name = family.said((wish.french, wish.english))
                self.wishes.append((wish, family.does(wish.by, Wished(points=wish.points, name=name))))
        for wish, entry in self.wishes:
            self.save_up(wish, entry)
        self.agree()
        family.live.seal()
        self.weeks += 1

    def thank(self, said: tuple[str, str, int, str, str]) -> None:
        by, to, points, french, english = said
        if not {by, to} <= self.family.members.keys():
            return
        what = self.family.said((french, english))
        self.family.does(by, Thanked(to=self.family.members[to], points=points, what=what))

    def save_up(self, wish: words.Wish, entry: str) -> None:
        """Everybody pledges what they wanted to, or what they have, or what it still takes."""
        family = self.family
        found = family.circle.merit.wishes[entry]
        if found.ended:
            return
        if wish.released and self.weeks >= wish.released:
            family.does(wish.by, Released(wish=entry))
            return
        for name, most in wish.pledges.items():
            if name in family.members:
                found = family.circle.merit.wishes[entry]
                some = min(most, balance(family.circle, family.members[name]), found.points - found.pledged)
                if some > 0:
                    family.does(name, Pledged(wish=entry, points=some))
        found = family.circle.merit.wishes[entry]
        if found.pledged == found.points:
            family.does("amina", Fulfilled(wish=entry))

    def agree(self) -> None:
        """Each week something new; what was agreed three weeks ago has been kept, or is let go."""
        family = self.family
        french, english, who = words.AGREED[self.weeks % len(words.AGREED)]
        member = family.members.get(who) if who else None
        until = family.on(14) if who else None
        self.open.append(family.does("bruno", Agreed(member=member, until=until, what=family.said((french, english)))))
        if len(self.open) > 3:
            oldest = self.open.pop(0)
            family.does("amina", (Dropped if self.weeks % 3 == 2 else Kept)(agreement=oldest, day=family.on()))

    # --- yesterday and today -------------------------------------------------------------------------------------

    def lately(self) -> None:
        """One turn was left out, one put off, one taken over; some work waits to be confirmed."""
        family = self.family
        gate = family.said(words.GATE)
        family.does("amina", Agreed(member=family.members["bruno"], until=family.on(6), what=gate))
        bins, towels = (self.turn(number) for number in (words.BINS, words.TOWELS))
        family.does("bruno", Skipped(**bins, day=family.on()))
        family.does("bruno", PutOff(**towels, until=family.on(2)))
        family.does("chloe", TakenOver(**self.turn(words.VACUUM), member=family.members["chloe"]))
        for french, english, kind, minutes, worker, whom in words.WAITING:
            self.worked((french, english), kind, minutes, worker, whom)

    def turn(self, number: int) -> dict[str, Any]:
        """A chore and the turn that it is at."""
        return {"chore": self.ids[number], "turn": self.family.circle.tasks.chores[self.ids[number]].turn.number}
