"""Two machines on a network at home, which nobody tells of each other: real nodes, in network namespaces with a cable
between them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect

from cercle.store.codes import Slip, read_code, shown
from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, found_a_circle, invite, signed_in, wanted
from tests.network import NETWORK, Machine

SOON = 20_000  # ms
HEARS = """
import socket, sys
group = socket.inet_aton("224.0.0.251") + socket.inet_aton(sys.argv[1])
ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
ear.bind(("", 5353))
ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
print("hears", flush=True)
while True:
    sys.stdout.buffer.write(ear.recv(9000))
    sys.stdout.buffer.flush()
"""


@contextmanager
def overheard(machine: Machine, file: Path) -> Iterator[None]:
    """What is said to all on the network goes into a file, as anybody there may take it down."""
    with file.open("wb") as written:
        command = [*machine.words, sys.executable, "-u", "-c", HEARS, machine.host]
        ear = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert ear.stdout is not None
        assert ear.stdout.readline() == b"hears\n"
        os.set_blocking(ear.stdout.fileno(), False)
        try:
            yield
        finally:
            ear.terminate()
            ear.wait()
            written.write(ear.stdout.read() or b"")
            ear.stdout.close()


def test_they_find_each_other_wherever_they_are(
    browser_there: Browser, cabled_homes: tuple[Home, Home], tmp_path: Path
) -> None:
    hers, his = cabled_homes
    hers.up()
    amina = Hands(browser_there, hers.url).phone("en")
    amina.page.goto(hers.address)
    found_a_circle(amina, "Chez nous", "Amina")
    circle = amina.page.url.split("/c/")[1][:20]
    assert his.command("join", invite(amina), "Bruno").returncode == 0
    assert his.command("sync", "Chez nous", "--with", hers.url, "--forget").returncode == 0
    with overheard(hers.on, tmp_path / "heard"):  # type: ignore[arg-type]
        his.up()
        bruno = signed_in(browser_there, his, "Bruno")
        amina.goes_to("list")
        add(amina, "2 L milk")
        expect(wanted(bruno, "milk")).to_be_visible(timeout=SOON)
        bruno.goes_to("machines")
        expect(bruno.page.locator("#found")).to_have_text(hers.url)
        bruno.looks_right()
        amina.context.close()
        moves(hers, f"{NETWORK}.35")
        bruno.goes_to("list")
        add(bruno, "bread")
        amina = signed_in(browser_there, hers, "Amina")
        expect(wanted(amina, "bread")).to_be_visible(timeout=SOON)
        bruno.goes_to("machines")
        expect(bruno.page.locator("#found")).to_have_text(hers.url)
    heard = (tmp_path / "heard").read_bytes()
    assert heard.count(b"_cercle") > 2
    told = [bytes.fromhex(circle), circle.encode(), b"Chez nous", b"Amina", b"Bruno", os.uname().nodename.encode()]
    assert [one for one in told if one in heard] == []
    for hand in (amina, bruno):
        hand.context.close()


def moves(home: Home, host: str) -> None:
    """The router gives the machine another address, while the node runs."""
    assert home.on is not None
    before, now = home.on.host, host
    home.on.moves_to(now)
    home.url = home.url.replace(before, now)


def test_who_types_the_code_is_in(browser_there: Browser, cabled_homes: tuple[Home, Home], tmp_path: Path) -> None:
    """Bruno has a machine on which there is nothing yet; Chloé one with no screen."""
    hers, his = cabled_homes
    hers.up()
    his.up()
    amina = Hands(browser_there, hers.url).phone("en")
    amina.page.goto(hers.address)
    found_a_circle(amina, "Chez nous", "Amina")
    add(amina, "2 L milk")
    invite(amina)
    amina.looks_right()
    code = amina.page.locator("#code-in").inner_text()
    bruno = Hands(browser_there, his.url).laptop("fr")
    bruno.page.goto(his.address)
    bruno.follows(bruno.page.locator("a[href='/arrive']"))
    bruno.looks_right()
    come_in(bruno, shifted(code))
    expect(bruno.page.locator("#error-code")).to_contain_text("signe par signe")
    bruno.looks_right()
    come_in(bruno, shown(bytes(10)))
    expect(bruno.page.locator("#error-code")).to_contain_text("ne connaît ce code")
    come_in(bruno, code.lower().replace("-", " "))
    expect(wanted(bruno, "milk")).to_be_visible()
    expect(amina.page.locator("#people")).to_contain_text("Bruno")
    chloes = Home(tmp_path / "chloe", his.on)
    used = chloes.command("join", code, "Chloé")
    assert (used.returncode, "was used, or it has run out" in used.stderr) == (1, True)
    invite(amina, "child")
    assert chloes.command("join", amina.page.locator("#code-in").inner_text(), "Chloé").returncode == 0
    expect(amina.page.locator("#people")).to_contain_text("Chloé")
    for hand in (amina, bruno):
        hand.looks_right()
        hand.context.close()


def shifted(code: str) -> str:
    """With two signs the wrong way round, such that it is noticed."""
    for place in range(len(code) - 1):
        typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        try:
            read_code(typed)
        except Slip:
            return typed
    raise AssertionError(code)


def come_in(hand: Hand, code: str) -> None:
    hand.page.locator("input[name=code]").fill(code)
    hand.page.locator("input[name=name]").fill("Bruno")
    hand.page.locator("main form button[type=submit], main form button:not([type])").first.click()
