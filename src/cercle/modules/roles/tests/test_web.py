"""The pages of roles, as people use them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.modules.charter.rules import is_power
from cercle.modules.charter.settings import SETTINGS
from cercle.modules.people.events import Left
from cercle.modules.roles.events import Created, Ended, Filled, HandedOn
from cercle.modules.roles.rules import Role
from cercle.modules.roles.web_words import powers
from tests.web.seated import Table, fields, forms, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "decisions", "roles") as made:
        yield made


def role(table: Table, name: str) -> Role:
    found: Role = table.circle.roles.roles[name]
    return found


def key_in(table: Table) -> str:
    """The role on whose page Amina is."""
    return table.amina.page.path.rpartition("/")[2]


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_keeper_of_the_log_is_the_first_role_and_the_only_one_at_the_start(table: Table) -> None:
    page = table.dov.open("roles")
    assert "Keeper of the log" in page.text
    assert "A role is what somebody sees to for all" in page.text
    assert "Make a role" not in page.text, "a guest makes none"
    assert any(link.endswith("/powers") for link in page.links)
    page = table.amina.open("roles/keeper")
    assert "Amina" in page.text
    assert any(link.endswith("/devices") for link in page.links)


def test_many_roles_each_with_who_has_it_until_when_and_who_is_next(table: Table) -> None:
    order = [table.members[name] for name in ("Bruno", "Chloé")]
    host = table.does(Created(name="Host", purpose="Opens the door", term=7, turn=order))
    table.does(Created(name="Treasurer"))
    done = table.does(Created(name="Captain"))
    table.does(Ended(role=done))
    page = table.chloe.open("roles")
    assert "Host Opens the door Bruno · until" in page.text
    assert "then Chloé" in page.text
    assert "Treasurer Nobody has it" in page.text
    assert "Roles that were ended" in page.text
    assert "Since" in table.chloe.open(f"roles/{host}").text
    assert table.chloe.open("roles/nothing").status == 404


# --- made and changed ------------------------------------------------------------------------------------------------


def test_a_role_is_made_and_goes_round_in_the_order_that_was_chosen(table: Table) -> None:
    table.amina.open("roles/new")
    places = {f"place-{table.members[name]}": place for name, place in (("Bruno", "2"), ("Chloé", "1"))}
    page = table.amina.send("/roles/new", button="do=now", name="Host", term="7", round="yes", **places)
    assert page.status == 200
    found = role(table, key_in(table))
    assert found.turn == [table.members["Chloé"], table.members["Bruno"]]
    assert found.holder == table.members["Chloé"]
    assert "It goes round: Chloé and Bruno, and so on." in page.text
    table.amina.open(f"roles/{key_in(table)}/edit")
    page = table.amina.send("/edit", button="do=now", name="Hostess", term="14")
    assert "A term 14 days" in page.text
    assert "Hostess" in page.text
    assert role(table, key_in(table)).turn == found.turn, "what was filled in before stays"


@pytest.mark.parametrize(
    ("filled", "box", "sentence"),
    [
        ({"name": " "}, "name", "A role’s name has 1 to 100 letters."),
        ({"name": "Host", "term": "a week"}, "term", "A whole number of days, 3660 at most."),
        ({"name": "Host", "term": "4000"}, "term", "A whole number of days, 3660 at most."),
        ({"name": "Host", "term": "7", "round": "yes"}, "round", "Say who has it first, and who after that."),
        ({"name": "Host", "powers": "quorum"}, "powers", "That is nothing that a role could be given."),
    ],
)
def test_what_is_wrong_is_said_at_its_box(table: Table, filled: dict[str, str], box: str, sentence: str) -> None:
    table.amina.open("roles/new")
    before = table.entries()
    page = table.amina.send("/roles/new", button="do=now", purpose="Opens the door", **filled)
    assert page.status in (409, 422)
    assert page.source.count(sentence) == 2, "at the top of the page, and at its box"
    assert f'href="#{box}"' in page.source
    assert page.form("/roles/new").fields["purpose"] == ["Opens the door"]
    assert table.entries() == before


def test_an_order_is_one_place_for_each_and_takes_a_term(table: Table) -> None:
    table.amina.open("roles/new")
    first = {f"place-{table.members[name]}": "1" for name in ("Amina", "Bruno")}
    page = table.amina.send("/roles/new", button="do=now", name="Host", round="yes", **first)
    assert "Two of you have the same place: give each their own." in page.text
    one = {f"place-{table.members['Bruno']}": ""}
    page = table.amina.send("/roles/new", button="do=now", **one)
    assert "A role that goes round has a term." in page.text
    assert table.circle.roles.roles == {}


def test_a_tap_that_arrives_twice_makes_one_role(table: Table) -> None:
    table.amina.open("roles/new")
    sent = fields(table.amina, "/roles/new", name="Host", do="now")
    for _ in range(2):
        page = table.amina.post("roles/new", sent)
        assert page.status == 200
    table.amina.open("roles/new")
    proposed = fields(table.amina, "/roles/new", name="Cook", do="propose", now="")
    for _ in range(2):
        assert table.amina.post("roles/new", proposed).status == 200
    assert len(table.circle.roles.roles) == 1
    assert len(table.circle.decisions.motions) == 1


def test_a_role_with_powers_is_made_by_the_circle(table: Table) -> None:
    table.bruno.open("charter/may_shape")
    table.bruno.send("/charter/may_shape", value="decision", way="light", now="yes")
    table.amina.open("roles/new")
    page = table.amina.send(
        "/roles/new", button="do=propose", name="Caretaker", powers="may_shape", way="light", now="yes"
    )
    assert "adopted" in page.text
    assert "Who has it may do this too: The name of the circle and its pages are chosen by …" in page.text
    (name,) = table.circle.roles.roles
    page = table.amina.open(f"roles/{name}")
    assert "Who has it may choose the name of the circle and its pages" in page.text
    assert not forms(page) & {f"roles/{name}/fill", f"roles/{name}/end"}
    table.amina.open(f"roles/{name}/propose/fill")
    page = table.amina.send("/propose/fill", member=table.members["Chloé"], way="light", now="yes")
    assert "Chloé gets the role “Caretaker”" in page.text
    assert role(table, name).holder == table.members["Chloé"]
    page = table.chloe.open("roles")
    assert "May choose the name of the circle and its pages." in page.text
    assert table.circle.may(table.members["Chloé"], "circle.renamed")
    table.chloe.open(f"roles/{name}")
    page = table.chloe.send("/give-back")
    assert role(table, name).holder == ""
    assert "Chloé" in page.text, "who had it stays known"


def test_each_power_that_a_role_can_have_has_its_words(table: Table) -> None:
    class Plain:
        @staticmethod
        def gettext(text: str) -> str:
            return text

    assert set(powers(Plain())) == {setting for setting in SETTINGS if is_power(setting)}  # type: ignore[arg-type]


# --- given, handed on, taken back ------------------------------------------------------------------------------------


def test_a_role_is_given_handed_on_and_given_back(table: Table) -> None:
    name = table.does(Created(name="Treasurer", term=30))
    table.amina.open(f"roles/{name}")
    page = table.amina.send("/fill", member=table.members["Chloé"])
    assert "Until" in page.text
    table.live.seal()
    until = role(table, name).until
    assert until > table.circle.time
    table.chloe.open(f"roles/{name}")
    page = table.chloe.send("/hand-on", to=table.members["Bruno"])
    assert (role(table, name).holder, role(table, name).until) == (table.members["Bruno"], until)
    assert "Who had it" in page.text
    assert sum("/log/" in link for link in page.links) >= 3, "how it came, how it went, and the role itself"
    table.bruno.open(f"roles/{name}")
    table.bruno.send("/give-back")
    assert role(table, name).holder == ""
    assert len(role(table, name).had) == 2


def test_who_may_not_is_offered_nothing_in_vain_and_refused_all_the_same(table: Table) -> None:
    name = table.does(Created(name="Treasurer"))
    table.does(Filled(role=name, member=table.members["Bruno"]))
    for person, has in ((table.chloe, True), (table.dov, False)):
        page = person.open(f"roles/{name}")
        assert not any(f"roles/{name}" in action for action in forms(page))
        assert ("Elect somebody" in page.text) is has
    table.chloe.open("roles/new")
    token, before = table.chloe.token(), table.entries()
    for action in ("fill", "end", "hand-on", "give-back"):
        page = table.chloe.post(f"roles/{name}/{action}", {"_csrf_token": token, "member": table.members["Chloé"]})
        assert page.status == 409
    assert not any(form.buttons for form in table.dov.open("roles/new").forms if "roles/new" in form.action)
    assert table.dov.open(f"roles/{name}/propose/recall").status == 404
    assert table.entries() == before
    table.amina.open(f"roles/{name}")
    page = table.amina.send("/fill", member="nobody")
    assert (page.status, page.invalid) == (409, ["member"])
    assert "There is no such person in the circle." in page.text


def test_a_role_whose_holder_left_says_so_until_the_next_seal(table: Table) -> None:
    members = [table.members[name] for name in ("Bruno", "Amina")]
    round_, plain = table.does(Created(name="Host", term=7, turn=members)), table.does(Created(name="Cook"))
    table.does(Filled(role=plain, member=members[0]))
    table.does(Left(), "Bruno")
    assert "Bruno has left" in table.amina.open("roles").text
    assert "Bruno has left the circle. It goes on to Amina." in table.amina.open(f"roles/{round_}").text
    assert "Bruno has left the circle. Choose somebody else." in table.amina.open(f"roles/{plain}").text
    table.live.seal()
    assert (role(table, round_).holder, role(table, plain).holder) == (members[1], "")
    assert "Nobody has it" in table.amina.open(f"roles/{plain}").text


def test_the_circle_takes_a_role_back_and_says_why(table: Table) -> None:
    name = table.does(Created(name="Treasurer"))
    table.does(Filled(role=name, member=table.members["Bruno"]))
    table.amina.open(f"roles/{name}")
    assert "Propose to recall Bruno" in table.amina.page.text
    table.amina.open(f"roles/{name}/propose/recall")
    page = table.amina.send("/propose/recall", way="light", now="yes")
    assert (page.status, page.invalid) == (422, ["why"])
    page = table.amina.send("/propose/recall", why="The books are lost", way="light", now="yes")
    assert "Bruno no longer has the role “Treasurer”" in page.text
    assert "The books are lost" in page.text
    assert role(table, name).holder == ""
    assert table.amina.open(f"roles/{name}/propose/recall").status == 404, "nobody has it"


def test_a_child_that_does_not_vote_proposes_without_opening_a_vote(table: Table) -> None:
    table.bruno.open("charter/voters")
    table.bruno.send("/charter/voters", value="adults", way="light", now="yes")
    name = table.does(Created(name="Treasurer"))
    page = table.chloe.open(f"roles/{name}/propose/elect")
    assert "You do not vote here" in page.text
    page = table.chloe.send("/propose/elect", why="It is time")
    assert "is talked about" in page.text


# --- elections -------------------------------------------------------------------------------------------------------


def test_an_election_without_candidates(table: Table) -> None:
    name = table.does(Created(name="Treasurer", term=365))
    table.amina.open(f"roles/{name}/propose/elect")
    page = table.amina.send("/propose/elect", why="The year is over", now="yes")
    motion = page.path.rpartition("/")[2]
    assert "Who gets the role “Treasurer”?" in page.text
    assert "Somebody has the role Treasurer from now on." in page.text
    for browser, why in ((table.bruno, "She counts well"), (table.chloe, "")):
        browser.open(f"decisions/{motion}")
        assert not any(action.endswith("/name") for action in forms(browser.page))
        browser.send(f"/decisions/{motion}/vote", stance=table.members["Chloé"], why=why)
    page = table.amina.open(f"decisions/{motion}")
    assert "She counts well" in page.text
    assert "Chloé, said by 2" in page.text
    assert page.text.count("Not heard yet: Amina") == 2, "of the vote, and where somebody is named"
    sent = fields(table.amina, "/name", member=table.members["Chloé"], because="Two of you say so")
    for _ in range(2):
        page = table.amina.post(f"decisions/{motion}/name", sent)
        assert page.status == 200
    assert "Two of you say so" in page.text
    assert "Chloé has the role Treasurer from now on." in page.text
    assert "Name somebody else" in page.text
    table.bruno.open(f"decisions/{motion}")
    page = table.bruno.send(f"/decisions/{motion}/vote", stance="consent")
    assert "I consent" in page.text
    vote = table.circle.decisions.motions[motion].round
    assert (vote.named, list(vote.ballots)) == (table.members["Chloé"], [table.members["Bruno"]])


def test_nobody_is_named_by_who_did_not_ask_and_only_somebody_who_is_there(table: Table) -> None:
    name = table.does(Created(name="Treasurer"))
    table.amina.open(f"roles/{name}/propose/elect")
    motion = table.amina.send("/propose/elect", now="yes").path.rpartition("/")[2]
    table.bruno.open(f"decisions/{motion}")
    before, token = table.entries(), table.bruno.token()
    sent = {"_csrf_token": token, "member": table.members["Bruno"]}
    page = table.bruno.post(f"decisions/{motion}/name", sent)
    assert page.status == 409
    assert "Only who proposed it can do that, as long as they are here." in page.text
    table.amina.open(f"decisions/{motion}")
    page = table.amina.send("/name", member="nobody")
    assert (page.status, page.invalid) == (422, ["member"])
    assert table.entries() == before


# --- the keeper ------------------------------------------------------------------------------------------------------


def test_the_circle_decides_that_another_device_keeps_the_log(table: Table) -> None:
    table.amina.open("roles/keeper")
    heir = next(key for key, one in table.circle.roots.devices.items() if one.member == table.members["Bruno"])
    assert table.amina.send("/roles/keeper", heir="00").status == 422
    page = table.amina.send("/roles/keeper", heir=heir, why="It is always on", way="light", now="yes")
    assert "The log is kept by Bruno" in page.text
    table.live.seal(is_due=True)
    assert table.circle.roots.keeper == heir
    page = table.chloe.open("roles")
    assert "Keeper of the log Puts what everybody writes into its final order. Bruno" in page.text
    entry = next(link for link in table.chloe.open("roles/keeper").links if "/log/" in link)
    assert "decisions.clause_added" in table.chloe.open(entry).source


def test_a_handover_is_where_the_keeper_s_day_comes_from(table: Table) -> None:
    from cercle.modules.devices.events import HandedOn as KeepingHandedOn

    heir = next(key for key, one in table.circle.roots.devices.items() if one.member == table.members["Bruno"])
    table.amina.open("devices")
    entry = table.does(KeepingHandedOn(device=bytes.fromhex(heir)))
    table.live.seal(is_due=True)
    assert table.circle.roots.keeper == heir
    page = table.amina.open("roles/keeper")
    assert any(link.endswith(f"/log/{entry}") for link in page.links)


def test_in_french(tmp_path: Path) -> None:
    with seated(tmp_path, "decisions", "roles", language="fr") as table:
        name = table.does(Created(name="Trésorière"))
        table.does(Filled(role=name, member=table.members["Bruno"]))
        table.does(HandedOn(role=name), "Bruno")
        for address in ("roles", "roles/new", "roles/keeper", f"roles/{name}", f"roles/{name}/edit"):
            page = table.amina.open(address)
            assert (page.status, page.language) == (200, "fr")
        page = table.amina.open(f"roles/{name}/propose/elect")
        assert page.status == 200
