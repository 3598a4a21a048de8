"""The page of the common purse."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.keys import public
from cercle.modules.decisions.events import ClauseAdded, Opened, Proposed
from cercle.modules.devices.events import HandedOn
from cercle.modules.pools import events
from cercle.modules.pools.read import whole
from cercle.modules.pools.rules import held
from tests.web.browser import Page
from tests.web.seated import Table, forms, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "purse") as made:
        yield made


@pytest.fixture
def purse(table: Table) -> str:
    """100 € in it; Amina, whose device keeps the log, has a share of 25 €, and Bruno as well."""
    name = table.does(events.Opened(name="Holidays"))
    table.does(events.AllowanceAsked(pool=name), "Bruno")
    table.does(events.PaidIn(pool=name, amount=10_000, payer=table.members["Amina"]))
    return name


def device_of(table: Table, name: str) -> str:
    return public(table.node.key(table.live, table.members[name])).hex()


def share(table: Table, purse: str, name: str) -> int:
    return held(table.circle, purse, device_of(table, name))


def far_keeper(table: Table) -> None:
    """Bruno's other machine keeps the log, and is not here."""
    node, live, member = table.node, table.live, table.members["Bruno"]
    invitation, seed = beginnings.invite(node, live, member, member=member)
    before = set(live.circle.roots.devices)
    here = device_of(table, "Bruno")
    beginnings.join(node, live, node.new_person(), invitation, seed, "")
    (found,) = set(live.circle.roots.devices) - before
    table.does(HandedOn(device=bytes.fromhex(found)))
    run = node.connection.exec_driver_sql
    run("UPDATE keys SET purpose = 'retired' WHERE key = ?", (bytes.fromhex(found),))
    run("UPDATE keys SET purpose = 'device' WHERE key = ?", (bytes.fromhex(here),))
    node._keys.clear()


def take(table: Table, purse: str, amount: str, **more: str) -> Page:
    table.bruno.open("purse")
    return table.bruno.send(f"/purse/{purse}/out", total=amount, what="Ferry", **more)


def test_an_empty_page_says_what_it_is_for_and_an_adult_begins(table: Table) -> None:
    assert "No purse yet" in table.amina.open("purse").text
    page = table.amina.send("/purse", name="Holidays")
    assert "Opened." in page.text
    assert "Nothing was put in yet." in page.text
    assert not any("purse" in action for action in forms(table.dov.open("purse")))


def test_a_name_that_is_none_is_refused_where_it_stands(table: Table) -> None:
    table.amina.open("purse")
    page = table.amina.send("/purse", name="  ")
    assert (page.status, "A name has 1 to 60 letters." in page.text) == (422, True)


def test_money_goes_in_by_whoever_had_it(table: Table, purse: str) -> None:
    table.chloe.open("purse")
    page = table.chloe.send(f"/purse/{purse}/in", amount="12.50", payer=table.members["Bruno"])
    assert "Put in." in page.text
    assert "Bruno put it in" in page.text
    assert "€112.50" in page.text
    assert whole(table.circle, purse) == 11_250


@pytest.mark.parametrize(
    ("filled", "says"),
    [
        ({"amount": "a few"}, "An amount looks like 12.50."),
        ({"amount": "0"}, "An amount looks like 12.50."),
        ({"amount": "5", "on": "soon"}, "A day looks like 2026-12-31."),
        ({"amount": "5", "payer": "nobody"}, "Choose one."),
    ],
)
def test_what_cannot_be_put_in_is_refused_where_it_stands(
    table: Table, purse: str, filled: dict[str, str], says: str
) -> None:
    table.amina.open("purse")
    page = table.amina.send(f"/purse/{purse}/in", **filled)
    assert (page.status, says in page.text) == (422, True)
    assert whole(table.circle, purse) == 10_000


def test_a_share_is_spent_and_the_line_leads_to_its_entry(table: Table, purse: str) -> None:
    page = table.bruno.open("purse")
    assert "€25.00 of it can be spent from this machine for sure" in page.text
    assert "€50.00 is nobody’s share" in page.text
    page = take(table, purse, "20")
    assert "Taken out." in page.text
    assert "Ferry" in page.text
    assert "−€20.00" in page.text
    entry = [*table.circle.pools.moves][-1]
    assert any(link.endswith(f"/log/{entry}") for link in page.links)
    assert whole(table.circle, purse) == 8000


def test_where_the_keeper_is_at_hand_more_than_a_share_is_one_tap_too(table: Table, purse: str) -> None:
    page = take(table, purse, "60")
    assert "Taken out." in page.text
    assert "the keeper of the log" not in page.text
    assert whole(table.circle, purse) == 4000
    page = take(table, purse, "39")
    assert page.status == 409
    assert "can be taken out at most: the rest is others’ share." in page.text
    assert whole(table.circle, purse) == 4000


def test_out_of_reach_of_the_keeper_more_than_a_share_waits_for_them(table: Table, purse: str) -> None:
    far_keeper(table)
    page = take(table, purse, "60")
    assert page.status == 409
    assert "For sure, this machine can spend €25.00." in page.text
    assert whole(table.circle, purse) == 10_000
    page = table.bruno.send(f"/purse/{purse}/out", free="yes")
    assert "It counts once the keeper of the log has confirmed it." in page.text
    assert "waits for the keeper of the log" in page.text
    assert "there was no money for it any more" not in page.text, "as long as it is not known"
    assert (whole(table.circle, purse), share(table, purse, "Bruno")) == (4000, 1500)
    page = take(table, purse, "15")
    assert "Taken out." in page.text


