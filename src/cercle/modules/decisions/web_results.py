"""How a vote ended, as a picture with the numbers behind it: who said what, what came too late, and what one machine
could have signed."""

from collections import Counter
from typing import Any

from markupsafe import Markup

from cercle.core.entry import Entry
from cercle.modules.decisions.state import Ballot, Motion, Outcome, Round
from cercle.modules.decisions.web_words import CHOOSING, results, stances
from cercle.page.visit import Visit
from cercle.sentences import day

LOOKS = {"yes": "", "consent": "", "no": "owes", "object": "owes"}  # of a bar; others are neither for nor against


def outcome(visit: Visit, motion: Motion, one: Outcome, options: dict[str, str]) -> dict[str, Any]:
    names = options | {name: str(visit.person_of(name)["name"]) for name in visit.circle.roots.members}
    opened = visit.here.entry(one.round)
    kept = opened.kept if opened is not None else {}
    several = kept.get("method") in CHOOSING
    return {
        "result": results(visit)[one.result],
        "look": "done" if one.result == "passed" else "",
        "day": day(visit.day_of(one.at), visit.language, visit.today()),
        "chosen": names.get(one.chosen, ""),
        "alone": alone(visit, opened) if kept.get("method") == "light" else "",
        "bar": [] if several or kept.get("method") == "light" else bar(visit, one),
        "rows": rows(one, names, kept) if several else [],
        "pairs": pairs(one, names, list(kept.get("options", []))) if kept.get("method") == "ranked" else None,
        "took_part": visit.ngettext("%(num)s took part", "%(num)s took part", one.took_part),
        "active": visit.ngettext("%(num)s was active lately", "%(num)s were active lately", one.active),
        "papers": visit.ngettext("%(num)s of them on paper", "%(num)s of them on paper", one.papers)
        if one.papers
        else "",
        "reason": visit.gettext(visit.here.modules.reason(one.reason)) if one.reason else "",
        "lot": one.lot,
        "proxies": [
            {"for": visit.person_of(name)["name"], "by": visit.person_of(to)["name"]}
            for name, to in one.proxies.items()
        ],
        "behind": behind(visit, motion.round, options)
        if motion.round is not None and motion.round.id == one.round
        else None,
    }


def alone(visit: Visit, opened: Entry | None) -> str:
    """Who had the circle do it without asking the others, as its charter lets them."""
    device = visit.circle.roots.devices.get(opened.device.hex()) if opened is not None else None
    if device is None:
        return ""
    return visit.gettext("Done at once, by %(name)s.", name=visit.person_of(device.member)["name"])


def bar(visit: Visit, one: Outcome) -> list[dict[str, Any]]:
    """What was said, side by side, each {"label", "count", "from", "percent", "look"}; those who were active and said
    nothing last."""
    counts = {stance: found[0] for stance, found in one.figures.items() if stance}
    order = [stance for stance in ("yes", "consent", "no", "object") if stance in counts]
    told = [(stances(visit).get(stance, stance), counts[stance], LOOKS.get(stance, "soft")) for stance in order]
    told += [
        (str(visit.person_of(name)["name"]), number, "")
        for name, number in sorted(counts.items(), key=lambda pair: -pair[1])
        if name not in order
    ]
    if "" in one.figures:
        told.append((visit.gettext("Abstained"), one.figures[""][0], "soft"))
    if one.active > one.took_part:
        told.append((visit.gettext("Said nothing"), one.active - one.took_part, "none"))
    whole, start, found = sum(number for _, number, _ in told) or 1, 0.0, []
    for label, number, look in told:
        percent = round(100 * number / whole, 2)
        found.append({"label": label, "count": number, "from": round(start, 2), "percent": percent, "look": look})
        start += percent
    return found


def rows(one: Outcome, names: dict[str, str], kept: dict[str, Any]) -> list[dict[str, Any]]:
    """What each choice got, the most first; in an order, how many others it is preferred to."""
    figures = one.figures
    if kept.get("method") == "ranked":
        order = list(kept.get("options", []))
        figures = {key: [beaten(figures, order, key)] for key in order}
    most = max((counts[0] for counts in figures.values()), default=0) or 1
    ranked = sorted(figures.items(), key=lambda pair: [-count for count in pair[1]])
    return [
        {
            "label": names.get(key, key),
            "count": " · ".join(map(str, counts)),
            "percent": 100 * counts[0] // most,
            "leads": key in one.leading,
        }
        for key, counts in ranked
    ]


def beaten(figures: dict[str, list[int]], order: list[str], one: str) -> int:
    """To how many others it is preferred."""
    place = order.index(one)
    return sum(count > figures[other][place] for other, count in zip(order, figures[one], strict=True))


def pairs(one: Outcome, names: dict[str, str], order: list[str]) -> dict[str, Any]:
    """How many prefer each choice to each other one, as a table."""
    return {
        "names": [names.get(key, key) for key in order],
        "rows": [
            {
                "label": names.get(key, key),
                "cells": [
                    {"count": "" if key == other else str(count), "wins": count > one.figures[other][order.index(key)]}
                    for other, count in zip(order, one.figures[key], strict=True)
                ],
            }
            for key in order
        ],
    }


# --- the numbers behind ----------------------------------------------------------------------------------------------


def behind(visit: Visit, vote: Round, options: dict[str, str]) -> dict[str, Any]:
    """Who said what, what came after the end, who counted papers, and how many votes one machine could have signed."""
    here = visit.circle.roots.members
    machines = Counter(ballot.node for ballot in vote.ballots.values() if ballot.node)
    ((_, most),) = machines.most_common(1) or [("", 0)]
    return {
        "said": who_said(visit, vote, vote.ballots, options),
        "late": who_said(visit, vote, vote.late, options),
        "counted": [
            {"person": visit.person_of(name), "who": names_in_order(visit, found.who)}
            for name, found in vote.counted.items()
            if name in here
        ],
        "machine": visit.ngettext(
            "%(num)s vote was signed by a machine that holds the key of its member.",
            "%(num)s votes were signed by one machine, which holds the keys of these members.",
            most,
        )
        if most
        else "",
    }


def names_in_order(visit: Visit, members: list[str]) -> str:
    """Their names, in the order in which they came in."""
    return visit.names_of([name for name in visit.circle.roots.members if name in members])


def who_said(visit: Visit, vote: Round, ballots: dict[str, Ballot], options: dict[str, str]) -> Markup | str:
    """What each has said, as a part of a page that everybody sees alike; "" where nobody has."""
    if not ballots:
        return ""
    key = ("said", vote.id, "".join(one.entry for one in ballots.values()), visit.today())
    return visit.remembered(
        key,
        lambda: visit.part(
            "decisions/said.html",
            found=[
                {
                    "person": visit.person_of(name),
                    "what": choice_told(visit, vote, ballot, options),
                    "why": visit.here.words(ballot.entry).get("why", ""),
                    "href": f"{visit.home}/log/{ballot.entry}",
                }
                for name, ballot in ballots.items()
            ],
        ),
    )


def choice_told(visit: Visit, vote: Round, ballot: Ballot, options: dict[str, str]) -> str:
    parts = []
    for key, number in sorted(ballot.choice.items(), key=lambda pair: pair[1] if vote.method == "ranked" else -pair[1]):
        label = options.get(key) or stances(visit).get(key) or str(visit.person_of(key)["name"])
        parts.append(label if number == 1 and vote.method != "ranked" else f"{label} ({number})")
    return ", ".join(parts) or stances(visit)[""]
