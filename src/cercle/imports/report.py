"""What an import says of itself: what it brought, what was there already, what it left and why."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from cercle.core.event import Reason

EXAMPLES = 3


def _(sentence: str) -> str:
    """Marks words for the catalogue; whoever shows them translates them."""
    return sentence


# What is counted in reports.
KINDS_OF_THINGS = (
    _("people"),
    _("bills"),
    _("units"),
    _("conversions"),
    _("aisles"),
    _("places"),
    _("shops"),
    _("products"),
    _("barcodes"),
    _("stock movements"),
    _("list items"),
    _("chores"),
    _("chore executions"),
    _("products that chores use up"),
    _("due days that move along with today"),
    _("times of day of chores"),
    _("tasks"),
    _("batteries"),
    _("battery charges"),
    _("recipes"),
    _("planned meals"),
    _("pieces of equipment"),
    _("own fields"),
    _("own objects"),
    _("product pictures"),
    _("product parents"),
    _("calorie values"),
    _("tare weights"),
    _("usual best-before spans"),
    _("further shopping lists"),
)


class Why(Reason):
    """Why a file cannot be brought at all, or why something in it was left."""

    NO_FILE = ("import.no_file", _("There is no such file, or it cannot be read."))
    TOO_LARGE = ("import.too_large", _("This file is over 100 MB: it is hardly what it should be."))
    NO_WRITER = ("import.no_writer", _("Nobody of that circle writes on this machine."))
    NOT_TEXT = (
        "import.not_text",
        _("This file is no text: choose bills.json or bills.csv, as ihatemoney exports them."),
    )
    NOT_JSON = ("import.not_json", _("This JSON file is broken: export it from ihatemoney once more."))
    NOT_BILLS = (
        "import.not_bills",
        _("This file holds no bills of ihatemoney: choose bills.json or bills.csv."),
    )
    SETTLEMENT = (
        "import.settlement",
        _("This is how ihatemoney settles. Choose its list of bills: bills.json or bills.csv."),
    )
    NO_BILLS = ("import.no_bills", _("There is no bill in this file."))
    COMMA = (
        "import.comma",
        _("A name in this file has a comma, so who shares a bill is unclear: choose bills.json."),
    )
    NOT_GROCY = ("import.not_grocy", _("This is no database of Grocy: choose the file grocy.db."))
    OLD_GROCY = ("import.old_grocy", _("This database is older than Grocy 3: open it once with a newer Grocy."))
    BROKEN = ("import.broken", _("This database is broken: take a copy of it while Grocy is not running."))
    EMPTY = ("import.empty", _("There is nothing in this household yet."))

    NOT_A_BILL = ("import.not_a_bill", _("It has not the form of a bill."))
    BILL_TYPE = ("import.bill_type", _("It is neither an expense nor a reimbursement."))
    NO_DAY = ("import.no_day", _("Its day is not in the calendar."))
    NO_NAME = ("import.no_name", _("It does not name everybody."))
    NOBODY = ("import.nobody", _("Nobody shares it."))
    NOTHING = ("import.nothing", _("Its amount is zero, or too small to be counted."))
    NEGATIVE = ("import.negative", _("Its amount is below zero: money that came back cannot be shared yet."))
    TOO_MUCH = ("import.too_much", _("Its amount is more than anybody can count."))
    TOO_FINE = ("import.too_fine", _("Its amount is finer than the smallest coin."))
    CURRENCY = ("import.currency", _("Its currency is no code of three letters."))
    WEIGHTS = ("import.weights", _("Its shares are too finely divided, or there are more than 200."))

    NO_PRODUCT = ("import.no_product", _("Its product is no longer there."))
    NO_UNIT = ("import.no_unit", _("Its unit is no longer there."))
    NO_NUMBER = ("import.no_number", _("Its amount is no number."))
    KNOWN = ("import.known", _("Every circle knows this."))
    CONVERSION = ("import.conversion", _("These two units compare in another way already."))
    BARCODE = ("import.barcode", _("A barcode has 4 to 40 letters and digits."))
    TAKEN = ("import.taken", _("This barcode stands for another product here."))
    UNDONE = ("import.undone", _("It was taken back in Grocy."))
    UNDONE_SINCE = ("import.undone_since", _("It was taken back in Grocy after it had been brought: do so by hand."))
    MOVEMENT = ("import.movement", _("Cercle does not know this kind of movement."))
    BEFORE = ("import.before", _("It was left when this file was brought before."))
    NO_CHANGE = ("import.no_change", _("It changed nothing that Cercle keeps."))
    LISTED = ("import.listed", _("It is on the list already."))
    ARCHIVED = ("import.archived", _("Its product is no longer in use."))
    NO_TEXT = ("import.no_text", _("It says nothing."))
    NO_CHORE = ("import.no_chore", _("Its chore is no longer there."))
    PUT_AWAY = ("import.put_away", _("Its chore was put away here."))
    NO_PERSON = ("import.no_person", _("Whoever did it is no longer there."))
    NOT_USED = ("import.not_used", _("This circle does not use chores yet."))
    NOT_OF_CHORES = ("import.not_of_chores", _("Cercle does not keep this about chores yet."))
    NO_SUCH = ("import.no_such", _("Cercle has nothing of this kind yet."))
    NO_FIELD = ("import.no_field", _("Cercle does not keep this about products yet."))
    ONE_LIST = ("import.one_list", _("A circle has one list: what stood on the others was put on it."))


class Said(Struct, frozen=True):
    """An English sentence (a msgid) and the values of its places."""

    sentence: str
    values: dict[str, Any] = {}


class Left(Struct, frozen=True):
    """`count` things of the kind `what` were left for one reason; the first few of them by name."""

    what: str
    why: Why
    count: int
    examples: tuple[str, ...] = ()


class Report(Struct):
    """`brought` and `already` (there from an earlier import): how many, by kind. A kind is an English plural and a
    msgid. `circle` is the id in hexadecimal, `member` who wrote, `new` whether the circle was made for this."""

    circle: str = ""
    member: str = ""
    new: bool = False
    brought: dict[str, int] = {}
    already: dict[str, int] = {}
    left: list[Left] = []
    warnings: list[Said] = []

    def leave(self, what: str, why: Why, example: str = "", count: int = 1) -> None:
        for place, one in enumerate(self.left):
            if (one.what, one.why) == (what, why):
                examples = one.examples if len(one.examples) == EXAMPLES or not example else (*one.examples, example)
                self.left[place] = Left(what, why, one.count + count, examples)
                return
        self.left.append(Left(what, why, count, (example,) if example else ()))

    def warn(self, sentence: str, **values: Any) -> None:
        self.warnings.append(Said(sentence, values))

    def plain(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """As plain values for JSON and pages, sentences in the language of `translate`."""
        return {
            "circle": self.circle,
            "member": self.member,
            "new": self.new,
            "brought": self.brought,
            "already": self.already,
            "left": [
                {"what": one.what, "why": translate(one.why.sentence), "count": one.count, "examples": [*one.examples]}
                for one in self.left
            ],
            "warnings": [translate(said.sentence) % said.values for said in self.warnings],
        }
