"""The code of an invitation: read out over the table, typed with slips, and still the one that was meant."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle import beginnings
from cercle.core.keys import public, signer
from cercle.modules import load
from cercle.store.codes import CODE_SIZE, LENGTH, SIGNS, Slip, is_like_one, new_code, read_code, seed_of, shown
from cercle.store.node import Node

codes = st.binary(min_size=CODE_SIZE, max_size=CODE_SIZE)


@given(codes)
def test_what_is_read_out_is_what_was_meant(code: bytes) -> None:
    said = shown(code)
    assert re.fullmatch(r"(\w{4}-){4}\w", said)
    for typed in (
        said,
        said.lower(),
        said.replace("-", " "),
        f" {said.replace('-', '')} ",
        said.replace("-", "\u2011"),
    ):
        assert read_code(typed) == code
    assert read_code(said.replace("0", "O").replace("1", "l")) == code


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(SIGNS))
def test_of_the_slips_of_one_sign_most_are_seen_and_none_gives_the_same(code: bytes, place: int, sign: str) -> None:
    right = shown(code).replace("-", "")
    wrong = right[:place] + sign + right[place + 1 :]
    try:
        assert (read_code(wrong) == code) == (wrong == right)
    except Slip:
        assert wrong != right


def test_one_slip_in_some_thirty_is_not_seen() -> None:
    right, seen = shown(bytes(CODE_SIZE)).replace("-", ""), 0
    for place in range(LENGTH):
        for sign in SIGNS.replace("0", ""):
            try:
                read_code(right[:place] + sign + right[place + 1 :])
            except Slip:
                seen += 1
    assert seen > 0.94 * LENGTH * 31


@pytest.mark.parametrize("typed", ["", "Chez nous", "ABCD-EFGH", "U" * LENGTH, "A" * 18, "é" * LENGTH])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert not is_like_one(typed)
    with pytest.raises(Slip):
        read_code(typed)


def test_no_two_are_alike_and_each_has_a_key_of_its_own() -> None:
    assert len({seed_of(new_code()) for _ in range(20)}) == 20
    assert seed_of(bytes(CODE_SIZE)).hex()[:16] == "f4ccb39a7b4790e7"


def test_an_invitation_has_a_code_and_its_key_is_made_from_it(tmp_path: Path) -> None:
    node = Node(tmp_path, load())
    live, amina = beginnings.start(node, node.new_person(), "Chez nous", "Amina")
    invitation, seed = beginnings.invite(node, live, amina)
    code = node.code_of(invitation)
    assert code is not None
    assert node.invitation_seed(invitation) == (live.no, seed) == (live.no, seed_of(code))
    assert node.invitation_of(code) == invitation
    assert beginnings.invitation_by(live, public(signer(seed))) == invitation
    assert node.invitation_of(new_code()) is node.code_of("0" * 20) is None
    node.close()


def test_one_from_before_there_were_codes_goes_on(tmp_path: Path) -> None:
    node = Node(tmp_path, load())
    live, amina = beginnings.start(node, node.new_person(), "Chez nous", "Amina")
    invitation, _ = beginnings.invite(node, live, amina)
    node.connection.exec_driver_sql("UPDATE invitations SET seed = ?", (b"s" * 32,))
    assert node.invitation_seed(invitation) == (live.no, b"s" * 32)
    assert node.code_of(invitation) is None
    node.close()
