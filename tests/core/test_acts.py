"""The acts of a member, as a set of them and packed."""

from hypothesis import given
from hypothesis import strategies as st

from cercle.core.acts import Acts

ACT = st.binary(min_size=16, max_size=16)


@given(st.lists(st.lists(ACT, max_size=20), max_size=4), st.lists(ACT, max_size=5))
def test_packed_or_not_they_are_a_set(rounds: list[list[bytes]], others: list[bytes]) -> None:
    acts, right = Acts(), set[bytes]()
    for some in rounds:
        for act in some:
            if act not in acts:  # as the fold does: what was done is not done again
                acts.new.add(act)
            right.add(act)
        assert all((act in acts) == (act in right) for act in [*right, *others, bytes(16), b"\xff" * 16])
        assert sorted(acts) == sorted(right)
        assert acts.pack() == b"".join(sorted(right))
    assert set(Acts(acts.pack())) == right