def test_a_tap_that_arrives_twice_counts_once(table: Table, purse: str) -> None:
    table.bruno.open("purse")
    form = table.bruno.page.form(f"/purse/{purse}/out")
    for _ in range(2):
        page = table.bruno.post(form.action, form.fields | {"total": "60"})
        assert page.status == 200
    assert whole(table.circle, purse) == 4000


def test_a_line_is_taken_back(table: Table, purse: str) -> None:
    take(table, purse, "20")
    entry = [*table.circle.pools.moves][-1]
    page = table.bruno.send(f"/purse/{purse}/correct", button=f"correct={entry}")
    assert "Taken back. Both lines stay in the log." in page.text
    assert "taken back" in page.text
    assert whole(table.circle, purse) == 10_000
    page = table.bruno.post(f"purse/{purse}/correct", {"_csrf_token": table.bruno.token(), "correct": entry})
    assert (page.status, "This entry was taken back already." in page.text) == (409, True)


def test_a_share_is_asked_for_given_back_and_taken_back(table: Table, purse: str) -> None:
    table.chloe.open("purse")
    page = table.chloe.send(f"/purse/{purse}/ask")
    assert "This machine has a share now." in page.text
    table.bruno.open("purse")
    page = table.bruno.send(f"/purse/{purse}/return", back="1")
    assert "Given back: all can spend it." in page.text
    table.amina.open("purse")
    page = table.amina.post(
        f"purse/{purse}/revoke", {"_csrf_token": table.amina.token(), "device": device_of(table, "Bruno")}
    )
    assert "Its share goes back to the purse." in page.text
    assert share(table, purse, "Bruno") == 0
    page = table.amina.post(f"purse/{purse}/revoke", {"_csrf_token": table.amina.token(), "device": "no key"})
    assert (page.status, "This device has no share of this purse." in page.text) == (409, True)


def test_more_than_a_share_is_not_given_back(table: Table, purse: str) -> None:
    table.bruno.open("purse")
    page = table.bruno.send(f"/purse/{purse}/return", back="99")
    assert (page.status, "That is more than this device can spend for sure." in page.text) == (409, True)
    page = table.bruno.send(f"/purse/{purse}/return", back="some")
    assert (page.status, "An amount looks like 12.50." in page.text) == (422, True)


def test_an_empty_purse_is_closed_and_there_may_be_several(table: Table, purse: str) -> None:
    table.amina.open("purse")
    page = table.amina.send("/purse", name="Present")
    assert "Opened." in page.text
    other = next(reversed(table.circle.pools.pools))
    page = table.amina.send(f"/purse/{other}/close")
    assert "Closed." in page.text
    assert "Present" not in page.text
    page = table.amina.post(f"purse/{purse}/close", {"_csrf_token": table.amina.token()})
    assert (page.status, "There is still something in this purse." in page.text) == (409, True)
    assert table.amina.post(f"purse/{'0' * 20}/close", {"_csrf_token": table.amina.token()}).status == 404


def test_the_page_of_money_leads_there_and_owes_nobody_for_it(table: Table, purse: str) -> None:
    table.turn_on("money")
    page = table.amina.open("money")
    assert "What is in the common purse is no part of this." in page.text
    assert "All even. Nobody owes anybody anything." in page.text


# --- with a second signature -----------------------------------------------------------------------------------------


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Table]:
    """By the charter, nobody takes more than 10 € a month alone, nor more than 40 € by two."""
    with seated(tmp_path, "purse", "decisions") as table:
        for setting, cents in (("spend_alone", 1000), ("spend_together", 4000)):
            motion = table.does(Proposed(title="Limits"))
            fields = {"setting": setting, "number": cents}
            clause = table.does(ClauseAdded(motion=motion, does="charter.changed", fields=fields))
            table.does(Opened(motion=motion, method="light", clauses=[clause]))
        name = table.does(events.Opened(name="Holidays"))
        table.does(events.PaidIn(pool=name, amount=10_000, payer=table.members["Amina"]))
        yield table


def test_somebody_else_signs_too(limited: Table) -> None:
    (name,) = limited.circle.pools.pools
    page = take(limited, name, "20")
    assert "That is more than one person takes out alone: ask for a second signature." in page.text
    page = limited.bruno.send(f"/purse/{name}/out", ask="yes")
    assert "Waits for a second signature" in page.text
    assert whole(limited.circle, name) == 10_000
    (ask,) = limited.circle.pools.asks
    assert ("sign", ask) not in page.form("/sign").buttons, "nobody signs what they have asked for themselves"
    limited.amina.open("purse")
    page = limited.amina.send("/sign", button=f"sign={ask}")
    assert (whole(limited.circle, name), limited.circle.pools.asks) == (8000, {})
    assert "Ferry" in page.text
    page = limited.amina.post(f"purse/{name}/sign", page.form("/sign").fields | {"sign": [ask]})
    assert "There is nothing to be signed any more." in page.text


def test_what_was_asked_is_taken_back(limited: Table) -> None:
    (name,) = limited.circle.pools.pools
    take(limited, name, "20")
    limited.bruno.send(f"/purse/{name}/out", ask="yes")
    (ask,) = limited.circle.pools.asks
    limited.bruno.send("/sign", button=f"drop={ask}")
    assert (whole(limited.circle, name), limited.circle.pools.asks) == (10_000, {})


def test_on_more_than_that_the_circle_decides(limited: Table) -> None:
    (name,) = limited.circle.pools.pools
    take(limited, name, "50")
    page = limited.bruno.send(f"/purse/{name}/out", ask="yes")
    assert "That is for the circle to decide" in page.text
    page = limited.bruno.send("/decisions/propose", way="light")
    assert page.status == 200, page.text
    assert whole(limited.circle, name) == 5000, "a household may decide on it lightly"
