"""A household's story in which every event of every module happens: the golden log of a release is its bytes."""

from cercle.modules.accounts.events import Corrected, Shared, Transferred
from cercle.modules.circle.events import Adopted, Linked, Renamed, TurnedOff, TurnedOn
from cercle.modules.groceries import events as groceries
from cercle.modules.people.events import (
    Added,
    CameBack,
    Described,
    EntryErased,
    InvitationWithdrawn,
    KindChanged,
    Left,
    RemovalAgreed,
    SpareKept,
    WentAway,
    WordsErased,
)
from tests.story import Story
from tests.vectors.a_household_at_work import adopting, coming_back, losing, saving_up, thanking, working
from tests.vectors.a_household_deciding import deciding


def household() -> Story:
    story = Story("bruno", "chloe", "dov", uses=("circle", "people", "accounts"))
    story.amina.brings(Adopted(module="groceries", version=1))
    assert story.bruno.is_refused(groceries.ShopAdded(name="Too soon")) == "circle.unknown"
    story.seal()
    about_people(story)
    about_money(story)
    shopping(story)
    keeping(story)
    adopting(story)
    working(story)
    thanking(story)
    saving_up(story)
    losing(story)
    coming_back(story)
    deciding(story)
    correcting(story)
    apart(story)
    leaving(story)
    return story


def about_people(story: Story) -> None:
    amina, bruno, chloe, dov = story.amina, story.bruno, story.chloe, story.dov
    grandmother = amina.brings(Added(kind="guest", colour=4, name="Mamie"))
    away = bruno.brings(WentAway(member=grandmother, since="2026-03-05", until="2026-03-09", note="à la mer"))
    bruno.brings(CameBack(member=grandmother, absence=away))
    assert chloe.is_refused(WentAway(member=bruno.member, since="2026-03-05", until="2026-03-09")) == "people.not_yours"
    assert dov.is_refused(Renamed(name="Chez Dov")) == "circle.not_allowed"
    amina.brings(Renamed(name="Chez nous"))
    amina.brings(KindChanged(member=dov.member, kind="adult"))
    dov.brings(Described(member=dov.member, colour=7, name="Dov"))
    withdrawn = story.invite(bruno, uses=3)
    bruno.brings(InvitationWithdrawn(invitation=withdrawn.id))
    assert story.join("farid", withdrawn).member == ""
    telephone = story.join("bruno", story.invite(bruno, member=bruno.member), device=1)
    assert telephone.member == bruno.member
    bruno.brings(SpareKept(key=bytes(range(32))))
    amina.brings(TurnedOn(part="money"))
    amina.brings(TurnedOff(part="people"))


def about_money(story: Story) -> None:
    amina, bruno, chloe = story.amina, story.bruno, story.chloe
    everybody = {amina.member: 1, bruno.member: 1, chloe.member: 1}
    for cents in (1_000, 1_001, 7):
        bruno.brings(Shared(unit="eur", amount=cents, payer=bruno.member, shares=everybody, what="pizza"))
    heavy = {amina.member: 3, bruno.member: 2, story.dov.member: 2}
    amina.brings(Shared(unit="eur", amount=12_345, payer=amina.member, shares=heavy, day="2026-03-01"))
    wrong = chloe.brings(Transferred(unit="eur", amount=334, payer=chloe.member, to=bruno.member, what="pizza"))
    chloe.brings(Corrected(entry=wrong, why="twice"))
    assert chloe.is_refused(Corrected(entry=wrong)) == "accounts.corrected_already"
    amina.brings(Transferred(unit="chf", amount=5_000, payer=amina.member, to=bruno.member, day="2026-03-02"))
    story.seal()


