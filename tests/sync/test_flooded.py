"""A stranger on the network, who knows the address and nothing else: connections, heads, bodies, asks without end."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cercle.page.visit import SESSION
from cercle.web import gate, serve
from cercle.web.events import LISTENERS_EACH, Watchers, said
from cercle.web.serve import HEAD_WITHIN, MOST_CONNECTIONS, TAKEN_WITHIN, Door, make_room
from tests.sync.siege import Siege, all_of, client_of, connected, until_it_ends
from tests.web.seated import seated

HEAD = b"POST /start HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrf=x; cercle=%s\r\nContent-Type: %s\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
FORM, FILE = b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    made = Siege(tmp_path_factory.mktemp("siege"))
    yield made
    made.close()


def test_who_sends_a_head_or_a_body_a_byte_at_a_time_is_cut_off(siege: Siege) -> None:
    """Three hundred at once; that they end is what is waited for."""
    beginnings = (
        b"",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
        HEAD % (b"", FORM) + b"Content-Length: 9000\r\n\r\n",
    )

    async def loris(number: int) -> bytes:
        reader, writer = await connected(siege)
        writer.write(beginnings[number % 3])
        ending = asyncio.create_task(until_it_ends(reader))
        with suppress(ConnectionError):
            while not ending.done() and number % 3:
                writer.write(b"a")
                await writer.drain()
                await asyncio.wait([ending], timeout=1)
        return await ending

    said = siege.meanwhile(all_of(300, loris, at_once=300))
    assert set(said) == {b""}


@pytest.mark.parametrize("count", [3 * MOST_CONNECTIONS, pytest.param(10 * MOST_CONNECTIONS, marks=pytest.mark.soak)])
def test_more_connections_than_may_be_lose_their_oldest(siege: Siege, count: int) -> None:
    async def attack() -> int:
        held = [await connected(siege) for _ in range(count)]
        await siege.serves()
        ended = sum(reader.at_eof() or reader.exception() is not None for reader, _ in held)
        for _, writer in held:
            writer.close()
        return ended

    assert siege.meanwhile(attack()) >= count - MOST_CONNECTIONS


def test_it_is_whoever_holds_the_most_that_loses_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "MOST_CONNECTIONS", 2)
    lost: list[str] = []

    def connection(who: str, since: int, is_answering: bool) -> Any:
        closed = SimpleNamespace(abort=lambda: lost.append(f"{who} {since}"))
        return SimpleNamespace(client=(who, 1), since=since, is_answering=is_answering, transport=closed)

    chloe = connection("chloé", 0, False)
    make_room([chloe, connection("farid", 1, True), connection("farid", 3, False), connection("farid", 2, False)])
    make_room([chloe, connection("farid", 5, True), connection("farid", 4, True)])
    assert lost == ["farid 2", "farid 4"]


@pytest.mark.parametrize("kind", [FORM, FILE, b"application/json"])
@pytest.mark.parametrize("said_size", [b"Content-Length: 16000000", b"Content-Length: 1" + b"0" * 15, CHUNKED])
def test_bodies_of_strangers_are_not_read(siege: Siege, kind: bytes, said_size: bytes) -> None:
    piece = b"10000\r\n" + b"a=1&" * 16_384 + b"\r\n" if said_size == CHUNKED else b"a=1&" * 16_384

    async def send(number: int) -> bytes:
        reader, writer = await connected(siege)
        ending = asyncio.create_task(until_it_ends(reader))
        with suppress(ConnectionError):
            writer.write(HEAD % (b"f" * 32, kind) + said_size + b"\r\n\r\n")
            while not ending.done():
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
        return (await ending).partition(b"\r\n")[0]

    said = siege.meanwhile(all_of(30, send, at_once=30))
    assert set(said) <= {b"HTTP/1.1 413 Request Entity Too Large", b"HTTP/1.1 413 Content Too Large", b""}


def test_who_says_how_much_they_will_send_hears_that_it_is_too_much(siege: Siege) -> None:
    """Who has sent some of it already may lose the answer: the connection is gone when they look for it."""

    async def ask(number: int) -> bytes:
        reader, writer = await connected(siege)
        writer.write(HEAD % (b"f" * 32, FORM) + b"Content-Length: 16000000\r\n\r\n")
        return (await until_it_ends(reader)).partition(b"\r\n")[0]

    (said,) = siege.meanwhile(all_of(1, ask))
    assert said.startswith(b"HTTP/1.1 413")


def test_heads_that_are_too_large_or_none_at_all_are_refused(siege: Siege) -> None:
    async def send(number: int) -> bytes:
        reader, writer = await connected(siege)
        rubbish = (b"GET / HTTP/1.1\r\n" + b"A: " + b"a" * 10_000_000, b"\0" * 1_000_000, b"GET " + b"/" * 1_000_000)
        with suppress(ConnectionError):
            writer.write(rubbish[number % 3])
            await writer.drain()
        return (await until_it_ends(reader)).partition(b"\r\n")[0]

    assert set(siege.meanwhile(all_of(60, send))) <= {b"HTTP/1.1 400 Bad Request", b"HTTP/1.1 400 ", b""}


@pytest.mark.parametrize("count", [1000, pytest.param(50_000, marks=pytest.mark.soak)])
def test_a_flood_of_asks_that_nobody_signed(siege: Siege, count: int) -> None:
    async def flood() -> set[int]:
        async with client_of() as client:

            async def ask(number: int) -> int:
                wrong = ("0" * 32, siege.url.rpartition("/")[2], os.urandom(16).hex())[number % 3]
                headers = {"Cercle-Frontier": "hash:0", "Signature": "x" * 999, "Prefer": "wait=25"}
                return (await client.post(f"{siege.home.url}/sync/{wrong}", headers=headers)).status_code

            return set(await all_of(count, ask))

    assert siege.meanwhile(flood()) == {401}


@pytest.mark.parametrize("count", [600, pytest.param(30_000, marks=pytest.mark.soak)])
def test_a_flood_of_pages(siege: Siege, count: int) -> None:
    async def flood() -> set[int]:
        async with client_of() as client:

            async def ask(number: int) -> int:
                path = ("/", "/door", "/start", "/c/x/events", f"/in/{number:032x}", "/static/cercle.js")[number % 6]
                return (await client.get(siege.home.url + path)).status_code

            return set(await all_of(count, ask))

    assert max(siege.meanwhile(flood())) < 500


def test_one_person_s_pages_leave_room_for_others(tmp_path: Path) -> None:
    with seated(tmp_path) as table:
        watchers: Watchers = table.home.app.state["watchers"]
        amina, address = str(table.node.owner()), f"/c/{table.amina.circle}/events"
        cookie = f"{SESSION}={table.amina.cookies[SESSION]}"

        async def open_pages() -> None:
            pages = [said(watchers, table.live.no, amina) for _ in range(LISTENERS_EACH)]
            for page in pages:
                await anext(page)
            assert table.home.client.get(address, headers={"cookie": cookie}).status_code == 503
            assert watchers.count() == LISTENERS_EACH
            for page in pages:
                await page.aclose()  # type: ignore[attr-defined]

        asyncio.run(open_pages())
        assert (watchers.count(), dict(watchers.pages)) == (0, {})


# --- what takes a minute, looked at by itself --------------------------------------------------------------------


def door(**about: Any) -> tuple[Any, list[str]]:
    """A connection as far as one look goes, and what was done to it."""
    done: list[str] = []
    told: dict[str, Any] = {"waited": 0, "came": 0, "is_answering": True, "cycle": SimpleNamespace(more_body=False)}
    told |= {"flow": SimpleNamespace(write_paused=False, read_paused=False), **about}
    return SimpleNamespace(**told, transport=SimpleNamespace(abort=lambda: done.append("cut off"))), done


def looks_until_cut_off(one: Any, done: list[str]) -> int:
    for number in range(10_000):
        if done:
            return number
        Door.look(one)
    return 0


def test_who_takes_nothing_of_what_they_asked_for_is_cut_off() -> None:
    paused = SimpleNamespace(write_paused=True, read_paused=False)
    assert looks_until_cut_off(*door(flow=paused)) == TAKEN_WITHIN + 1


def test_who_waits_for_news_is_left_alone_and_who_brings_enough_too() -> None:
    assert looks_until_cut_off(*door()) == 0
    busy = SimpleNamespace(write_paused=False, read_paused=True)  # the node itself has not read yet
    assert looks_until_cut_off(*door(flow=busy, cycle=SimpleNamespace(more_body=True))) == 0
    slow = door(cycle=SimpleNamespace(more_body=True), came=100_000)
    assert looks_until_cut_off(*slow) == HEAD_WITHIN + 100_000 // serve.SLOWEST + 1
    assert looks_until_cut_off(*door(is_answering=False)) == HEAD_WITHIN + 1


@pytest.mark.parametrize(
    ("kind", "length", "small", "file"),
    [
        ("text/plain", "0", True, False),
        ("multipart/form-data; boundary=x", str(gate.MOST_OF_A_FORM), True, True),
        ("multipart/form-data; boundary=x", str(gate.MOST_OF_A_FORM + 1), False, True),
        ("application/json", "9" * 30, False, False),
        ("application/json", "-1", False, False),
    ],
)
def test_what_is_small_and_what_is_a_file(kind: str, length: str, small: bool, file: bool) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", length.encode())]
    scope = {"path": "/import", "headers": headers}
    assert (gate.is_small(scope), gate.is_file(scope)) == (small, file)
    assert not gate.is_small(scope | {"headers": [*headers, (b"transfer-encoding", b"chunked")]})
