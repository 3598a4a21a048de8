"""Two real nodes, one of them a running `cercle up`, meet over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from cercle import beginnings
from cercle.core.entry import Raw
from cercle.core.event import Refused
from cercle.core.fold import state_hash
from cercle.core.keys import public, signer
from cercle.demo.year import live_through
from cercle.meeting import Intake, NotMet, pack_for, read_frontier, spelled
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Left
from cercle.page.links import invitation_code
from cercle.store.frontier import Frontier, frontier, lacking
from cercle.store.live import SEAL_AMONG_OTHERS, Live, now
from cercle.store.node import Node
from cercle.store.peers import forget, peers_of
from cercle.store.receive import Received
from cercle.store.rows import raw_entries
from cercle.sync.address import authority_of
from cercle.sync.bundle import write
from cercle.sync.packing import CompressionParameter, ZstdCompressor
from cercle.sync.signing import FRONTIER, NONCE, Message, key_name, place_of, sign_request
from cercle.visiting import Peer, Way, browser, come_in, meet, meet_at
from tests.carrying import sections_of
from tests.journeys.home import Home

DAY = 86_400_000
PASSING = 8719
SLOW = 0.01  # seconds for 4 kB


def things(live: Live) -> list[str]:
    return sorted(live.name(product.words) for product in live.circle.groceries.products.values())


class Two:
    """Amina's node, which serves, and Bruno's, which asks: he has come in by a link that she made."""

    def __init__(self, folder: Path) -> None:
        amina = Node(folder / "amina", load())
        live, self.amina = beginnings.start(amina, amina.new_person(), "Chez nous", "Amina")
        self.id = live.id
        amina.close()
        self.home = Home(folder / "amina").up("--known-as", f"127.0.0.1:{PASSING}")
        self.node = Node(folder / "bruno", load())
        self.live, self.bruno = asyncio.run(come_in(self.node, self.link(), self.node.new_person(), "Bruno"))

    def link(self) -> str:
        node = Node(self.home.data, load())
        code = invitation_code(*beginnings.invite(node, node.live(1), self.amina))
        node.close()
        return f"{self.home.url}/join/{code}"

    def at_aminas(self, *names: str) -> None:
        """She adds things on her own node, while it serves."""
        node = Node(self.home.data, load())
        node.act(node.live(1), self.amina, *(ProductAdded(name=name) for name in names))
        node.close()

    def at_brunos(self, *names: str) -> None:
        self.node.act(self.live, self.bruno, *(ProductAdded(name=name) for name in names))

    def meet(self) -> Received:
        return asyncio.run(meet_at(self.node, self.live, self.home.url))

    def there(self) -> tuple[bytes, list[str]]:
        node = Node(self.home.data, load())
        found = state_hash(node.live(1).circle), things(node.live(1))
        node.close()
        return found

    def here(self) -> tuple[bytes, list[str]]:
        live = self.node.live(self.live.no)
        return state_hash(live.circle), things(live)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Two(tmp_path)
    yield made
    made.home.down()
    made.node.close()


def test_who_is_invited_elsewhere_has_the_circle_here_and_is_known_there(two: Two) -> None:
    assert two.live.id == two.id
    assert two.here() == two.there()
    (peer,) = peers_of(two.node.connection, two.live.no)
    assert (peer.address, peer.invitation) == (two.home.url, None)
    assert peer.met > 0
    other = Node(two.home.data.parent / "chloe", load())
    with pytest.raises(NotMet):  # each link is for one
        asyncio.run(come_in(other, two.home.url + "/join/" + "0" * 20 + "A" * 43, other.new_person(), "Chloé"))
    assert other.numbers() == {}
    other.close()


def test_both_have_what_either_wrote(two: Two) -> None:
    two.at_aminas("Milk", "Bread")
    two.at_brunos("Salt")
    assert two.meet().new == 2
    assert two.here() == two.there()
    assert two.here()[1] == ["Bread", "Milk", "Salt"]
    assert two.meet().new == 0


def test_the_keeper_settles_what_others_bring_in_batches(two: Two) -> None:
    """Hers is the keeper's: one entry less than a batch waits, and the next one settles them all."""
    waiting, settled = two.live.replica.pending.entries, two.live.replica.tree.size
    lacking_one = SEAL_AMONG_OTHERS - 1 - len(waiting)
    two.at_brunos(*(f"Thing {number}" for number in range(lacking_one)))
    two.meet()
    assert two.live.replica.tree.size == settled
    two.at_brunos("Salt")
    two.meet()
    assert two.live.replica.tree.size == settled + SEAL_AMONG_OTHERS
    assert two.here() == two.there()


def test_words_that_came_without_are_asked_for(two: Two) -> None:
    two.at_aminas(*(f"Thing {number}" for number in range(300)))
    node = Node(two.home.data, load())
    pairs = lacking(node.live(1), frontier(two.live))
    wordless = [(entry, Raw(raw.header, raw.signature, None)) for entry, raw in pairs]
    node.close()
    assert two.node.receive(two.id, sections_of(b"".join(write(two.id, wordless)))).new == 301, "and a seal"
    assert two.here()[1] == [""] * 300
    filled = 0
    while (received := two.meet()).filled:  # some at a time
        filled += received.filled
    assert (filled, received.new) == (300, 0)
    assert two.here() == two.there()


