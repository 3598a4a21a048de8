"""Ballots are counted as the published cases have it, whoever casts them and whatever the options are called."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.modules.decisions.tally import (
    HIGHEST,
    Ballot,
    Count,
    approval,
    drawn,
    is_majority,
    is_two_thirds,
    preferred,
    ranked,
    score,
    strongest_paths,
    times,
)

BURLINGTON = Path(__file__).with_name("burlington-2009.toi")
KISS, MONTROLL, SIMPSON, SMITH, WRIGHT, OTHERS = "123456"

Method = Callable[[Sequence[str], Sequence[Ballot]], Count]
METHODS: dict[str, tuple[Method, int]] = {
    "approval": (approval, 1),
    "score": (score, HIGHEST),
    "times": (times, 2),
    "ranked": (ranked, 4),
}


def orders(*found: tuple[int, str]) -> list[Ballot]:
    """So many ballots of each order: "acdb" prefers a to c, c to d, and d to b."""
    return [{option: place for place, option in enumerate(order, 1)} for many, order in found for _ in range(many)]


# --- published cases -------------------------------------------------------------------------------------------------

SCHULZE = [
    # https://electowiki.org/wiki/Schulze_method, examples 1 to 4, by the author of the method
    (
        orders(
            (5, "acbed"), (5, "adecb"), (8, "bedac"), (3, "cabed"), (7, "caebd"), (2, "cbade"), (7, "dceba"),
            (8, "ebadc"),
        ),
        "e",
        "eacbd",
    ),
    (
        orders(
            (5, "acbd"), (2, "acdb"), (3, "adcb"), (4, "bacd"), (3, "cbda"), (3, "cdba"), (1, "dacb"), (5, "dbac"),
            (4, "dcba"),
        ),
        "d",
        "dacb",
    ),
    (
        orders(
            (3, "abdec"), (5, "adebc"), (1, "adecb"), (2, "badec"), (2, "bdeca"), (4, "cabde"), (6, "cbade"),
            (2, "dbeca"), (5, "decab"),
        ),
        "b",
        "badec",
    ),
    (orders((3, "abcd"), (2, "dabc"), (2, "dbca"), (2, "cbda")), "bd", None),
]  # fmt: skip


@pytest.mark.parametrize(("ballots", "leading", "order"), SCHULZE)
def test_the_examples_of_the_schulze_method(ballots: list[Ballot], leading: str, order: str | None) -> None:
    options = sorted(ballots[0])
    found = ranked(options, ballots)
    assert found.leading == list(leading)
    if order is not None:
        paths = strongest_paths(preferred(options, ballots))
        place = {option: at for at, option in enumerate(options)}
        for one, other in pairwise(order):
            assert paths[place[one]][place[other]] > paths[place[other]][place[one]]


def test_the_strongest_paths_of_the_first_example() -> None:
    paths = strongest_paths(preferred("abcde", SCHULZE[0][0]))
    assert paths == [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ]


def burlington() -> list[Ballot]:
    ballots: list[Ballot] = []
    for line in BURLINGTON.read_text().splitlines():
        if not line.startswith("#"):
            many, _, order = line.partition(": ")
            groups = re.findall(r"\{[^}]*\}|\d", order)
            ballot = {option: place for place, group in enumerate(groups, 1) for option in re.findall(r"\d", group)}
            ballots += [ballot] * int(many)
    return ballots


def test_burlington_2009() -> None:
    """Whom most voters named first, whom the city's instant runoff took, and whom most preferred to each other one,
    were three people."""
    ballots = burlington()
    assert len(ballots) == 8980
    found = ranked([KISS, MONTROLL, SIMPSON, SMITH, WRIGHT, OTHERS], ballots)
    assert found.leading == [MONTROLL]
    over = found.figures[MONTROLL]
    assert (over[0], found.figures[KISS][1]) == (4067, 3477)
    assert (over[4], found.figures[WRIGHT][1]) == (4597, 3668)
    firsts = approval([KISS, MONTROLL, SIMPSON, SMITH, WRIGHT], [{min(b, key=b.__getitem__): 1} for b in ballots])
    assert firsts.leading == [WRIGHT]
    assert preferred([KISS, WRIGHT], ballots)[0][1] > preferred([KISS, WRIGHT], ballots)[1][0], "the runoff took Kiss"


def test_methods_differ_on_the_same_people() -> None:
    """Of 100 people, 55 are content with a and b and prefer a a little; 45 can only live with b and c."""
    options = "abc"
    liked = [{"a": 5, "b": 4, "c": 0}] * 55 + [{"a": 0, "b": 3, "c": 5}] * 45
    assert ranked(options, orders((55, "abc"), (45, "cba"))).leading == ["a"], "more than half prefer it to each other"
    assert score(options, liked).leading == ["b"], "it is liked by all"
    assert approval(options, [{key: n for key, n in one.items() if n > 2} for one in liked]).leading == ["b"]


def test_the_majority_of_tennessee() -> None:
    """The capital of Tennessee, as it stands in most texts on voting: 42 % live near Memphis, far from the others."""
    ballots = orders((42, "mnck"), (26, "nckm"), (15, "cknm"), (17, "kcnm"))
    assert ranked("mnck", ballots).leading == ["n"]
    assert approval("mnck", [{min(b, key=b.__getitem__): 1} for b in ballots]).leading == ["m"]


def test_a_circle_of_preferences_is_a_tie() -> None:
    """Condorcet's paradox (1785), with as many on each side: nobody leads more than another."""
    assert ranked("abc", orders((1, "abc"), (1, "bca"), (1, "cab"))).leading == ["a", "b", "c"]
    assert ranked("abc", orders((4, "abc"), (3, "bca"), (2, "cab"))).leading == ["a"], "the weakest defeat gives way"


