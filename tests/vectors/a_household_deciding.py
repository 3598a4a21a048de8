"""The same household decides and meets: what passes is done by the circle, and what does not leaves no trace."""

from typing import Any

from cercle.modules.circle.events import Adopted
from cercle.modules.decisions import events as decisions
from cercle.modules.decisions.state import Motion
from cercle.modules.meetings import events as meetings
from cercle.modules.pools import events as pools
from cercle.modules.roles import events as roles
from tests.story import Person, Story

MONDAY, NEXT = "2026-03-16", "2026-03-23"


def deciding(story: Story) -> None:
    for module in ("charter", "decisions", "roles", "meetings"):
        story.amina.brings(Adopted(module=module, version=1))
        story.seal()
    setting_rules(story)
    choosing(story)
    sharing_tasks(story)
    signing_twice(story)
    meeting(story)


def proposed(story: Story, person: Person, method: str, *clauses: tuple[str, dict[str, Any]], days: int = 1) -> str:
    """A proposal that does these things, put to the vote."""
    motion = person.brings(decisions.Proposed(title="Autrement", why="c’est mieux"))
    found = []
    for does, fields in clauses:
        words = {name: fields.pop(name) for name in ("name", "what") if name in fields}
        found.append(person.brings(decisions.ClauseAdded(motion=motion, does=does, fields=fields, words=words)))
    opened = decisions.Opened(motion=motion, method=method, clauses=found, days=days, review=2)
    person.brings(opened)
    return motion


def said(story: Story, motion: str, *votes: tuple[Person, dict[str, int]]) -> None:
    vote = motion_of(story, motion).rounds[-1]
    for person, choice in votes:
        person.brings(decisions.Voted(motion=motion, round=vote, choice=choice, why="parce que"))


def motion_of(story: Story, motion: str) -> Motion:
    found: Motion = story.circle.decisions.motions[motion]
    return found


def days_go_by(story: Story, motion: str) -> None:
    """Four of them, on each of which Dov is heard."""
    story.seal()
    for _ in range(4):
        story.dov.brings(decisions.Spoken(motion=motion, what="J’y pense"))
        story.wait(days=1.1)
        story.seal()


def setting_rules(story: Story) -> None:
    amina, bruno, chloe, dov = story.amina, story.bruno, story.chloe, story.dov
    undone = proposed(story, amina, "light", ("tasks.chore_archived", {"chore": "0" * 20}), days=0)
    story.seal()
    assert motion_of(story, undone).outcomes[-1].result == "undone"
    lightly = proposed(story, amina, "light", ("charter.adopted", {"template": "friends"}), days=0)
    story.seal()
    assert motion_of(story, lightly).ended == "passed"
    refused = amina.is_refused(roles.Recalled(role="0" * 20))
    assert refused == "circle.to_decide"
    both = proposed(
        story,
        bruno,
        "consent",
        ("charter.changed", {"setting": "quorum", "number": 20}),
        ("circle.renamed", {"name": "Les Tilleuls"}),
        days=3,
    )
    said(story, both, (amina, {"consent": 1}), (bruno, {"consent": 1}), (dov, {"object": 1}))
    milder = decisions.Opened(motion=both, method="consent", clauses=list(motion_of(story, both).clauses), days=3)
    bruno.brings(milder)
    said(story, both, (amina, {"consent": 1}), (dov, {}))
    chloe.brings(decisions.Spoken(motion=both, what="Moi aussi"))
    days_go_by(story, both)
    assert motion_of(story, both).ended == "passed"
    bruno.brings(decisions.Reviewed(motion=both, months=3, why="ça va"))
    dropped = amina.brings(decisions.Proposed(title="Une autre fois"))
    amina.brings(decisions.Withdrawn(motion=dropped, why="plus tard"))


def choosing(story: Story) -> None:
    """By lot between two, with a proxy, and with papers that two have counted."""
    amina, bruno, dov = story.amina, story.bruno, story.dov
    dov.brings(decisions.ProxyNamed(member=bruno.member, days=20))
    motion = amina.brings(decisions.Proposed(title="Où aller"))
    options = [amina.brings(decisions.OptionAdded(motion=motion, what=what)) for what in ("Brest", "Lille")]
    vote = amina.brings(decisions.Opened(motion=motion, method="approval", options=options, days=3))
    papers = [decisions.Papers({options[0]: 1}, 1), decisions.Papers({options[1]: 1}, 1)]
    for counter in (amina, bruno):
        who = [amina.member, bruno.member]
        counter.brings(decisions.PapersCounted(motion=motion, round=vote, who=who, papers=papers))
    story.seal()
    days_go_by(story, motion)
    assert motion_of(story, motion).outcomes[-1].result == "tied"
    vote = amina.brings(decisions.Opened(motion=motion, method="lot", options=options, days=3))
    days_go_by(story, motion)
    story.seal()
    for reader in (amina, bruno):
        reader.brings(decisions.LotRead(motion=motion, key="4.8.15./16./"))
    story.seal()
    assert motion_of(story, motion).outcomes[-1].lot == "4.8.15./16./"


