"""What is said of devices: each event as it works and is refused."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.core.keys import public
from cercle.modules.devices.events import HandedOn, KeeperAgreed, Named, Revoked
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


def test_devices_handed_on(story: Story) -> None:
    term = story.circle.roots.term
    story.amina.brings(HandedOn(device=story.bruno.device))
    assert story.circle.roots.keeper == story.amina.device.hex(), "until the next seal"
    story.seal()
    last = story.amina.last
    assert (story.circle.roots.keeper, story.circle.roots.term) == (story.bruno.device.hex(), term + 1)
    story.bruno.brings(ProductAdded(name="Milk"))
    story.seal()
    assert story.bruno.last.event == "circle.sealed"
    assert story.main.verdict(last) == "", "the last seal of a term is right, though its device seals no more"
    assert story.main.replica.tree.size > 0
    assert story.amina.does(HandedOn(device=story.amina.device)) == "circle.not_allowed"
    assert story.main.replica.alarms == []


def test_who_keeps_no_more_settles_nothing(story: Story) -> None:
    story.amina.brings(HandedOn(device=story.bruno.device))
    story.seal()
    settled = story.main.replica.tree.size
    kept = {"term": story.circle.roots.term, "count": settled, "root": bytes(32)}
    for term in (story.circle.roots.term, story.circle.roots.term - 1):
        story.write(story.amina, "circle.sealed", kept | {"term": term}, None)
    assert story.main.replica.tree.size == settled
    assert story.main.verdict(story.amina.last) == "circle.not_allowed"


def test_the_new_keeper_seals_only_what_follows_the_last_seal(story: Story) -> None:
    """Bruno, who has not heard the seal by which the role came to him, writes one all the same."""
    story.amina.brings(HandedOn(device=story.bruno.device))
    with story.apart(story.bruno):
        kept = {"term": story.circle.roots.term + 1, "count": 3, "root": bytes(32)}
        story.write(story.bruno, "circle.sealed", kept, None)
        early = story.bruno.last
        with story.apart(story.amina):
            pass
    story.seal()
    assert story.main.replica.circle.roots.keeper == story.bruno.device.hex()
    assert early.id in story.main.settled


def test_devices_handed_on_is_refused(story: Story) -> None:
    laptop = second(story, "bruno")
    story.bruno.brings(Revoked(device=laptop.device))
    assert story.amina.is_refused(HandedOn(device=STRANGE)) == Why.NO_DEVICE.code
    assert story.amina.is_refused(HandedOn(device=story.amina.device)) == Why.KEEPS_ALREADY.code
    assert story.amina.is_refused(HandedOn(device=laptop.device)) == Why.FROZEN.code
    assert story.bruno.is_refused(HandedOn(device=story.bruno.device)) == "circle.not_allowed"


def test_a_successor_who_has_left_by_then_does_not_take_over(story: Story) -> None:
    story.amina.brings(HandedOn(device=story.bruno.device))
    story.bruno.brings(Left())
    story.seal()
    assert story.circle.roots.keeper == story.amina.device.hex()
    assert story.circle.devices.successor == ""


def test_devices_keeper_agreed(story: Story) -> None:
    story.bruno.brings(KeeperAgreed(device=story.bruno.device, term=1))
    assert story.circle.sealing() == (story.amina.device.hex(), 0), "one of two is not more than half"
    laptop = second(story, "amina")
    laptop.brings(KeeperAgreed(device=story.bruno.device, term=1))
    assert story.circle.sealing() == (story.bruno.device.hex(), 1)
    story.seal()
    assert (story.circle.roots.keeper, story.circle.roots.term) == (story.bruno.device.hex(), 1)
    assert (story.circle.devices.lost, story.circle.devices.agreed) == (1, {})


def test_devices_keeper_agreed_is_refused(story: Story) -> None:
    def wants(person: Person, device: bytes, term: int = 1) -> str:
        return person.is_refused(KeeperAgreed(device=device, term=term))

    assert wants(story.chloe, story.bruno.device) == FoldWhy.NOT_ALLOWED.code
    assert wants(story.bruno, STRANGE) == Why.NO_DEVICE.code
    assert wants(story.bruno, story.chloe.device) == Why.NO_ADULT.code
    assert wants(story.bruno, story.amina.device) == Why.KEEPS_ALREADY.code
    dov = story.join("dov", story.invite(story.amina, kind="adult"), device=2)
    laptop = second(story, "bruno")
    story.bruno.brings(Revoked(device=laptop.device))
    assert wants(story.bruno, laptop.device) == Why.FROZEN.code
    story.bruno.brings(KeeperAgreed(device=story.bruno.device, term=1))
    assert wants(story.bruno, story.bruno.device) == Why.TERM.code, "once a term"
    story.amina.brings(HandedOn(device=story.bruno.device))
    story.seal()
    assert wants(story.amina, dov.device) == Why.TERM.code, "that term has come"


def test_whom_enough_people_wanted_and_who_left_does_not_seal(story: Story) -> None:
    dov = story.join("dov", story.invite(story.amina, kind="adult"), device=2)
    story.seal()
    for one in (story.amina, story.bruno):
        one.brings(KeeperAgreed(device=dov.device, term=1))
    assert story.circle.sealing() == (dov.device.hex(), 1)
    dov.brings(Left())
    assert story.circle.sealing() == (story.amina.device.hex(), 0)
    story.amina.brings(KeeperAgreed(device=story.bruno.device, term=2))
    story.bruno.brings(KeeperAgreed(device=story.bruno.device, term=2))
    story.seal()
    assert story.circle.roots.keeper == story.bruno.device.hex()
