"""The vectors of what travels beside entries: what is said when two meet, and proofs. The program reads each as the
file says, and makes the same; and the file is what somebody wrote by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from cercle.core.event import Refused
from cercle.meeting import hashed, read_frontier, spelled
from cercle.proofs import check, written
from cercle.sync.signing import Answer, Message, NotSigned, key_name, place_of, read_signature
from tests.vectors.__main__ import lines
from tests.vectors.meetings import meetings
from tests.vectors.proofs import proofs

VECTORS = Path(__file__).parents[1] / "vectors"
MEETINGS: dict[str, Any] = json.loads((VECTORS / "meetings.json").read_text(encoding="utf-8"))
PROOFS: dict[str, Any] = json.loads((VECTORS / "proofs.json").read_text(encoding="utf-8"))


def about(case: dict[str, Any]) -> str:
    return str(case["about"])


def test_the_files_are_as_they_are_written() -> None:
    assert (VECTORS / "meetings.json").read_text(encoding="utf-8") == lines(meetings())
    assert (VECTORS / "proofs.json").read_text(encoding="utf-8") == lines(proofs())


@pytest.mark.parametrize("case", MEETINGS["names"], ids=lambda case: case["authority"])
def test_names(case: dict[str, str]) -> None:
    secret, authority = bytes.fromhex(case["secret"]), case["authority"]
    assert place_of(secret, authority) == case["place"]
    assert key_name(secret, authority, bytes.fromhex(case["key"])) == case["name"]


@pytest.mark.parametrize("case", MEETINGS["frontiers"], ids=about)
def test_frontiers(case: dict[str, str]) -> None:
    there = read_frontier(case["header"])
    assert (spelled(there), hashed(there)) == (case["header"], "hash:" + case["hash"])


def is_let_in(message: Message | Answer, keys: dict[str, str]) -> str:
    try:
        read_signature(message, {name: bytes.fromhex(key) for name, key in keys.items()})
    except NotSigned:
        return "refused"
    return "ok"


def request_of(case: dict[str, Any]) -> Message:
    headers = {name.lower() if name.startswith("Cercle") else name: text for name, text in case["headers"].items()}
    return Message(headers, "POST", case["url"])


@pytest.mark.parametrize("case", MEETINGS["requests"], ids=about)
def test_requests(case: dict[str, Any]) -> None:
    assert is_let_in(request_of(case), case["keys"]) == case["verdict"]


@pytest.mark.parametrize("case", MEETINGS["answers"], ids=about)
def test_answers(case: dict[str, Any]) -> None:
    headers = request_of({**case["request"], "headers": case["headers"]}).headers
    answer = Answer(case["status"], headers, request_of(case["request"]))
    assert is_let_in(answer, case["keys"]) == case["verdict"]


@pytest.mark.parametrize("case", PROOFS["proofs"], ids=about)
def test_proofs(case: dict[str, str]) -> None:
    if case["verdict"] == "ok":
        assert check(bytes.fromhex(case["file"])).entry.id.hex() == case["entry"]
        return
    with pytest.raises(Refused) as refused:
        check(bytes.fromhex(case["file"]))
    assert refused.value.reason.code == case["verdict"]


def test_checkpoints() -> None:
    for one in PROOFS["checkpoints"]:
        assert written(one["count"], bytes.fromhex(one["root"])) == one["checkpoint"]
