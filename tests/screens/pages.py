"""Every page, and how one comes to it."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import expect

from tests.journeys.hand import Hand
from tests.journeys.steps import add, found_a_circle, has_kept, invite

Way = Callable[[Hand], None]


class View(NamedTuple):
    """A page as somebody sees it: one of the household, `nobody` who has no way in, `farid` who starts a circle of his
    own, somebody who was `invited`, or the kitchen `tablet`. The views of one person come in this order."""

    name: str
    who: str
    way: Way


def at(path: str) -> Way:
    """A page of the circle, by its address."""
    return lambda hand: hand.goes_to(path)


def outside(path: str) -> Way:
    """A page of the node that is about no circle."""

    def go(hand: Hand) -> None:
        hand.page.goto(hand.url + path)

    return go


def through(path: str, selector: str) -> Way:
    """The page to which the first link of that kind on another page leads."""

    def go(hand: Hand) -> None:
        hand.goes_to(path)
        href = hand.page.locator(selector).first.get_attribute("href")
        hand.page.goto(hand.url + str(href))

    return go


def pressing(way: Way, selector: str, shows: str) -> Way:
    """A page after one of its buttons was pressed and something shows up."""

    def go(hand: Hand) -> None:
        way(hand)
        hand.page.locator(selector).first.click()
        hand.page.locator(shows).first.wait_for()

    return go


def unfolded(way: Way) -> Way:
    """A page with all that it folds away."""

    def go(hand: Hand) -> None:
        way(hand)
        hand.page.evaluate("document.querySelectorAll('main details').forEach((fold) => (fold.open = true))")

    return go


def refused_line(hand: Hand) -> None:
    hand.goes_to("list")
    add(hand, "3")
    hand.page.locator("#error-line").wait_for()


def refused_bill(hand: Hand) -> None:
    hand.goes_to("money")
    hand.page.locator("#add summary").click()
    hand.page.locator("#total").fill("douze")
    hand.page.locator("#what").fill("Plombier")
    hand.page.locator("#add button[type=submit]").click()
    hand.page.locator("#errors").wait_for()


def refused_outing(hand: Hand) -> None:
    hand.goes_to("purse")
    hand.page.locator("#out summary").click()
    hand.page.locator("#total").fill("99999")
    hand.page.locator("#out button[type=submit]").click()
    hand.page.locator("#errors").wait_for()


def refused_wish(hand: Hand) -> None:
    hand.goes_to("merit")
    hand.page.locator("#wish summary").click()
    hand.page.locator("#name").fill("Une tente" if hand.language == "fr" else "A tent")
    hand.page.locator("#points").fill("many")
    hand.page.locator("#wish button[type=submit]").click()
    hand.page.locator("#errors").wait_for()


def through_motion(path: str) -> Way:
    """A page of the proposal that waits for this person's word."""

    def go(hand: Hand) -> None:
        hand.goes_to("decisions")
        href = hand.page.locator("#mine a").first.get_attribute("href")
        hand.page.goto(f"{hand.url}{href}/{path}")

    return go


def refused_papers(hand: Hand) -> None:
    through_motion("papers")(hand)
    hand.page.locator("#lines").fill("3 A > D")
    hand.page.locator("main form button[type=submit]").click()
    hand.page.locator("#errors").wait_for()


def through_meeting(path: str) -> Way:
    """A page of the next meeting."""

    def go(hand: Hand) -> None:
        hand.goes_to("meetings")
        href = hand.page.locator("#coming a").first.get_attribute("href")
        hand.page.goto(f"{hand.url}{href}/{path}")

    return go


def open_meeting(hand: Hand) -> None:
    through("meetings", "#coming a")(hand)
    hand.page.locator("details:has(form[action$='/begin']) > summary").click()
    hand.page.locator("form[action$='/begin'] button").click()
    hand.page.locator("#record").wait_for()
    hand.page.locator("#what_said").fill("À neuf heures" if hand.language == "fr" else "At nine")
    hand.page.locator("form[action$='/note'] button").click()
    hand.page.locator("#record li").first.wait_for()


def a_line(hand: Hand) -> None:
    through("meetings", "#coming a")(hand)
    href = hand.page.locator("#record li a").first.get_attribute("href")
    hand.page.goto(f"{hand.url}{href}")


