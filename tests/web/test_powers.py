"""The page of powers: every event that is declared stands on it, and every power that only some have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.event import CIRCLE
from cercle.modules import load
from cercle.modules.charter.settings import SETTINGS
from cercle.modules.circle.events import Begun
from cercle.modules.decisions.events import ProxyNamed
from cercle.modules.devices.events import KitMade
from cercle.modules.people.events import Described, Invited, Left
from cercle.modules.pools.events import Asked, Opened, PaidIn
from cercle.page.visit import SESSION
from tests.web.browser import Home, Page
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "decisions", "roles", "purse") as made:
        yield made


def group_of(page: Page, power: str) -> str:
    """The group under which a power stands."""
    before = page.source[: page.source.index(f'id="e-{power}"')]
    return before.rpartition('id="g-')[2].partition('"')[0]


def kinds_held(page: Page) -> list[str]:
    """The kinds of powers that somebody has now."""
    return [part.partition('"')[0] for part in page.source.split('<section class="card" id="p-')[1:]]


def decides(table: Table, setting: str, value: str) -> None:
    table.bruno.open(f"charter/{setting}")
    page = table.bruno.send(f"/charter/{setting}", value=value, way="light", now="yes")
    assert "adopted" in page.text


def test_every_event_that_is_declared_stands_there_once(table: Table) -> None:
    page = table.chloe.open("powers")
    counts = {event: page.source.count(f'id="e-{event}"') for event in load().events}
    assert len(counts) > 100
    assert {event: count for event, count in counts.items() if count != 1} == {}


def test_what_the_charter_names_of_a_part_of_an_event_stands_there_too(table: Table) -> None:
    page = table.amina.open("powers")
    named = {power for setting in SETTINGS.values() for power in setting.events}
    assert [power for power in sorted(named) if f'id="e-{power}"' not in page.source] == []


def test_it_stands_where_its_declaration_puts_it(table: Table) -> None:
    groups = {
        frozenset({"adult", "child", "guest"}): "everybody",
        frozenset({"adult", "child"}): "household",
        frozenset({"adult"}): "adults",
        frozenset({CIRCLE}): "circle",
        frozenset({"keeper"}): "few",
        frozenset[str](): "few",
    }
    page, powers = table.amina.open("powers"), table.circle.charter.powers
    for name, event in load().events.items():
        may = frozenset(powers.get(name, event.may))
        assert group_of(page, name) == groups[may - {CIRCLE} or may], name


def test_the_charter_moves_it_and_a_role_lets_one_person_do_it(table: Table) -> None:
    assert group_of(table.amina.open("powers"), "circle.renamed") == "adults"
    decides(table, "may_shape", "decision")
    page = table.amina.open("powers")
    assert group_of(page, "circle.renamed") == "circle"
    assert any(link.endswith("/charter/may_shape") for link in page.links)
    table.amina.open("roles/new")
    table.amina.send("/roles/new", button="do=propose", name="Caretaker", powers="may_shape", way="light", now="yes")
    (role,) = table.circle.roles.roles
    page = table.amina.open("powers")
    assert "“Caretaker”, which nobody has now, may choose the name of the circle and its pages" in page.text
    table.amina.open(f"roles/{role}/propose/fill")
    table.amina.send("/propose/fill", member=table.members["Chloé"], way="light", now="yes")
    page = table.dov.open("powers")
    assert group_of(page, "circle.renamed") == "few"
    assert "by a role: Chloé · or the circle" in page.text
    assert "Chloé has the role “Caretaker”, and may choose the name of the circle and its pages" in page.text
    assert any(link.endswith(f"/roles/{role}") for link in page.links)
    table.does(Left(), "Chloé")
    assert "“Caretaker”, which nobody has now" in table.dov.open("powers").text


def test_inviting_somebody_new_is_a_power_of_its_own(table: Table) -> None:
    decides(table, "may_invite", "decision")
    page = table.amina.open("powers")
    assert group_of(page, "people.newcomer") == "circle"
    assert group_of(page, "people.invited") == "adults", "a further device of one's own asks nobody"


def test_at_the_start_there_are_the_keeper_the_machine_and_its_owner(table: Table) -> None:
    page = table.amina.open("powers")
    assert kinds_held(page) == ["keeping", "machines", "owner"]
    assert "This machine could sign for 4 of you: Amina, Bruno, Chloé and Dov." in page.text
    assert "Nobody has these now: Roles with powers · Open invitations · To vote for somebody" in page.text
    assert any(link.endswith("/roles/keeper") for link in page.links)


def test_every_power_that_somebody_has_with_until_when(table: Table) -> None:
    decides(table, "proxy_days", "30")
    decides(table, "spend_alone", "10")
    members = table.members
    beginnings.invite(table.node, table.live, members["Amina"], "guest")
    table.does(Invited(key=bytes(32), kind="adult", uses=0), "Bruno")
    table.does(ProxyNamed(member=members["Bruno"], days=7), "Chloé")
    table.does(KitMade(key=bytes(32)), "Bruno")
    purse = table.does(Opened(name="Holidays"))
    table.does(PaidIn(pool=purse, amount=10_000, payer=members["Bruno"]))
    table.live.seal()
    table.does(Asked(pool=purse, amount=5_000), "Bruno")
    page = table.dov.open("powers")
    assert kinds_held(page) == [
        "keeping", "machines", "owner", "invitations", "proxies", "kits", "purses", "signatures"
    ]  # fmt: skip
    assert "Amina has invited somebody For a guest. · for 1 person · until" in page.text
    assert "Bruno has invited somebody For an adult of the circle. · without end" in page.text
    assert "Bruno votes for Chloé too until" in page.text
    assert "Amina can spend €50.00 from “Holidays”" in page.text
    assert "Bruno wants €50.00 from “Holidays” until one of these signs too, or it is dropped: Amina" in page.text
    assert "Nobody has these now: Roles with powers" in page.text


def test_whose_key_is_their_own_is_signed_for_by_no_machine(table: Table) -> None:
    invitation, secret = beginnings.invite(table.node, table.live, table.members["Amina"], "adult")
    beginnings.join(table.node, table.live, table.node.new_person(), invitation, secret, "Emma", holder="member")
    page = table.amina.open("powers")
    assert "This machine could sign for 4 of you: Amina, Bruno, Chloé and Dov." in page.text
    assert "Now: Amina, Bruno and Emma." in page.text, "she is an adult all the same"


def test_a_circle_from_before_has_its_page_too(tmp_path: Path) -> None:
    """One that uses neither charter nor roles."""
    home = Home(tmp_path)
    with home.client:
        person = home.node.new_person()
        genesis = Begun(modules={"circle": 1, "people": 1, "groceries": 1, "accounts": 1}, name="Chez nous")
        live, _ = home.node.begin(person, genesis, lambda me: Described(member=me, name="Amina"))
        browser = home.browser()
        browser.cookies[SESSION] = home.node.make_token("session", person, lasts=60_000)
        page = browser.open(f"/c/{live.id.hex()[:20]}/powers")
        assert page.status == 200
        assert kinds_held(page) == ["keeping", "machines", "owner"]
        assert browser.open(f"/c/{live.id.hex()[:20]}/roles").status == 404
    home.node.close()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_both_languages(tmp_path: Path, language: str) -> None:
    with seated(tmp_path, language=language) as table:
        page = table.amina.open("powers")
        assert page.language == language
        said = {"fr": "Le cercle a adopté la charte …", "en": "The circle adopted the charter …"}
        assert said[language] in page.text
        assert "{" not in page.text


def test_it_is_linked_from_where_powers_are_talked_about(table: Table) -> None:
    for address in ("charter", "decisions", "roles"):
        assert any(link.endswith("/powers") for link in table.dov.open(address).links), address
    assert table.farid.open(f"/c/{table.amina.circle}/powers").status == 401
