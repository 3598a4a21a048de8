"""What others try: forged forms, names that are scripts, addresses that lead away, hosts that are not ours."""

import re
from collections.abc import Iterator

import pytest

from cercle.page.visit import local
from tests.web.browser import HOST, Browser, Form, Home, Page
from tests.web.conftest import Cast, joined, started
from tests.web.test_people import written

SCRIPT = "\"><script>alert(1)</script><b onmouseover=x title='"
TURNED = "Am\u202eina\u2066\u200f\u0000\u001b[31m"


# --- forged forms ------------------------------------------------------------------------------------------------


def forms(browser: Browser) -> Iterator[Form]:
    """Every form that changes something, on the pages that somebody has in front of them."""
    for address in ("list", "people", "settings", "log", f"people/{browser.circle}", "people/leave", "money"):
        yield from (form for form in browser.open(address).forms if form.method == "post")


def test_no_form_is_taken_without_its_guard(cast: Cast) -> None:
    cast.amina.open("settings")
    cast.amina.send("/pages", button="on=money")
    found = {form.action: form for form in forms(cast.amina)}
    assert len(found) > 8
    before = written(cast)
    for action, form in found.items():
        filled = {name: values[0] if values else "1" for name, values in form.fields.items()}
        filled |= dict(form.buttons[:1])
        assert form.fields["_csrf_token"][0], action
        for guard in (None, "", "0" * 128, cast.bruno.cookies["csrf"]):
            forged = {name: value for name, value in filled.items() if name != "_csrf_token"}
            page = cast.amina.post(action, forged | ({"_csrf_token": guard} if guard is not None else {}))
            assert page.status == 403, action
    assert written(cast) == before


def test_the_guard_of_somebody_else_is_none(cast: Cast) -> None:
    cast.bruno.open("settings")
    stolen = cast.bruno.token()
    cast.amina.open("settings")
    assert cast.amina.post("settings/circle", {"_csrf_token": stolen, "circle": "Mine"}).status == 403


def test_an_act_that_is_no_act_is_one_all_the_same(cast: Cast) -> None:
    for act in ("", "zz", "ab", "AB" * 16, "ab" * 500, "é" * 32, "\x00" * 32):
        cast.amina.open("settings")
        page = cast.amina.post(
            "settings/circle", {"_csrf_token": cast.amina.token(), "circle": f"At {act[:2]}", "act": act}
        )
        assert page.status == 200


# --- words that are no words -------------------------------------------------------------------------------------


def quiet(page: Page) -> bool:
    """Whether the page runs and styles nothing of what people typed."""
    own = {name for name in page.attributes if name.startswith("on") or name == "style"}
    return page.source.count("<script") == 1 and not own


def test_names_that_are_scripts_are_names(home: Home) -> None:
    amina = started(home, SCRIPT, SCRIPT[:60])
    amina.open("people")
    amina.send("/people/add", name=SCRIPT[:60], role="child")
    amina.open("list")
    amina.send("/list", line=f"2 kg {SCRIPT}")
    amina.open("list")
    bruno = joined(amina, "Bruno'\"`<img src=x onerror=alert(1)>", "adult")
    member = next(link for link in bruno.open("people").links if "/people/" in link)
    for browser in (amina, bruno):
        for address in ("list", "people", "log", "settings", "people/leave", "/circles", member, f"log/{amina.circle}"):
            page = browser.open(address)
            assert page.status == 200
            assert "<script>alert" not in page.source
            assert "<img" not in page.source
            assert quiet(page), address
    assert "alert(1)" in amina.open("log").text


def test_names_that_turn_the_line_around_do_not(home: Home) -> None:
    amina = started(home, TURNED, TURNED)
    for address in ("list", "people", "log", "settings", "/circles"):
        source = amina.open(address).source
        assert not set("\u202e\u200f\u0000\u001b") & set(source), address
        assert source.count("\u2066") == source.count("\u2069") == 0 or address == "log"


