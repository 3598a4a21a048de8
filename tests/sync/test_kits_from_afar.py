"""Somebody comes in by a recovery kit on a machine of their own, and another one, a running `cercle up`, holds the
circle."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import beginnings, recovering
from cercle.core.keys import public, signer
from cercle.meeting import NotMet
from cercle.modules import load
from cercle.modules.devices.rules import UNTIL_IT_STANDS
from cercle.modules.groceries.events import ProductAdded
from cercle.store.kits import seed_of, words_of
from cercle.store.node import Node
from cercle.store.peers import keep_peer, peers_of
from cercle.store.rows import raw_entries
from tests.journeys.home import Home
from tests.network import cabled
from tests.sync.test_meeting import PASSING, passing

NOBODY = "http://127.0.0.1:9"


class Afar:
    """Amina's machine, which serves a circle of some size; `kit` is on her paper and stands. `node` is new."""

    def __init__(self, folder: Path) -> None:
        amina = Node(folder / "amina", load())
        live, self.amina = beginnings.start(amina, amina.new_person(), "Chez nous", "Amina")
        amina.act(live, self.amina, *(ProductAdded(name=f"Thing {number}") for number in range(2500)))
        self.kit = recovering.make_kit(amina, live, self.amina)
        self.seed = seed_of(self.kit)
        there = live.circle.time + UNTIL_IT_STANDS
        live.clock = lambda: there
        amina.act(live, self.amina, ProductAdded(name="Soap"))
        live.seal()
        amina.close()
        self.home = Home(folder / "amina").up("--known-as", f"127.0.0.1:{PASSING}")
        self.node = Node(folder / "new", load())

    async def come(self, url: str) -> None:
        """As the pages and the command line do it."""
        person = recovering.person_here(self.node, self.seed)
        await recovering.come_in_from_afar(self.node, self.seed, person, url)

    def tell(self) -> list[str]:
        return asyncio.run(recovering.tell(self.node, self.node.live(1), self.seed))

    def devices(self, node: Node) -> set[str]:
        return {key for key, one in node.live(1).circle.roots.devices.items() if one.member == self.amina}

    def devices_there(self) -> set[str]:
        node = Node(self.home.data, load())
        found = self.devices(node)
        node.close()
        return found

    def on_disk(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.node.data.rglob("*")) if path.is_file())

    def has_secret(self) -> bool:
        """Whether this machine has written what is on the paper; what everybody may read is in its log."""
        return self.seed in self.on_disk() or self.kit in self.on_disk()


@pytest.fixture
def afar(tmp_path: Path) -> Iterator[Afar]:
    made = Afar(tmp_path)
    yield made
    made.home.down()
    made.node.close()


def test_a_copy_that_is_cut_off_goes_on_by_the_same_words_of_which_nothing_was_written(afar: Afar) -> None:
    sizes = [0]
    for _ in range(40):
        try:
            asyncio.run(passing(afar.home.url, 100_000, afar.come))
            break
        except NotMet:
            sizes.append(len(list(raw_entries(afar.node.connection, 1))))
            assert not afar.has_secret()
            assert [peer.invitation for peer in peers_of(afar.node.connection, 1)] in ([], [None])
    assert len(sizes) > 3
    assert sizes == sorted(set(sizes)), "each piece brought something"
    assert len(afar.devices(afar.node)) == 2
    assert not afar.has_secret()
    assert public(signer(afar.seed)) in afar.on_disk()


def test_who_was_off_when_they_came_in_is_told_by_the_same_words(afar: Afar) -> None:
    asyncio.run(afar.come(afar.home.url))
    afar.home.down()
    assert afar.tell() == [afar.home.url]
    afar.home.up(again=True)
    assert len(afar.devices_there()) == 1
    keep_peer(afar.node.connection, 1, NOBODY)
    asyncio.run(afar.come(afar.home.url))
    assert afar.tell() == [NOBODY]
    assert afar.devices_there() == afar.devices(afar.node)
    assert len(afar.devices_there()) == 2, "they had come in already"
    assert afar.node.connection.exec_driver_sql("SELECT count(*) FROM people").scalar_one() == 1
    assert not afar.has_secret()


def test_who_came_back_by_a_file_types_the_words_again_where_another_machine_is(tmp_path: Path) -> None:
    """Two homes on one network; the one that holds the circle is off at first."""
    amina = Node(tmp_path / "old", load())
    live, member = beginnings.start(amina, amina.new_person(), "Chez nous", "Amina")
    words = " ".join(words_of(recovering.make_kit(amina, live, member), "en"))
    amina.close()
    with cabled() as (one, other):
        old, new = Home(tmp_path / "old", one), Home(tmp_path / "new", other)
        file = str(tmp_path / "circle.age")
        assert old.command("pack", "Chez nous", file, "--to", "Amina").returncode == 0
        told = new.command("recover", "--file", file, given=words).stdout
        assert "Amina is back in Chez nous." in told
        assert "No other machine knows of it yet" in told
        refused = new.command("recover", given="zoo " * 12)
        assert "one is not on the paper" in refused.stderr
        old.up()
        told = new.command("recover", given=words).stdout
        assert "Amina is back in Chez nous." in told
        assert "No other machine knows" not in told
        assert f"  {old.url}/in/" in old.command("signin", "Amina").stdout, "for a phone"
        old.down()
    nodes = [Node(tmp_path / name, load()) for name in ("old", "new")]
    there, here = [set(node.live(1).circle.roots.devices) for node in nodes]
    assert there == here
    assert len(here) == 2, "typed twice, it is one machine"
    for node in nodes:
        node.close()
