"""What two replicas say of where they stand, with more heads than can be named."""

import msgspec

from cercle.core.entry import Entry
from cercle.store.frontier import MOST_HEADS, Frontier, frontier, lacking
from cercle.store.receive import receive
from tests.carrying import apart, database, fold, pairs_of
from tests.story import Story

COUNT = MOST_HEADS + 6


def many_heads() -> tuple[Story, list[Entry]]:
    """Each of Amina's devices has written while it was away from all others."""
    story = Story(alone=True)
    invitations = [story.invite(story.amina, member=story.amina.member) for _ in range(COUNT)]
    everything = story.main
    heads = []
    for number, invitation in enumerate(invitations, 1):
        story.main = everything.copy()
        heads.append(story.join("amina", invitation, number).last)
    return story, heads


def test_whichever_head_is_not_held_is_missed() -> None:
    story, heads = many_heads()
    pairs = pairs_of(story)
    with database() as connection:
        receive(connection, story.id, apart(pairs))
        live = fold(connection, story)
        assert set(live.tips) == {head.id for head in heads}
        ours = frontier(live)
        assert len(ours.heads) == MOST_HEADS + 1
        ordered = sorted(heads, key=lambda head: (-head.lamport, head.id))
        for head in ordered[MOST_HEADS - 1 :: 3]:
            with database() as elsewhere:
                receive(elsewhere, story.id, apart([pair for pair in pairs if pair[0] != head]))
                theirs = frontier(fold(elsewhere, story))
            assert theirs.same() != ours.same()
            said = msgspec.msgpack.decode(msgspec.msgpack.encode(theirs), type=Frontier)
            assert head in [entry for entry, _ in lacking(live, said)]
