"""What an import says of itself: what it brought, what was there already, what it left and why."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from cercle.core.event import Reason

EXAMPLES = 3


class Why(Reason):
    """Why a file cannot be brought at all, or why something in it was left."""

    NO_FILE = ("import.no_file", "There is no such file, or it cannot be read.")
    TOO_LARGE = ("import.too_large", "This file is over 100 MB: it is hardly what it should be.")
    NOT_TEXT = ("import.not_text", "This file is no text: choose bills.json or bills.csv, as ihatemoney exports them.")
    NOT_JSON = ("import.not_json", "This JSON file is broken: export it from ihatemoney once more.")
    NOT_BILLS = ("import.not_bills", "This file holds no bills of ihatemoney: choose bills.json or bills.csv.")
    SETTLEMENT = (
        "import.settlement",
        "This is how ihatemoney settles. Choose its list of bills: bills.json or bills.csv.",
    )
    NO_BILLS = ("import.no_bills", "There is no bill in this file.")
    COMMA = ("import.comma", "A name in this file has a comma, so who shares a bill is unclear: choose bills.json.")
    NO_WRITER = ("import.no_writer", "Nobody of that circle writes on this node.")

    NOT_A_BILL = ("import.not_a_bill", "It has not the form of a bill.")
    BILL_TYPE = ("import.bill_type", "It is neither an expense nor a reimbursement.")
    NO_DAY = ("import.no_day", "Its day is not in the calendar.")
    NO_NAME = ("import.no_name", "It does not name everybody.")
    NOBODY = ("import.nobody", "Nobody shares it.")
    NOTHING = ("import.nothing", "Its amount is zero.")
    NEGATIVE = ("import.negative", "Its amount is below zero: money that came back cannot be shared yet.")
    TOO_MUCH = ("import.too_much", "Its amount is more than anybody can count.")
    TOO_FINE = ("import.too_fine", "Its amount is finer than the smallest coin.")
    CURRENCY = ("import.currency", "Its currency is no code of three letters.")
    WEIGHTS = ("import.weights", "Its shares are too finely divided, or there are more than 200.")


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
