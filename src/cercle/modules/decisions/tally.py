"""How ballots are counted. A ballot maps options to numbers; what they mean is said by each method. Nobody's weighs
more than another's, no option is favoured by its place or its name, and none of these breaks a tie: whatever leads,
leads."""

from collections.abc import Mapping, Sequence
from hashlib import md5

from msgspec import Struct

Ballot = Mapping[str, int]

HIGHEST = 5  # the best score; the worst is 0
YES, IF_NEED_BE = 2, 1


class Count(Struct, frozen=True):
    """`leading`: the options that share the first place, in the order in which they were given: one, unless there is a
    tie; none, where nobody wanted any. `figures`: what each option got, as the method counts."""

    leading: list[str]
    figures: dict[str, list[int]]


def best(figures: dict[str, list[int]]) -> Count:
    """The options with the highest figures, the first of them counting most."""
    most = max(figures.values(), default=[])
    return Count([option for option, found in figures.items() if found == most and any(most)], figures)


def approval(options: Sequence[str], ballots: Sequence[Ballot]) -> Count:
    """Each ballot names all that it can live with (any number above 0), and the most named option leads.

    Source: Brams and Fishburn, Approval Voting, American Political Science Review 72 (1978). [how many approve]
    """
    return best({option: [sum(ballot.get(option, 0) > 0 for ballot in ballots)] for option in options})


def score(options: Sequence[str], ballots: Sequence[Ballot]) -> Count:
    """Each ballot gives 0 to `HIGHEST` to each option, 0 where it says nothing, and the highest sum leads: sums of what
    everybody gave, so that an option of which few have heard does not lead by the mean of those few.

    Source: Smith, Range Voting (2000). [sum]
    """
    return best(
        {option: [sum(min(max(ballot.get(option, 0), 0), HIGHEST) for ballot in ballots)] for option in options}
    )


def times(options: Sequence[str], ballots: Sequence[Ballot]) -> Count:
    """Each ballot says of each time `YES`, `IF_NEED_BE` or 0: where most can come leads, then where it suits most.

    [how many can come, how many it suits]
    """
    return best(
        {
            option: [sum(ballot.get(option, 0) >= least for ballot in ballots) for least in (IF_NEED_BE, YES)]
            for option in options
        }
    )


def ranked(options: Sequence[str], ballots: Sequence[Ballot]) -> Count:
    """Each ballot gives places, 1 the best, the same to several where it likes them alike; what it leaves out comes
    after all that it names. An option leads to which none other has a stronger path of defeats than it has to that one.

    Source: Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
    election method, Social Choice and Welfare 36 (2011), with the winning votes as the strength of a defeat.
    [how many prefer it to the first option, to the second, and so on]
    """
    against = preferred(options, ballots)
    paths = strongest_paths(against)
    everyone = range(len(options))
    wanted = [any(ballot.get(option, 0) > 0 for ballot in ballots) for option in options]
    leading = [
        options[one]
        for one in everyone
        if wanted[one] and all(paths[one][other] >= paths[other][one] for other in everyone)
    ]
    return Count(leading, dict(zip(options, against, strict=True)))


def preferred(options: Sequence[str], ballots: Sequence[Ballot]) -> list[list[int]]:
    """How many prefer each option to each other one."""
    found = [[0] * len(options) for _ in options]
    for ballot in ballots:
        last = 1 + max(ballot.values(), default=0)
        places = [ballot[option] if ballot.get(option, 0) > 0 else last for option in options]
        for row, place in zip(found, places, strict=True):
            for other, there in enumerate(places):
                if place < there:
                    row[other] += 1
    return found


def strongest_paths(against: list[list[int]]) -> list[list[int]]:
    """How strong the strongest path of defeats from each option to each other one is: as its weakest defeat. By Floyd
    and Warshall, as in section 2.3 of the paper."""
    everyone = range(len(against))
    paths = [
        [against[one][other] if against[one][other] > against[other][one] else 0 for other in everyone]
        for one in everyone
    ]
    for via in everyone:
        for one in everyone:
            for other in everyone:
                if one != other:
                    paths[one][other] = max(paths[one][other], min(paths[one][via], paths[via][other]))
    return paths


def is_majority(yes: int, no: int) -> bool:
    """More for than against; as many of either is a tie, and those who abstain are not counted."""
    return yes > no


def is_two_thirds(yes: int, no: int) -> bool:
    """At least twice as many for as against."""
    return yes >= 2 * no and yes > 0


def drawn(pool: Sequence[str], key: str, most: int) -> list[str]:
    """So many of the pool, in the order in which a lot draws them: anybody who knows the key, which was made public
    after the pool was, comes to the same.

    Source: RFC 3797, section 4; the key is as there: each source's numbers, each with a point after it, and a slash.
    """
    left, found = list(pool), list[str]()
    for number in range(min(most, len(left))):
        around = number.to_bytes(2, "big")
        digest = md5(around + key.encode() + around, usedforsecurity=False).digest()
        found.append(left.pop(int.from_bytes(digest, "big") % len(left)))
    return found
