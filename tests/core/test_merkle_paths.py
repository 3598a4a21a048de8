"""Audit paths of the Merkle tree: each leads from its leaf to the root, and from nowhere else."""

import pytest

from cercle.core.merkle import Tree, audit_path, led_to

MOST = 40


def leaves(size: int) -> list[bytes]:
    return [bytes([number]) for number in range(size)]


def root(size: int) -> bytes:
    tree = Tree()
    tree.extend(leaves(size))
    return tree.root()


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_leaf_has_a_path_to_the_root(size: int) -> None:
    for index in range(size):
        path = audit_path(leaves(size), index)
        assert led_to(leaves(size)[index], index, size, path) == root(size)
        assert led_to(b"another", index, size, path) != root(size)
        for at in range(len(path)):
            flipped = [*path[:at], bytes(32), *path[at + 1 :]]
            assert led_to(leaves(size)[index], index, size, flipped) != root(size)


@pytest.mark.parametrize("size", range(2, MOST))
def test_a_path_is_of_one_place_in_a_tree_of_one_size(size: int) -> None:
    path = audit_path(leaves(size), 0)
    for wrong in (path[:-1], [*path, bytes(32)]):
        with pytest.raises(ValueError, match="path"):
            led_to(leaves(size)[0], 0, size, wrong)
    for index in (-1, size):
        with pytest.raises(ValueError, match="no such leaf"):
            led_to(leaves(size)[0], index, size, path)
