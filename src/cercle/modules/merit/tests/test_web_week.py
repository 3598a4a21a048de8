"""What the page of the week says of thanks, wishes and points."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cercle.core.entry import Raw
from cercle.modules.circle.events import TurnedOn
from cercle.modules.merit.events import AllowanceSet, Fulfilled, Pledged, RateSet, Released, Thanked, Wished
from cercle.modules.merit.tests.working import rich, today, works
from cercle.page.visit import SESSION
from cercle.store import keyring
from cercle.store.live import now
from cercle.store.receive import receive
from tests.story import DAY, Story
from tests.web.browser import Browser, Home
from tests.web.seated import A_MONTH, Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "week", "tasks", "merit") as made:
        yield made


def week(table: Table, of: str = "") -> str:
    return table.amina.open(f"week?of={of}").text.replace("\u00a0", " ").replace(" :", ":")


def test_a_home_that_has_not_begun_reads_nothing_of_points(table: Table) -> None:
    assert "points" not in week(table)


def test_thanks_are_read_with_what_they_were_for(table: Table) -> None:
    table.does(AllowanceSet(points=5))
    bread = table.does(Thanked(to=table.members["Chloé"], points=3, what="The bread"))
    table.does(Thanked(to=table.members["Amina"]), "Bruno")
    page = week(table)
    assert "Amina thanks Chloé: The bread 3 points" in page
    assert "Bruno thanks Amina" in page
    assert any(link.endswith(f"/log/{bread}") for link in table.amina.page.links)
    assert "The home has given out 3 points that are not yet used." in page


def test_wishes_say_how_far_they_are_and_what_became_of_them(table: Table) -> None:
    rich(table, Bruno=60)
    hammock = table.does(Wished(points=150, name="A hammock"))
    cake, tent = (table.does(Wished(points=10, name=name)) for name in ("A cake", "A tent"))
    for wish, some in ((hammock, 40), (cake, 10)):
        table.does(Pledged(wish=wish, points=some), "Bruno")
    ends = [table.does(Fulfilled(wish=cake)), table.does(Released(wish=tent))]
    page = week(table)
    assert "A hammock: 40 of 150 points" in page
    assert "A cake (10 points), came true" in page
    assert "A tent (10 points), let go" in page
    links = {link.split("/")[-1] for link in table.amina.page.links}
    assert {f"merit#w-{hammock}", *ends} <= links


def test_what_waits_for_a_word_is_named_with_its_way_to_the_page_of_points(table: Table) -> None:
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    table.does(RateSet(kind="care", per_hour=20, confirm="beneficiary"))
    works(table)
    works(table, kind="care", whom=table.members["Chloé"], what="The poem")
    lines = week(table).partition("Still to be confirmed")[2]
    assert re.match(r" Windows \(Bruno · .* · 10 points\) The poem \(Bruno · .* · 20 points\), waits for Chloé", lines)
    assert any(link.endswith("/merit") for link in table.amina.page.links)


def test_nobodys_points_stand_beside_anothers(table: Table) -> None:
    table.does(RateSet(kind="garden", per_hour=180))
    for name, minutes in (("Bruno", 21), ("Chloé", 14)):
        works(table, name, minutes, kind="garden", what="Hedge")
    page = week(table)
    assert "105 points" in page
    assert "63" not in page
    assert "42" not in page


def test_where_points_are_off_nothing_is_said_of_them(tmp_path: Path) -> None:
    with seated(tmp_path, "week", "tasks") as table:
        table.does(Thanked(to=table.members["Chloé"], what="The bread"))
        assert "The bread" not in week(table)


@contextmanager
def on_a_node(story: Story, folder: Path) -> Iterator[Browser]:
    """Bruno's browser, on a node that has received the log of the story."""
    home = Home(folder)
    chains: dict[bytes, list[Raw]] = {}
    for identifier, raw in story.raws.items():
        chains.setdefault(story.entries[identifier].device, []).append(raw)
    received = receive(home.node.connection, story.id, [list(chains.items())])
    live, person = home.node.live(received.circle), home.node.new_person()
    keyring.keep_key(home.node.connection, live.no, person, story.bruno.member, bytes(story.bruno.key))
    browser = home.browser()
    browser.cookies[SESSION] = home.node.make_token("session", person, lasts=A_MONTH)
    browser.circle = live.id.hex()[:20]
    with home.client:
        yield browser
    home.node.close()


def test_a_week_that_is_over_has_its_own(tmp_path: Path) -> None:
    """Thanks, and the end of a wish, stand in the week in which they were written, by the clock that wrote them."""
    story = Story()
    story.wait(days=(now() - story.time) / DAY - 22)
    for part in ("week", "tasks", "merit"):
        story.amina.brings(TurnedOn(part=part))
    story.amina.brings(Thanked(to=story.chloe.member, what="The bread"))
    cake, tent = (story.amina.brings(Wished(points=10, name=name)) for name in ("A cake", "A tent"))
    story.amina.brings(Released(wish=tent))
    story.wait(days=14)
    story.amina.brings(Released(wish=cake))
    weeks = {ago: (today() - timedelta(days=ago)).isoformat() for ago in (0, 8, 15, 22)}
    with on_a_node(story, tmp_path) as bruno:
        said = {ago: bruno.open(f"week?of={day}").text for ago, day in weeks.items()}
    assert [ago for ago in weeks if "The bread" in said[ago]] == [22]
    assert [ago for ago in weeks if "A tent" in said[ago]] == [22]
    assert [ago for ago in weeks if "A cake" in said[ago]] == [8]
    assert [ago for ago in weeks if "not yet used" in said[ago] or "No points wait" in said[ago]] == [0]
