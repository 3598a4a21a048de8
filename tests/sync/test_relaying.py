"""A node that lacks what its circle has adopted carries the log on, and neither acts nor seals there."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.fold import UpdateNeeded
from cercle.core.module import Modules
from cercle.modules import NAMES, load
from cercle.modules.circle.events import Adopted, Begun
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Described
from cercle.page.links import invitation_code
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.visiting import come_in, meet_at
from tests.journeys.home import Home

MERIT = "merit"


def older() -> Modules:
    """What a program knew before there was merit."""
    return Modules([module for module in load() if module.name != MERIT])


def without_merit(folder: Path) -> tuple[str, str]:
    """A circle that Amina begins without merit: two invitations to it."""
    node = Node(folder, load())
    modules = {name: version for name, version in ((m.name, m.version) for m in older()) if name in NAMES}
    genesis = Begun(form="household", unit="eur", modules=modules, node=node.name(), name="Chez nous")
    live, amina = node.begin(node.new_person(), genesis, lambda me: Described(member=me, name="Amina"))
    codes = tuple(invitation_code(*beginnings.invite(node, live, amina)) for _ in range(2))
    node.close()
    return codes[0], codes[1]


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Home, Home]]:
    both = Home(tmp_path / "amina"), Home(tmp_path / "chloe")
    yield both
    for home in both:
        home.down()


def test_what_it_does_not_understand_goes_on_through_it(tmp_path: Path, homes: tuple[Home, Home]) -> None:
    hers, theirs = homes
    codes = without_merit(hers.data)
    hers.up()
    bruno, chloe = Node(tmp_path / "bruno", older()), Node(theirs.data, load())
    links = [f"{hers.url}/join/{code}" for code in codes]
    his, him = asyncio.run(come_in(bruno, links[0], bruno.new_person(), "Bruno"))
    asyncio.run(come_in(chloe, links[1], chloe.new_person(), "Chloé"))
    chloe.close()
    amina = Node(hers.data, load())
    member = next(iter(amina.live(1).circle.roots.members))
    amina.act(amina.live(1), member, Adopted(module=MERIT, version=1))
    amina.act(amina.live(1), member, ProductAdded(name="Milk"))
    written = {entry.id for entry, _ in raw_entries(amina.connection, 1)}
    amina.close()

    assert asyncio.run(meet_at(bruno, his, hers.url)).new
    hers.down()
    with pytest.raises(UpdateNeeded):
        bruno.act(his, him, ProductAdded(name="Salt"))
    theirs.up()
    asyncio.run(meet_at(bruno, his, theirs.url))
    bruno.close()
    theirs.down()
    chloe = Node(theirs.data, load())
    assert written <= {entry.id for entry, _ in raw_entries(chloe.connection, 1)}
    assert MERIT in chloe.live(1).circle.roots.modules
    assert [chloe.live(1).name(one.words) for one in chloe.live(1).circle.groceries.products.values()] == ["Milk"]
    chloe.close()