def sharing_tasks(story: Story) -> None:
    amina, bruno, dov = story.amina, story.bruno, story.dov
    treasurer = amina.brings(roles.Created(name="Trésorière", purpose="tient les comptes", term=30))
    amina.brings(roles.Changed(role=treasurer, name="Trésorier", term=60))
    amina.brings(roles.Filled(role=treasurer, member=dov.member))
    dov.brings(roles.HandedOn(role=treasurer, member=bruno.member))
    host = bruno.brings(roles.Created(name="Hôte", term=7, turn=[bruno.member, dov.member]))
    motion = amina.brings(decisions.Proposed(title="Qui tient les comptes"))
    filled = decisions.ClauseAdded(motion=motion, does="roles.filled", fields={"role": treasurer, "member": dov.member})
    clause = amina.brings(filled)
    vote = amina.brings(decisions.Opened(motion=motion, method="election", clauses=[clause], days=3))
    bruno.brings(decisions.Voted(motion=motion, round=vote, choice={amina.member: 1}, why="elle est précise"))
    story.seal()
    amina.brings(decisions.Named(motion=motion, round=vote, member=amina.member, why="d’accord"))
    for person in (amina, bruno):
        person.brings(decisions.Voted(motion=motion, round=vote, choice={"consent": 1}))
    days_go_by(story, motion)
    assert story.circle.roles.roles[treasurer].holder == amina.member
    recalled = proposed(story, bruno, "consent", ("roles.recalled", {"role": treasurer}), days=3)
    said(story, recalled, (bruno, {"consent": 1}), (amina, {"consent": 1}))
    days_go_by(story, recalled)
    story.seal()
    assert story.circle.roles.roles[treasurer].holder == ""
    amina.brings(roles.Ended(role=host))


def signing_twice(story: Story) -> None:
    amina, bruno = story.amina, story.bruno
    purse = amina.brings(pools.Opened(name="Travaux"))
    amina.brings(pools.PaidIn(pool=purse, amount=90_000, payer=amina.member))
    story.seal()
    assert amina.is_refused(pools.Spent(pool=purse, amount=20_000, free=True)) == "pools.second"
    ask = amina.brings(pools.Asked(pool=purse, amount=20_000, what="La chaudière"))
    bruno.brings(pools.Signed(ask=ask))
    other = amina.brings(pools.Asked(pool=purse, amount=20_000, what="Le toit"))
    amina.brings(pools.AskDropped(ask=other))
    story.seal()


def meeting(story: Story) -> None:
    amina, bruno, chloe = story.amina, story.bruno, story.chloe
    weekly = amina.brings(
        meetings.Called(
            day=MONDAY, at="18:00", zone="Europe/Paris", rhythm="FREQ=WEEKLY", name="Le conseil", place="Cuisine"
        )
    )
    amina.brings(
        meetings.Changed(meeting=weekly, day=MONDAY, at="19:30", minutes=45, rhythm="FREQ=WEEKLY", name="Le conseil")
    )
    amina.brings(meetings.Moved(meeting=weekly, day=NEXT, to="2026-03-24", at="20:00", why="concert"))
    amina.brings(meetings.CalledOff(meeting=weekly, day="2026-03-30", why="vacances"))
    chloe.brings(meetings.Answered(meeting=weekly, day=MONDAY, answer="maybe"))
    item = chloe.brings(meetings.ItemPut(meeting=weekly, minutes=10, what="L’heure du coucher"))
    bruno.brings(meetings.Begun(meeting=weekly, day=MONDAY, members=[bruno.member]))
    chloe.brings(meetings.Joined(meeting=weekly, day=MONDAY, members=[chloe.member]))
    assert amina.is_refused(meetings.Noted(meeting=weekly, day=MONDAY, what="x")) == "meetings.only_present"
    line = bruno.brings(meetings.Noted(meeting=weekly, day=MONDAY, item=item, what="Vingt et une heures"))
    chloe.brings(meetings.Amended(note=line, what="Vingt-deux heures le samedi"))
    bruno.brings(meetings.ItemClosed(item=item, day=MONDAY))
    bruno.brings(meetings.Closed(meeting=weekly, day=MONDAY))
    story.seal()
