"""The shopping list's page: quick add, ticks, shops, and who may what."""

import gzip
import re
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from cercle.modules.groceries.events import (
    Listed,
    MinimumSet,
    ProductAdded,
    ProductArchived,
    ShopAdded,
    Stocked,
    Ticked,
    Unlisted,
)
from cercle.store.database import transaction
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, forms, seated

TAP = "cd" * 16


def add(browser: Browser, line: str, address: str = "list") -> Page:
    browser.open(address)
    return browser.send("/list", line=line)


def wanted(table: Table) -> dict[str, str]:
    """What is on the list, and how much of it, as the page in English says it."""
    page = table.amina.open("list")
    lines = re.findall(r'name="tick" value="\w+"[^>]*><b>(.*?)</b>(?: <span class="amount">(.*?)</span>)?', page.source)
    return {name: amount.replace("\u00a0", " ") for name, amount in lines}


def test_what_is_written_stands_on_everybodys_list(table: Table) -> None:
    add(table.amina, "2 L milk")
    add(table.dov, "milk")
    add(table.chloe, "6 eggs (the brown ones)")
    assert wanted(table) == {"milk": "2 L", "eggs": "6"}
    page = table.bruno.open("list")
    assert "the brown ones" in page.text
    assert "from Chloé" in page.text
    assert "Dairy and eggs" in page.text
    assert "2 things" in page.text


def test_a_paste_is_put_on_the_list_line_by_line_in_french(table: Table) -> None:
    table.bruno.headers["accept-language"] = "fr"
    page = add(table.bruno, "500 g de farine, 1,5 L de lait, une douzaine d’œufs, ail")
    assert "1,5 L" in page.text
    assert "Crèmerie et œufs" in page.text
    assert wanted(table) == {"ail": "", "farine": "500 g", "lait": "1.5 L", "œufs": "12"}


def test_a_bare_number_counts_pieces_of_what_is_weighed(table: Table) -> None:
    add(table.amina, "6 tomatoes, 2 bread")
    assert wanted(table) == {"tomatoes": "6", "bread": "2"}


def test_what_is_there_already_takes_what_is_said_anew_and_keeps_the_rest(table: Table) -> None:
    add(table.amina, "2 L milk (oat)")
    assert "milk: on the list already." in add(table.bruno, "Milk").text
    assert wanted(table) == {"milk": "2 L"}
    assert "milk: 3 L now, 2 L before." in add(table.bruno, "3 L MILK").text.replace("\u00a0", " ")
    assert wanted(table) == {"milk": "3 L"}
    assert "oat" in table.amina.page.text
    add(table.bruno, "milk (cow)")
    assert wanted(table) == {"milk": "3 L"}
    assert "cow" in table.amina.page.text


@pytest.mark.parametrize("line", ["", "   ", "2 kg", ",;,", "()", "milk\n2 kg\n3 kg", "×"])
def test_a_line_without_a_name_stays_in_its_box(still: Table, line: str) -> None:
    before = still.entries()
    page = add(still.amina, line)
    assert page.status == 422
    assert "A name is missing." in page.text
    assert page.form("/list").fields["line"] == [line]
    assert still.entries() == before


@pytest.mark.parametrize("line", ["x" * 121, "milk " * 40_000, ",".join(f"thing {n}" for n in range(51))])
def test_too_much_at_once_is_refused_and_nothing_is_done(still: Table, line: str) -> None:
    before = still.entries()
    page = add(still.amina, line)
    assert page.status == 422
    assert "too much" in page.text
    assert still.entries() == before


@pytest.mark.parametrize("name", ["œufs de caille 🥚", "牛乳", "لبن", "<script>alert(1)</script>", "fromage d’Élise"])
def test_any_script_is_a_name(table: Table, name: str) -> None:
    page = add(table.amina, name)
    assert page.status == 200
    assert "<script>alert" not in page.source
    assert table.circle.groceries.items


def test_a_paste_of_which_one_line_is_refused_leaves_nothing(table: Table) -> None:
    before = table.entries()
    page = add(table.amina, "milk, 0.0001 kg salt, " + "y" * 121)
    assert page.status == 422
    assert table.entries() == before
    assert wanted(table) == {}


def test_the_same_tap_twice_adds_once(table: Table) -> None:
    table.amina.open("list")
    sent = fields(table.amina, "/list", line="2 L milk, bread", act=TAP)
    for _ in range(2):
        assert table.amina.post("list", sent).status == 200
    entries = table.entries()
    table.amina.post("list", sent)
    assert table.entries() == entries
    assert wanted(table) == {"bread": "", "milk": "2 L"}
    assert len(table.circle.groceries.products) == 2


