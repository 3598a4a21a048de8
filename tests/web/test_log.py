"""The log page: sentences, filters, pages of fifty, what is void, pending or erased; one entry; help."""

import io
import re

from cercle.core.entry import short
from cercle.modules.circle.events import Renamed
from cercle.proofs import check, checkpoint
from cercle.store import live as store
from cercle.store import rows
from cercle.store.live import Live
from cercle.store.tables import entries as table
from cercle.store.tables import keys
from cercle.sync.bundle import Reader
from cercle.web import log
from tests.web.browser import Browser, Home
from tests.web.conftest import Cast, started


def entries(browser: Browser) -> list[str]:
    """The ids of the entries on the page, newest first."""
    return re.findall(r'id="entry-([0-9a-f]{20})"', browser.page.source)


def test_everything_that_was_done_stands_there_newest_first(cast: Cast) -> None:
    page = cast.dov.open("log")
    said = ["Dov joined the circle.", "Chloé joined", "Bruno joined", "Amina started the circle Chez nous."]
    places = [page.text.index(sentence) for sentence in said]
    assert places == sorted(places)
    assert "Farid" not in page.text
    assert "Today" in page.text


def test_the_log_in_french(cast: Cast) -> None:
    cast.dov.cookies["language"] = "fr"
    assert "Dov a rejoint le cercle." in cast.dov.open("log").text


def test_filters_by_person_module_and_words(cast: Cast) -> None:
    bruno = cast.member("Bruno")
    cast.bruno.open("list")
    cast.bruno.send("/list", line="2 L oat milk")
    cast.bruno.open("log")
    page = cast.bruno.send("/log", person=bruno, module="", words="")
    assert "Bruno joined" in page.text
    assert "Amina started" not in page.text
    assert page.form("/log").fields["person"] == [bruno]
    page = cast.bruno.send("/log", person="", module="groceries", words="OAT")
    assert "oat milk" in page.text.casefold()
    assert "joined" not in page.text.partition("Find")[2]
    assert page.form("/log").fields["words"] == ["OAT"]
    page = cast.bruno.send("/log", person="", module="", words="no such thing")
    assert "Nothing found" in page.text


def test_odd_questions_get_a_plain_answer(cast: Cast) -> None:
    for query in (
        "person=nobody",
        "module=../..",
        "words=%00%ff",
        "words=<script>alert(1)</script>",
        "of=x,y,../,",
        "before=999999999999",
        "before=-1",
    ):
        page = cast.dov.open(f"log?{query}")
        assert page.status == 200
        assert "<script>alert" not in page.source
    assert cast.dov.open("log?before=soon").status == 400


def test_a_figure_opens_the_very_entries_behind_it(cast: Cast) -> None:
    cast.dov.open("log")
    first, _, third = entries(cast.dov)[:3]
    cast.dov.open(f"log?of={third},{first}")
    assert entries(cast.dov) == [first, third]
    other = cast.farid.open("log")
    assert other.status == 200
    cast.dov.open(f"log?of={entries(cast.farid)[0]}")
    assert entries(cast.dov) == []


def test_pages_of_fifty_show_everything_once(home: Home) -> None:
    amina = started(home, "Chez nous", "Amina")
    live = home.node.find(amina.circle)
    member = next(iter(live.circle.roots.members))
    for number in range(140):  # past one seal and into what is pending
        home.node.act(live, member, Renamed(name=f"Name {number}"))
    seen: list[str] = []
    page = amina.open("log")
    while True:
        found = entries(amina)
        assert 0 < len(found) <= log.PAGE
        seen += found
        older = [link for link in page.links if "before=" in link]
        if not older:
            break
        page = amina.open(older[0])
    total = live.replica.tree.size + len(live.replica.pending.entries)
    assert len(seen) == len(set(seen)) == total > 140
    assert f"{total} entries" in page.text
    assert seen[-1] == amina.circle


def test_a_void_entry_is_shown_with_its_reason(cast: Cast) -> None:
    node = cast.home.node
    live = node.find(cast.circle)
    key = node.key(live, cast.member("Dov"))
    declared, kept, body = live._fields(Renamed(name="Dov’s"), None, 0)
    live._write(lambda: [(live._write_one(key, declared.name, kept, body), "")])
    page = cast.amina.open("log")
    assert "Dov named the circle Dov’s." in page.text
    assert "This is not yours to do in this circle." in page.text
    assert "Chez nous" in cast.amina.open("list").text
    assert "Void: This is not yours to do in this circle." in cast.amina.open(f"log/{entries_of(cast.amina)[0]}").text


def entries_of(browser: Browser) -> list[str]:
    browser.open("log")
    return entries(browser)


def test_pending_is_marked_only_where_the_keeper_has_not_been_heard(cast: Cast) -> None:
    node, live = cast.home.node, cast.home.node.find(cast.circle)
    hours_ago = store.now() - 2 * log.QUIET_FOR
    key = node.key(live, cast.member("Bruno"))
    declared, kept, body = live._fields(Renamed(name="Chez les autres"), None, 0)
    live._write(lambda: [(live._write_one(key, declared.name, kept, body, hours_ago), "")])
    live.circle.roots.time = hours_ago
    assert "waits for the keeper of the log" not in cast.dov.open("log").text, "the keeper is this very node"
    elsewhere = keys.update().where(keys.c.member == cast.member("Amina")).values(purpose="retired")
    node.connection.execute(elsewhere)
    page = cast.dov.open("log")
    assert page.text.count("waits for the keeper of the log") == 1 + 1, "what is new is not marked"
    assert "1 entry waits for the keeper of the log" in page.text
    assert "1 entry waits for the keeper of the log" in cast.dov.open("list").text, "each page says so"
    cast.dov.open("log")
    assert "Pending: it waits for the keeper of the log." in cast.dov.open(f"log/{entries(cast.dov)[0]}").text
    live.circle.roots.time = store.now()
    assert "waits for the keeper of the log" not in cast.dov.open("log").text, "the keeper has just been heard"


