"""How the family decides, and its meetings on Sundays."""

from datetime import timedelta

from cercle.demo import words
from cercle.demo.family import Family
from cercle.modules.circle.events import TurnedOn
from cercle.modules.decisions import events as decisions
from cercle.modules.meetings import events as meetings

SUNDAY = 6
DAYS = 70  # before the end of the year
# On which of those days what is proposed.
SCREENS, SPENDING, HOLIDAYS = 12, 33, 67


class Together:
    """`days` have gone by since they began to meet."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.days = 0
        self.weekly = ""
        self.screens = ("", "")

    def live(self) -> None:
        family = self.family
        family.at(20)
        if not self.days:
            for part in ("decisions", "meetings"):
                family.does("amina", TurnedOn(part=part))
        if family.day.weekday() == SUNDAY:
            self.meet()
        if self.days == SCREENS:
            self.propose_screens()
        elif self.days == SCREENS + 1:
            self.take_in()
        elif self.days == SPENDING:
            self.limit_spending()
        elif self.days == HOLIDAYS:
            self.choose_holidays()
        self.days += 1

    def meet(self) -> None:
        """At the table; the first time they agree to do so each week."""
        family, day = self.family, self.family.on()
        if not self.weekly:
            name, place = family.said(words.MEETING), family.said(words.KITCHEN)
            self.weekly = family.does(
                "amina",
                meetings.Called(name=name, day=day, at="20:30", minutes=45, rhythm="FREQ=WEEKLY", place=place),
            )
        said = words.TALKED[(family.day - timedelta(days=1)).toordinal() // 7 % len(words.TALKED)]
        item = family.does("bruno", meetings.ItemPut(meeting=self.weekly, minutes=10, what=family.said(said[0])))
        there = [family.members[name] for name in ("amina", "bruno", "chloe") if family.is_here(name)]
        writer = "amina" if family.members["amina"] in there else "bruno"
        family.does(writer, meetings.Begun(meeting=self.weekly, day=day, members=there))
        family.does(writer, meetings.Noted(meeting=self.weekly, day=day, item=item, what=family.said(said[1])))
        family.does(writer, meetings.ItemClosed(item=item, day=day))
        family.does(writer, meetings.Closed(meeting=self.weekly, day=day))

    # --- what they decide ------------------------------------------------------------------------------------------

    def propose_screens(self) -> None:
        """By consent; Chloé objects."""
        family = self.family
        title, why = words.NO_SCREENS
        motion = family.does("bruno", decisions.Proposed(title=family.said(title), why=family.said(why)))
        vote = family.does("bruno", decisions.Opened(motion=motion, method="consent", days=2, review=1))
        for name, choice, reason in (("bruno", "consent", None), ("chloe", "object", words.CHLOE_OBJECTS)):
            said = family.said(reason) if reason else ""
            family.does(name, decisions.Voted(motion=motion, round=vote, choice={choice: 1}, why=said))
        family.does("amina", decisions.Spoken(motion=motion, what=family.said(words.FROM_EIGHT)))
        self.screens = (motion, vote)

    def take_in(self) -> None:
        """Her objection is taken in, and all consent."""
        family, (motion, _) = self.family, self.screens
        why = family.said(words.FROM_EIGHT)
        opened = decisions.Opened(motion=motion, method="consent", days=2, review=1, why=why)
        vote = family.does("bruno", opened)
        for name in ("bruno", "chloe", "amina"):
            family.does(name, decisions.Voted(motion=motion, round=vote, choice={"consent": 1}))

    def limit_spending(self) -> None:
        """A rule of the charter, lightly, as a household may."""
        family = self.family
        title, why = words.TALK_FIRST
        motion = family.does("amina", decisions.Proposed(title=family.said(title), why=family.said(why)))
        clause = decisions.ClauseAdded(
            motion=motion, does="charter.changed", fields={"setting": "spend_alone", "number": 20_000}
        )
        key = family.does("amina", clause)
        family.does("amina", decisions.Opened(motion=motion, method="light", clauses=[key]))

    def choose_holidays(self) -> None:
        """By order, among three: it is still open at the end."""
        family = self.family
        title, why = words.HOLIDAYS
        motion = family.does("chloe", decisions.Proposed(title=family.said(title), why=family.said(why)))
        sea, hills, aunt = (
            family.does("chloe", decisions.OptionAdded(motion=motion, what=family.said(one))) for one in words.WHERE
        )
        opened = decisions.Opened(motion=motion, method="ranked", options=[sea, hills, aunt], days=7)
        vote = family.does("chloe", opened)
        for name, order in (("chloe", (sea, aunt, hills)), ("bruno", (hills, sea))):
            choice = {key: place for place, key in enumerate(order, 1)}
            family.does(name, decisions.Voted(motion=motion, round=vote, choice=choice))
        title, why = words.A_CAT
        family.does("chloe", decisions.Proposed(title=family.said(title), why=family.said(why)))
