"""How votes end: at the first seal past their time, inside the fold, once. What passes is done there and then."""

from collections import Counter

from msgspec.structs import replace

from cercle.core.enacting import Clause, enact
from cercle.core.fold import Circle
from cercle.modules.decisions.state import DAY, Counted, Motion, Outcome, Round, is_closed, still_here
from cercle.modules.decisions.tally import (
    Count,
    approval,
    drawn,
    is_majority,
    is_two_thirds,
    ranked,
    score,
    times,
)

CHOOSING = {"approval": approval, "score": score, "ranked": ranked, "times": times}
WITHOUT_QUORUM = ("light", "lazy", "lot", "times")
MONTH = 30 * DAY


def at_seal(circle: Circle, since: int) -> None:
    for proxy in circle.decisions.proxies.values():
        proxy.until = proxy.until or circle.time + proxy.days * DAY
    for name in list(circle.decisions.open):
        motion: Motion = circle.decisions.motions[name]
        now = motion.round
        if now is None:
            continue
        if not now.until:
            now.until = circle.time + now.days * DAY
        elif not is_closed(motion):
            note_clocks(circle, now)
        if is_closed(motion):
            draw(circle, name)
        elif is_due(circle, now):
            close(circle, name)
    circle.decisions.began = circle.decisions.began or circle.time
    most = circle.setting("split_at", 0)
    here = sum(not member.gone for member in circle.roots.members.values())
    is_crowded = most and here >= most
    circle.decisions.crowded = (circle.decisions.crowded or circle.time) if is_crowded else 0


# --- when ------------------------------------------------------------------------------------------------------------


def others(circle: Circle, now: Round) -> list[str]:
    """The voters whose clocks are not the keeper's: who write by a device, and are somebody else."""
    roots = circle.roots
    keeper = circle.keeper_device()
    writing = {device.member for device in roots.devices.values() if not device.forked}
    return [
        name for name in still_here(circle, now.voters) if name in writing and (keeper is None or name != keeper.member)
    ]


def note_clocks(circle: Circle, now: Round) -> None:
    """What the clocks of others said when they were first heard since the round was confirmed."""
    for name in others(circle, now):
        if name not in now.clocks and is_heard(circle, now, name):
            now.clocks[name] = circle.decisions.clocks[name]


def is_heard(circle: Circle, now: Round, name: str) -> bool:
    """Whether somebody has done something since the round was confirmed."""
    heard: dict[str, int] = circle.decisions.heard
    return heard.get(name, 0) >= now.until - now.days * DAY


def has_run(now: Round, name: str, latest: int) -> bool:
    """Whether the clock of somebody, that shows `latest` now (ms), has run as long as the vote takes."""
    return name in now.clocks and latest - now.clocks[name] >= now.days * DAY


def is_due(circle: Circle, now: Round) -> bool:
    """Past its time by the seals, which the keeper makes alone; and by the clock of somebody else, which has run for
    as long since they were first heard. Where nobody else writes, by the seals alone."""
    if circle.time < now.until:
        return False
    if not now.days or not others(circle, now):
        return True
    latest: dict[str, int] = circle.decisions.clocks
    return any(has_run(now, name, latest[name]) for name in now.clocks)


# --- what was said ---------------------------------------------------------------------------------------------------


def close(circle: Circle, name: str) -> None:
    motion: Motion = circle.decisions.motions[name]
    now = motion.round
    assert now is not None
    here = still_here(circle, now.voters)
    paper = papers(circle, now)
    on_paper = paper.who if paper is not None else []
    proxies = proxies_for(circle, now, [name for name in here if name not in on_paper])
    ballots = {voter: now.ballots[voter] for voter in here if voter in now.ballots}
    said = [ballot.choice for ballot in ballots.values()] + [now.ballots[to].choice for to in proxies.values()]
    if paper is not None:
        said += [one.choice for one in paper.papers for _ in range(one.number)]
    since = circle.time - now.held.active_days * DAY
    active = {voter for voter in here if circle.decisions.heard.get(voter, 0) >= since} | ballots.keys()
    active |= proxies.keys() | set(on_paper)
    outcome = Outcome(now.id, "", circle.time, len(said), len(active), proxies=proxies, papers=len(on_paper))
    finish(circle, name, judged(now, outcome, said))


def papers(circle: Circle, now: Round) -> Counted | None:
    """What two people counted alike, and nobody otherwise. Since no paper says whose it is, none counts once one of
    those who are said to have handed one in has voted by themselves, or is not here any more."""
    counts = [now.counted[name] for name in still_here(circle, list(now.counted))]
    agreed = [one for number, one in enumerate(counts) if one in counts[:number]]
    if not agreed or any(one != agreed[0] for one in agreed):
        return None
    is_theirs = now.ballots.keys().isdisjoint(agreed[0].who)
    return agreed[0] if is_theirs and len(still_here(circle, agreed[0].who)) == len(agreed[0].who) else None


