"""A charter in plain sentences."""

from collections.abc import Callable
from typing import Any

from cercle.modules.charter.settings import SETTINGS, Value
from cercle.page.visit import Visit
from cercle.sentences import money

Gettext = Callable[[str], str]


def sentences(visit: Visit) -> dict[str, tuple[str, str]]:
    """Of each setting, in the order in which they are read: the sentence, with its value to be filled in, and why."""
    return on_deciding(visit.gettext) | on_doing(visit.gettext) | on_sharing(visit.gettext)


def on_deciding(_: Gettext) -> dict[str, tuple[str, str]]:
    return {
        "method": (
            _("Where no other rule asks for more, the circle decides so: {value}."),
            _("A stricter way may always be chosen."),
        ),
        "method_charter": (
            _("This charter is changed so: {value}."),
            _("Only the circle changes its rules, whoever founded it."),
        ),
        "method_people": (
            _("Where the circle decides who comes in, and as what, it does so: {value}."),
            _("For proposals to invite or add somebody, or to make them an adult, a child or a guest."),
        ),
        "method_money": (
            _("On its money the circle decides so: {value}."),
            _("For proposals that spend from a common purse, or write into the accounts."),
        ),
        "voters": (_("{value} vote, each with one vote."), _("Guests do not vote.")),
        "newcomer_days": (
            _("Who came in less than {value} before a vote was opened does not take part in it."),
            _("So nobody swings a vote by inviting friends. In a circle that is younger than that, all vote."),
        ),
        "days": (
            _("A vote is open for {value} at least."),
            _("What is decided lightly is done at once."),
        ),
        "quorum": (
            _("A vote counts once {value} of those who were active lately took part."),
            _("To abstain is to take part. Where too few do, all stays as it was."),
        ),
        "active_days": (
            _("Who has done something here within {value} was active lately."),
            _("The others are not counted for a quorum. They may vote all the same."),
        ),
        "tie": (
            _("Where there is a tie, {value}."),
            _("A tie is shown as a tie, and no coin is thrown in secret."),
        ),
        "reasons": (_("A vote {value}."), _("An objection always says why.")),
        "proxy_days": (
            _("Who is away may let somebody vote for them for {value} at most."),
            _("Who votes all the same, has said it themselves. 0 days: nobody votes for another."),
        ),
        "proxy_most": (_("Nobody votes for more than {value} others."), _("So votes do not gather in one hand.")),
        "review_months": (
            _("A decision is looked at again after {value}, unless it says when."),
            _("0 months: only where it says so itself."),
        ),
    }


def on_doing(_: Gettext) -> dict[str, tuple[str, str]]:
    return {
        "may_invite": (
            _("New people are brought in by {value}."),
            _("A further device of one’s own asks nobody."),
        ),
        "may_change_kinds": (
            _("Who is an adult, a child or a guest is said by {value}."),
            _("No adult becomes a child or a guest but by themselves."),
        ),
        "may_shape": (
            _("The name of the circle and its pages are chosen by {value}."),
            _("And what Cercle does for it."),
        ),
        "may_set_chores": (
            _("Which chores there are is said by {value}."),
            _("And whose turn it is, how often."),
        ),
        "may_set_rates": (
            _("What work is worth in points is said by {value}."),
            _("And how many points everybody may give in thanks."),
        ),
        "may_close_purses": (
            _("A common purse is closed by {value}."),
            _("And the share of a device in it taken back."),
        ),
    }


def on_sharing(_: Gettext) -> dict[str, tuple[str, str]]:
    return {
        "spend_alone": (
            _("From a common purse one person alone takes {value} a month at most."),
            _("For more, somebody else signs too. 0: no limit. A purchase that has happened is never refused."),
        ),
        "spend_together": (
            _("With a second signature, {value} at a time at most."),
            _("For more, the circle decides. 0: no limit."),
        ),
        "confirming": (
            _("Points for work come once {value}."),
            _("A rate may ask for more, and never for less. The work is noted in any case."),
        ),
        "points_a_week": (
            _("No rate brings anybody more than {value} a week."),
            _("0: no limit. Points are never taken away, and weigh no vote."),
        ),
        "split_at": (
            _("With {value} people, the circle talks about becoming two."),
            _("Circles stay small. 0: never."),
        ),
    }


def choices(visit: Visit, setting: str) -> dict[str, str]:
    """What each choice of a setting is called."""
    _ = visit.gettext
    if setting.startswith("method"):
        return methods(visit)
    if setting.startswith("may_"):
        return {
            "adults": _("each adult"),
            "household": _("each adult and each child"),
            "decision": _("the circle, by a decision"),
        }
    found: dict[str, dict[str, str]] = {
        "voters": {"adults": _("Adults"), "household": _("Adults and children")},
        "tie": {
            "as_it_was": _("all stays as it was"),
            "again": _("it is talked about again"),
            "lot": _("a public lot is drawn"),
        },
        "reasons": {"no": _("needs no reason"), "yes": _("comes with its reason")},
        "confirming": {
            "nobody": _("it is noted"),
            "another": _("somebody else has confirmed it"),
            "beneficiary": _("whom it was for has confirmed it"),
        },
    }
    return found[setting]


def methods(visit: Visit) -> dict[str, str]:
    """The ways of deciding on something as it stands, the lightest first."""
    _ = visit.gettext
    return {
        "light": _("each of those who vote, at once"),
        "lazy": _("unless somebody objects in time"),
        "majority": _("by more than half of those who say yes or no"),
        "two_thirds": _("by two thirds of those who say yes or no"),
        "consent": _("by consent, without an objection"),
    }


def told(visit: Visit, setting: str, value: Value) -> str:
    """What a setting is, in words."""
    kind = SETTINGS[setting].kind
    if kind == "choice":
        return choices(visit, setting)[str(value)]
    number = int(value)
    if not number and setting in ("spend_alone", "spend_together", "points_a_week", "split_at"):
        return visit.gettext("no limit")
    if kind == "days":
        return visit.ngettext("%(num)s day", "%(num)s days", number)
    if kind == "months":
        return visit.ngettext("%(num)s month", "%(num)s months", number)
    if kind == "share":
        return visit.gettext("%(number)s %%", number=number)
    if kind == "money":
        return money(number, visit.circle.roots.unit, visit.language)
    if kind == "points":
        return visit.ngettext("%(num)s point", "%(num)s points", number)
    return str(number)


def without(visit: Visit) -> dict[str, str]:
    """What a rule says that is none, since it is set to 0."""
    _ = visit.gettext
    return {
        "newcomer_days": _("Who has come in votes on what is opened from then on."),
        "quorum": _("A vote counts, however many take part."),
        "proxy_days": _("Nobody votes for another."),
        "review_months": _("A decision is looked at again only where it says so."),
        "spend_alone": _("From a common purse each may take what is in it."),
        "spend_together": _("With a second signature, any sum may be taken from a common purse."),
        "points_a_week": _("Rates bring points without limit."),
        "split_at": _("The circle may grow as it likes."),
    }


def sentence(visit: Visit, setting: str, value: Value) -> dict[str, Any]:
    """{"before", "value", "after"} of a rule: the value is what a page makes bold."""
    if not value and setting in (none := without(visit)):
        return {"before": none[setting], "value": "", "after": ""}
    return slots(visit, setting, value)


def slots(visit: Visit, setting: str, value: Value) -> dict[str, Any]:
    """The same, also of a rule that is none."""
    before, _value, after = sentences(visit)[setting][0].partition("{value}")
    return {"before": before, "value": told(visit, setting, value), "after": after}
