"""What is paid, shared, given and taken back: each event as it works and is refused."""

from fractions import Fraction

import pytest

from cercle.modules.accounts.events import Corrected, Shared, Transferred
from cercle.modules.accounts.read import Transfer, balances, exact, settlement, show, units
from cercle.modules.accounts.rules import Why
from cercle.modules.groceries.events import Bought
from cercle.modules.merit.events import AllowanceSet, Thanked
from cercle.modules.people.events import Left
from tests.story import Story

NOBODY = "0" * 20


@pytest.fixture
def story() -> Story:
    return Story()


def euros(story: Story) -> dict[str, int]:
    """What the circle owes each, in cents, by name."""
    posted = balances(story.circle, "eur")
    return {name: posted[person.member] for name, person in story.people.items()}


def shares(story: Story, **weights: int) -> dict[str, int]:
    return {story.people[name].member: weight for name, weight in weights.items()}


def test_accounts_shared(story: Story) -> None:
    flat = shares(story, amina=2, bruno=1, dov=1)
    story.chloe.brings(Shared(unit="eur", amount=8000, payer=story.bruno.member, shares=flat, what="the gas"))
    assert euros(story) == {"amina": -4000, "bruno": 6000, "chloe": 0, "dov": -2000}


def test_the_parts_of_a_cent_are_carried_from_bill_to_bill(story: Story) -> None:
    three = shares(story, amina=1, bruno=1, dov=1)
    for _ in range(3):
        story.amina.brings(Shared(unit="eur", amount=100, payer=story.chloe.member, shares=three))
    assert euros(story) == {"amina": -100, "bruno": -100, "chloe": 300, "dov": -100}
    assert exact(story.circle, "eur", story.dov.member) == -100


def test_accounts_shared_is_refused(story: Story) -> None:
    amina, one = story.amina.member, shares(story, amina=1)
    for event, code in (
        (Shared(unit="eur", amount=0, payer=amina, shares=one), Why.NOTHING.code),
        (Shared(unit="eur", amount=1, payer=NOBODY, shares=one), Why.NOBODY.code),
        (Shared(unit="eur", amount=1, payer=amina, shares={NOBODY: 1}), Why.NOBODY.code),
        (Shared(unit="merit", amount=1, payer=amina, shares=one), Why.RESERVED.code),
        (Shared(unit="hours", amount=1, payer=amina, shares=one), Why.RESERVED.code),
        (Shared(unit="eur", amount=1, payer=amina, shares=one, day="2025-02-29"), Why.NO_DAY.code),
        (Shared(unit="eur", amount=1, payer=amina, shares=shares(story, amina=1000, dov=1)), Why.TOO_FINE.code),
        (Shared(unit="eur", amount=1, payer=amina, shares={}), "circle.malformed"),
        (Shared(unit="eur", amount=-1, payer=amina, shares=one), "circle.malformed"),
        (Shared(unit="eur", amount=10**12 + 1, payer=amina, shares=one), "circle.malformed"),
    ):
        assert story.chloe.is_refused(event) == code, event
    assert story.dov.is_refused(Shared(unit="eur", amount=1, payer=amina, shares=one)) == "circle.not_allowed"


def test_the_name_of_a_currency_ends_with_a_letter(story: Story) -> None:
    """Else a circle would have two that look the same."""
    spent = Shared(unit="eur\n", amount=1, payer=story.amina.member, shares=shares(story, bruno=1))
    assert story.amina.is_refused(spent) == "circle.malformed"


def test_accounts_transferred(story: Story) -> None:
    story.bruno.brings(Transferred(unit="eur", amount=250, payer=story.bruno.member, to=story.amina.member))
    assert euros(story) == {"amina": -250, "bruno": 250, "chloe": 0, "dov": 0}
    assert settlement(balances(story.circle, "eur")) == [Transfer(story.amina.member, story.bruno.member, 250)]