def test_a_form_without_an_act_still_works(table: Table) -> None:
    table.amina.open("list")
    assert table.amina.post("list", fields(table.amina, "/list", line="milk", act="no act")).status == 200
    assert wanted(table) == {"milk": ""}


def test_a_guest_lists_what_the_circle_knows_and_no_new_product(table: Table) -> None:
    add(table.amina, "milk")
    table.amina.send("/tick", button="tick")
    add(table.dov, "2 L milk")
    assert wanted(table) == {"milk": "2 L"}
    before = table.entries()
    page = add(table.dov, "bread")
    assert page.status == 422
    assert "bread is new here" in page.text
    assert table.entries() == before


def test_an_archived_product_comes_back_when_it_is_asked_for(table: Table) -> None:
    jam = table.does(ProductAdded(name="Aunt’s jam"))
    table.does(ProductArchived(product=jam))
    add(table.bruno, "aunt's jam")
    assert wanted(table) == {"Aunt’s jam": ""}
    assert not table.product("Aunt’s jam").archived


# --- ticks -------------------------------------------------------------------------------------------------------


def test_a_tick_takes_it_off_and_on_purpose_it_comes_back(table: Table) -> None:
    add(table.amina, "milk, bread")
    table.bruno.open("list")
    table.bruno.send("/tick", button="tick")
    assert len(wanted(table)) == 1
    assert "1 thing ticked" in table.amina.page.text
    table.amina.send("/tick", button="untick")
    assert len(wanted(table)) == 2


def test_two_phones_tick_one_thing_and_neither_hears_a_refusal(table: Table) -> None:
    add(table.amina, "milk")
    table.amina.open("list")
    table.bruno.open("list")
    table.amina.send("/tick", button="tick")
    before = table.entries()
    assert table.bruno.send("/tick", button="tick").status == 200
    assert table.entries() == before


def test_an_outbox_that_is_sent_twice_ticks_once(table: Table) -> None:
    add(table.amina, "milk")
    table.amina.open("list")
    name, key = table.amina.page.form("/tick").buttons[0]
    sent = fields(table.amina, "/tick", act=TAP) | {name: key}
    table.amina.post("list/tick", sent)
    table.amina.open("list")
    table.amina.send("/tick", button="untick")
    assert table.amina.post("list/tick", sent).status == 200
    assert wanted(table) == {"milk": ""}, "it was put back since, and the late copy of the tick changes nothing"


@pytest.mark.parametrize("key", ["", "0" * 20, "x", "é" * 500])
@pytest.mark.parametrize("button", ["tick", "untick"])
def test_what_is_not_on_the_list_cannot_be_ticked(still: Table, button: str, key: str) -> None:
    if not still.circle.groceries.items:
        add(still.amina, "milk")
    before = still.entries()
    still.amina.open("list")
    page = still.amina.post("list/tick", fields(still.amina, "/tick") | {button: key})
    assert page.status == 409
    assert "data-reason" in page.source
    assert still.entries() == before


def test_after_the_ticks_comes_the_purchase_where_there_is_anything_to_do_with_it(tmp_path: Path) -> None:
    with seated(tmp_path / "bare") as table:
        add(table.amina, "milk")
        page = table.amina.send("/tick", button="tick")
        assert not any("/purchase" in link for link in page.links), "neither stock nor money is on"
        assert "Stock" in page.text, "now is the time to offer one more page"
        table.turn_on("stock")
        assert any(link.endswith("/purchase") for link in table.amina.open("list").links)
        assert not any(link.endswith("/purchase") for link in table.dov.open("list").links)


# --- shops -------------------------------------------------------------------------------------------------------


def test_the_list_of_a_shop_is_what_is_wanted_from_there_or_from_anywhere(table: Table) -> None:
    market, baker = table.does(ShopAdded(name="Market")), table.does(ShopAdded(name="Baker’s"))
    add(table.amina, "bread", f"list?shop={baker}")
    add(table.amina, "eggs", f"list?shop={market}")
    add(table.amina, "milk")
    page = table.amina.open(f"list?shop={baker}")
    assert "<b>bread</b>" in page.source
    assert "<b>milk</b>" in page.source
    assert "<b>eggs</b>" not in page.source
    assert "2 things" in page.text
    page = table.amina.send("/tick", button="tick")
    assert page.url.endswith(f"shop={baker}"), "one stays in the shop"
    assert wanted(table) == {"eggs": "", "milk": ""} or wanted(table) == {"eggs": "", "bread": ""}
    assert table.amina.open("list?shop=nowhere").status == 200


