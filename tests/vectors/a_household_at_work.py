"""The same household at work: chores, points and what it agrees."""

from cercle.core.keys import Signer, public
from cercle.modules.circle.events import Adopted
from cercle.modules.devices.events import HandedOn, KeeperAgreed, KitMade, Named, OthersRevoked, Revoked
from cercle.modules.merit import events as merit
from cercle.modules.pools import events as pools
from cercle.modules.tasks import events as tasks
from cercle.modules.week.events import Agreed, Dropped, Kept
from tests.story import Invitation, Story


def adopting(story: Story) -> None:
    for module in ("tasks", "merit", "week", "devices", "pools"):
        story.amina.brings(Adopted(module=module, version=1))
        story.seal()


def working(story: Story) -> None:
    amina, bruno, chloe, dov = story.amina, story.bruno, story.chloe, story.dov
    monday = {"rhythm": "FREQ=WEEKLY;BYDAY=MO", "start": "2026-03-02"}
    amina.brings(merit.RateSet(kind="cleaning", per_turn=2, per_hour=6, confirm="another", budget=50))
    bins = bruno.brings(tasks.ChoreAdded(kind="cleaning", rotation="in_turn", minutes=30, name="Poubelles", **monday))
    amina.brings(merit.RateSet(chore=bins, per_turn=4, growing=1, confirm="another"))
    bruno.brings(tasks.ChoreChanged(chore=bins, kind="cleaning", rotation="random", seed=9, name="Poubelles", **monday))
    done = bruno.brings(
        tasks.Done(chore=bins, turn=0, who=[bruno.member, chloe.member], minutes=20, due="2026-03-02", day="2026-03-04")
    )
    assert amina.is_refused(tasks.Done(chore=bins, turn=0, who=[amina.member])) == "tasks.done_already"
    amina.brings(merit.Declined(claim=done, why="pas le compost"))
    amina.brings(merit.Confirmed(claim=done))
    chloe.brings(tasks.TakenOver(chore=bins, turn=1, member=chloe.member))
    chloe.brings(tasks.PutOff(chore=bins, turn=1, until="2026-03-11"))
    skipped = chloe.brings(tasks.Skipped(chore=bins, turn=1, due="2026-03-11", day="2026-03-11", why="vides"))
    undone = amina.brings(tasks.Undone(entry=skipped, why="pas vides"))
    amina.brings(tasks.Undone(entry=undone))
    bruno.brings(tasks.ChoreArchived(chore=bins))
    bruno.brings(tasks.ChoreRestored(chore=bins))
    amina.brings(merit.RateSet(kind="care", per_hour=10, confirm="beneficiary"))
    help_given = dov.brings(
        tasks.Worked(kind="care", minutes=90, who=[dov.member], whom=chloe.member, day="2026-03-05", what="devoirs")
    )
    assert bruno.is_refused(merit.Confirmed(claim=help_given)) == "merit.not_yours_to_confirm"
    chloe.brings(merit.Confirmed(claim=help_given))
    story.seal()


def thanking(story: Story) -> None:
    amina, bruno, chloe = story.amina, story.bruno, story.chloe
    amina.brings(merit.AllowanceSet(points=5))
    amina.brings(merit.Thanked(to=chloe.member, points=3, what="la soupe"))
    bicycle = bruno.brings(merit.Wished(points=6, name="Un vélo"))
    garden = chloe.brings(merit.Wished(points=100, name="Un potager"))
    chloe.brings(merit.Pledged(wish=bicycle, points=2))
    bruno.brings(merit.Pledged(wish=bicycle, points=3))
    bruno.brings(merit.Unpledged(wish=bicycle))
    bruno.brings(merit.Pledged(wish=bicycle, points=4))
    chloe.brings(merit.Pledged(wish=garden, points=1))
    amina.brings(merit.Fulfilled(wish=bicycle))
    chloe.brings(merit.Released(wish=garden))
    kept = amina.brings(Agreed(member=bruno.member, until="2026-03-15", what="Réparer le portail"))
    dropped = amina.brings(Agreed(what="Se lever à six heures"))
    bruno.brings(Kept(agreement=kept, day="2026-03-12"))
    chloe.brings(Dropped(agreement=dropped, why="personne"))
    story.seal()


def saving_up(story: Story) -> None:
    """A purse for the holidays: shares, two who are apart and take what is free, and one that is closed again."""
    amina, bruno = story.amina, story.bruno
    purse = amina.brings(pools.Opened(name="Vacances"))
    paid = bruno.brings(pools.PaidIn(pool=purse, amount=30_000, payer=bruno.member, day="2026-03-13"))
    bruno.brings(pools.AllowanceAsked(pool=purse))
    story.seal()
    with story.apart(bruno):
        ferry = bruno.brings(pools.Spent(pool=purse, amount=7500, day="2026-03-14", what="Le ferry"))
        amina.brings(pools.Spent(pool=purse, amount=12_000, free=True, what="Le gîte"))
        bruno.brings(pools.Spent(pool=purse, amount=9000, free=True, what="Les vélos"))
    assert bruno.is_refused(pools.Spent(pool=purse, amount=1)) == "pools.too_much"
    assert bruno.is_refused(pools.Corrected(entry=paid)) == "pools.not_there"
    bruno.brings(pools.Corrected(entry=ferry, why="annulé"))
    amina.brings(pools.Returned(pool=purse, amount=500))
    amina.brings(pools.AllowanceRevoked(pool=purse, device=bruno.device))
    story.seal()
    present = amina.brings(pools.Opened(name="Cadeau"))
    amina.brings(pools.Closed(pool=present))
    story.seal()


def losing(story: Story) -> None:
    """Bruno has a second device, which he loses; then Amina hands the log on to him, and he back to her. In the end she
    loses hers, and they choose his."""
    phone = story.join("bruno", story.invite(story.bruno, member=story.bruno.member), device=1)
    story.bruno.brings(Named(device=phone.device, name="Téléphone"))
    story.bruno.brings(Revoked(device=phone.device))
    assert phone.is_refused(tasks.Worked(kind="care", minutes=5, who=[phone.member])) == "circle.revoked"
    story.amina.brings(HandedOn(device=story.bruno.device))
    story.seal()
    assert story.amina.is_refused(HandedOn(device=story.amina.device)) == "circle.not_allowed"
    story.seal()
    story.bruno.brings(HandedOn(device=story.amina.device))
    story.seal()
    laptop = story.join("amina", story.invite(story.amina, member=story.amina.member), device=1)
    assert laptop.is_refused(KeeperAgreed(device=story.bruno.device, term=2)) == "devices.term"
    for one in (laptop, story.bruno):
        one.brings(KeeperAgreed(device=story.bruno.device, term=3))
    story.seal()
    assert story.circle.roots.keeper == story.bruno.device.hex()
    story.bruno.brings(HandedOn(device=story.amina.device))
    story.seal()


def coming_back(story: Story) -> None:
    """Bruno makes a recovery kit, and another one; after two weeks he has nothing left but the second paper."""
    first, second = (Invitation(story.bruno.brings(KitMade(key=public(key))), key) for key in keys(story))
    assert not story.join("bruno", first, device=2).member
    story.wait(days=14)
    story.seal()
    new = story.join("bruno", second, device=3)
    assert story.bruno.is_refused(OthersRevoked()) == "devices.not_by_kit"
    new.brings(OthersRevoked())
    assert story.bruno.is_refused(KitMade(key=bytes(32))) == "circle.revoked"
    story.people["bruno"] = new
    story.seal()


def keys(story: Story) -> list[Signer]:
    return [story.key("the first kit"), story.key("the second kit")]
