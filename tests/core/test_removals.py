"""Removals: judged first in their epoch, against the state at the last one's end, never against each other."""

from cercle.core.fold import Why
from cercle.modules.accounts.events import Transferred
from cercle.modules.circle.events import Renamed
from cercle.modules.people import rules
from cercle.modules.people.events import Described, Left, RemovalAgreed, WentAway
from tests.story import Person, Story


def four_adults() -> tuple[Story, Person, Person, Person]:
    """Amina keeps; Bruno, Chloé and Dov are adults too."""
    story = Story(alone=True)
    people = [story.join(name, story.invite(story.amina)) for name in ("bruno", "chloe", "dov")]
    story.seal()
    return story, people[0], people[1], people[2]


def gone(story: Story, person: Person) -> str:
    return story.circle.roots.members[person.member].gone


def agrees(person: Person, target: Person) -> str:
    return person.does(RemovalAgreed(member=target.member))


def test_more_than_half_of_the_others_remove_somebody() -> None:
    story, bruno, chloe, dov = four_adults()
    assert agrees(bruno, dov) == ""
    assert gone(story, dov) == ""
    assert agrees(chloe, dov) == ""
    assert gone(story, dov) == "removed"
    assert dov.is_refused(Renamed(name="Chez Dov")) == Why.REMOVED.code


def test_consents_of_several_epochs_add_up() -> None:
    story, bruno, chloe, dov = four_adults()
    assert agrees(bruno, dov) == ""
    story.seal()
    assert agrees(chloe, dov) == ""
    story.seal()
    assert gone(story, dov) == "removed"


def test_one_person_s_two_consents_are_one() -> None:
    story, bruno, _, dov = four_adults()
    assert [agrees(bruno, dov), agrees(bruno, dov)] == ["", ""]
    assert gone(story, dov) == ""


def test_two_people_part_by_leaving() -> None:
    story = Story("bruno")
    assert agrees(story.bruno, story.amina) == Why.KEEPER.code
    assert agrees(story.amina, story.bruno) == ""
    assert gone(story, story.bruno) == ""
    assert story.bruno.does(Left()) == ""
    assert gone(story, story.bruno) == "left"


def test_a_child_s_or_a_guest_s_consent_is_not_asked_for() -> None:
    story = Story()
    for person in (story.chloe, story.dov):
        assert agrees(person, story.bruno) == Why.NOT_ALLOWED.code
    assert agrees(story.bruno, story.bruno) == rules.Why.NOT_ENOUGH.code


def test_adults_remove_a_guest_by_two() -> None:
    story = Story()
    assert [agrees(story.amina, story.dov), gone(story, story.dov)] == ["", ""]
    assert [agrees(story.bruno, story.dov), gone(story, story.dov)] == ["", "removed"]


def test_the_keeper_hands_the_role_on_before_anybody_can_remove_them() -> None:
    story, bruno, chloe, dov = four_adults()
    assert {agrees(one, story.amina) for one in (bruno, chloe, dov)} == {Why.KEEPER.code}
    assert gone(story, story.amina) == ""


def test_whoever_came_since_the_last_seal_is_not_asked_yet() -> None:
    story, bruno, _, dov = four_adults()
    farid = story.join("farid", story.invite(bruno))
    assert agrees(bruno, dov) == ""
    assert agrees(farid, dov) == rules.Why.NOT_ENOUGH.code
    story.seal()
    assert agrees(farid, dov) == ""
    assert gone(story, dov) == ""  # two of four others
    assert agrees(story.amina, dov) == ""
    assert gone(story, dov) == "removed"


def test_what_was_said_before_the_removal_stands_and_what_was_said_apart_is_void() -> None:
    story, bruno, chloe, dov = four_adults()
    assert dov.does(Renamed(name="Before")) == ""
    before = dov.last
    described = dov.brings(Described(member=dov.member, name="Dov the Third"))  # its rule asks for somebody present
    with story.apart(dov):
        assert dov.does(Renamed(name="Apart")) == ""
        assert agrees(bruno, dov) == agrees(chloe, dov) == ""
    assert story.main.verdict(before) == story.verdict(described) == ""
    assert story.main.verdict(dov.last) == Why.REMOVED.code
    story.seal()
    assert story.main.verdict(before) == story.verdict(described) == ""
    assert story.main.verdict(dov.last) == Why.REMOVED.code


