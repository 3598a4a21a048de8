"""What is said of devices: each event as it works and is refused."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.core.keys import public
from cercle.modules.devices.events import Named, Revoked
from cercle.modules.devices.read import may_revoke
from cercle.modules.devices.rules import Why
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Left, SpareKept
from tests.story import Invitation, Person, Story

STRANGE = b"s" * 32


@pytest.fixture
def story() -> Story:
    return Story()


def second(story: Story, name: str) -> Person:
    """A further device of somebody."""
    person: Person = getattr(story, name)
    by = person if person.member == story.bruno.member else story.amina
    return story.join(name, story.invite(by, member=person.member), device=1)


def test_devices_named(story: Story) -> None:
    words = story.dov.brings(Named(device=story.dov.device, name="Tablet"))
    assert story.circle.devices.names == {story.dov.device.hex(): words}
    later = story.dov.brings(Named(device=story.dov.device, name="Old tablet"))
    assert story.circle.devices.names == {story.dov.device.hex(): later}


def test_devices_named_is_refused(story: Story) -> None:
    assert story.dov.is_refused(Named(device=STRANGE, name="x")) == Why.NO_DEVICE.code
    assert story.dov.is_refused(Named(device=story.chloe.device, name="x")) == Why.NOT_YOURS.code
    assert story.amina.is_refused(Named(device=story.chloe.device, name="x")) == Why.NOT_YOURS.code


def test_devices_revoked(story: Story) -> None:
    laptop = second(story, "bruno")
    laptop.brings(ProductAdded(name="Milk"))
    revocation = story.bruno.brings(Revoked(device=laptop.device))
    assert story.circle.devices.revoked == {laptop.device.hex(): revocation}
    assert laptop.does(ProductAdded(name="Bread")) == FoldWhy.REVOKED.code
    story.seal()
    assert laptop.does(ProductAdded(name="Bread")) == FoldWhy.REVOKED.code
    story.bruno.brings(ProductAdded(name="Salt"))


def test_nobody_comes_in_by_what_a_lost_device_had_put_aside(story: Story) -> None:
    laptop = second(story, "bruno")
    key = story.key("spare")
    spare = Invitation(laptop.brings(SpareKept(key=public(key))), key)
    link = story.invite(laptop)
    own = story.invite(story.bruno)
    story.bruno.brings(Revoked(device=laptop.device))
    for number, invitation in enumerate((spare, link), 2):
        late = story.join("bruno", invitation, device=number)
        assert story.main.verdict(late.last) == "people.used"
    assert story.join("farid", own).member


def test_an_adult_revokes_the_device_of_a_child(story: Story) -> None:
    assert may_revoke(story.circle, story.bruno.member, story.chloe.device.hex())
    story.bruno.brings(Revoked(device=story.chloe.device))
    assert story.chloe.does(ProductAdded(name="Sweets")) == FoldWhy.REVOKED.code


def test_what_a_lost_device_wrote_apart_counts_only_as_far_as_it_was_before(story: Story) -> None:
    laptop = second(story, "bruno")
    with story.apart(laptop):
        early = laptop.brings(ProductAdded(name="Early"))
        for number in range(4):
            late = laptop.brings(ProductAdded(name=f"Late {number}"))
    story.bruno.brings(ProductAdded(name="Salt"))
    story.seal()
    assert (story.verdict(early), story.verdict(late)) == ("", "")
    with story.apart(laptop):
        for number in range(4):
            late = laptop.brings(ProductAdded(name=f"Stolen {number}"))
        story.bruno.brings(Revoked(device=laptop.device))
        story.seal()
    story.seal()
    assert story.verdict(late) == FoldWhy.REVOKED.code


def test_devices_revoked_is_refused(story: Story) -> None:
    laptop = second(story, "bruno")
    assert story.bruno.is_refused(Revoked(device=STRANGE)) == Why.NO_DEVICE.code
    assert story.bruno.is_refused(Revoked(device=story.bruno.device)) == Why.THIS_ONE.code
    assert story.bruno.is_refused(Revoked(device=story.amina.device)) == Why.NOT_YOURS.code
    assert story.chloe.is_refused(Revoked(device=story.dov.device)) == Why.NOT_YOURS.code
    assert second(story, "amina").is_refused(Revoked(device=story.amina.device)) == Why.KEEPER.code
    story.bruno.brings(Revoked(device=laptop.device))
    assert story.bruno.is_refused(Revoked(device=laptop.device)) == Why.REVOKED.code
    story.dov.brings(Left())
    assert story.amina.is_refused(Revoked(device=story.dov.device)) == Why.NO_DEVICE.code
