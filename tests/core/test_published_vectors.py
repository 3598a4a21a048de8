"""What others have published, byte for byte: tests/vectors/README.md says where each file comes from."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from cercle.core.entry import Rejected
from cercle.core.keys import is_signed, public, sign, signer
from cercle.core.merkle import Tree
from cercle.core.spelling import spell, unspell

VECTORS = Path(__file__).parent.parent / "vectors"


def published(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def named(case: dict[str, Any]) -> str:
    return str(case.get("about") or case["name"])


EDGE_CASES = published("ed25519_edge_cases.json")
RFC_8032 = published("ed25519_rfc8032.json")["cases"]
SPELLINGS = published("dag_cbor.json")
MERKLE = published("merkle_rfc6962.json")


def libsodium(key: bytes, message: bytes, signature: bytes) -> str:
    try:
        return "accepts" if crypto_sign_open(signature + message, key) == message else "opens another message"
    except BadSignatureError:
        return "rejects"


def flip(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "little") ^ 1 << bit).to_bytes(len(value), "little")


def test_the_twelve_edge_cases_are_those_that_were_published() -> None:
    names = {"message": "message", "pub_key": "key", "signature": "signature"}
    cases = [{theirs: case[ours] for theirs, ours in names.items()} for case in EDGE_CASES["cases"]]
    cases_json = json.dumps(cases, separators=(",", ":")).encode()
    assert sha256(cases_json).hexdigest() == EDGE_CASES["cases_json_sha256"]


@pytest.mark.parametrize("case", EDGE_CASES["cases"], ids=named)
def test_libsodium_answers_an_edge_case_as_its_row_in_the_table_says(case: dict[str, Any]) -> None:
    key, message, signature = (bytes.fromhex(case[part]) for part in ("key", "message", "signature"))
    assert libsodium(key, message, signature) == case["pynacl"] == case["table"]
    assert is_signed(key, signature, message) is (case["table"] == "accepts")


@pytest.mark.parametrize("case", RFC_8032, ids=named)
def test_libsodium_signs_as_rfc_8032_does_and_sees_each_flipped_bit(case: dict[str, Any]) -> None:
    seed, key, message, signature = (bytes.fromhex(case[part]) for part in ("seed", "key", "message", "signature"))
    derived, secret = crypto_sign_seed_keypair(seed)
    assert derived == public(signer(seed)) == key
    assert crypto_sign(message, secret) == signature + message
    assert sign(signer(seed), message) == signature
    assert libsodium(key, message, signature) == "accepts"
    for bit in range(8 * len(signature)):
        assert libsodium(key, message, flip(signature, bit)) == "rejects"
    for bit in range(8 * len(message)):
        assert libsodium(key, flip(message, bit), signature) == "rejects"
    for bit in range(8 * len(key)):
        assert libsodium(flip(key, bit), message, signature) == "rejects"


@pytest.mark.parametrize("case", [case for case in SPELLINGS if case["verdict"] == "ok"], ids=named)
def test_the_one_spelling_of_a_value_is_read_and_written_again(case: dict[str, Any]) -> None:
    raw = bytes.fromhex(case["hex"])
    assert spell(unspell(raw)) == raw


@pytest.mark.parametrize("case", [case for case in SPELLINGS if case["verdict"] != "ok"], ids=named)
def test_any_other_spelling_is_rejected(case: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as rejected:
        unspell(bytes.fromhex(case["hex"]))
    assert rejected.value.code == case["verdict"]


def test_bytes_that_look_like_a_link_are_read_as_the_bytes_they_are() -> None:
    cases = [case for case in SPELLINGS if case["about"].startswith("bytes that look like")]
    alike = [bytes.fromhex(case["hex"]) for case in cases]
    assert len(alike) == 13
    for raw in alike:
        head = 1 if raw[0] < 0x58 else 2  # up to 23 bytes the length stands in the first byte
        assert unspell(raw) == raw[head:]
        assert unspell(b"\x81" + raw) == [raw[head:]]


def test_no_spelling_stands_twice_in_the_file() -> None:
    for part in ("hex", "about"):
        assert len({case[part] for case in SPELLINGS}) == len(SPELLINGS)


def test_the_tree_has_the_published_root_at_each_size() -> None:
    tree = Tree()
    roots = [tree.root().hex()]
    for leaf in MERKLE["leaves"]:
        tree.extend([bytes.fromhex(leaf)])
        roots.append(tree.root().hex())
    assert roots == MERKLE["roots_by_size"]
    assert tree.size == 8
