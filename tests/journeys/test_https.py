"""HTTPS at home, in a real browser on another machine of the network: it trusts the home's root, or it does not."""

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect

from cercle import certificates
from tests.journeys.conftest import chromium_on
from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, found_a_circle, has_kept, invite, wanted
from tests.network import Machine

BANK = """
import http.server, ssl, sys
server = http.server.HTTPServer(("0.0.0.0", 0), http.server.SimpleHTTPRequestHandler)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


def trusts(folder: Path, root: Path) -> None:
    """As a person does in the settings of the browser."""
    database = folder / ".pki" / "nssdb"
    database.mkdir(parents=True)
    run("certutil", "-N", "--empty-password", "-d", f"sql:{database}")
    run("certutil", "-A", "-d", f"sql:{database}", "-t", "C,,", "-n", "home", "-i", str(root))


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=60)


def test_a_phone_that_trusts_the_home_opens_the_page_without_a_network(
    chromium: Browser, machines: tuple[Machine, Machine], cabled_homes: tuple[Home, Home], tmp_path: Path
) -> None:
    hers, his = cabled_homes
    hers.up("--https")
    over_https = hers.told["https"]
    assert over_https.startswith(f"https://{machines[0].host}:")
    with closing(chromium_on(machines[1], chromium, tmp_path)) as untrusting:
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            untrusting.new_page().goto(over_https)
        hand = Hands(untrusting, hers.url).phone("en")
        hand.page.goto(hers.told["trust"])  # and over HTTP it goes on as before
        with hand.page.expect_download() as download:
            hand.page.get_by_role("link", name="Fetch the root certificate").click()
        download.value.save_as(tmp_path / "cercle.crt")
        told = "".join(hand.page.locator("#fingerprint").inner_text().split()).replace(":", "")
        assert told == hers.told["fingerprint"].replace(":", "")
        hand.looks_right()
        hand.page.goto(hers.address)
        found_a_circle(hand, "Chez nous", "Amina")
        hand.page.goto(hers.told["trust"])
        hand.page.get_by_role("button", name="Make a way in").click()
        way = str(hand.page.get_by_role("link", name="Go in over HTTPS").get_attribute("href"))
        hand.looks_right()
    assert way.startswith(over_https)
    trusts(tmp_path, tmp_path / "cercle.crt")
    with closing(chromium_on(machines[1], chromium, tmp_path)) as trusting:
        hand = Hands(trusting, over_https).phone("en")
        hand.page.goto(way)
        assert {cookie["name"]: cookie["secure"] for cookie in hand.context.cookies()} == {
            "__Host-cercle": True,
            "__Host-csrf": True,
        } | {cookie["name"]: False for cookie in hand.context.cookies() if "__Host-" not in cookie["name"]}
        add(hand, "2 L milk")
        expect(wanted(hand, "milk")).to_be_visible()
        link = invite(hand)
        assert link.startswith(hers.url + "/join/"), "whom one invites does not trust the home yet"
        assert his.command("join", link.replace(hers.url, over_https), "Bruno").returncode == 0
        assert f"{over_https}: 0 new" in his.command("sync", "Chez nous").stdout
        hand.goes_to("list")
        has_kept(hand, "list", showing="milk")
        hers.down()
        hand.page.goto(hand.page.url)
        expect(wanted(hand, "milk")).to_be_visible()
        hand.looks_right()


def test_the_root_vouches_for_nobody_elsewhere(
    chromium: Browser, machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    """Somebody who has its key pretends to be a bank, and then a machine at home."""
    now = datetime.now(UTC)
    root, key = certificates.root(tmp_path, now)
    trusts(tmp_path, tmp_path / certificates.ROOT)
    own = certificates.ec.generate_private_key(certificates.ec.SECP256R1())
    made = certificates.make(["bank.example", "pretended.local"], own.public_key(), root, key, now)
    at_home = certificates.make(["pretended.local"], own.public_key(), root, key, now)
    flags = "--host-resolver-rules=MAP * " + machines[0].host
    for certificate, name, opens in ((made, "bank.example", False), (at_home, "pretended.local", True)):
        file = tmp_path / f"{name}.pem"
        certificates.keep(file, certificates.pem_of(own) + certificate.public_bytes(certificates.PEM))
        bank = subprocess.Popen(
            [*machines[0].words, sys.executable, "-c", BANK, str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert bank.stdout is not None
        port = int(bank.stdout.readline())
        with closing(chromium_on(machines[1], chromium, tmp_path, flags)) as browser:
            page = browser.new_page()
            if opens:
                assert page.goto(f"https://{name}:{port}/nothing").status == 404  # type: ignore[union-attr]
            else:
                with pytest.raises(Error, match="ERR_CERT"):
                    page.goto(f"https://{name}:{port}/nothing")
        bank.terminate()
        bank.communicate()
