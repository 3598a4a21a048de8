"""The circle by a stick: what the page gives out, and what it takes in."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.entry import Raw
from cercle.core.fold import state_hash
from cercle.meeting import pack
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Left
from cercle.stick import openers
from cercle.store.keyring import opening_seeds
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.sync.bundle import Unreadable, write
from cercle.sync.locked import lock, reading
from tests.carrying import Pairs
from tests.web.browser import Browser, Page
from tests.web.seated import Table, forms, seated

PAGE, FILE = "machines/stick", "machines/stick/file"


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path) as made:
        yield made


@pytest.fixture
def away(table: Table, tmp_path: Path) -> Iterator[Node]:
    """Another machine, which holds the circle as a copy, and where Bruno has the key that he has here."""
    node = Node(tmp_path / "away", load())
    person = node.new_person()
    bring(node, table.live.id, b"".join(write(table.live.id, raw_entries(table.node.connection, table.live.no))))
    row = table.node.connection.exec_driver_sql("SELECT key, seed FROM keys ORDER BY no LIMIT 1 OFFSET 1").one()
    node.connection.exec_driver_sql(
        "INSERT INTO keys (circle, person, member, key, seed, purpose) VALUES (1, ?, ?, ?, ?, 'device')",
        (person, table.members["Bruno"], row.key, row.seed),
    )
    yield node
    node.close()


def bring(node: Node, circle: bytes, raw: bytes) -> None:
    with reading(BytesIO(raw), opening_seeds(node.connection)) as reader:
        assert reader.circle == circle
        received = node.receive(circle, reader.sections(), at_hand=True)
    assert (received.stopped, received.rejected) == (None, [])


def locked(live: Live, *members: str, pairs: Pairs | None = None) -> bytes:
    out = BytesIO()
    keys = [key for found in openers(live, members or None).values() for key in found]
    lock(pack(live.id, iter(pairs_of(live) if pairs is None else pairs)), out, keys)
    return out.getvalue()


def pairs_of(live: Live) -> Pairs:
    return list(raw_entries(live.connection, live.no))


def take_in(browser: Browser, raw: bytes, name: str = "circle.age") -> Page:
    browser.open(PAGE)
    return browser.post(PAGE, {"_csrf_token": browser.token()}, files={"file": (name, raw)})


def take_along(browser: Browser, **chosen: list[str]) -> bytes:
    browser.open(PAGE)
    form = browser.page.form(FILE)
    client = browser.home.client
    answer = client.post(form.action, data=form.fields | chosen, headers=browser.headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="cercle-20')
    assert "content-encoding" not in answer.headers
    return answer.content


def things(live: Live) -> list[str]:
    return sorted(live.name(product.words) for product in live.circle.groceries.products.values())


def test_the_page_is_found_from_the_settings(table: Table) -> None:
    table.amina.open("machines")
    assert any(link.endswith(f"/{PAGE}") for link in table.amina.page.links)


def test_the_whole_circle_goes_and_comes_by_a_file(table: Table, away: Node) -> None:
    table.does(ProductAdded(name="Milk"))
    bring(away, table.live.id, take_along(table.amina))
    live = away.live(1)
    away.act(live, table.members["Bruno"], ProductAdded(name="Salt"))
    page = take_in(table.bruno, locked(live))
    assert page.status == 200
    assert "1 new entry came in." in page.text
    assert things(table.node.live(table.live.no)) == things(live) == ["Milk", "Salt"]
    assert state_hash(table.circle) == state_hash(live.circle)
    assert "Nothing in it was new." in take_in(table.chloe, locked(live)).text


def test_who_is_not_chosen_cannot_open_it(table: Table, away: Node) -> None:
    raw = take_along(table.amina, to=[table.members["Amina"], table.members["Dov"]])
    with reading(BytesIO(raw), opening_seeds(table.node.connection)) as reader:
        assert reader.circle == table.live.id
    with pytest.raises(Unreadable), reading(BytesIO(raw), opening_seeds(away.connection)):
        pass
    table.amina.open(PAGE)
    page = table.amina.post(FILE, {"_csrf_token": table.amina.token()})
    assert page.status == 422
    assert "Choose for whom it is." in page.text
    assert page.form(FILE).fields.get("to", []) == []


def test_who_has_gone_is_not_offered_and_not_let_in_by_a_forged_form(table: Table) -> None:
    table.does(Left(), "Dov")
    table.amina.open(PAGE)
    assert table.members["Dov"] not in table.amina.page.form(FILE).fields["to"]
    page = table.amina.post(FILE, {"_csrf_token": table.amina.token(), "to": table.members["Dov"]})
    assert page.status == 422


def test_what_lacks_something_waits_and_says_so(table: Table, away: Node) -> None:
    live = away.live(1)
    for name in ("Salt", "Rice", "Bread"):
        away.act(live, table.members["Bruno"], ProductAdded(name=name))
    *_, salt, rice, bread = pairs_of(live)
    page = take_in(table.amina, locked(live, pairs=[rice, bread]))
    assert "2 wait for what another file brings: an earlier one, or the whole circle." in page.text
    page = take_in(table.amina, locked(live, pairs=[salt]))
    assert "3 new entries came in." in page.text
    assert things(table.node.live(table.live.no)) == ["Bread", "Rice", "Salt"]


def test_a_plain_bundle_comes_in_as_well(table: Table, away: Node) -> None:
    live = away.live(1)
    away.act(live, table.members["Bruno"], ProductAdded(name="Salt"))
    page = take_in(table.amina, b"".join(write(live.id, pairs_of(live))))
    assert "1 new entry came in." in page.text


# --- what is refused -----------------------------------------------------------------------------------------------


def test_of_another_circle_only_who_is_in_it_hears_its_name(table: Table) -> None:
    """Farid has a circle on the same machine; Bruno is in one with him that nobody else is in."""
    node, before = table.node, table.entries()
    farid = node.new_person()
    mine, _ = beginnings.start(node, farid, "Chez Farid", "Farid")
    person = node.connection.exec_driver_sql(
        "SELECT person FROM keys WHERE member = ?", (table.members["Bruno"],)
    ).scalar_one()
    shared, _ = beginnings.start(node, person, "The choir", "Bruno")
    before = table.entries()
    for live, browser, sentence in (
        (mine, table.amina, "This file is locked for others: no key that is here opens it."),
        (shared, table.amina, "This file is locked for others: no key that is here opens it."),
        (shared, table.bruno, "This file is of The choir: take it in there."),
    ):
        page = take_in(browser, locked(live))
        assert (page.status, page.invalid) == (422, ["file"])
        assert sentence in page.text
    unknown = b"".join(write(b"x" * 32, []))
    for raw in (unknown, b"".join(write(mine.id, pairs_of(mine))), locked_for_amina(table, mine)):
        page = take_in(table.amina, raw)
        assert "This file holds nothing of this circle." in page.text
        assert "Farid" not in page.text
    assert table.entries() == before


def locked_for_amina(table: Table, live: Live) -> bytes:
    """An outsider locks a circle of his own for a member of another."""
    out = BytesIO()
    lock(
        pack(live.id, iter(pairs_of(live))), out, openers(table.live, [table.members["Amina"]])[table.members["Amina"]]
    )
    return out.getvalue()


def test_entries_that_an_outsider_forged_are_not_taken(table: Table) -> None:
    """He knows the circle's id, its log and Amina's key, and changes a signature, or a word."""
    before, (entry, raw) = table.entries(), pairs_of(table.live)[-2]
    body = bytes([raw.body[0] ^ 1, *raw.body[1:]]) if raw.body else b"x" * 40
    for forged in (Raw(raw.header, b"s" * 64, raw.body), Raw(raw.header, raw.signature, body)):
        page = take_in(table.amina, locked(table.live, pairs=[(entry, forged)]))
        assert page.status == 422
        assert "1 was not taken: it is not as it was signed." in page.text
        assert table.entries() == before


@pytest.mark.parametrize("raw", [b"", b"Dear Dov", b"PK\x03\x04" + bytes(5000), bytes(range(256)) * 40])
def test_what_is_no_such_file_is_refused_in_one_sentence(table: Table, raw: bytes) -> None:
    before = table.entries()
    page = take_in(table.amina, raw)
    assert (page.status, page.invalid, table.entries()) == (422, ["file"], before)
    assert len(page.source.split('id="errors"')[1].split("</ul>")[0].split("<li>")) == 2


def test_what_is_damaged_is_said_with_what_came_before(table: Table, away: Node) -> None:
    live = away.live(1)
    away.act(live, table.members["Bruno"], *(ProductAdded(name=f"Thing {at}", note="x" * 1500) for at in range(300)))
    raw = locked(live)
    page = take_in(table.amina, raw[:-20])
    assert page.status == 422
    assert "This file is damaged: it was changed, or its end is missing." in page.text
    page = take_in(table.amina, raw)
    assert page.status == 200
    assert things(table.node.live(table.live.no)) == things(live)
    assert len(things(live)) == 300


def test_no_file_is_said(table: Table) -> None:
    table.amina.open(PAGE)
    page = table.amina.post(PAGE, {"_csrf_token": table.amina.token()})
    assert "Choose a file." in page.text
    assert take_in(table.amina, b"x" * (17 * 1024 * 1024)).status == 413


def test_strangers_and_tablets_have_no_such_page(table: Table) -> None:
    for browser in (table.farid, table.home.browser()):
        browser.circle = table.live.id.hex()[:20]
        assert browser.open(PAGE).status == 401
        assert table.live.id.hex() not in browser.page.source
        for address in (PAGE, FILE):
            assert browser.post(address, {"_csrf_token": browser.token()}).status == 401
    for browser in (table.chloe, table.dov):
        assert {PAGE, FILE} <= forms(browser.open(PAGE))