def make_role(hand: Hand) -> None:
    """A role that goes round, and the page on which it stands."""
    french = hand.language == "fr"
    hand.goes_to("roles/new")
    hand.page.locator("#name").fill("Hôte de la semaine" if french else "Host of the week")
    hand.page.locator("#purpose").fill("Ouvre la porte aux amis" if french else "Opens the door to friends")
    hand.page.locator("#term").fill("7")
    hand.page.locator("input[name=round]").check()
    for number in range(3):
        hand.page.locator("select[id^=place-]").nth(number).select_option(str(number + 1))
    hand.page.locator("button[value=now]").click()
    hand.page.locator("#who").wait_for()


def refused_role(hand: Hand) -> None:
    hand.goes_to("roles/new")
    hand.page.locator("#name").fill("Trésorière" if hand.language == "fr" else "Treasurer")
    hand.page.locator("#term").fill("une semaine" if hand.language == "fr" else "a week")
    hand.page.locator("button[value=now]").click()
    hand.page.locator("#errors").wait_for()


def to_decide(hand: Hand) -> None:
    """What only the circle may do, as a proposal."""
    hand.goes_to("roles/new")
    hand.page.locator("#name").fill("Trésorière" if hand.language == "fr" else "Treasurer")
    hand.page.locator("input[name=powers]").first.check()
    hand.page.locator("button[value=now]").click()
    hand.page.locator("form[action$='/decisions/propose']").wait_for()


def through_role(path: str) -> Way:
    """A page of the first role that is none of the keeper's."""

    def go(hand: Hand) -> None:
        hand.goes_to("roles")
        href = hand.page.locator("#roles a").nth(1).get_attribute("href")
        hand.page.goto(f"{hand.url}{href}/{path}")

    return go


def elect(hand: Hand) -> None:
    """An election, as who asked for it sees it."""
    through_role("propose/elect")(hand)
    hand.page.locator("#why").fill("L’année est finie" if hand.language == "fr" else "The year is over")
    hand.page.locator("main form button[type=submit]").click()
    hand.page.locator("#naming summary").click()


def refused_file(hand: Hand) -> None:
    hand.goes_to("machines/stick")
    hand.page.locator("#file").set_input_files({"name": "letter", "mimeType": "text/plain", "buffer": b"Dear Dov"})
    hand.page.locator("form[enctype] button").click()
    hand.page.locator("#error-file").wait_for()


def backed_up(hand: Hand) -> None:
    """The page hears by itself that the first one was made."""
    hand.goes_to("backups")
    hand.page.locator("#backups .note.done").wait_for()


def with_mail(hand: Hand) -> None:
    """A mail server is set up, which nobody asks anything yet."""
    hand.goes_to("mail")
    hand.page.locator("#host").fill("smtp.example.org")
    hand.page.locator("#sender").fill("farid@example.org")
    hand.page.locator("#sender").press("Enter")
    hand.page.locator("#to").wait_for()


def wrong_mail(hand: Hand) -> None:
    hand.goes_to("mail")
    hand.page.locator("#user").fill("farid@example.org")
    hand.page.locator("#user").press("Enter")
    hand.page.locator("#errors").wait_for()


def wrong_code(hand: Hand) -> None:
    hand.page.goto(hand.url + "/door")
    hand.page.locator("#code").fill("1234")
    hand.page.locator("#code").press("Enter")
    hand.page.locator("#errors").wait_for()


def wrong_words(hand: Hand) -> None:
    hand.page.goto(hand.url + "/kit")
    hand.page.locator("#words").fill("abandonn " + "zoo " * 11)
    hand.page.locator("form[action='/kit'] button").click()
    hand.page.locator("#errors").wait_for()


def refused_start(hand: Hand) -> None:
    hand.page.goto(hand.url + "/start")
    hand.page.locator("input[name=circle]").fill("Les Tilleuls")
    hand.page.locator("input[name=name]").fill(" ")
    hand.page.locator("main form button[type=submit]").first.click()
    hand.page.locator("#errors").wait_for()


def offline(hand: Hand) -> None:
    hand.goes_to("list")
    has_kept(hand, "list", "/offline")
    hand.context.set_offline(True)
    hand.page.locator("button.tick").first.click()
    add(hand, "2 L sirop")
    hand.page.locator("#outbox li").nth(1).wait_for()


def opened_offline(hand: Hand) -> None:
    hand.page.reload()
    hand.page.locator("#kept").wait_for()


def begin(hand: Hand) -> None:
    hand.page.goto(hand.url + "/start")
    found_a_circle(hand, "Les Tilleuls" if hand.language == "fr" else "The Limes", "Farid")


