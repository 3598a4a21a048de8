"""The same household at work: chores, points and what it agrees."""

from cercle.modules.circle.events import Adopted
from cercle.modules.devices.events import Named, Revoked
from cercle.modules.merit import events as merit
from cercle.modules.tasks import events as tasks
from cercle.modules.week.events import Agreed, Dropped, Kept
from tests.story import Story


def adopting(story: Story) -> None:
    for module in ("tasks", "merit", "week", "devices"):
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


def losing(story: Story) -> None:
    """Bruno has a second device, which he loses."""
    phone = story.join("bruno", story.invite(story.bruno, member=story.bruno.member), device=1)
    story.bruno.brings(Named(device=phone.device, name="Téléphone"))
    story.bruno.brings(Revoked(device=phone.device))
    assert phone.is_refused(tasks.Worked(kind="care", minutes=5, who=[phone.member])) == "circle.revoked"
    story.seal()
