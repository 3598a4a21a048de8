"""How the pages say ways of deciding, what can be said in each, and how a vote ended."""

from cercle.modules.decisions.state import Motion, Round, is_closed
from cercle.page.visit import Visit
from cercle.sentences import moment

STANDING = ("light", "lazy", "majority", "two_thirds", "consent", "election")
CHOOSING = ("approval", "score", "ranked", "times", "lot")


def methods(visit: Visit) -> dict[str, str]:
    """What each way of deciding is called."""
    _ = visit.gettext
    return {
        "light": _("At once"),
        "lazy": _("Unless somebody objects"),
        "consent": _("Consent"),
        "majority": _("Majority"),
        "two_thirds": _("Two thirds"),
        "election": _("Election without candidates"),
        "approval": _("By approval"),
        "score": _("By points"),
        "ranked": _("By order"),
        "lot": _("By lot"),
        "times": _("The time that suits most"),
    }


def explained(visit: Visit, method: str) -> str:
    """What it takes, in one sentence."""
    _ = visit.gettext
    return {
        "light": _("It is done at once."),
        "lazy": _("It is done unless somebody objects in time."),
        "consent": _("It takes somebody who consents, and nobody who objects."),
        "majority": _("It takes more yes than no."),
        "two_thirds": _("It takes at least twice as many yes as no."),
        "election": _("Everybody says whom they would take and why; then one is named, and all are asked to consent."),
        "approval": _("Name all that you can live with. What most can live with is taken."),
        "score": _("Give each choice 0 to 5 points. The most points win."),
        "ranked": _("Put them in your order. What is preferred to each other one is taken (Schulze)."),
        "lot": _("A lot is drawn from numbers that anybody can read after the vote."),
        "times": _("Say when you can come. The time when most can is taken."),
    }[method]


def stances(visit: Visit) -> dict[str, str]:
    """What can be said of something as it stands; "" is to abstain."""
    _ = visit.gettext
    return {
        "yes": _("Yes"),
        "no": _("No"),
        "consent": _("I consent"),
        "object": _("I object"),
        "": _("I abstain"),
    }


def results(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    return {
        "passed": _("adopted"),
        "failed": _("not adopted"),
        "tied": _("a tie"),
        "few": _("too few took part"),
        "drawing": _("a lot is to be drawn"),
        "undone": _("adopted, and could not be done"),
        "withdrawn": _("withdrawn"),
    }


def title(visit: Visit, name: str) -> str:
    """What a proposal is called."""
    return str(visit.here.words(name).get("title", "")) or visit.gettext("A proposal")


def state_of(visit: Visit, motion: Motion) -> dict[str, str]:
    """{"look", "text"}: what becomes of a proposal, in a word or two."""
    last = motion.outcomes[-1].result if motion.outcomes else ""
    if motion.ended:
        code = "withdrawn" if motion.ended == "withdrawn" else last
        return {"look": "done" if code == "passed" else "", "text": results(visit)[code]}
    if last == "drawing":
        return {"look": "warn", "text": results(visit)[last]}
    if motion.round is None or is_closed(motion):
        return {"look": "", "text": visit.gettext("is talked about")}
    return {"look": "warn", "text": visit.gettext("is voted on")}


def until(visit: Visit, vote: Round) -> str:
    """Until when a vote is open, or what it waits for."""
    if not vote.until:
        return visit.gettext("Its days begin once the keeper of the log has confirmed it.")
    if visit.node.clock() < vote.until:
        return visit.gettext("Open until %(moment)s.", moment=moment(vote.until, visit.language, visit.zone))
    return visit.gettext("Its days are over. It ends as soon as somebody else’s machine says so too.")


def option_names(visit: Visit, motion: Motion) -> dict[str, str]:
    """What each choice of a proposal is called."""
    found = {}
    for key, option in motion.options.items():
        said = str(visit.here.words(key).get("what", ""))
        when = moment(option.starts, visit.language, visit.zone) if option.starts else ""
        found[key] = " · ".join(part for part in (said, when) if part) or visit.gettext("something")
    return found