def shopping(story: Story) -> None:
    amina, bruno, dov = story.amina, story.bruno, story.dov
    aisle = amina.brings(groceries.AisleAdded(name="Vrac"))
    crate = amina.brings(groceries.UnitAdded(name="cageot", plural="cageots"))
    cellar = amina.brings(groceries.PlaceAdded(kind="cellar", name="Cave"))
    market = bruno.brings(groceries.ShopAdded(name="Le marche"))
    bruno.brings(groceries.ThingRenamed(thing=market, name="Le marché"))
    closed = bruno.brings(groceries.ShopAdded(name="L’épicerie"))
    bruno.brings(groceries.ThingRemoved(thing=closed))
    milk = amina.brings(groceries.ProductAdded(aisle="dairy", unit="l", minimum=2_000, catalogue="milk", name="Lait"))
    apples = amina.brings(groceries.ProductAdded(aisle=aisle, unit="kg", place=cellar, shop=market, name="Pommes"))
    amina.brings(groceries.ProductChanged(product=apples, aisle="produce", unit="kg", place=cellar, name="Pommes"))
    bruno.brings(groceries.ConversionSet(product=apples, unit=crate, to="kg", numerator=25, denominator=2))
    bruno.brings(groceries.MinimumSet(product=apples, minimum=3_000))
    bruno.brings(groceries.BarcodeSet(barcode="3017620422003", product=milk, amount=1_000, unit="l"))
    bruno.brings(groceries.BarcodeSet(barcode="20000011", product=apples))
    bruno.brings(groceries.BarcodeRemoved(barcode="20000011"))
    soap = dov.brings(groceries.ProductAdded(aisle="hygiene", name="Savon", note="sans parfum"))
    item = dov.brings(groceries.Listed(product=soap, amount=2_000, note="celui de Marseille"))
    amina.brings(groceries.ItemChanged(item=item, amount=3_000, shop=market, note=""))
    assert dov.is_refused(groceries.Listed(product=soap)) == "groceries.listed_already"
    bruno.brings(groceries.Ticked(item=item))
    bruno.brings(groceries.Unticked(item=item))
    bruno.brings(groceries.Unlisted(item=item))
    dov.brings(groceries.ProductArchived(product=soap))
    dov.brings(groceries.ProductRestored(product=soap))
    lines = [
        groceries.Line(product=apples, amount=1_000, unit=crate, price=2_400),
        groceries.Line(product=milk, amount=6_000, price=690, best_before="2026-05-01"),
        groceries.Line(product=soap, amount=1_000, price=300, stocked=False),
    ]
    shares = {amina.member: 1, bruno.member: 1, dov.member: 1}
    story.bruno.brings(
        groceries.Bought(
            shop=market, day="2026-03-02", unit="eur", total=3_400, payer=bruno.member, shares=shares, lines=lines
        )
    )
    story.seal()


def keeping(story: Story) -> None:
    amina, chloe = story.amina, story.chloe
    milk, apples, _ = story.circle.groceries.products
    given = chloe.brings(
        groceries.Stocked(product=apples, amount=1_500, best_before="2026-03-20", price=0, note="Mamie")
    )
    chloe.brings(groceries.Opened(product=apples, lot=given, amount=500, best_before="2026-03-08"))
    chloe.brings(groceries.LotChanged(product=apples, lot=given, best_before="2026-03-19"))
    cellar = next(iter(story.circle.groceries.places))
    chloe.brings(groceries.Moved(product=apples, lot=given, place=cellar, amount=250))
    amina.brings(groceries.Consumed(product=milk, amount=5_250, day="2026-03-03"))
    amina.brings(groceries.Wasted(product=apples, amount=750, why="spoiled", note="oubliées"))
    amina.brings(groceries.Counted(product=milk, amount=500))
    amina.brings(groceries.Consumed(product=milk, amount=1_000))
    story.wait(days=3)
    story.seal()


def correcting(story: Story) -> None:
    bruno, amina = story.bruno, story.amina
    purchase = next(iter(story.circle.groceries.purchases))
    bruno.brings(groceries.Undone(entry=purchase, why="le mauvais ticket"))
    assert bruno.is_refused(groceries.Undone(entry=purchase)) == "groceries.undone_already"
    noted = bruno.brings(groceries.Stocked(product=next(iter(story.circle.groceries.products)), amount=1_000, note="!"))
    bruno.brings(EntryErased(entry=noted, author=bruno.member))
    amina.brings(EntryErased(entry=story.dov.member, author=story.dov.member))
    story.chloe.brings(WordsErased(member=story.chloe.member))
    story.seal()


def apart(story: Story) -> None:
    """Two write without hearing of each other; somebody's phone comes back from a backup and forks."""
    bruno, chloe = story.bruno, story.chloe
    with story.apart(bruno):
        bruno.brings(groceries.ShopAdded(name="Écrit à part"))
        story.amina.brings(Linked())
    twin = chloe.twin()
    chloe.does(Linked())
    twin.does(groceries.ShopAdded(name="L’autre branche"))
    story.seal()
    assert chloe.is_refused(Linked()) == "circle.forked"


def leaving(story: Story) -> None:
    amina, bruno, dov = story.amina, story.bruno, story.dov
    assert bruno.is_refused(RemovalAgreed(member=amina.member)) == "circle.keeper"
    with story.apart(dov):
        dov.brings(Renamed(name="Chez Dov"))
        bruno.brings(RemovalAgreed(member=dov.member))
        amina.brings(RemovalAgreed(member=dov.member))
    story.seal()
    assert dov.is_refused(Linked()) == "circle.removed"
    bruno.brings(Left())
    assert bruno.is_refused(Linked()) == "circle.left"
