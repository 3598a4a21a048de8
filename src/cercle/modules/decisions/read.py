"""What pages need of proposals and decisions."""

from collections.abc import Iterator
from typing import Any

from msgspec import to_builtins

from cercle.core.fold import Circle
from cercle.modules.decisions.closing import has_run, is_heard, others
from cercle.modules.decisions.state import DAY, Motion, Proxy, Round, is_closed, still_here

NOBODY_ASKED = ("light", "lot")  # ways of deciding in which nobody says anything


def names(circle: Circle) -> dict[str, str]:
    """Each proposal and each choice, to the entry whose words name it."""
    motions = circle.decisions.motions
    return {name: name for name in motions} | {key: key for motion in motions.values() for key in motion.options}


def is_to_seal(circle: Circle, now: int) -> bool:
    """Whether a seal at this time (ms) ends a vote, or notes from when on somebody's clock runs."""
    latest: dict[str, int] = circle.decisions.clocks
    for vote in under_way(circle):
        if any(name not in vote.clocks and is_heard(circle, vote, name) for name in others(circle, vote)):
            return True
        has_passed = not others(circle, vote) or any(has_run(vote, name, latest[name]) for name in vote.clocks)
        if now >= vote.until and has_passed:
            return True
    return False


def under_way(circle: Circle) -> Iterator[Round]:
    """The votes that were confirmed and have not ended."""
    for name in circle.decisions.open:
        motion = circle.decisions.motions[name]
        if motion.round is not None and motion.round.until and not is_closed(motion):
            yield motion.round


def to_be_heard(circle: Circle, now: int) -> list[str]:
    """The voters whose clocks a vote waits for: who has not been heard since it was confirmed, and, once it may end,
    everybody as long as nobody's has run for as long."""
    found: list[str] = []
    for vote in under_way(circle):
        names = others(circle, vote) if vote.days else []
        found += [name for name in names if not is_heard(circle, vote, name)]
        if not any(has_run(vote, name, circle.decisions.clocks.get(name, 0)) for name in names):
            found += [name for name in names if now >= vote.until and has_run(vote, name, now)]
    return sorted(set(found))


def until(circle: Circle, proxy: Proxy) -> int:
    """Until when (ms of the circle's time) somebody votes for another; as it will be, where no seal has said so yet."""
    return proxy.until or circle.time + proxy.days * DAY


def proxies(circle: Circle) -> dict[str, Proxy]:
    """Who votes for whom now, by whom it was given, among those who are here."""
    here = still_here(circle, list(circle.decisions.proxies))
    found: dict[str, Proxy] = circle.decisions.proxies
    return {
        name: found[name]
        for name in here
        if until(circle, found[name]) >= circle.time and still_here(circle, [found[name].to])
    }


def asks(motion: Motion, member: str) -> bool:
    """Whether this member may vote here, and has said nothing yet."""
    vote = motion.round
    if motion.ended or vote is None or is_closed(motion) or member not in vote.voters:
        return False
    return member not in vote.ballots and vote.method not in NOBODY_ASKED


def show(circle: Circle) -> dict[str, Any]:
    return {
        "motions": {
            name: to_builtins(motion, builtin_types=(bytes,)) for name, motion in circle.decisions.motions.items()
        },
        "proxies": {name: to_builtins(proxy) for name, proxy in circle.decisions.proxies.items()},
    }
