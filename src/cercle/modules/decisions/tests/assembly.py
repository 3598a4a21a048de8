"""A circle that decides: a story with proposals, votes and the days that pass between them."""

from typing import Any

from cercle.modules.decisions.events import ClauseAdded, Opened, OptionAdded, Proposed, Voted
from cercle.modules.decisions.state import Motion, Outcome, Round
from tests.story import Person, Story

YES, NO = {"yes": 1}, {"no": 1}


class Assembly(Story):
    """`motion` is what was proposed last, `vote` the round that was opened last."""

    motion = ""
    vote = ""

    @property
    def found(self) -> Motion:
        found: Motion = self.circle.decisions.motions[self.motion]
        return found

    @property
    def now(self) -> Round:
        assert self.found.round is not None
        return self.found.round

    @property
    def outcome(self) -> Outcome:
        return self.found.outcomes[-1]

    def proposes(self, person: Person | None = None) -> str:
        self.motion = (person or self.bruno).brings(Proposed(title="Something"))
        return self.motion

    def clause(self, does: str, person: Person | None = None, option: str | None = None, **fields: Any) -> str:
        """A clause of the proposal; fields that are words go with it as such."""
        words = {name: fields.pop(name) for name in ("name", "what") if name in fields}
        return (person or self.bruno).brings(
            ClauseAdded(motion=self.motion, does=does, fields=fields, option=option, words=words)
        )

    def option(self, what: str = "This", **when: int) -> str:
        return self.bruno.brings(OptionAdded(motion=self.motion, what=what, **when))

    def opens(self, method: str, *clauses: str, person: Person | None = None, days: int = 1, **more: Any) -> str:
        if method == "light":
            days = 0
        self.vote = (person or self.bruno).brings(
            Opened(motion=self.motion, method=method, clauses=list(clauses), days=days, **more)
        )
        return self.vote

    def votes(self, person: Person, choice: dict[str, int], why: str = "") -> str:
        return person.brings(Voted(motion=self.motion, round=self.vote, choice=choice, why=why))

    def passes(self, days: float) -> None:
        """Days go by, in which somebody but the keeper writes something, and the keeper seals."""
        self.seal()
        self.bruno.brings(Proposed(title="Something else"))
        self.seal()
        self.wait(days=days)
        self.bruno.brings(Proposed(title="Another thing"))
        self.seal()

    def sets(self, **settings: int | str) -> None:
        """The household sets its charter, as lightly as it may."""
        self.proposes()
        fields = [
            {"setting": name, "number" if isinstance(value, int) else "choice": value}
            for name, value in settings.items()
        ]
        self.opens("light", *(self.clause("charter.changed", **one) for one in fields))
        self.seal()
        assert self.outcome.result == "passed", self.outcome
