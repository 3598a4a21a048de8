"""How reminders are said: plain text, one link to each thing, in the language of whom they go to."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from cercle.core.fold import Circle
from cercle.mail.due import Due, MeetingDue, VoteDue, WeekDue, day_of
from cercle.modules.decisions.state import is_closed
from cercle.modules.meetings.read import Time, agenda
from cercle.page.clock import zone_named
from cercle.page.languages import translations
from cercle.sentences import day, moment, short_of
from cercle.store.live import Live

SIGNATURE = "-- "  # RFC 3676, section 4.3: what follows is not what the mail is about


class Letter(Struct, frozen=True):
    """What a mail says."""

    subject: str
    lines: tuple[str, ...]


class Plain:
    """Says what is about no circle: whoever gets it may be a stranger."""

    def __init__(self, language: str) -> None:
        self.language = language

    def gettext(self, message: str, **values: object) -> str:
        text = translations(self.language).gettext(message)
        return text % values if values else text

    def asking(self, link: str, stop: str) -> Letter:
        """Whether this is somebody's address, and whether they want it. It names neither circle nor person, since
        it may have been mistyped."""
        lines = (
            self.gettext("Somebody, you probably, wants reminders from Cercle at this address."),
            "",
            self.gettext("If it was you, open this within two days:"),
            link,
            "",
            self.gettext("If it was not, do nothing, and no reminder comes."),
            "",
            SIGNATURE,
            self.gettext("To have the address forgotten: %(link)s", link=stop),
        )
        return Letter(self.gettext("Reminders by e-mail: is this your address?"), lines)

    def test(self) -> Letter:
        return Letter(
            self.gettext("A test of Cercle"), (self.gettext("Mail from this machine arrives. There is nothing to do."),)
        )


class Writer(Plain):
    """Says what is due in a circle to one of its members. `home` is the address of the circle's pages; `machine` the
    zone of times that have none of their own, None that of this machine."""

    def __init__(self, live: Live, member: str, language: str, home: str, machine: ZoneInfo | None = None) -> None:
        super().__init__(language)
        self.live = live
        self.member = member
        self.home = home
        self.machine = machine

    @property
    def circle(self) -> Circle:
        return self.live.circle

    def letter(self, due: Due, stop: str) -> Letter:
        if isinstance(due, MeetingDue):
            said = self.meeting(due)
        elif isinstance(due, VoteDue):
            said = self.vote(due)
        else:
            said = self.week(due)
        name = self.name(self.circle.roots.name) or self.gettext("something")
        end = (
            "",
            SIGNATURE,
            self.gettext("You wanted reminders of %(circle)s.", circle=name),
            self.gettext("To stop them: %(link)s", link=stop),
        )
        return Letter(self.gettext("%(circle)s: %(what)s", circle=name, what=said.subject), said.lines + end)

    def name(self, words: str, field: str = "name") -> str:
        """What an entry called something, on one line; "" where that was erased."""
        return short_of(str(self.live.words(words).get(field, "")))

    # --- meetings ------------------------------------------------------------------------------------------------

    def meeting(self, due: MeetingDue) -> Letter:
        one, name = due.one, self.meeting_name(due.one)
        when, was = self.when(due.begins, one), self.when(due.was, one)
        link = f"{self.home}/meetings/{one.id}/{one.key}"
        if not due.begins:
            subject = self.gettext("%(meeting)s does not take place on %(when)s", meeting=name, when=was)
            return Letter(subject, (f"{subject}.", "", f"{self.home}/meetings"))
        subject = self.gettext("%(meeting)s, %(when)s", meeting=name, when=when)
        lines = [name, when]
        if due.was:
            subject = self.gettext("%(meeting)s was moved to %(when)s", meeting=name, when=when)
            lines.append(self.gettext("It was to be on %(when)s.", when=was))
        lines += [*self.where(one), self.comes(one), *self.items(one), "", link]
        return Letter(subject, tuple(lines))

    def meeting_name(self, one: Time) -> str:
        return self.name(one.meeting.words) or self.gettext("A meeting")

    def when(self, time: int, one: Time) -> str:
        """A time of a meeting by the clocks of its zone, which is named where they show something else than here."""
        zone = zone_named(one.meeting.zone) if one.meeting.zone else None
        told = moment(time, self.language, zone or self.machine)
        then = datetime.fromtimestamp(time / 1000, UTC)
        is_elsewhere = zone and then.astimezone(zone).utcoffset() != then.astimezone(self.machine).utcoffset()
        return f"{told} ({one.meeting.zone})" if is_elsewhere else told

    def where(self, one: Time) -> list[str]:
        place, link = self.name(one.meeting.words, "place"), self.name(one.meeting.words, "link")
        return [
            *([self.gettext("Place: %(place)s", place=place)] if place else []),
            *([self.gettext("Link: %(link)s", link=link)] if link else []),
        ]

    def comes(self, one: Time) -> str:
        _ = self.gettext
        return {
            "yes": _("You said that you come."),
            "no": _("You said that you do not come."),
            "maybe": _("You said that you may come."),
        }.get(one.occasion.answers.get(self.member, ""), _("You have not said yet whether you come."))

    def items(self, one: Time) -> list[str]:
        """The agenda: what was put on it, and what is put to the vote."""
        lines = []
        for _key, item in agenda(self.circle, one):
            what = self.name(item.words, "what") or self.gettext("something")
            length = self.gettext("%(minutes)s min", minutes=item.minutes) if item.minutes else ""
            lines.append(f"- {what} ({length})" if length else f"- {what}")
        for motion in self.circle.decisions.open:
            found = self.circle.decisions.motions[motion]
            if found.round is not None and not is_closed(found):
                lines.append(f"- {self.title(motion)}")
        return ["", self.gettext("On the agenda:"), *lines] if lines else []

    # --- votes and the week --------------------------------------------------------------------------------------

    def title(self, motion: str) -> str:
        return self.name(motion, "title") or self.gettext("A proposal")

    def vote(self, due: VoteDue) -> Letter:
        vote, title = self.circle.decisions.motions[due.motion].round, self.title(due.motion)
        assert vote is not None
        if due.ends:
            subject = self.gettext("a vote ends soon: %(title)s", title=title)
        else:
            subject = self.gettext("a vote waits for you: %(title)s", title=title)
        until = moment(vote.until, self.language, self.machine)
        lines = (
            title,
            self.gettext("Open until %(moment)s.", moment=until),
            self.gettext("You have said nothing yet."),
            "",
            self.link(due.motion),
        )
        return Letter(subject, lines)

    def link(self, motion: str) -> str:
        return f"{self.home}/decisions/{motion}"

    def week(self, due: WeekDue) -> Letter:
        motions = self.circle.decisions.motions if "decisions" in self.circle.states else {}
        results = {"passed": self.gettext("adopted"), "failed": self.gettext("not adopted")}
        lines: list[str] = []
        lines += self.part(
            self.gettext("Decided in the week before:"),
            [(f"{self.title(name)} ({results[motions[name].ended]})", self.link(name)) for name in due.decided],
        )
        lines += self.part(self.gettext("On the table:"), [(self.title(name), self.link(name)) for name in due.open])
        again = [(f"{self.title(name)} ({self.day(motions[name].review)})", self.link(name)) for name in due.again]
        lines += self.part(self.gettext("To be looked at again:"), again)
        times = [
            (f"{self.meeting_name(one)}, {self.when(at, one)}", f"{self.home}/meetings/{one.id}/{one.key}")
            for one, at in due.coming
        ]
        lines += self.part(self.gettext("Meetings to come:"), times)
        subject = self.gettext("the week of %(day)s", day=day(due.first, self.language))
        return Letter(subject, tuple(lines[1:]))

    def day(self, time: int) -> str:
        return day(day_of(time, self.machine).isoformat(), self.language)

    def part(self, heading: str, things: list[tuple[str, str]]) -> list[str]:
        """A heading, and under it what there is, each with its link."""
        return ["", heading, *(line for what, link in things for line in (f"- {what}", f"  {link}"))] if things else []