def test_a_further_device_that_came_in_before_stands_with_what_it_wrote() -> None:
    story, bruno, chloe, dov = four_adults()
    telephone = story.join("dov", story.invite(dov, member=dov.member), device=1)
    joined = telephone.last
    assert telephone.member == dov.member
    assert telephone.does(Renamed(name="Before")) == ""
    assert agrees(bruno, dov) == agrees(chloe, dov) == ""
    assert story.main.verdict(joined) == story.main.verdict(telephone.last) == ""
    assert telephone.is_refused(Renamed(name="After")) == Why.REMOVED.code


def test_what_an_earlier_epoch_settled_stands() -> None:
    story, bruno, chloe, dov = four_adults()
    paid = dov.brings(Transferred(unit="eur", amount=500, payer=dov.member, to=bruno.member))
    story.seal()
    assert agrees(bruno, dov) == agrees(chloe, dov) == ""
    story.seal()
    assert story.verdict(paid) == ""
    assert story.circle.accounts.balances["eur"][dov.member] == 500


def test_two_who_remove_each_other_in_one_epoch_are_both_removed() -> None:
    story, bruno, chloe, dov = four_adults()
    with story.apart(dov, chloe):
        assert agrees(dov, bruno) == agrees(chloe, bruno) == ""
        assert agrees(bruno, dov) == agrees(story.amina, dov) == ""
    assert {gone(story, bruno), gone(story, dov)} == {"removed"}
    story.seal()
    assert {gone(story, bruno), gone(story, dov)} == {"removed"}


def test_whoever_has_left_is_not_asked_any_more() -> None:
    story, bruno, chloe, dov = four_adults()
    farid = story.join("farid", story.invite(bruno))
    assert dov.does(Left()) == ""
    story.seal()
    assert agrees(bruno, farid) == agrees(chloe, farid) == ""  # two of three others
    assert gone(story, farid) == "removed"


def test_a_consent_of_somebody_who_was_removed_counts_no_more() -> None:
    story, bruno, chloe, dov = four_adults()
    farid = story.join("farid", story.invite(bruno))
    story.seal()
    assert agrees(dov, farid) == ""
    assert {agrees(one, dov) for one in (story.amina, bruno, chloe)} == {""}
    story.seal()
    assert agrees(bruno, farid) == ""
    assert gone(story, farid) == ""
    assert agrees(chloe, farid) == ""
    assert gone(story, farid) == "removed"


def test_the_consent_of_a_forked_device_does_not_count() -> None:
    story, bruno, chloe, dov = four_adults()
    twin = bruno.twin()
    assert agrees(bruno, dov) == agrees(chloe, dov) == ""
    assert gone(story, dov) == "removed"
    twin.does(Renamed(name="Ailleurs"))
    assert gone(story, dov) == ""
    assert {story.main.verdict(bruno.last), story.main.verdict(twin.last)} == {Why.FORKED.code}


def test_a_consent_is_held_to_what_any_entry_is_held_to() -> None:
    story, bruno, chloe, dov = four_adults()
    assert agrees(bruno, dov) == ""
    act = bruno.last.kept["act"]
    for kept, verdict in (
        ({"member": dov.member, "why": 1}, Why.MALFORMED.code),
        ({"member": True}, Why.MALFORMED.code),
        ({"member": chloe.member, "act": act}, Why.TWICE.code),
        ({"member": "0" * 20}, rules.Why.NOT_ENOUGH.code),
    ):
        assert story.main.verdict(story.write(bruno, "people.removal_agreed", kept, None)) == verdict


def test_a_tap_that_agreed_to_a_removal_does_nothing_else() -> None:
    story, bruno, _, dov = four_adults()
    assert bruno.does(WentAway(member=bruno.member, since="2026-03-01", until="2026-03-09")) == ""
    away = bruno.last
    kept = {"member": dov.member, "act": away.kept["act"]}
    assert story.main.verdict(story.write(bruno, "people.removal_agreed", kept, None)) == ""
    assert story.main.verdict(away) == Why.TWICE.code
