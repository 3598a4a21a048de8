"""The charter is the circle's alone: each event as it works and is refused, and what stands above any charter."""

import pytest

from cercle.core.enacting import legible
from cercle.core.fold import Why as FoldWhy
from cercle.modules import load
from cercle.modules.charter.events import Adopted, Changed
from cercle.modules.charter.rules import Why, template_of, value
from cercle.modules.charter.settings import OF_FORM, SETTINGS, TEMPLATES, fits, value_in
from cercle.modules.decisions.tests.assembly import Assembly


@pytest.fixture
def story() -> Assembly:
    return Assembly()


def tries(story: Assembly, does: str, **fields: object) -> str:
    """The reason why the circle cannot do that, or "" where it did."""
    story.proposes()
    story.opens("light", story.clause(does, **fields))
    story.seal()
    return story.outcome.reason


def test_charter_adopted(story: Assembly) -> None:
    assert template_of(story.circle) == "household"
    story.sets(quorum=10)
    assert tries(story, "charter.adopted", template="friends") == ""
    assert template_of(story.circle) == "friends"
    assert [value(story.circle, name) for name in SETTINGS] == [value_in("friends", name) for name in SETTINGS]
    assert story.circle.charter.since == {"": next(iter(story.found.clauses))}


def test_charter_adopted_is_refused(story: Assembly) -> None:
    assert story.amina.is_refused(Adopted(template="village")) == FoldWhy.TO_DECIDE.code
    assert legible(story.circle, "charter.adopted", {"template": "monarchy"}) == FoldWhy.MALFORMED.code
    assert tries(story, "charter.adopted", template="household") == "", "chosen, where it only went by its form"
    assert tries(story, "charter.adopted", template="household") == Why.SAME.code


def test_charter_changed(story: Assembly) -> None:
    assert tries(story, "charter.changed", setting="quorum", number=25) == ""
    assert value(story.circle, "quorum") == 25
    assert tries(story, "charter.changed", setting="tie", choice="again") == ""
    assert value(story.circle, "tie") == "again"


def test_charter_changed_is_refused(story: Assembly) -> None:
    assert story.amina.is_refused(Changed(setting="quorum", number=10)) == FoldWhy.TO_DECIDE.code
    assert tries(story, "charter.changed", setting="quorum", number=0) == Why.SAME.code
    assert tries(story, "charter.changed", setting="quorum", number=101) == Why.NO_SETTING.code
    assert tries(story, "charter.changed", setting="quorum", choice="half") == Why.NO_SETTING.code
    assert tries(story, "charter.changed", setting="tie", choice="coin") == Why.NO_SETTING.code
    assert tries(story, "charter.changed", setting="nothing", number=1) == Why.NO_SETTING.code
    assert tries(story, "charter.changed", setting="tie", choice="again", number=1) == Why.TWO_VALUES.code
    assert tries(story, "charter.changed", setting="tie") == Why.TWO_VALUES.code


@pytest.mark.parametrize("form", OF_FORM)
def test_a_circle_begins_with_the_charter_of_its_form(form: str) -> None:
    story = Assembly(form=form)
    assert {name: value(story.circle, name) for name in SETTINGS} == {
        name: value_in(OF_FORM[form], name) for name in SETTINGS
    }
    assert story.circle.charter.powers.keys() == {event for one in SETTINGS.values() for event in one.events}


def test_every_template_sets_every_setting_to_what_it_can_be() -> None:
    for name, setting in SETTINGS.items():
        assert len(setting.values) == len(TEMPLATES)
        assert all(fits(name, value) for value in setting.values), name


# --- what stands above any charter -----------------------------------------------------------------------------------

# What each person does for themselves, and what keeps power in bounds: no decision does it, or says who may.
BRIGHT = {
    "people.left": "anybody may leave",
    "people.removal_agreed": "a removal takes more than half of the others",
    "people.joined": "who is invited comes in",
    "people.entry_erased": "everybody takes back their own words",
    "people.words_erased": "everybody takes back their own words",
    "people.described": "everybody says who they are",
    "devices.revoked": "everybody revokes what they have lost",
    "devices.others_revoked": "a kit outranks lost devices",
    "devices.keeper_agreed": "a keeper who is lost is replaced by more than half",
    "decisions.voted": "one person, one vote",
    "decisions.proposed": "anybody of the circle may propose",
    "merit.thanked": "thanks are a person's",
    "merit.pledged": "points are pledged by whose they are",
    "circle.sealed": "only the keeper seals",
}


@pytest.mark.parametrize("event", BRIGHT)
def test_no_motion_does_it_and_no_setting_says_who_may(story: Assembly, event: str) -> None:
    """Each of these is tried as a clause, and looked for among what a setting is about."""
    story.proposes()
    assert legible(story.circle, event, {}) == FoldWhy.NOT_ALLOWED.code
    assert event not in {name for one in SETTINGS.values() for name in one.events}
    assert event in load().events


def test_no_decision_docks_merit(story: Assembly) -> None:
    """Points leave a person only by their own pledge, or where the work is taken back for which they came."""
    taking = [name for name in load().events if name.startswith("merit.") and legible(story.circle, name, {}) == ""]
    assert set(taking) <= {"merit.rate_set", "merit.allowance_set", "merit.fulfilled", "merit.released"}


def test_the_log_may_always_be_taken_along(story: Assembly) -> None:
    """To leave asks nobody, in the strictest of charters too."""
    strict = Assembly(form="council")
    assert strict.circle.may(strict.dov.member, "people.left")
    assert not any("left" in name or "exported" in name for one in SETTINGS.values() for name in one.events)
