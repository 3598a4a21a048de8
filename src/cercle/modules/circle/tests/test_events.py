"""How a circle begins, is sealed, changes its name, modules and pages: each event as it works and is refused."""

from contextlib import ExitStack

import pytest

from cercle.core.entry import Rejected
from cercle.core.event import known
from cercle.modules.accounts.events import Transferred
from cercle.modules.circle.events import Adopted, Begun, Linked, Renamed, Sealed, TurnedOff, TurnedOn
from cercle.modules.circle.read import is_on, show
from cercle.modules.circle.rules import Why
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Left
from tests.story import MINUTE, Story

ONLY_PEOPLE = ("circle", "people")


@pytest.fixture
def story() -> Story:
    return Story()


def test_circle_begun() -> None:
    story = Story(alone=True)
    roots = story.circle.roots
    assert roots.begun == story.amina.member
    assert (roots.form, roots.unit, roots.keeper) == ("household", "eur", story.amina.device.hex())
    assert roots.modules == {module.name: module.version for module in story.modules}
    assert [member.kind for member in roots.members.values()] == ["adult"]


def test_circle_begun_is_refused(story: Story) -> None:
    again = Begun(modules={"circle": 1})
    assert story.amina.is_refused(again) == "circle.not_allowed"
    with pytest.raises(Rejected, match="genesis"):
        story.person("farid").does(again)


def test_circle_linked_gathers_more_heads_than_one_entry_can_cite(story: Story) -> None:
    guests = [story.join("dov", story.invite(story.amina, kind="guest"), device=number) for number in range(1, 12)]
    with ExitStack() as away:
        for guest in guests:
            away.enter_context(story.apart(guest))
        for guest in guests:
            guest.brings(Linked())
    assert len(story.main.tips) == 11
    story.bruno.brings(Renamed(name="Chez nous"))
    (tip,) = story.main.tips
    assert tip == story.bruno.last.id
    assert story.entries[story.bruno.last.prev or b""].event == known(Linked).name


def test_circle_linked_is_refused(story: Story) -> None:
    story.dov.brings(Left())
    assert story.dov.is_refused(Linked()) == "circle.left"


def test_circle_sealed_settles_what_it_descends_from_and_time_goes_on(story: Story) -> None:
    epoch, time = story.circle.roots.epoch, story.circle.time
    with story.apart(story.bruno):
        story.bruno.brings(Renamed(name="Chez Bruno"))
        story.amina.brings(Renamed(name="Chez Amina"))
        story.wait(days=1)
        story.seal()
        assert story.circle.roots.epoch == epoch + 1
    assert story.bruno.last.id in story.main.replica.verdicts, "the seal has not seen it"
    assert story.amina.last.id in story.main.replica.verdicts, "a seal waits for the next one"
    assert story.circle.time > time + 24 * 60 * MINUTE
    story.seal()
    assert set(story.main.replica.verdicts) == {story.amina.last.id}
    assert story.main.replica.alarms == []


def test_circle_sealed_is_refused(story: Story) -> None:
    seal = Sealed(term=0, count=1, root=bytes(32), state=bytes(32))
    assert story.bruno.is_refused(seal) == "circle.not_allowed"
    assert story.circle.roots.epoch == 1


def test_circle_renamed(story: Story) -> None:
    name = story.bruno.brings(Renamed(name="Chez nous"))
    assert story.circle.roots.name == name
    for person in (story.chloe, story.dov):
        assert person.is_refused(Renamed(name="Mine")) == "circle.not_allowed"


def test_circle_adopted_is_in_force_from_the_next_seal() -> None:
    story = Story("bruno", uses=ONLY_PEOPLE)
    paid = Transferred(unit="eur", amount=500, payer=story.bruno.member, to=story.amina.member)
    story.bruno.brings(Adopted(module="accounts", version=1))
    assert story.bruno.is_refused(paid) == "circle.unknown"
    story.seal()
    story.bruno.brings(paid)
    story.bruno.brings(Adopted(module="groceries", version=1))
    story.seal()
    story.bruno.brings(ProductAdded(name="Milk"))
    assert show(story.circle)["modules"] == {"circle": 1, "people": 1, "accounts": 1, "groceries": 1}


def test_circle_adopted_is_refused() -> None:
    story = Story("bruno", "chloe", uses=ONLY_PEOPLE)
    assert story.bruno.is_refused(Adopted(module="groceries", version=1)) == Why.NEEDS.code
    assert story.bruno.is_refused(Adopted(module="people", version=1)) == Why.OLDER.code
    assert story.chloe.is_refused(Adopted(module="accounts", version=1)) == "circle.not_allowed"
    story.bruno.brings(Adopted(module="accounts", version=1))
    assert story.amina.is_refused(Adopted(module="accounts", version=1)) == Why.OLDER.code


def test_circle_turned_on_and_turned_off(story: Story) -> None:
    assert is_on(story.circle, "list")
    assert not is_on(story.circle, "stock")
    story.bruno.brings(TurnedOn(part="stock"))
    assert is_on(story.circle, "stock")
    story.bruno.brings(TurnedOff(part="stock"))
    story.bruno.brings(TurnedOff(part="list"))
    assert not is_on(story.circle, "stock")
    assert not is_on(story.circle, "list")


def test_circle_turned_on_is_refused(story: Story) -> None:
    assert story.bruno.is_refused(TurnedOn(part="list")) == Why.ON_ALREADY.code
    assert story.bruno.is_refused(TurnedOn(part="swimming-pool")) == Why.UNKNOWN_PART.code
    assert story.chloe.is_refused(TurnedOn(part="stock")) == "circle.not_allowed"


def test_circle_turned_off_is_refused(story: Story) -> None:
    assert story.bruno.is_refused(TurnedOff(part="stock")) == Why.OFF_ALREADY.code
    assert story.dov.is_refused(TurnedOff(part="list")) == "circle.not_allowed"