def test_who_has_gone_still_settles(story: Story) -> None:
    story.dov.brings(Left())
    story.bruno.brings(Transferred(unit="eur", amount=250, payer=story.dov.member, to=story.amina.member))
    assert balances(story.circle, "eur")[story.dov.member] == 250


def test_accounts_transferred_is_refused(story: Story) -> None:
    amina, bruno = story.amina.member, story.bruno.member
    for event, why in (
        (Transferred(unit="eur", amount=250, payer=amina, to=amina), Why.TO_ONESELF),
        (Transferred(unit="eur", amount=0, payer=amina, to=bruno), Why.NOTHING),
        (Transferred(unit="eur", amount=1, payer=amina, to=NOBODY), Why.NOBODY),
        (Transferred(unit="hours", amount=1, payer=amina, to=bruno), Why.RESERVED),
        (Transferred(unit="eur", amount=1, payer=amina, to=bruno, day="2026-02-30"), Why.NO_DAY),
    ):
        assert story.bruno.is_refused(event) == why.code


def test_accounts_corrected(story: Story) -> None:
    three = shares(story, amina=1, bruno=1, dov=1)
    bill = story.amina.brings(Shared(unit="eur", amount=100, payer=story.chloe.member, shares=three))
    story.amina.brings(Shared(unit="eur", amount=100, payer=story.bruno.member, shares=three))
    gift = story.amina.brings(Transferred(unit="eur", amount=30, payer=story.dov.member, to=story.amina.member))
    story.chloe.brings(Corrected(entry=bill, why="paid twice"))
    story.chloe.brings(Corrected(entry=gift))
    posted = euros(story)
    assert sum(posted.values()) == 0
    assert posted["chloe"] == 0
    assert posted["bruno"] in (66, 67)
    assert exact(story.circle, "eur", story.bruno.member) == Fraction(200, 3)


def test_accounts_corrected_is_refused(story: Story) -> None:
    bill = story.amina.brings(Shared(unit="eur", amount=100, payer=story.amina.member, shares=shares(story, bruno=1)))
    correction = story.amina.brings(Corrected(entry=bill))
    assert story.amina.is_refused(Corrected(entry=bill)) == Why.CORRECTED.code
    assert story.amina.is_refused(Corrected(entry=correction)) == Why.CORRECTION.code
    assert story.amina.is_refused(Corrected(entry=NOBODY)) == Why.NO_ENTRY.code
    purchase = story.amina.brings(Bought(unit="eur", total=5, payer=story.amina.member, shares=shares(story, bruno=1)))
    assert story.amina.is_refused(Corrected(entry=purchase)) == Why.ELSEWHERE.code
    assert story.dov.is_refused(Corrected(entry=bill)) == "circle.not_allowed"


def test_what_is_shown_is_balances_and_how_to_settle_them(story: Story) -> None:
    amina, bruno, dov = story.amina.member, story.bruno.member, story.dov.member
    story.amina.brings(Shared(unit="chf", amount=900, payer=amina, shares=shares(story, amina=1, bruno=1, dov=1)))
    shown = show(story.circle)
    assert shown["balances"]["chf"] == {amina: 600, bruno: -300, dov: -300, story.chloe.member: 0}
    assert sorted(shown["settlement"]["chf"]) == sorted([[bruno, amina, 300], [dov, amina, 300]])
    assert set(shown["balances"]["eur"].values()) == {0}


def test_points_are_in_the_same_ledger_and_not_among_the_money(story: Story) -> None:
    story.amina.brings(AllowanceSet(points=10))
    thanks = story.amina.brings(Thanked(to=story.bruno.member, points=10, what="the shelf"))
    story.amina.brings(Shared(unit="chf", amount=900, payer=story.amina.member, shares=shares(story, bruno=1)))
    assert story.circle.accounts.balances["merit"] == {story.bruno.member: 10, "commons": -10}
    assert units(story.circle) == ["eur", "chf"]
    assert set(show(story.circle)["balances"]) == set(show(story.circle)["settlement"]) == {"eur", "chf"}
    assert story.amina.is_refused(Corrected(entry=thanks)) == Why.ELSEWHERE.code
