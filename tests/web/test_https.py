"""HTTPS at home: the page that explains it, and the cookies that go over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.web.gate import secure, secured
from cercle.web.secure import Secure
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path) as made:
        yield made


@pytest.fixture
def turned_on(table: Table, tmp_path: Path) -> Secure:
    made = Secure(tmp_path, 8643, 8642, lambda: ["localhost"])
    table.home.app.state["secure"] = made
    return made


def test_where_it_is_off_the_page_says_how_it_is_turned_on(table: Table) -> None:
    assert "HTTPS at home" in table.amina.open("settings").text
    page = table.amina.open("/https")
    assert "cercle up --https" in page.source
    assert "Fetch the root certificate" not in page.text
    assert table.home.browser().open("/https/cercle.crt").status == 401


def test_a_phone_that_nobody_knows_fetches_the_root_and_gets_no_way_in(table: Table, turned_on: Secure) -> None:
    stranger = table.home.browser()
    page = stranger.open("/https")
    assert turned_on.fingerprint[:23] in page.source
    assert "Make a way in" not in page.text
    fetched = table.home.client.get("/https/cercle.crt")
    assert fetched.content == turned_on.root
    assert fetched.headers["content-type"] == "application/x-x509-ca-cert"
    guard = stranger.open("/door") and stranger.token()
    assert stranger.post("/https", {"_csrf_token": guard}).status == 401


def test_who_is_signed_in_gets_a_way_in_over_https_that_opens_once(table: Table, turned_on: Secure) -> None:
    table.bruno.open("/https")
    page = table.bruno.send("/https")
    token = page.source.partition(":8643/in/")[2][:32]
    anew = table.home.browser()
    assert "Chez nous" in anew.open(f"/in/{token}").text
    assert table.home.browser().open(f"/in/{token}").status == 401


def test_a_link_for_others_leads_where_no_trust_is_needed(table: Table, turned_on: Secure) -> None:
    table.home.client.base_url = f"https://cercle.home:{turned_on.port}"
    table.amina.cookies = {f"__Host-{name}": value for name, value in table.amina.cookies.items()}
    table.amina.open("people")
    page = table.amina.send("/people/invite", kind="adult")
    assert "http://cercle.home:8642/join/" in page.source


def test_over_https_no_cookie_counts_that_plain_http_could_have_set() -> None:
    assert secured(b"cercle=forged; __Host-cercle=hers; csrf=forged; theme=dark") == b"cercle=hers; theme=dark"
    assert secured(b"") == b""


def test_what_lets_somebody_in_goes_over_https_alone() -> None:
    assert secure(b"set-cookie", b"cercle=1; Path=/") == (b"set-cookie", b"__Host-cercle=1; Path=/; Secure")
    assert secure(b"set-cookie", b"csrf=1; Path=/; Secure") == (b"set-cookie", b"__Host-csrf=1; Path=/; Secure")
    assert secure(b"set-cookie", b"theme=dark") == (b"set-cookie", b"theme=dark")
    assert secure(b"location", b"cercle=1") == (b"location", b"cercle=1")
