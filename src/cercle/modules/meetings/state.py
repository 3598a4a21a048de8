"""What the circle knows of its meetings."""

from msgspec import Struct

from cercle.core.event import Reason


class Why(Reason):
    NO_DAY = ("meetings.no_day", "There is no such day in the calendar.")
    NO_MEETING = ("meetings.no_meeting", "There is no such meeting.")
    OVER = ("meetings.over", "There is no further meeting of this kind.")
    OFF = ("meetings.off", "This meeting was called off.")
    BEGUN = ("meetings.begun_already", "This meeting has begun already.")
    NOT_BEGUN = ("meetings.not_begun", "This meeting has not begun yet.")
    CLOSED = ("meetings.closed_already", "This meeting is over.")
    NOBODY = ("meetings.nobody", "There is no such person in the circle.")
    ONLY_PRESENT = ("meetings.only_present", "Only those who were there write the minutes.")
    NO_ITEM = ("meetings.no_item", "There is no such item on the agenda.")
    DONE = ("meetings.done", "This is off the agenda already.")
    NO_NOTE = ("meetings.no_note", "There is no such line in the minutes.")
    TOO_MANY = ("meetings.too_many", "An agenda has 50 items at most, and minutes 500 lines.")
    SAME = ("meetings.same", "It is so already.")


class Line(Struct):
    """A line of minutes: the entries whose words it is and was, the first by `by`; of an item, or of none."""

    by: str
    item: str
    entries: list[str]


class Occasion(Struct):
    """One time of a meeting. `answers`: of members, whether they come. `present`: who is there, in the order in which
    it was said; `began`, `closed`: the entries that say so."""

    answers: dict[str, str] = {}
    present: list[str] = []
    began: str = ""
    closed: str = ""
    minutes: dict[str, Line] = {}
    off: bool = False
    to: str = ""
    at: str = ""


class Item(Struct):
    """Of the agenda of a meeting. `done`: "", the day on which it was talked about, or "left"."""

    meeting: str
    by: str
    words: str
    minutes: int
    done: str = ""


class Meeting(Struct):
    """`words` is the entry that describes it. `occasions`: by the day on which the rhythm has them. No further one
    takes place where it is `over`."""

    words: str
    day: str
    at: str
    minutes: int
    zone: str
    rhythm: str
    occasions: dict[str, Occasion] = {}
    over: bool = False


class Meetings(Struct):
    """`lines`: where a line of minutes stands: meeting and day."""

    meetings: dict[str, Meeting] = {}
    items: dict[str, Item] = {}
    lines: dict[str, list[str]] = {}
