"""The page of points: one's own, what waits for a word, thanks, and wishes."""

import pytest

from cercle.modules.merit.events import (
    AllowanceSet,
    Declined,
    Pledged,
    RateSet,
    Thanked,
    Wished,
)
from cercle.modules.merit.read import claims
from cercle.modules.merit.tests.working import has, rich, wish, works
from cercle.modules.people.events import EntryErased
from cercle.modules.tasks.events import Undone
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, forms


def answer(browser: Browser, button: str, claim: str) -> Page:
    browser.open("merit")
    return browser.send("/merit/claims", button=f"{button}={claim}")


# --- one's own points --------------------------------------------------------------------------------------------


def test_an_empty_page_says_how_to_begin(table: Table) -> None:
    page = table.amina.open("merit")
    assert "Nothing is counted yet" in page.text
    assert "Say what counts" in page.text
    child = table.chloe.open("merit")
    assert "Say what counts" not in child.text
    assert "not yet used" not in page.text


def test_each_point_says_where_it_came_from(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=12))
    entry = works(table)
    page = table.bruno.open("merit")
    assert "12 points" in page.text.replace("\u00a0", " ")
    assert "Windows +12 work" in page.text
    assert any(link.endswith(f"/log/{entry}") for link in page.links)
    assert "What counts and is done by you" in table.amina.open("merit").text


def test_the_visible_supply_leads_to_the_log(table: Table) -> None:
    table.does(AllowanceSet(points=5))
    table.does(Wished(points=3, name="Tent"))
    assert "No points wait to be used." in table.amina.open("merit").text
    table.does(Thanked(to=table.members["Bruno"], points=1, what="The bread"))
    page = table.amina.open("merit")
    assert "The home has given out 1 point that is not yet used." in page.text
    rich(table, Chloé=30)
    page = table.amina.open("merit")
    assert "The home has given out 31 points that are not yet used." in page.text
    log = table.amina.open(next(link for link in page.links if "/log?of=" in link))
    assert "The bread" in log.text
    assert "Chloé" in log.text


def test_people_stand_in_the_order_in_which_they_came(table: Table) -> None:
    rich(table, Dov=90, Bruno=10)
    links = [link.split("/")[-1] for link in table.amina.open("merit").links if "/merit/member/" in link]
    assert list(dict.fromkeys(links)) == list(table.members.values())


# --- confirming --------------------------------------------------------------------------------------------------


