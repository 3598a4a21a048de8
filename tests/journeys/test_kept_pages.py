"""How pages are kept on a device: within bounds, never in the way of the node, and gone when the node says so."""

import socket

from playwright.sync_api import Request, expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, has_kept, start, ticked, wanted
from tests.journeys.test_basement import kept_by, opens_anew, outbox
from tests.journeys.test_without_network import written

MOST = 60
# What the page's script fetches, many times over.
MANY = """async (circle) => {
  const headers = { "X-Cercle": "live" };
  for (let page = 1; page <= 70; page += 1) await fetch(`${circle}/log?page=${page}`, { headers });
}"""
LET_GO = "async (address) => !(await caches.match(address))"
GROW_OLD = """async (path) => {
  const cache = await caches.open((await caches.keys())[0]);
  const kept = await cache.match(path);
  const headers = new Headers(kept.headers);
  headers.set("x-cercle-kept", Date.now() - 31 * 86400000);
  await cache.put(path, new Response(await kept.text(), { headers }));
}"""


def test_a_node_that_hangs_is_not_waited_for_long(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    add(amina, "pain, beurre")
    expect(wanted(amina, "beurre")).to_be_visible()
    has_kept(amina, "list", showing="beurre")
    home.hangs()
    opens_anew(amina)
    expect(amina.page.locator("#kept")).to_be_visible()
    wanted(amina, "pain").click()
    expect(outbox(amina)).to_have_count(1)
    home.goes_on()
    expect(amina.page.locator("#kept")).to_be_hidden()
    expect(ticked(amina, "pain")).to_have_count(1)
    expect(outbox(amina)).to_have_count(0)
    assert written(home, "groceries.ticked") == 1


def test_a_device_keeps_so_many_pages_and_none_that_is_old(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    has_kept(amina, "list", "people", "log")
    circle = amina.page.url.removesuffix("/list")
    amina.page.evaluate(MANY, circle)
    last = "/".join(["", *circle.split("/")[3:], "log?page=70"])
    has_kept(amina, last)
    assert (
        amina.page.evaluate("async () => (await (await caches.open((await caches.keys())[0])).keys()).length")
        <= MOST + 10
    )
    amina.waits_until(LET_GO, f"{circle}/people")  # the one that was kept first
    amina.goes_to("list")
    has_kept(amina, "list", "people", "log")
    amina.page.evaluate(GROW_OLD, "/".join(["", *circle.split("/")[3:], "list"]))
    has_kept(amina, "/offline")
    amina.context.set_offline(True)
    opens_anew(amina)
    expect(amina.page.locator("h1")).to_have_text("No network")


def test_two_pages_of_one_browser_send_each_tap_once(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    add(amina, "milk, eggs, bread")
    expect(wanted(amina, "")).to_have_count(3)
    has_kept(amina, "list")
    first, second = amina.page, amina.open_page()
    second.goto(first.url)
    amina.context.set_offline(True)
    said: list[str] = []

    def says(word: str, request: Request) -> None:
        if request.method == "POST":
            said.append(word + (request.post_data or "").partition("&")[0])

    for page, thing in ((first, "milk"), (second, "eggs"), (first, "bread")):
        amina.page = page
        wanted(amina, thing).click()
        expect(page.locator("li.going.waiting", has_text=thing)).to_have_count(1)
    for page in (first, second):
        page.on("request", lambda request: says("asks ", request))
        page.on("response", lambda answer: says("has ", answer.request))
    amina.context.set_offline(False)
    for page in (first, second):
        amina.page = page
        expect(ticked(amina, "")).to_have_count(3)
        expect(outbox(amina)).to_have_count(0)
    assert len({word for word in said if word.startswith("has")}) == 3
    assert [word.split()[0] for word in said] == ["asks", "has"] * (len(said) // 2), "one at a time"
    assert written(home, "groceries.ticked") == 3


def test_a_node_can_end_what_its_browsers_keep(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    add(amina, "milk")
    expect(wanted(amina, "milk")).to_be_visible()
    has_kept(amina, "list")
    home.down()
    home.up("--nothing-kept", again=True)
    loads: list[str] = []
    # The page of the worker that was there; then, loaded by the one that ends it, the page without any.
    with amina.page.expect_event("framenavigated", lambda frame: loads.append(frame.url) or len(loads) == 2):
        amina.page.reload(wait_until="commit")
    expect(wanted(amina, "milk")).to_be_visible()
    assert not amina.page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length")
    assert kept_by(amina) == {}
    home.down()
    home.up(again=True)
    amina.page.reload()
    has_kept(amina, "list")


def test_on_the_home_network_without_https_all_works_as_long_as_there_is_a_network(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    name = f"{socket.gethostname().partition('.')[0]}.local"
    start(amina, home, "Chez nous", "Amina")
    way = home.command("signin", "Amina").stdout.split()[-1]
    amina.page.goto(way.replace("127.0.0.1", name))
    assert amina.page.evaluate("[isSecureContext, 'serviceWorker' in navigator, 'locks' in navigator]") == [False] * 3
    add(amina, "pain")
    wanted(amina, "pain").click()
    expect(ticked(amina, "pain")).to_have_count(1)
    amina.context.set_offline(True)
    add(amina, "sel")
    expect(outbox(amina)).to_have_count(1)
    amina.context.set_offline(False)
    expect(wanted(amina, "sel")).to_be_visible()
    # The name is none that other journeys use, and a browser says that it ignores one header without HTTPS.
    said = [one for one in amina.complaints if not one.startswith(("asked http://", "The Cross-Origin-Opener-Policy"))]
    assert said == []
    amina.complaints.clear()