def test_a_name_from_right_to_left_stays_apart(home: Home) -> None:
    amina = started(home, "البيت", "أمينة")
    assert "\u2068أمينة\u2069" in amina.open("people").source
    assert 'colour-5" aria-hidden="true">أ<' in amina.page.source


@pytest.mark.parametrize(
    "body",
    [
        b"circle=%ff%fe&act=%00",
        b"circle=%ed%a0%80",
        b"circle=" + b"x" * 100_000,
        b"circle[]=1&circle=&circle=a&circle=b",
        b"&&&===%%%",
        b"\xff\xff\xff",
        b"",
    ],
)
def test_bodies_that_are_no_forms(cast: Cast, body: bytes) -> None:
    cast.amina.open("settings")
    before = written(cast)
    token = cast.amina.token().encode()
    page = cast.amina._ask(
        "POST",
        cast.amina._whole("settings/circle"),
        {"content-type": "application/x-www-form-urlencoded"},
        content=b"_csrf_token=" + token + b"&" + body,
    )
    assert page.status in (200, 400, 403, 409, 422)
    assert written(cast) - before == (page.status == 200)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary="]
)
def test_bodies_of_another_kind(cast: Cast, kind: str) -> None:
    cast.amina.open("settings")
    before = written(cast)
    page = cast.amina._ask(
        "POST", cast.amina._whole("settings/circle"), {"content-type": kind}, content=b'{"circle": "x"}'
    )
    assert page.status in (400, 403, 413, 415, 422)
    assert written(cast) == before


def test_what_is_too_large_is_said_to_be(cast: Cast) -> None:
    cast.amina.open("settings")
    data = {"_csrf_token": cast.amina.token(), "circle": "x" * (17 * 1024 * 1024)}
    page = cast.amina.post("settings/circle", data)
    assert page.status in (403, 413)
    assert "Chez nous" in cast.bruno.open("list").text


# --- ways that lead away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "/list\r\nset-cookie: cercle=x",
        "/list%0d%0aset-cookie:x=1",
        " //evil.example",
        "",
    ],
)
def test_back_leads_to_a_page_of_this_node(home: Home, back: str) -> None:
    assert local(back) == back or local(back) == "/"
    page = home.browser()
    page.open("/door")
    data = {"_csrf_token": page.token(), "language": "fr", "back": back}
    answer = home.client.post("/look", data=data, follow_redirects=False)
    assert answer.status_code == 303
    assert re.fullmatch(r"/([\w%:=-][^\s]*)?", answer.headers["location"])
    assert "evil" not in answer.headers["location"]
    assert {cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")} <= {"language", "csrf"}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        (f"{HOST}.evil.example", 421),
        ("evil.example:80", 421),
        ("", 421),
        (f"evil@{HOST}", 421),
        ("192.168.1.20:8000", 401),
        ("[fd00::1]:8000", 401),
        (HOST.upper(), 401),
    ],
)
def test_hosts_that_are_not_ours(home: Home, host: str, status: int) -> None:
    assert home.client.get("/", headers={"host": host}).status_code == status


def test_the_host_of_a_link_is_never_a_forwarded_one(cast: Cast) -> None:
    cast.amina.open("people")
    cast.amina.headers |= {
        "x-forwarded-host": "evil.example",
        "x-forwarded-for": "127.0.0.1",
        "forwarded": "host=evil.example",
    }
    page = cast.amina.send("/people/invite", kind="adult")
    assert "evil" not in page.source


def test_every_answer_says_what_a_browser_must_not_do(cast: Cast) -> None:
    for address in ("list", "/nothing", "/static/nothing", f"people/{'0' * 20}"):
        headers = cast.amina.open(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert cast.amina.open("list").headers["cache-control"] == "no-store"


def test_every_page_asks_for_nothing_from_elsewhere(cast: Cast) -> None:
    for address in ("list", "people", "settings", "log", "help", "help/people", "/door", "/import", "/circles"):
        page = cast.amina.open(address)
        elsewhere = re.findall(r'(?:src|href|action|content)="(?:https?:)?//[^"]*', page.source)
        assert elsewhere == [], address