def test_work_waits_and_is_confirmed_in_one_tap(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    claim = works(table)
    page = table.bruno.open("merit")
    assert "waits for somebody else to confirm it" in page.text
    assert "merit/claims" not in forms(page)
    page = answer(table.amina, "confirm", claim)
    assert "Confirmed." in page.text
    assert "For you to confirm" not in page.text
    assert has(table) == {"Bruno": 10}
    assert "work, confirmed by Amina" in table.bruno.open("merit").text


def test_a_guest_confirms_too(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    answer(table.dov, "confirm", works(table))
    assert has(table) == {"Bruno": 10}


def test_work_waits_for_the_very_person_whom_it_was_for(table: Table) -> None:
    table.does(RateSet(kind="care", per_hour=10, confirm="beneficiary"))
    claim = works(table, kind="care", whom=table.members["Chloé"])
    page = table.amina.open("merit")
    assert "waits for Chloé" in page.text
    assert "merit/claims" not in forms(page)
    answer(table.chloe, "confirm", claim)
    assert has(table) == {"Bruno": 10}


def test_what_all_did_together_waits_for_nobody(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    works(table, who=list(table.members.values()))
    page = table.amina.open("merit").text.replace("\u00a0", " ")
    assert "nobody is left who could confirm it" in page
    assert "10 points each" in page


def test_work_is_declined_for_a_reason_and_confirmed_after_all(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    claim = works(table)
    table.amina.open("merit")
    reasons = [form for form in table.amina.page.forms if f"why-{claim}" in form.fields]
    page = table.amina.post(
        reasons[0].action, reasons[0].fields | {f"why-{claim}": "The kitchen too", "decline": claim}
    )
    assert "Not confirmed. It can still be, later." in page.text
    assert "not confirmed by Amina: The kitchen too" in table.bruno.open("merit").text
    assert "merit/claims" not in forms(table.bruno.page)
    assert has(table) == {}
    page = answer(table.dov, "confirm", claim)
    assert has(table) == {"Bruno": 10}
    assert "The kitchen too" not in page.text


def test_work_is_declined_in_one_tap(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    answer(table.amina, "decline", works(table))
    assert "not confirmed by Amina" in table.bruno.open("merit").text
    assert claims(table.circle) == []


def test_what_was_declined_and_taken_back_is_shown_no_more(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    claim = works(table)
    table.does(Declined(claim=claim))
    assert "Not confirmed" in table.bruno.open("merit").text
    table.does(Undone(entry=claim), "Bruno")
    assert "Not confirmed" not in table.bruno.open("merit").text


def test_the_second_of_two_taps_is_told_why(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    claim = works(table)
    table.amina.open("merit")
    answer(table.dov, "confirm", claim)
    page = table.amina.send("/merit/claims", button=f"confirm={claim}")
    assert page.status == 409
    assert "This was confirmed already." in page.text
    assert has(table) == {"Bruno": 10}


def test_a_tap_that_arrives_twice_counts_once(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    claim = works(table)
    table.amina.open("merit")
    sent = fields(table.amina, "/merit/claims", confirm=claim)
    pages = [table.amina.post("merit/claims", sent) for _ in range(2)]
    assert [page.status for page in pages] == [200, 200]
    assert has(table) == {"Bruno": 10}


@pytest.mark.parametrize("sent", [{}, {"confirm": "x"}, {"decline": "x"}, {"confirm": "0" * 20}, {"decline": "0" * 20}])
def test_what_is_no_claim_is_refused(still: Table, sent: dict[str, str]) -> None:
    before = still.entries()
    still.amina.open("merit")
    assert still.amina.post("merit/claims", {"_csrf_token": still.amina.token(), **sent}).status == 409
    assert still.entries() == before


# --- thanks ------------------------------------------------------------------------------------------------------


def test_thanks_with_and_without_points(table: Table) -> None:
    table.bruno.open("merit")
    assert "thanks" not in table.bruno.page.form("/merit/thanks").fields
    table.bruno.send("/merit/thanks", to=table.members["Dov"], what="The tap drips no more")
    assert "Bruno thanks Dov The tap drips no more" in table.dov.open("merit").text
    table.does(AllowanceSet(points=10))
    page = table.bruno.open("merit")
    assert "You may still give 10 points this week." in page.text.replace("\u00a0", " ")
    page = table.bruno.send("/merit/thanks", to=table.members["Chloé"], what="The bread", thanks="7")
    assert "Your thanks are written down." in page.text
    assert "You may still give 3 points this week." in page.text.replace("\u00a0", " ")
    assert has(table) == {"Chloé": 7}
    assert "The bread +7 thanks from Bruno" in table.chloe.open("merit").text


def test_thanks_whose_words_were_erased(table: Table) -> None:
    table.does(AllowanceSet(points=10))
    entry = table.does(Thanked(to=table.members["Bruno"], points=5, what="The secret"))
    table.does(EntryErased(entry=entry, author=table.members["Amina"]))
    page = table.bruno.open("merit").text
    assert "The secret" not in page
    assert "Points +5 thanks from Amina" in page


@pytest.mark.parametrize(
    ("filled", "status", "box"),
    [
        ({"thanks": "many"}, 422, "thanks"),
        ({"thanks": "-1"}, 422, "thanks"),
        ({"thanks": "10001"}, 422, "thanks"),
        ({"thanks": "11"}, 409, "thanks"),
        ({"to": "nobody"}, 422, "to"),
        ({"to": "Bruno"}, 409, "to"),
    ],
)
def test_thanks_that_cannot_be_stay_in_their_boxes(still: Table, filled: dict[str, str], status: int, box: str) -> None:
    before = still.entries()
    still.bruno.open("merit")
    sent = {"to": "Amina", "what": "The soup", "thanks": "1"} | filled
    sent["to"] = still.members.get(sent["to"], sent["to"])
    page = still.bruno.send("/merit/thanks", **sent)
    assert page.status == status
    assert f'href="#{box}"' in page.source
    assert page.form("/merit/thanks").fields["what"] == ["The soup"]
    assert still.entries() == before


# --- wishes ------------------------------------------------------------------------------------------------------


def test_a_wish_is_pledged_by_two_and_comes_true(table: Table) -> None:
    rich(table, Bruno=20, Chloé=15)
    table.chloe.open("merit")
    page = table.chloe.send("/merit/wishes", name="A bicycle", points="30")
    assert "0 of 30 points" in page.text.replace("\u00a0", " ")
    key = wish(table)
    assert page.form("/pledge").fields[f"points-{key}"] == ["15"]  # all that she has
    page = table.chloe.send("/pledge")
    assert "15 of 30 points wished by Chloé · Chloé 15" in page.text.replace("\u00a0", " ")
    assert "/fulfil" not in "".join(forms(table.amina.open("merit")))
    page = table.bruno.open("merit")
    assert page.form("/pledge").fields[f"points-{key}"] == ["15"]  # all that is missing
    page = table.bruno.send("/pledge")
    assert "And 15 points pledged to wishes." in page.text.replace("\u00a0", " ")
    page = table.bruno.send("/fulfil")
    assert "The wish has come true." in page.text
    assert "came true" in page.text
    assert has(table) == {"Bruno": 5}
    assert "/pledge" not in "".join(forms(page))


def test_a_pledge_is_taken_back_and_a_wish_let_go(table: Table) -> None:
    rich(table, Bruno=20, Chloé=15)
    table.does(Wished(points=100, name="A pool"), "Chloé")
    for browser in (table.bruno, table.chloe):
        browser.open("merit")
        browser.send("/pledge", **{f"points-{wish(table)}": "10"})
    assert has(table) == {"Bruno": 10, "Chloé": 5}
    page = table.bruno.send("/take-back")
    assert "Your points are yours again." in page.text
    assert has(table) == {"Bruno": 20, "Chloé": 5}
    page = table.amina.open("merit")
    page = table.amina.send("/release")
    assert "Let go. Everybody has their points again." in page.text
    assert has(table) == {"Bruno": 20, "Chloé": 15}
    assert "let go" in page.text


def test_a_child_lets_go_of_their_own_wish_alone(table: Table) -> None:
    rich(table, Chloé=30)
    table.does(Wished(points=20, name="A pool"), "Amina")
    table.does(Pledged(wish=wish(table), points=20), "Chloé")
    found = "".join(forms(table.chloe.open("merit")))
    assert "/release" not in found
    assert "/fulfil" not in found
    assert "/take-back" in found
    table.does(Wished(points=20, name="A kite"), "Chloé")
    assert "/release" in "".join(forms(table.chloe.open("merit")))
    page = table.chloe.post(
        f"merit/wishes/{next(iter(table.circle.merit.wishes))}/release", {"_csrf_token": table.chloe.token()}
    )
    assert page.status == 409
    assert "Only who made this wish, or an adult, can let it go." in page.text


@pytest.mark.parametrize(
    ("filled", "box"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"points": ""}, "points"),
        ({"points": "0"}, "points"),
        ({"points": "1.5"}, "points"),
        ({"points": "1000001"}, "points"),
    ],
)
def test_a_wish_that_cannot_be_stays_in_its_boxes(still: Table, filled: dict[str, str], box: str) -> None:
    before = still.entries()
    still.amina.open("merit")
    sent = {"name": "A tent", "points": "40"} | filled
    page = still.amina.send("/merit/wishes", **sent)
    assert page.status == 422
    assert f'href="#{box}"' in page.source
    assert page.form("/merit/wishes").fields["name"] == [sent["name"]]
    assert page.form("/merit/wishes").fields["points"] == [sent["points"]]
    assert still.entries() == before


@pytest.mark.parametrize(("text", "status"), [("", 422), ("all", 422), ("0", 422), ("11", 409), ("31", 409)])
def test_a_pledge_that_cannot_be_stays_in_its_box(still: Table, text: str, status: int) -> None:
    before, box = still.entries(), f"points-{wish(still)}"
    still.bruno.open("merit")
    page = still.bruno.send("/pledge", **{box: text})
    assert page.status == status
    assert f'href="#{box}"' in page.source
    assert page.invalid == [box]
    assert page.form("/pledge").fields[box] == [text]
    assert still.entries() == before


def test_what_cannot_be_done_to_a_wish_is_refused(still: Table) -> None:
    before = still.entries()
    still.amina.open("merit")
    token = {"_csrf_token": still.amina.token()}
    page = still.amina.post(f"merit/wishes/{wish(still)}/fulfil", token)
    assert (page.status, "Not all points are pledged yet." in page.text) == (409, True)
    page = still.amina.post(f"merit/wishes/{wish(still)}/take-back", token)
    assert (page.status, "You have pledged nothing to this wish." in page.text) == (409, True)
    for way in ("pledge", "take-back", "fulfil", "release"):
        assert still.amina.post(f"merit/wishes/nothing/{way}", token).status == 404
    assert still.entries() == before


def test_a_guest_pledges_and_thanks_but_does_not_wish(still: Table) -> None:
    found = forms(still.dov.open("merit"))
    assert "merit/thanks" in found
    assert "merit/wishes" not in found
    assert not any(action.endswith(("/release", "/fulfil")) for action in found)
    page = still.dov.post("merit/wishes", {"_csrf_token": still.dov.token(), "name": "A sauna", "points": "9"})
    assert page.status == 409


# --- in French --------


def test_in_french(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=1, confirm="another"))
    claim = works(table)
    table.does(Wished(points=3, name="Un hamac"))
    for browser in (table.amina, table.bruno):
        browser.headers["accept-language"] = "fr"
    assert "à confirmer par quelqu’un d’autre" in table.bruno.open("merit").text
    page = table.amina.open("merit")
    assert "1\u00a0point" in page.source
    assert "Un hamac 0 sur 3\u00a0points" in page.text.replace(" points", "\u00a0points")
    table.amina.send("/merit/claims", button=f"decline={claim}")
    assert "non confirmé par Amina" in table.bruno.open("merit").text
    assert "quelqu’un d’autre le confirme" in table.bruno.open("merit/rates").text
    page = table.bruno.open(f"merit/member/{table.members['Bruno']}")
    assert "Bruno\u202f: ses points" in page.source