def proxies_for(circle: Circle, now: Round, here: list[str]) -> dict[str, str]:
    """Whose vote counts for whom: of those who have said nothing themselves, as long as it was given for, and never
    handed on. Who was asked by more people than the charter lets vote through them, votes for those who asked first."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, proxy in circle.decisions.proxies.items():
        is_silent = name in here and name not in now.ballots
        speaks = proxy.to in here and proxy.to in now.ballots and proxy.until >= circle.time
        if is_silent and speaks and counts.get(proxy.to, 0) < now.held.proxy_most:
            counts[proxy.to] = counts.get(proxy.to, 0) + 1
            found[name] = proxy.to
    return found


def judged(now: Round, outcome: Outcome, said: list[dict[str, int]]) -> Outcome:
    """What the ballots come to, before any rule about ties."""
    if now.method not in WITHOUT_QUORUM and outcome.took_part * 100 < now.held.quorum * outcome.active:
        return replace(outcome, result="few", figures=counted(said))
    if now.method in CHOOSING:
        count: Count = CHOOSING[now.method](now.options, said)
        return chosen(replace(outcome, figures=count.figures), count.leading)
    if now.method == "lot":
        return replace(outcome, result="drawing", leading=list(now.options))
    figures = counted(said)
    yes, no = figures.get("yes", [0])[0], figures.get("no", [0])[0]
    outcome = replace(outcome, figures=figures)
    if now.method == "majority" and yes == no and yes:
        return replace(outcome, result="tied", leading=["yes", "no"])
    passes = {
        "light": True,
        "lazy": "object" not in figures,
        "consent": "object" not in figures and "consent" in figures,
        "election": bool(now.named) and "object" not in figures and "consent" in figures,
        "majority": is_majority(yes, no),
        "two_thirds": is_two_thirds(yes, no),
    }[now.method]
    return replace(outcome, result="passed" if passes else "failed", chosen=now.named)


def counted(said: list[dict[str, int]]) -> dict[str, list[int]]:
    """How many said what; "" is to abstain."""
    figures: dict[str, list[int]] = {}
    for choice in said:
        for stance in choice or ("",):
            figures.setdefault(stance, [0])[0] += 1
    return figures


def chosen(outcome: Outcome, leading: list[str]) -> Outcome:
    if len(leading) == 1:
        return replace(outcome, result="passed", leading=leading, chosen=leading[0])
    return replace(outcome, result="tied" if leading else "failed", leading=leading)


# --- what follows ----------------------------------------------------------------------------------------------------


def finish(circle: Circle, name: str, outcome: Outcome) -> None:
    """Does what was decided, all of it or nothing, and writes down how the round ended. A tie goes by the charter: all
    stays as it was, or it is talked about again, or a lot is drawn."""
    motion: Motion = circle.decisions.motions[name]
    now = motion.round
    assert now is not None
    if outcome.result == "tied" and now.held.tie == "lot":
        outcome = replace(outcome, result="drawing")
    if outcome.result == "passed":
        failed = enact(circle, clauses_of(motion, now, outcome))
        if failed is not None:
            outcome = replace(outcome, result="undone", clause=failed.clause, reason=failed.reason)
    motion = circle.decisions.motions[name]  # which is another one, where what was done had to be undone
    motion.outcomes.append(outcome)
    if outcome.result == "drawing":
        return
    if outcome.result == "tied" and now.held.tie == "again":
        motion.round = None
        return
    motion.ended = "passed" if outcome.result == "passed" else "failed"
    circle.decisions.open.remove(name)
    if motion.ended == "passed" and motion.months:
        motion.review = circle.time + motion.months * MONTH


def clauses_of(motion: Motion, now: Round, outcome: Outcome) -> list[Clause]:
    """What is done: what stands for itself, and what belongs to the choice. In an election the person is filled in."""
    found = [motion.clauses[name] for name in now.clauses if motion.clauses[name].option in ("", outcome.chosen)]
    if now.method == "election":
        return [replace(one.clause, kept=one.clause.kept | {"member": outcome.chosen}) for one in found]
    return [one.clause for one in found]


def draw(circle: Circle, name: str) -> None:
    """The lot, once two people have read the same numbers, and no others so many different ones."""
    motion: Motion = circle.decisions.motions[name]
    now, waiting = motion.round, motion.outcomes[-1]
    if waiting.result != "drawing" or now is None:
        return
    keys = Counter(motion.keys[reader] for reader in still_here(circle, list(motion.keys))).most_common(2)
    is_agreed = bool(keys) and keys[0][1] >= 2 and (len(keys) == 1 or keys[0][1] > keys[1][1])
    if not is_agreed:
        return
    (first,) = drawn(waiting.leading, keys[0][0], 1)
    result = "failed" if first == "no" else "passed"
    finish(circle, name, replace(waiting, result=result, at=circle.time, chosen=first, lot=keys[0][0]))