def test_one_entry_with_all_that_is_known_of_it(cast: Cast) -> None:
    live = cast.home.node.find(cast.circle)
    dov = cast.member("Dov")
    page = cast.chloe.open(f"log/{dov}")
    entry = live.entry(dov)
    assert entry is not None
    assert "Dov joined the circle." in page.text
    for fact in (entry.id.hex(), entry.device.hex(), "people.joined", *(parent.hex() for parent in entry.parents)):
        assert fact in page.source
    for parent in entry.parents:
        assert any(link.endswith(f"/log/{parent.hex()[:20]}") for link in page.links)
    invitation = entry.kept["invitation"]
    assert cast.chloe.open(f"log/{invitation}").status == 200
    assert "made an invitation" in cast.chloe.page.text


def test_an_entry_of_another_circle_is_not_there(cast: Cast) -> None:
    assert cast.amina.open(f"log/{cast.farid.circle}").status == 404
    for odd in ("x" * 20, "0" * 20, cast.circle.upper(), "%27", "..%2f..", "é"):
        assert cast.amina.open(f"log/{odd}").status == 404


def test_help_says_what_each_page_is_for_and_runs_nothing(cast: Cast) -> None:
    page = cast.dov.open("help")
    subjects = [link for link in page.links if "/help/" in link]
    assert len(subjects) >= 4
    for link in subjects:
        page = cast.dov.open(link)
        assert page.status == 200
        assert re.search(r"<article.*<h1>.*</h1>", page.source, re.DOTALL)
        assert page.source.count("<script") == 1
    assert cast.dov.open("help/nothing").status == 404


# --- verifying ---------------------------------------------------------------------------------------------------


def test_the_log_verifies_itself_on_a_button(cast: Cast) -> None:
    cast.dov.open("log")
    page = cast.dov.send("/log/verify")
    assert page.status == 200
    assert "All there, and untouched" in page.text


def test_a_flipped_byte_is_found_and_named(cast: Cast) -> None:
    node = cast.home.node
    dov = cast.member("Dov")
    row = rows.by_short_id(node.connection, node.find(cast.circle).no, dov)
    assert row is not None
    body = row.body[:-1] + bytes([row.body[-1] ^ 1])
    node.connection.execute(table.update().where(table.c.no == row.no).values(body=body))
    cast.bruno.open("log")
    page = cast.bruno.send("/log/verify")
    assert "1 thing is not as it should be" in page.text
    assert "The words of this entry are not those that it was written with." in page.text
    assert any(link.endswith(f"/log/{dov}") for link in page.links)


def test_a_member_takes_the_whole_log_along(cast: Cast) -> None:
    cast.chloe.open("log")
    address = next(link for link in cast.chloe.page.links if link.endswith("/log/file"))
    answer = cast.home.client.get(address)
    assert answer.headers["content-disposition"].startswith("attachment")
    reader = Reader(io.BytesIO(answer.content))
    runs = [run for section in reader.sections() for run in section]
    live = cast.home.node.find(cast.circle)
    assert reader.circle == live.id
    assert sum(len(raws) for _, raws in runs) == live.replica.tree.size + len(live.replica.pending.entries)
    assert cast.farid.open(address).status == 401


def settled(cast: Cast) -> Live:
    live = cast.home.node.find(cast.circle)
    live.seal()
    return live


def test_a_settled_entry_is_proved_by_a_file(cast: Cast) -> None:
    bruno = cast.member("Bruno")
    assert "/proof" not in cast.chloe.open(f"log/{bruno}").source, "it waits for a seal"
    live = settled(cast)
    form = cast.chloe.open(f"log/{bruno}").form("/proof")
    for words in ({}, {"words": "1"}):
        answer = cast.home.client.get(form.action, params=words, headers=cast.chloe.headers)
        proven = check(answer.content)
        assert (proven.circle, short(proven.entry.id)) == (live.id, bruno)
        assert proven.words == ({"name": "Bruno"} if words else {})
        assert answer.headers["content-disposition"] == f'attachment; filename="{bruno}.cercle-proof"'
    newest = live.replica.pending.ordered()[-1]
    assert cast.chloe.open(f"log/{short(newest.id)}/proof").status == 409
    assert cast.chloe.open(f"log/{'0' * 20}/proof").status == 409
    assert cast.farid.open(f"/c/{cast.circle}/log/{bruno}/proof").status == 401


def test_two_members_see_that_both_were_told_the_same(cast: Cast) -> None:
    said = checkpoint(settled(cast))
    assert said in cast.dov.open("log").source
    assert "Both tell the same." in cast.dov.send("/compare", said=said.lower()).text
    other = said[:-1] + ("A" if said[-1] != "A" else "B")
    assert "They tell two stories" in cast.dov.send("/compare", said=other).text
    ahead = "9" * 9 + said[said.index("-") :]
    assert "not got so far yet" in cast.dov.send("/compare", said=ahead).text
    page = cast.dov.send("/compare", said="<b>12</b>")
    assert (page.status, page.form("/compare").fields["said"]) == (422, ["<b>12</b>"])
    assert "A checkpoint looks like" in page.text