def test_farid_sees_the_door(table: Table) -> None:
    add(table.amina, "milk")
    page = table.farid.open(f"/c/{table.amina.circle}/list")
    assert page.status == 401
    assert "milk" not in page.source


# --- many --------------------------------------------------------------------------------------------------------


def full(table: Table, items: int) -> None:
    with transaction(table.node.connection):
        for number in range(items):
            product = table.does(ProductAdded(name=f"Thing number {number}", aisle="pantry"))
            table.does(Listed(product=product, amount=1500 + number, note="a note" if number % 5 == 0 else ""))


def test_five_hundred_items_stay_light_and_are_made_once_for_everybody(table: Table) -> None:
    full(table, 500)
    page = table.amina.open("list")
    assert page.source.count("<li id=") == 500
    assert len(gzip.compress(page.source.encode(), 1)) < 50_000
    assert page.source.count("<form") <= 4, "one form around the list, not one a line"
    table.bruno.open("list")
    before = time.process_time()
    for _ in range(20):
        table.bruno.open("list")
    alike = time.process_time() - before
    before = time.process_time()
    for _ in range(20):
        table.node.live(table.live.no).reload()
        table.bruno.open("list")
    assert alike * 1.2 < time.process_time() - before


def test_a_list_that_did_not_change_asks_the_database_nothing(table: Table) -> None:
    full(table, 30)
    table.bruno.open("list")
    table.chloe.open("list")
    statements: list[str] = []
    event.listen(table.node.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    table.bruno.open("list")
    table.chloe.open("list")
    assert statements == []


def test_what_is_remembered_of_the_page_follows_the_circle(table: Table) -> None:
    add(table.amina, "milk, bread")
    table.bruno.open("list")
    (item,) = [key for key, item in table.circle.groceries.items.items() if item.product == table.product("milk").id]
    table.does(Ticked(item=item), "Chloé")
    page = table.bruno.open("list")
    assert "1 thing ticked" in page.text
    table.bruno.open("settings")
    table.chloe.open("settings")
    table.amina.open("settings")
    table.amina.send("/settings/person", name="Amina B.")
    assert "from Amina B." in table.bruno.open("list").text


def test_a_page_offers_only_what_is_on(tmp_path: Path) -> None:
    with seated(tmp_path / "bare") as table:
        page = table.dov.open("list")
        assert forms(page) == {"list", "list/tick"} or forms(page) == {"list"}
        assert not any(word in page.text for word in ("Stock", "Money", "Prices", "Waste"))


# --- one tap for what runs low -----------------------------------------------------------------------------------


def low(table: Table) -> str:
    """A product of which there is less than there should be, taken off the list again."""
    shop = table.does(ShopAdded(name="Market"))
    flour = table.does(ProductAdded(name="Flour", unit="kg", shop=shop))
    table.does(Stocked(product=flour, amount=500))
    table.does(MinimumSet(product=flour, minimum=2000))
    table.does(Unlisted(item=table.circle.groceries.products[flour].item))
    return flour


def put(browser: Browser, product: str, act: str = TAP) -> Page:
    token = browser.open("list").forms[0].fields["_csrf_token"]
    return browser.post("list/product", {"product": product, "act": act, "_csrf_token": token})


def test_as_much_as_is_missing_goes_on_the_list_once(table: Table) -> None:
    flour = low(table)
    before = table.entries()
    assert "On the list: Flour." in put(table.dov, flour).text
    put(table.dov, flour)
    put(table.bruno, flour, "ef" * 16)
    assert table.entries() == before + 1
    (item,) = table.circle.groceries.items.values()
    assert (item.amount, item.unit, item.by) == (1500, "kg", table.members["Dov"])
    assert item.shop == next(iter(table.circle.groceries.shops))


def test_what_somebody_else_put_there_meanwhile_stays_as_they_said(table: Table) -> None:
    flour = low(table)
    table.does(Listed(product=flour, amount=5000), "Chloé")
    assert put(table.amina, flour).path.endswith("/list")
    (item,) = table.circle.groceries.items.values()
    assert (item.amount, item.by) == (5000, table.members["Chloé"])


def test_what_is_there_no_more_is_not_put_on_the_list(table: Table) -> None:
    flour = low(table)
    assert put(table.amina, "0" * 20).status == 404
    table.does(ProductArchived(product=flour))
    assert put(table.amina, flour).status == 409
    assert table.circle.groceries.items == {}
