"""A key of one's own: two nodes, of which one is the family's and the other Bruno's laptop, that carry bundles to each
other."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.event import Refused
from cercle.core.keys import public
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Joined
from cercle.store import keyring
from cercle.store.live import Live
from cercle.store.rows import raw_entries
from cercle.sync.bundle import write
from tests.carrying import sections_of
from tests.web.browser import Browser, Home
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path / "family") as made:
        yield made


@pytest.fixture
def laptop(tmp_path: Path, table: Table) -> Iterator[tuple[Home, Live, Browser]]:
    """Bruno's, on which he has come in by a link of his own."""
    invitation, seed = beginnings.invite(table.node, table.live, table.members["Bruno"], member=table.members["Bruno"])
    (tmp_path / "laptop").mkdir()
    home = Home(tmp_path / "laptop")
    with home.client:
        carry(table.node, table.live.no, home)
        live = home.node.find("Chez nous")
        person = home.node.new_person()
        beginnings.join(home.node, live, person, invitation, seed, "", holder=beginnings.MEMBER)
        browser = home.browser()
        browser.open("/in/" + home.node.make_token("signin", person, lasts=60_000))
        browser.circle = live.id.hex()[:20]
        carry(home.node, live.no, table.home)
        yield home, live, browser
    home.node.close()


def carry(node: object, no: int, to: Home) -> None:
    """All that one holds is taken in by the other."""
    connection = node.connection  # type: ignore[attr-defined]
    circle = node.numbers()[no]  # type: ignore[attr-defined]
    to.node.receive(circle, sections_of(b"".join(write(circle, raw_entries(connection, no)))))


def on_disk(table: Table) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(table.node.data.iterdir()) if path.is_file())


def test_only_this_machine_writes_for_me(table: Table, laptop: tuple[Home, Live, Browser]) -> None:
    home, live, bruno = laptop
    member = table.members["Bruno"]
    beginnings.put_spare_aside(table.node, table.live, member)
    carry(table.node, table.live.no, home)
    seed = bytes(table.node.key(table.live, member))
    spare = beginnings.spare_of(table.node, table.live, member)
    assert spare is not None
    assert seed in on_disk(table)
    assert spare[1] in on_disk(table)
    assert "key of one’s own" in bruno.open("devices").text
    page = bruno.send("/devices/only")
    assert "Only this machine writes for you from now on." in page.text
    assert "/devices/only" not in page.source
    carry(home.node, live.no, table.home)
    assert seed not in on_disk(table)
    assert spare[1] not in on_disk(table)
    assert seed not in keyring._signers
    assert table.node.own_key(table.live) is not None, "the others' keys are there"
    page = table.bruno.open("list")
    assert "Here you can read" in page.text
    before = table.entries()
    assert "you write on a machine of your own" in table.bruno.send("/list", line="milk").text.lower()
    assert table.entries() == before
    page = table.amina.open(f"people/{member}")
    assert "The key is theirs alone." in page.text
    assert "Revoked." in page.text


def test_the_way_back(table: Table, laptop: tuple[Home, Live, Browser]) -> None:
    home, live, bruno = laptop
    bruno.open("devices")
    bruno.send("/devices/only")
    carry(home.node, live.no, table.home)
    member = table.members["Bruno"]
    assert "Type the code" in table.bruno.open("devices").text
    invitation, seed = beginnings.invite(home.node, live, member, member=member)
    carry(home.node, live.no, table.home)
    person = keyring.person_of_member(table.node.connection, table.live.no, member)
    assert person is not None
    beginnings.join(table.node, table.live, person, invitation, seed, "")
    assert "Here you can read" not in table.bruno.open("list").text
    table.does(ProductAdded(name="Milk"), "Bruno")


def test_who_keeps_the_log_hands_it_on_first(table: Table) -> None:
    invitation, seed = beginnings.invite(table.node, table.live, table.members["Amina"], member=table.members["Amina"])
    table.node.join(
        table.live,
        keyring.person_of_member(table.node.connection, table.live.no, table.members["Amina"]) or 0,
        invitation,
        seed,
        lambda proof: Joined(invitation=invitation, proof=proof, node=table.node.name()),
    )
    page = table.amina.open("devices")
    assert "Hand that on first" in page.text
    assert "/devices/only" not in page.source


def test_a_revocation_that_is_not_settled_deletes_nothing(table: Table, laptop: tuple[Home, Live, Browser]) -> None:
    home, live, bruno = laptop
    bruno.open("devices")
    bruno.send("/devices/only")
    assert home.node.key(live, table.members["Bruno"])
    with suppress(Refused):
        carry(home.node, live.no, home)
    held = keyring.keys_of_circle(home.node.connection, live.no)
    assert [public(key).hex() for key in held] == [public(home.node.key(live, table.members["Bruno"])).hex()]
