"""A circle with a common purse: a story that looks at all of it after every entry and every seal."""

from typing import Any

from cercle.core.entry import Entry
from cercle.core.fold import Circle
from cercle.modules.pools import events
from cercle.modules.pools.read import whole
from cercle.modules.pools.rules import held
from tests.story import Person, Story


class Purse(Story):
    """Amina has opened a purse, `pool`; nothing is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = self.amina.brings(events.Opened(name="Holidays"))
        self.seal()

    def write(self, person: Person, *entry: Any, **more: Any) -> Entry:
        written = super().write(person, *entry, **more)
        if "pools" in person.circle.states:
            holds(person.circle)
        return written

    def pays(self, amount: int, person: Person | None = None) -> str:
        person = person or self.amina
        return person.brings(events.PaidIn(pool=self.pool, amount=amount, payer=person.member))

    def spends(self, person: Person, amount: int, free: bool = False) -> str:
        return person.brings(events.Spent(pool=self.pool, amount=amount, free=free, what="Ice cream"))

    def has(self, person: Person) -> int:
        """What somebody's device has for itself, as far as it knows."""
        return held(person.circle, self.pool, person.device.hex())

    def shared(self, amount: int) -> None:
        """So much is in it, and Amina's and Bruno's devices have their shares."""
        self.pays(amount)
        self.bruno.brings(events.AllowanceAsked(pool=self.pool))
        self.seal()


def holds(circle: Circle) -> None:
    """No part of a purse is below nothing, its parts are all of it, and its moves come to it."""
    moves = circle.pools.moves.values()
    for name, pool in circle.pools.pools.items():
        parts = [held(circle, name), *(held(circle, name, device) for device in circle.roots.devices)]
        assert min(parts) >= 0
        assert sum(parts) == whole(circle, name)
        assert whole(circle, name) == sum(one.amount for one in moves if one.pool == name and not one.corrected)
        assert not pool.closed or not any(parts)
