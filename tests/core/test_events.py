"""Events as they are declared: what is words stays out of what rules read, and nothing stands for anything else."""

from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from cercle.core.event import kind_of
from cercle.core.fold import Why
from cercle.core.keys import sign
from cercle.core.log import invitation_message
from cercle.core.replica import Replica, freeze
from cercle.modules import load
from tests.story import Story


def nested(hint: Any) -> list[type[msgspec.Struct]]:
    """The structs inside a hint, however deep."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint, *(inner for one in get_type_hints(hint, include_extras=True).values() for inner in nested(one))]
    return [inner for one in get_args(hint) for inner in nested(one)]


@pytest.mark.parametrize("name", list(load().events))
def test_words_are_fields_of_the_event_itself_so_that_they_are_erased_with_it(name: str) -> None:
    event = load().events[name]
    hints = get_type_hints(event.type, include_extras=True)
    assert {field.name for field in msgspec.structs.fields(event.kept)} == hints.keys() - set(event.words) | {"act"}
    for hint in hints.values():
        for struct in nested(hint):
            inside = get_type_hints(struct, include_extras=True)
            assert [field for field, one in inside.items() if kind_of(one) == "words"] == []


def test_the_fields_of_an_event_are_held_to_their_types() -> None:
    story = Story("bruno")
    member, other = story.amina.member, story.bruno.member
    given = {"unit": "eur", "amount": 500, "payer": member, "to": other}
    assert story.main.verdict(story.write(story.bruno, "accounts.transferred", given, None)) == ""
    for wrong in (
        {"amount": True},
        {"amount": None},
        {"amount": "500"},
        {"amount": -1},
        {"amount": 10**12 + 1},
        {"unit": b"eur"},
        {"unit": "eur\n"},
        {"payer": member[:-1]},
        {"what": "words are no business of the rules"},
        {"day": ["2026-03-01"]},
        {"more": 0},
    ):
        entry = story.write(story.bruno, "accounts.transferred", {**given, **wrong}, None)
        assert story.main.verdict(entry) == Why.MALFORMED.code, wrong
    for missing in given:
        kept = {field: value for field, value in given.items() if field != missing}
        entry = story.write(story.bruno, "accounts.transferred", kept, None)
        assert story.main.verdict(entry) == Why.MALFORMED.code, missing


def test_text_never_stands_for_bytes() -> None:
    story = Story("bruno")
    key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="  # 32 bytes in base64
    assert story.main.verdict(story.write(story.amina, "people.invited", {"key": key}, None)) == Why.MALFORMED.code


def test_what_stands_at_its_default_may_be_written_or_left_out() -> None:
    story = Story("bruno")
    for kept in ({"key": bytes(32)}, {"key": bytes(32), "kind": "adult", "uses": 1, "until": 0, "member": None}):
        assert story.main.verdict(story.write(story.amina, "people.invited", kept, None)) == ""


def test_an_act_counts_once_for_a_member_whatever_the_device_or_the_event() -> None:
    story = Story("bruno")
    telephone = story.join("bruno", story.invite(story.bruno, member=story.bruno.member), device=1)
    act = {"act": bytes(range(16))}
    away = {"member": story.bruno.member, "since": "2026-03-01", "until": "2026-03-02"}
    refused = {**away, "since": "2026-03-03"}
    assert story.main.verdict(story.write(story.bruno, "people.went_away", {**refused, **act}, None)) != ""
    assert story.main.verdict(story.write(story.bruno, "people.went_away", {**away, **act}, None)) == ""
    again = story.write(telephone, "circle.renamed", act, None)
    assert story.main.verdict(again) == Why.TWICE.code
    assert story.main.verdict(story.write(story.amina, "circle.renamed", act, None)) == ""


def test_somebody_who_joins_with_another_s_act_takes_nothing_from_them() -> None:
    story = Story("bruno")
    bruno = next(entry for entry in story.entries.values() if entry.event == "people.joined")
    dov, invitation = story.person("dov"), story.invite(story.amina)
    proof = sign(invitation.key, invitation_message(story.id, dov.device))
    kept = {"invitation": invitation.id, "proof": proof, "act": bruno.kept["act"]}
    assert story.main.verdict(story.write(dov, "people.joined", kept, None)) == ""


def test_a_join_with_an_act_of_one_s_own_is_the_same_before_and_after_a_snapshot() -> None:
    story = Story("bruno")
    bruno = next(entry for entry in story.entries.values() if entry.event == "people.joined")
    telephone, invitation = story.person("bruno", 1), story.invite(story.bruno, member=story.bruno.member)
    proof = sign(invitation.key, invitation_message(story.id, telephone.device))
    kept = {"invitation": invitation.id, "proof": proof, "act": bruno.kept["act"]}
    assert story.main.verdict(story.write(telephone, "people.joined", kept, None)) == ""
    again = Replica(story.modules)
    for entry in story.entries.values():
        again.take([entry])
        freeze(again.circle, again.tree)
    assert freeze(again.circle, again.tree) == freeze(story.circle, story.main.replica.tree)