async def waits_while(two: Two, something: Callable[[], None]) -> Received:
    """What comes of a conversation that waits for news, once both hold the same and something has happened."""
    news = asyncio.Event()
    two.live.changed = news.set
    waiting = asyncio.create_task(meet_at(two.node, two.live, two.home.url, news))
    for _ in range(3):  # it sets out before anything happens
        await asyncio.sleep(0)
    something()
    return await waiting


def test_who_waits_hears_at_once_what_the_other_writes(two: Two) -> None:
    two.meet()
    assert asyncio.run(waits_while(two, lambda: two.at_aminas("Milk"))).new == 1
    assert two.here() == two.there()


def test_who_waits_brings_at_once_what_is_written_here(two: Two) -> None:
    two.meet()
    assert asyncio.run(waits_while(two, lambda: two.at_brunos("Salt"))).new == 0
    assert two.here() == two.there()


def test_what_was_forgotten_is_not_known_again_by_a_conversation_that_was_under_way(two: Two) -> None:
    two.meet()

    def forgets() -> None:
        forget(two.node.connection, two.live.no, two.home.url)
        two.at_aminas("Milk")

    assert asyncio.run(waits_while(two, forgets)).new == 1
    assert peers_of(two.node.connection, two.live.no) == []


def test_hundreds_of_entries_of_both(two: Two) -> None:
    for number in range(12):
        two.at_aminas(*(f"Hers {number} {each}" for each in range(40)))
        two.at_brunos(*(f"His {number} {each}" for each in range(40)))
    received = two.meet()
    assert received.new >= 480
    assert (received.waiting, received.rejected) == (0, [])
    assert two.here() == two.there()
    assert len(two.here()[1]) == 960


def test_a_clock_that_is_days_off_keeps_nobody_away(two: Two) -> None:
    two.at_aminas("Milk")
    for days in (-5, 9):
        two.node.clock = lambda days=days: now() + days * DAY  # type: ignore[misc]
        two.at_aminas(f"On day {days}")
        assert two.meet().new >= 1
    assert two.here() == two.there()


def test_who_is_not_reached_is_told_and_nothing_is_lost(two: Two) -> None:
    two.home.down()
    two.at_brunos("Salt")
    with pytest.raises(NotMet):
        two.meet()
    assert two.here()[1] == ["Salt"]
    two.home.up(again=True)
    two.meet()
    assert two.here() == two.there()


def test_who_has_left_learns_nothing_new(two: Two) -> None:
    two.node.act(two.live, two.bruno, Left())
    two.meet()
    assert two.here() == two.there()
    two.at_aminas("Milk")
    with pytest.raises(NotMet):
        two.meet()


# --- what is cut off ---------------------------------------------------------------------------------------------