def everything_on(hand: Hand) -> None:
    """Every page that the settings offer."""
    hand.goes_to("settings")
    while hand.page.locator("button[name=on]").count():
        before = hand.page.locator("button[name=on]").count()
        hand.page.locator("button[name=on]").first.click()
        expect(hand.page.locator("button[name=on]")).to_have_count(before - 1)


def sit_down(hand: Hand) -> None:
    """Bruno's seat at the tablet, which asks for his PIN."""
    hand.goes_to("tablet")
    hand.page.locator(".seats a", has_text="Bruno").click()
    hand.page.locator("#pin").wait_for()


def wrong_pin(hand: Hand) -> None:
    sit_down(hand)
    hand.page.locator("#pin").fill("0000")
    hand.page.locator("#pin").press("Enter")
    hand.page.locator("#errors").wait_for()


def stay(hand: Hand) -> None:
    """The page to which their way in led."""


FIRST = (
    View("door", "nobody", outside("/door")),
    View("door, wrong code", "nobody", wrong_code),
    View("kit-words", "nobody", wrong_words),
    View("mail, stop", "nobody", outside("/mail/stop/0")),
    View("start", "farid", outside("/start")),
    View("start, refused", "farid", refused_start),
    View("arrive", "farid", outside("/arrive")),
    View("https, off", "farid", outside("/https")),
)
EMPTY = (
    View("list, empty", "farid", begin),
    View("people, alone", "farid", at("people")),
    View("settings, new", "farid", at("settings")),
    View("log, new", "farid", at("log")),
    View("backups, none", "farid", at("backups")),
    View("mail, none", "farid", at("mail")),
    View("reminders, none", "farid", at("reminders")),
    View("settings, all pages on", "farid", everything_on),
    View("mail", "farid", with_mail),
    View("mail, refused", "farid", wrong_mail),
    View("reminders", "farid", at("reminders")),
    *(
        View(f"{part}, empty", "farid", at(part))
        for part in ("today", "tasks", "week", "stock", "money", "purse", "merit", "prices", "waste", "purchase")
    ),
    View("decisions, none", "farid", at("decisions")),
    View("meetings, none", "farid", at("meetings")),
    View("minutes, empty", "farid", at("tasks/minutes")),
    View("merit, rates, empty", "farid", at("merit/rates")),
    View("roles, empty", "farid", at("roles")),
    View("powers, of a new circle", "farid", at("powers")),
)
FILLED = (
    View("list", "amina", at("list")),
    View("list, ticked", "amina", unfolded(at("list"))),
    View("list, refused", "amina", refused_line),
    View("list, a guest", "dov", at("list")),
    View("product", "amina", through("list", "a.go[aria-label*='onf'], a.go")),
    View("product, unfolded", "amina", unfolded(through("list", "#list a.go"))),
    View("today", "amina", at("today")),
    View("today, a child", "chloe", at("today")),
    View("week", "amina", at("week")),
    View("tasks", "amina", at("tasks")),
    View("tasks, unfolded", "amina", unfolded(at("tasks"))),
    View("chore", "amina", unfolded(through("tasks", "#chores a.go"))),
    View("chore, new", "amina", at("tasks/new")),
    View("minutes", "amina", at("tasks/minutes")),
    View("merit", "amina", at("merit")),
    View("merit, unfolded", "amina", unfolded(at("merit"))),
    View("merit, refused", "amina", refused_wish),
    View("merit, a guest", "dov", unfolded(at("merit"))),
    View("merit, member", "amina", through("merit", "#me a.figures")),
    View("merit, rates", "amina", at("merit/rates")),
    View("merit, rates, changed", "amina", through("merit/rates", "#rates a.button")),
    View("merit, rates, a child", "chloe", at("merit/rates")),
    View("stock", "amina", at("stock")),
    View("purchase", "amina", at("purchase")),
    View("purchase, unfolded", "amina", unfolded(at("purchase"))),
    View("money", "amina", at("money")),
    View("money, unfolded", "amina", unfolded(at("money"))),
    View("money, refused", "amina", refused_bill),
    View("purse", "amina", at("purse")),
    View("purse, unfolded", "amina", unfolded(at("purse"))),
    View("purse, refused", "amina", refused_outing),
    View("purse, a guest", "dov", unfolded(at("purse"))),
    View("account", "amina", through("money", "#balances li a")),
    View("prices", "amina", at("prices")),
    View("waste", "amina", unfolded(at("waste"))),
    View("decisions", "amina", at("decisions")),
    View("decision, to vote on", "amina", through("decisions", "#mine a")),
    View("decision, voted on", "chloe", unfolded(through("decisions", "#open a"))),
    View("decision, adopted", "amina", unfolded(through("decisions", "#ended li:last-child a"))),
    View("decision, of a rule", "amina", unfolded(through("decisions", "#ended a"))),
    View("decision, papers", "amina", through_motion("papers")),
    View("decision, refused", "amina", refused_papers),
    View("decision, new", "amina", at("decisions/new")),
    View("decision, proxy", "amina", at("decisions/proxy")),
    View("charter", "amina", at("charter")),
    View("charter, a rule", "amina", at("charter/quorum")),
    View("charter, compared", "amina", unfolded(at("charter/compare?template=village"))),
    View("meetings", "amina", at("meetings")),
    View("meeting, to come", "bruno", unfolded(through("meetings", "#coming a"))),
    View("meeting, held", "amina", through("meetings", "#held a")),
    View("meeting, new", "amina", at("meetings/new")),
    View("meeting, changed", "amina", through_meeting("edit")),
    View("meeting, opened", "amina", open_meeting),
    View("meeting, round", "amina", through_meeting("round")),
    View("meeting, a line", "amina", a_line),
    View("calendar", "amina", pressing(at("calendar"), "main form button", "#address")),
    View("people", "amina", at("people")),
    View("people, a child", "chloe", at("people")),
    View("person, oneself", "amina", through("settings", "main a[href*='/people/']")),
    View("person, no device", "amina", through("people", "#people li:last-child a")),
    View("leave?", "amina", at("people/leave")),
    View("role, new", "amina", at("roles/new")),
    View("role, refused", "amina", refused_role),
    View("decision, to be proposed", "amina", to_decide),
    View("role", "amina", make_role),
    View("role, elect", "amina", elect),
    View("role, propose", "bruno", through_role("propose/recall")),
    View("roles", "amina", at("roles")),
    View("roles, keeper", "amina", unfolded(at("roles/keeper"))),
    View("powers", "amina", at("powers")),
    View("powers, unfolded", "amina", unfolded(at("powers"))),
    View("log", "amina", unfolded(at("log"))),
    View("log, verified", "amina", pressing(at("log"), "#check button", "#check .note")),
    View("log, nothing found", "amina", at("log?words=xyzzy")),
    View("entry", "amina", unfolded(through("log?module=accounts", "#entries small a"))),
    View("entry, void", "amina", through("log?module=tasks", "#entries .void small a")),
    View("entry, erased", "amina", through("log?module=accounts", "#entries .erased small a")),
    View("settings", "amina", at("settings")),
    View("backups", "amina", backed_up),
    View("machines", "amina", unfolded(at("machines"))),
    View("devices", "bruno", unfolded(at("devices"))),
    View("kit-sheet", "bruno", pressing(at("devices"), "form[action$='/devices/kit'] button", "#words")),
    View("machines, stick", "amina", at("machines/stick")),
    View("machines, stick, refused", "amina", refused_file),
    View("device", "amina", pressing(at("settings"), "button[name=add]", ".qr")),
    View("invitation", "amina", lambda hand: invite(hand) and None),
    View("join", "invited", stay),
    View("help", "amina", at("help")),
    View("help, groceries", "amina", at("help/groceries")),
    View("import", "amina", outside("/import")),
    View("circles", "amina", outside("/circles")),
    View("https", "amina", unfolded(outside("/https"))),
    View("https, way in", "amina", pressing(outside("/https"), "main form button", 'a.button[href*="/in/"]')),
    View("not found", "bruno", at("nowhere")),
    View("list, no network", "bruno", offline),
    View("list, opened without a network", "bruno", opened_offline),
    View("no network", "bruno", at("log?words=xyzzy")),
    View("tablet?", "tablet", at("tablet/new")),
    View("tablet, list", "tablet", pressing(at("tablet/new"), "main form button", "#list")),
    View("tablet, who", "tablet", at("tablet")),
    View("tablet, PIN", "tablet", sit_down),
    View("tablet, wrong PIN", "tablet", wrong_pin),
)
# What the README shows, side by side.
README = (
    View("list", "amina", at("list")),
    View("stock", "amina", at("stock")),
    View("money", "amina", at("money")),
    View("log", "amina", pressing(at("log"), "#check button", "#check .note")),
)
