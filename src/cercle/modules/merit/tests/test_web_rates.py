"""What counts and who sets it, who confirmed whom, and a person's history."""

from pathlib import Path

import pytest

from cercle.modules.merit.events import (
    Confirmed,
    Pledged,
    RateSet,
    Thanked,
    Wished,
)
from cercle.modules.merit.tests.working import rich, wish, works
from cercle.modules.people.events import Left
from cercle.modules.tasks.events import ChoreAdded, ChoreArchived, Undone
from tests.web.seated import Table, forms, seated

# --- what counts -------------------------------------------------------------------------------------------------


def test_what_a_kind_of_work_is_worth(table: Table) -> None:
    assert "Nothing is counted" in table.amina.open("merit/rates").text
    page = table.amina.send(
        "/merit/rates", of="cleaning", per_turn="5", per_hour="10", growing="2", budget="30", confirm="another"
    )
    rate = table.circle.merit.rates["cleaning"]
    assert (rate.per_turn, rate.per_hour, rate.growing, rate.budget, rate.confirm) == (5, 10, 2, 30, "another")
    text = page.text.replace("\u00a0", " ")
    assert "5 points each time · 10 points an hour · 2 points more for each day that it waits" in text
    assert "at most 30 points a week and person · somebody else confirms it" in text
    assert "30 points left for you this week" in text
    assert any(link.endswith(f"/log/{rate.entry}") for link in page.links)


def test_a_chore_s_rate_is_changed_and_brings_no_more(table: Table) -> None:
    chore = table.does(ChoreAdded(name="Bins", kind="cleaning"))
    table.amina.open("merit/rates")
    assert "By chore" in table.amina.send("/merit/rates", of=chore, per_turn="5", confirm="beneficiary").text
    page = table.amina.open(f"merit/rates?of={chore}")
    filled = page.form("/merit/rates").fields
    assert [filled[name] for name in ("of", "per_turn", "per_hour", "confirm")] == [
        [chore],
        ["5"],
        [""],
        ["beneficiary"],
    ]
    table.amina.send("/merit/rates", per_turn="1 000")
    assert table.circle.merit.rates[chore].per_turn == 1000
    page = table.amina.send("/merit/rates/stop", button=f"stop={chore}")
    assert "no points" in page.text
    assert table.circle.merit.rates[chore].is_nothing
    assert not any(form.buttons for form in page.forms if form.action.endswith("/stop"))
    table.does(ChoreArchived(chore=chore))
    assert "archived" in table.amina.open("merit/rates").text


def test_a_kind_of_work_counts_no_more(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_turn=5))
    table.amina.open("merit/rates")
    page = table.amina.send("/merit/rates/stop", button="stop=cleaning")
    assert "Nothing is counted" in page.text
    assert table.circle.merit.rates == {}


def test_how_much_each_may_give_in_thanks(table: Table) -> None:
    assert "Thanks come without points." in table.amina.open("merit/rates").text
    page = table.amina.send("/merit/rates/allowance", allowance="12")
    assert "Each may give 12 points a week in thanks." in page.text.replace("\u00a0", " ")
    assert table.circle.merit.allowance == 12


@pytest.mark.parametrize(
    ("filled", "status", "box"),
    [
        ({"per_turn": "much"}, 422, "per_turn"),
        ({"per_hour": "10001"}, 422, "per_hour"),
        ({"growing": "-1"}, 422, "growing"),
        ({"budget": "1000001"}, 422, "budget"),
        ({"of": "nothing"}, 422, "of"),
        ({"confirm": "me"}, 422, "confirm"),
        ({"per_turn": "0"}, 409, "of"),
    ],
)
def test_a_rate_that_cannot_be_stays_in_its_boxes(still: Table, filled: dict[str, str], status: int, box: str) -> None:
    before = still.entries()
    still.amina.open("merit/rates")
    sent = {"of": "cleaning", "per_turn": "5", "per_hour": "", "growing": "", "budget": ""} | filled
    page = still.amina.send("/merit/rates", **sent)
    assert page.status == status
    assert f'href="#{box}"' in page.source
    assert page.form("/merit/rates").fields["per_turn"] == [sent["per_turn"]]
    assert still.entries() == before


def test_an_allowance_that_cannot_be_and_what_is_not_there(still: Table) -> None:
    before = still.entries()
    still.amina.open("merit/rates")
    assert still.amina.send("/merit/rates/allowance", allowance="much").status == 422
    assert still.amina.page.form("/merit/rates/allowance").fields["allowance"] == ["much"]
    assert still.amina.send("/merit/rates/allowance", allowance="10").status == 409
    assert still.amina.post("merit/rates/stop", {"_csrf_token": still.amina.token(), "stop": "x"}).status == 404
    assert still.entries() == before