async def passing(
    url: str, most: int, follow: Callable[[str], Awaitable[object]], asked: bool = False, port: int = PASSING
) -> None:
    """A line lets so many bytes of all answers through (of all that is `asked`), and then goes away. The one at the
    usual port is slow; at port 0 it is quick, and another one each time. It leads to the node from a port of its own,
    as a router does: the node is to be told that it is known by it."""
    left = most

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counts: bool) -> None:
        nonlocal left
        with suppress(ConnectionError):
            while (left > 0 or not counts) and (piece := await reader.read(4096)):
                piece, left = (piece[:left], left - len(piece)) if counts else (piece, left)
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(SLOW if port else 0)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        await asyncio.gather(pump(reader, there_writer, asked), pump(there_reader, writer, not asked))

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        await follow(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()


def test_a_first_copy_that_is_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    """A family's year comes over in pieces of a few dozen kilobytes, each of which stays."""
    people = live_through(tmp_path / "family", "en", 2026, datetime.now(UTC).astimezone().date())
    family = Node(tmp_path / "family", load())
    code = invitation_code(*beginnings.invite(family, family.live(1), family.circles_of(people["amina"])[1]))
    hashed = state_hash(family.live(1).circle)
    family.close()
    home, node, sizes = Home(tmp_path / "family"), Node(tmp_path / "here", load()), [0]
    home.up("--known-as", f"127.0.0.1:{PASSING}")

    async def follow(url: str) -> None:
        await come_in(node, f"{url}/join/{code}", node.new_person(), "Farid")

    for _ in range(40):
        try:
            asyncio.run(passing(home.url, 150_000, follow))
            break
        except (NotMet, Refused):
            sizes.append(len(list(raw_entries(node.connection, 1))))
    assert len(sizes) > 3
    assert sizes == sorted(set(sizes)), "each piece brought something"
    assert "Farid" in [node.live(1).name(one.words) for one in node.live(1).circle.people.profiles.values()]
    assert hashed != state_hash(node.live(1).circle), "he has joined"
    home.down()
    node.close()


def test_what_is_brought_and_cut_off_goes_on_where_it_was(two: Two) -> None:
    two.at_brunos(*(f"Thing {number}" for number in range(2500)))
    assert sum(map(len, pack_for(two.live, Frontier()))) > 3 * 80_000, "it does not pass at once"
    tries = 0

    async def follow(url: str) -> None:
        nonlocal tries
        tries += 1
        await meet_at(two.node, two.live, url)

    while two.here() != two.there() and tries < 20:
        with suppress(NotMet):
            asyncio.run(passing(two.home.url, 80_000, follow, asked=True))
    assert 3 <= tries < 20


def test_what_is_written_while_it_is_sent_does_no_harm(two: Two) -> None:
    two.at_brunos(*(f"Thing {number}" for number in range(1100)))  # more than are read at a time
    sending = lacking(two.live, frontier(two.live))
    assert list(sending) == []
    sending = lacking(two.live, Frontier(heads=frontier(two.live).behind[-1:]))
    next(sending)
    two.at_brunos(*(f"Later {number}" for number in range(40)))
    *_, (last, _raw) = sending
    assert last.id in two.live.tips


# --- outsiders ---------------------------------------------------------------------------------------------------


def ask(url: str, headers: dict[str, str]) -> httpx.Response:
    answer = httpx.post(url, headers=headers)
    answer.headers.pop("date", None)
    answer.headers.pop(NONCE, None)
    return answer


def test_a_stranger_cannot_tell_a_circle_from_none(two: Two) -> None:
    """Farid knows the address; even who knows the circle's id, and has no key in it, hears what he hears anywhere."""
    authority, farid = authority_of(two.home.url), signer(b"f" * 32)
    answers = []
    for place in (place_of(two.id, authority), place_of(b"x" * 32, authority), "0" * 32, "x"):
        url = f"{two.home.url}/sync/{place}"
        signed = Message({FRONTIER: "hash:0"}, "POST", url)
        sign_request(signed, farid, key_name(two.id, authority, public(farid)), two.node.clock())
        answers += [ask(url, {}), ask(url, {FRONTIER: "hash:0"}), ask(url, signed.headers)]
    assert {answer.status_code for answer in answers} == {401}
    assert len({(answer.content, str(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_a_request_that_was_heard_is_worth_nothing_to_who_repeats_it(two: Two) -> None:
    authority = authority_of(two.home.url)
    url, key = f"{two.home.url}/sync/{place_of(two.id, authority)}", two.node.own_key(two.live)
    assert key is not None
    signed = Message({FRONTIER: "hash:0"}, "POST", url)
    sign_request(signed, key, key_name(two.id, authority, public(key)), two.node.clock())
    assert ask(url, signed.headers).status_code == 200
    assert ask(url, signed.headers).status_code == 401
    assert ask(url.replace("127.0.0.1", "localhost"), signed.headers).status_code == 401


@pytest.mark.parametrize("settled", [[], [(2**63, b"")], [(2**64 - 1, b"x" * 10)], [(0, b"")] * 500])
def test_a_member_s_frontier_may_say_anything(two: Two, settled: list[tuple[int, bytes]]) -> None:
    there = Frontier(settled, [b"", b"x" * 10, b"y" * 3000], [b"z"])
    assert len(list(lacking(two.live, there))) == len(list(raw_entries(two.node.connection, two.live.no)))


@pytest.mark.parametrize("header", ["", "x", "é", "////", "hash", "kg==", "k8DAwA==", "3f////8="])
def test_what_is_no_frontier_is_told(header: str) -> None:
    found = None
    with suppress(ValueError):
        found = read_frontier(header)
    assert found is None


def test_who_answers_an_invitation_gets_nothing_of_what_is_here(two: Two) -> None:
    """A link of somebody who says that they hold the very circle that is here: who follows it again brings nothing."""
    two.at_brunos("Salt")
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        heard.append(await reader.readuntil(b"0\r\n\r\n") if b"chunked" in asked else b"")
        said = f"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{FRONTIER}: {spelled(Frontier())}\r\nconnection: close\r\n\r\n"
        writer.write(said.encode())
        await writer.drain()
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address, key = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", signer(b"i" * 32)
        async with browser() as asking:
            peer = Peer(asking, address, Way(b"", public(key), key), two.node.clock, {})
            await meet(two.live, peer, Intake(two.node, b""))

    asyncio.run(go())
    assert heard == [b"", b"0\r\n\r\n"]


def test_who_answers_and_is_no_member_is_told_nothing(two: Two, tmp_path: Path) -> None:
    """Another program stands at the address now: it hears a hash, and never gets an entry."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncercle-frontier: hash:1\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await meet_at(two.node, two.live, f"http://127.0.0.1:{port}")

    two.at_brunos("Salt")
    with pytest.raises(NotMet):
        asyncio.run(go())
    assert len(heard) == 1
    assert two.id.hex() not in heard[0].decode()


def test_what_asks_for_a_large_window_is_refused_before_it_takes_memory(two: Two) -> None:
    packer = ZstdCompressor(options={CompressionParameter.window_log: 27})
    frame = packer.compress(bytes(4096)) + packer.flush()
    with pytest.raises(Refused):
        Intake(two.node, two.id).feed(frame)
