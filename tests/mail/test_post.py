"""What is due goes to a mail server, once; what does not go is tried again, and said."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import select

from cercle.mail.due import DAY
from cercle.mail.post import LONGEST_PAUSE, PURPOSE, SHORTEST_PAUSE, Post
from cercle.mail.server import Why, keep_server, said, turn_off
from cercle.modules.meetings.events import Answered, Called, CalledOff, ItemPut, Moved
from cercle.modules.people.events import EntryErased, Left
from cercle.store import reminders
from cercle.store.database import FILE
from cercle.store.tables import tokens
from tests.mail.conftest import Home, look, meeting
from tests.mail.postbox import Postbox, postbox, text

THURSDAY, NEXT = "2026-03-05", "2026-03-12"


# --- what arrives ----------------------------------------------------------------------------------------------------


def test_a_reminder_as_it_arrives(home: Home, supper: str) -> None:
    home.does(ItemPut(meeting=supper, minutes=10, what="Who cooks"))
    home.does(Answered(meeting=supper, day=THURSDAY, answer="yes"), "Bruno")
    with postbox() as box:
        keep_server(home.node, box.server())
        look(home)
        mails = {str(mail["To"]): mail for mail in box.mails()}
    assert mails.keys() == {"amina@home.example", "bruno@home.example"}
    mail = mails["bruno@home.example"]
    assert mail["Subject"] == "Chez nous: Supper, 5 March 2026, 18:00"
    assert mail["From"] == "Cercle <cercle@home.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert int(mail["Date"].datetime.timestamp() * 1000) // 1000 == home.clock() // 1000
    assert mail["Message-ID"].endswith("@home.example>")
    assert len({one["Message-ID"] for one in mails.values()}) == 2
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    stop = reminders.choice_of(home.node.connection, home.live.no, home.persons["Bruno"]).stop.hex()
    assert mail["List-Unsubscribe"] == f"<http://cercle.home:8642/mail/stop/{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert text(mail).splitlines() == [
        "Supper",
        "5 March 2026, 18:00",
        "Place: The kitchen",
        "Link: https://meet.example/supper",
        "You said that you come.",
        "",
        "On the agenda:",
        "- Who cooks (10 min)",
        "",
        f"http://cercle.home:8642/c/{home.live.circle.roots.begun}/meetings/{supper}/{THURSDAY}",
        "",
        "-- ",
        "You wanted reminders of Chez nous.",
        f"To stop them: http://cercle.home:8642/mail/stop/{stop}",
    ]
    assert "You have not said yet whether you come." in text(mails["amina@home.example"])


def test_nothing_goes_twice_neither_at_a_second_look_nor_after_a_restart(home: Home, supper: str) -> None:
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        assert len(box.mails()) == 2
        assert len(box.peers) == 1, "one connection for both"
        look(home, post)
        look(home)
        assert box.mails() == []
    assert said(home.node).sent


def test_it_is_written_down_before_it_goes(home: Home, supper: str) -> None:
    """Whoever pulls the plug while the server takes it, finds it written down as sent."""
    found: list[int] = []

    def count() -> None:
        with sqlite3.connect(home.node.data / FILE) as other:
            found.append(other.execute("SELECT count(*) FROM reminded WHERE kind = 'day'").fetchone()[0])

    with postbox() as box:
        box.seen = count
        keep_server(home.node, box.server())
        look(home)
    assert found == [2, 2]


def test_a_vote_and_the_week(home: Home) -> None:
    home.wants("Bruno", "votes", "week")
    with postbox() as box:
        keep_server(home.node, box.server())
        motion, vote = home.opens("A dog", days=1)
        link = f"http://cercle.home:8642/c/{home.live.circle.roots.begun}/decisions/{motion}"
        home.now = "2026-03-04 09:59"
        post = look(home)
        opened = box.mail()
        assert opened["Subject"] == "Chez nous: a vote waits for you: A dog"
        assert text(opened).splitlines()[:5] == ["A dog", "Open until 5 March 2026, 10:00.", *_silent(link)]
        home.now = "2026-03-04 10:01"
        look(home, post)
        assert box.mail()["Subject"] == "Chez nous: a vote ends soon: A dog"
        home.votes(motion, vote, "Bruno")
        home.ends()
        name = meeting(home, day=NEXT)
        home.now = "2026-03-09 07:00"
        look(home, post)
        week = box.mail()
        assert week["Subject"] == "Les Tilleuls: the week of 9 March 2026"
        assert text(week).splitlines()[:7] == [
            "Decided in the week before:",
            "- A dog (adopted)",
            f"  {link}",
            "",
            "Meetings to come:",
            "- Supper, 12 March 2026, 18:00",
            f"  {link.partition('/decisions')[0]}/meetings/{name}/{NEXT}",
        ]
        look(home, post)
        assert box.mails() == []


def _silent(link: str) -> list[str]:
    return ["You have said nothing yet.", "", link]


def test_a_week_of_nothing_is_no_mail(home: Home) -> None:
    home.wants("Bruno", "week")
    home.now = "2026-03-09 07:00"
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        home.does(Called(name="Late", day="2026-03-13", at="18:00"))
        look(home, post)
        assert box.mails() == []


def test_in_french_and_elsewhere(home: Home) -> None:
    home.node.describe_person(home.persons["Bruno"], language="fr")
    home.wants("Bruno", "day")
    meeting(home, name="Dîner à l’été", zone="America/New_York", at="12:00")
    home.now = "2026-03-04 19:00"
    with postbox() as box:
        keep_server(home.node, box.server())
        look(home)
        mail = box.mail()
    assert mail["Subject"].endswith("Dîner à l’été, le 5 mars 2026, 12:00 (America/New_York)")
    assert "12:00 (America/New_York)" in text(mail)


def test_moved_called_off_and_erased(home: Home, supper: str) -> None:
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        box.mails()
        home.does(Moved(meeting=supper, day=THURSDAY, to=NEXT, at="18:00"))
        look(home, post)
        mail = box.mails()[0]
        assert mail["Subject"] == "Chez nous: Supper was moved to 12 March 2026, 18:00"
        assert "It was to be on 5 March 2026, 18:00." in text(mail)
        home.does(CalledOff(meeting=supper, day=THURSDAY))
        home.does(EntryErased(entry=supper, author=home.members["Amina"]))
        look(home, post)
        mail = box.mails()[0]
        assert mail["Subject"] == "Chez nous: A meeting does not take place on 12 March 2026, 18:00"
        assert text(mail).startswith("A meeting does not take place on 12 March 2026, 18:00.\n")
        assert "Supper" not in mail.as_string()
        look(home, post)
        assert box.mails() == []


# --- to whom ---------------------------------------------------------------------------------------------------------


def test_only_to_who_said_yes(home: Home, supper: str) -> None:
    where = (home.node.connection, home.live.no, home.persons["Dov"])
    reminders.choose(*where, "stranger@elsewhere.example", ["day"], home.clock())
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        assert "stranger@elsewhere.example" not in {str(mail["To"]) for mail in box.mails()}
        assert not reminders.confirm(*where, "other@elsewhere.example", home.clock())
        assert reminders.confirm(*where, "stranger@elsewhere.example", home.clock())
        look(home, post)
        assert [str(mail["To"]) for mail in box.mails()] == ["stranger@elsewhere.example"]


def test_who_has_left_hears_nothing_and_is_forgotten(home: Home, supper: str) -> None:
    home.does(Left(), "Bruno")
    with postbox() as box:
        keep_server(home.node, box.server())
        look(home)
        assert [str(mail["To"]) for mail in box.mails()] == ["amina@home.example"]
    assert [row.address for row in reminders.choices(home.node.connection)] == ["amina@home.example"]


def test_without_a_server_nothing_is_due(home: Home, supper: str) -> None:
    with postbox() as box:
        keep_server(home.node, box.server())
        turn_off(home.node)
        look(home)
        keep_server(home.node, box.server())
        look(home)
        assert len(box.mails()) == 2


def test_an_address_at_which_nobody_answers_is_forgotten(home: Home, supper: str) -> None:
    where = (home.node.connection, home.live.no, home.persons["Dov"])
    reminders.choose(*where, "stranger@elsewhere.example", ["day"], home.clock())
    token = home.node.make_token(PURPOSE, home.persons["Dov"], home.live.no, lasts=2 * DAY, label="stranger")
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        assert (reminders.choice_of(*where) is not None, home.node.token(token, PURPOSE) is not None) == (True, True)
        home.now = "2026-03-12 10:00"
        look(home, post)
    assert reminders.choice_of(*where) is None
    assert "stranger" not in [row.label for row in home.node.connection.execute(select(tokens))]
    assert len(reminders.choices(home.node.connection)) == 2


def test_what_was_sent_is_forgotten_in_the_end(home: Home, supper: str) -> None:
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        where = (home.node.connection, home.live.no, home.persons["Bruno"])
        assert reminders.told(*where)
        home.now = "2026-09-19 10:00"
        look(home, post)
        assert reminders.told(*where)
        home.now = "2026-09-23 10:00"
        look(home, post)
        assert reminders.told(*where) == set()


# --- what does not go ------------------------------------------------------------------------------------------------


def test_a_server_that_is_away_is_tried_again_after_pauses_that_grow(home: Home, supper: str) -> None:
    with postbox() as box:
        keep_server(home.node, box.server())
    post = look(home)
    problem = said(home.node).problem
    assert problem is not None
    assert problem.code == Why.AWAY.code
    pauses = []
    for _ in range(8):
        pause = post.pauses[box.server()]
        pauses.append(pause.until - home.clock())
        home.ticks += pause.until - home.clock()
        look(home, post)
    assert pauses[0] > SHORTEST_PAUSE - 1000
    assert [round(one / SHORTEST_PAUSE) for one in pauses] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert post.pauses[box.server()].until - home.clock() <= LONGEST_PAUSE
    with postbox(box, box.port):
        look(home, post)
        assert box.mails() == [], "it is too soon"
        home.ticks += LONGEST_PAUSE
        look(home, post)
        assert len(box.mails()) == 2
    assert said(home.node).problem is None


def test_other_settings_are_tried_at_once(home: Home, supper: str) -> None:
    keep_server(home.node, Postbox().server(port=1))
    post = look(home)
    with postbox() as box:
        keep_server(home.node, box.server())
        look(home, post)
        assert len(box.mails()) == 2


def test_an_address_that_is_refused_is_so_for_itself_alone(home: Home, supper: str) -> None:
    with postbox() as box:
        box.refusals["amina@home.example"] = "550 5.1.1 No such user"
        keep_server(home.node, box.server())
        post = look(home)
        assert [str(mail["To"]) for mail in box.mails()] == ["bruno@home.example"]
        row = reminders.choice_of(home.node.connection, home.live.no, home.persons["Amina"])
        assert row.refused == "550 5.1.1 No such user"
        assert said(home.node).problem is None, "it is not the owner's to mend"
        box.refusals.clear()
        home.ticks += LONGEST_PAUSE
        look(home, post)
        assert box.mails() == []


def test_who_is_put_off_is_tried_again_and_the_others_do_not_wait(home: Home, supper: str) -> None:
    with postbox() as box:
        box.refusals["amina@home.example"] = "451 4.7.1 Greylisted"
        keep_server(home.node, box.server())
        post = look(home)
        assert [str(mail["To"]) for mail in box.mails()] == ["bruno@home.example"]
        assert said(home.node).problem is not None
        box.refusals.clear()
        look(home, post)
        assert box.mails() == [], "it is too soon"
        home.ticks += SHORTEST_PAUSE
        look(home, post)
        assert [str(mail["To"]) for mail in box.mails()] == ["amina@home.example"]


@pytest.mark.parametrize(
    ("where", "answer", "why"),
    [
        ("refusals", "554 5.7.1 Relay access denied", Why.POLICY),
        ("of_sender", "553 5.1.8 No such domain", Why.SENDER),
        ("of_sender", "421 4.3.2 Closing", Why.LATER),
        ("of_data", "554 5.7.1 Spam", Why.POLICY),
        ("of_data", "452 4.3.1 Full", Why.LATER),
    ],
)
def test_what_is_wrong_with_the_server_is_no_fault_of_those_it_was_for(
    home: Home, supper: str, where: str, answer: str, why: Why
) -> None:
    with postbox() as box:
        if where == "refusals":
            box.refusals = {"amina@home.example": answer, "bruno@home.example": answer}
        else:
            setattr(box, where, answer)
        keep_server(home.node, box.server())
        post = look(home)
        problem = said(home.node).problem
        assert problem is not None
        assert (problem.code, problem.said) == (why.code, answer)
        assert not any(row.refused for row in reminders.choices(home.node.connection))
        box.refusals, box.of_sender, box.of_data = {}, "", ""
        home.ticks += SHORTEST_PAUSE
        look(home, post)
        assert len(box.mails()) == 2


def test_a_node_that_stops_while_it_sends_knows_what_went(home: Home, supper: str) -> None:
    async def stopped(post: Post, box: Postbox) -> None:
        reached = asyncio.Event()
        loop = asyncio.get_running_loop()
        box.seen = lambda: loop.call_soon_threadsafe(reached.set)  # type: ignore[assignment, return-value]
        task = asyncio.create_task(post.look())
        await reached.wait()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    with postbox() as box:
        keep_server(home.node, box.server())
        asyncio.run(stopped(Post(home.node), box))
        assert len(box.mails()) == 2
        look(home)
        assert box.mails() == []
        assert said(home.node).sent