@pytest.mark.parametrize("name", ["chloe", "dov"])
def test_adults_say_what_counts_and_others_read(table: Table, name: str) -> None:
    table.does(RateSet(kind="cleaning", per_turn=5))
    reader = getattr(table, name)
    page = reader.open("merit/rates")
    assert "5 points each time" in page.text.replace("\u00a0", " ")
    assert not any(action.startswith("merit") for action in forms(page))
    sent = {"_csrf_token": table.amina.open("merit/rates").forms[-1].fields["_csrf_token"][0], "allowance": "5"}
    reader.open("settings")
    assert reader.post("merit/rates/allowance", sent | {"_csrf_token": reader.token()}).status == 409
    assert table.circle.merit.allowance == 0


def test_rings_are_there_for_all_to_see(table: Table) -> None:
    assert "Nobody has confirmed anything" in table.dov.open("merit/rates").text
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    for worker, other in [("Bruno", "Chloé"), ("Chloé", "Bruno"), ("Bruno", "Chloé")]:
        table.does(Confirmed(claim=works(table, worker)), other)
    table.does(Thanked(to=table.members["Dov"]))
    text = table.dov.open("merit/rates").text
    assert "Bruno → Chloé 1 10 2" in text
    assert "Chloé → Bruno 2 20 1" in text
    assert "Amina → Dov 1 0 0" in text


# --- a person's history ------------------------------------------------------------------------------------------


def test_every_point_of_a_person_has_its_reason(table: Table) -> None:
    rich(table, Bruno=30)
    rate = table.circle.merit.rates["garden"].entry
    (earned,) = table.circle.merit.earnings
    table.does(Wished(points=20, name="A kite"), "Chloé")
    table.does(Pledged(wish=wish(table), points=20), "Bruno")
    undone = table.does(Undone(entry=earned), "Bruno")
    page = table.dov.open(f"merit/member/{table.members['Bruno']}")
    text = page.text.replace("\u00a0", " ")
    assert "Hedge work, 30 min, by this rate" in text
    assert "A kite pledged to a wish" in text
    assert "Hedge work taken back" in text
    assert "0, and owes 20" in text
    assert "Work was taken back: the next 20 points make up for it." in text
    for entry in (earned, rate, undone):
        assert any(link.endswith(f"/log/{entry}") for link in page.links)
    table.does(Undone(entry=undone), "Bruno")
    assert "it was right after all" in table.dov.open(f"merit/member/{table.members['Bruno']}").text


def test_who_has_left_has_a_history_and_is_offered_nowhere(table: Table) -> None:
    rich(table, Bruno=30)
    table.does(Wished(points=20, name="A kite"), "Chloé")
    table.does(Pledged(wish=wish(table), points=20), "Bruno")
    table.does(Left(), "Bruno")
    page = table.amina.open(f"merit/member/{table.members['Bruno']}")
    assert "back from wishes" in page.text
    page = table.amina.open("merit")
    assert not any(link.endswith(table.members["Bruno"]) for link in page.links)
    assert "0 of 20 points" in page.text.replace("\u00a0", " ")


def test_a_long_history_comes_page_by_page(table: Table) -> None:
    rich(table, Chloé=1)
    for _ in range(54):
        works(table, "Chloé", 1, kind="garden")
    address = f"merit/member/{table.members['Chloé']}"
    page = table.amina.open(address)
    assert page.source.count('<tr id="r-') == 50
    older = table.amina.open(next(link for link in page.links if "before=" in link))
    assert older.source.count('<tr id="r-') == 5
    assert "Hedge" in older.text
    for nonsense in ("before=x", "before=0", "before=999999999999"):
        assert table.amina.open(f"{address}?{nonsense}").source.count('<tr id="r-') == 50


def test_nobody_s_history_is_not_found(still: Table) -> None:
    assert still.amina.open("merit/member/nobody").status == 404
    assert "No points yet" in still.amina.open(f"merit/member/{still.members['Dov']}").text


# --- elsewhere ---------------------------------------------------------------------------------------------------


def test_chores_look_the_same_and_nothing_is_in_the_menu_where_points_are_off(tmp_path: Path) -> None:
    with seated(tmp_path, "tasks") as table:
        table.does(ChoreAdded(name="Bins", kind="cleaning"))
        before = table.bruno.open("tasks").text
        assert not any("/merit" in link for link in table.bruno.page.links)
        table.turn_on("merit")
        table.does(RateSet(kind="cleaning", per_turn=5))
        assert table.bruno.open("tasks").text.replace("Tasks Merit People", "Tasks People") == before