def test_the_example_of_rfc_3797() -> None:
    pool = [str(number) for number in range(1, 26)]
    key = "9319./2.5.8.10.12./9.18.26.34.41.45./"
    assert drawn(pool, key, 10) == ["17", "7", "2", "16", "25", "23", "8", "24", "19", "13"]
    assert sorted(drawn(pool, key, 100)) == sorted(pool)
    assert drawn([], key, 1) == []


def test_majority_and_two_thirds() -> None:
    assert is_majority(3, 2)
    assert not is_majority(2, 2)
    assert not is_majority(0, 0)
    assert is_two_thirds(4, 2)
    assert is_two_thirds(1, 0)
    assert not is_two_thirds(5, 3)
    assert not is_two_thirds(0, 0)


def test_times_that_suit() -> None:
    """Where most can come leads, also if need be; among those, where it suits more of them."""
    ballots = [{"mon": 2, "tue": 1, "wed": 2}, {"mon": 2, "tue": 1, "wed": 1}, {"tue": 2, "wed": 1}]
    found = times(["mon", "tue", "wed"], ballots)
    assert found.figures == {"mon": [2, 2], "tue": [3, 1], "wed": [3, 1]}
    assert found.leading == ["tue", "wed"]


@pytest.mark.parametrize("name", METHODS)
def test_nobody_and_nothing(name: str) -> None:
    method, _ = METHODS[name]
    assert method([], []).leading == []
    assert method(["a", "b"], []).leading == [], "what nobody wanted does not lead"
    assert method(["a", "b"], [{}, {"a": 0}]).leading == []
    assert method(["a"], [{"a": 1}]).leading == ["a"]
    assert method(["a", "b"], [{"a": 1, "nowhere": 1}]).leading == ["a"]


# --- laws ------------------------------------------------------------------------------------------------------------

OPTIONS = "abcde"


@st.composite
def elections(draw: st.DrawFn) -> tuple[str, list[dict[str, int]]]:
    name = draw(st.sampled_from(sorted(METHODS)))
    most = METHODS[name][1]
    ballot = st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, most))
    return name, draw(st.lists(ballot, max_size=9))


@given(elections(), st.randoms(use_true_random=False))
def test_voters_and_names_of_options_do_not_matter(election: tuple[str, list[dict[str, int]]], random: object) -> None:
    name, ballots = election
    method, _ = METHODS[name]
    found = method(OPTIONS, ballots)
    mixed = list(ballots)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert method(OPTIONS, mixed) == found
    names = list(OPTIONS)
    random.shuffle(names)  # type: ignore[attr-defined]
    new = dict(zip(OPTIONS, names, strict=True))
    renamed = method(sorted(names), [{new[option]: number for option, number in one.items()} for one in ballots])
    assert set(renamed.leading) == {new[option] for option in found.leading}


@given(elections(), st.data())
def test_who_is_liked_better_does_not_fall_behind(
    election: tuple[str, list[dict[str, int]]], data: st.DataObject
) -> None:
    """A monotone method: where a leader rises on one ballot, and nothing else changes, it still leads; and no other
    leads that did not."""
    name, ballots = election
    method, most = METHODS[name]
    before = method(OPTIONS, ballots).leading
    if not before:
        return
    leader = data.draw(st.sampled_from(before))
    number = data.draw(st.integers(0, len(ballots) - 1))
    better = risen(ballots[number], leader) if name == "ranked" else ballots[number] | {leader: most}
    after = method(OPTIONS, [*ballots[:number], better, *ballots[number + 1 :]]).leading
    assert leader in after
    assert set(after) <= set(before)


def risen(ballot: dict[str, int], leader: str) -> dict[str, int]:
    """The same order of all others, before which this option comes now."""
    return {option: place + 1 for option, place in ballot.items() if place > 0} | {leader: 1}


@given(st.lists(st.permutations(OPTIONS), min_size=1, max_size=9))
def test_what_wins_against_each_other_one_leads_alone(found: list[list[str]]) -> None:
    """Condorcet's criterion; and the loser against each other one never leads."""
    ballots = orders(*((1, "".join(order)) for order in found))
    against = preferred(OPTIONS, ballots)
    leading = ranked(OPTIONS, ballots).leading
    for at, option in enumerate(OPTIONS):
        others = [other for other in range(len(OPTIONS)) if other != at]
        if all(against[at][other] > against[other][at] for other in others):
            assert leading == [option]
        if all(against[at][other] < against[other][at] for other in others):
            assert option not in leading
