"""Who may ask: a member's device, of this peer, now, and once."""

from collections.abc import Callable

import pytest

from cercle.core.keys import public, signer
from cercle.sync import signing
from cercle.sync.signing import (
    CERTIFICATE,
    FRONTIER,
    NEAR,
    Answer,
    Message,
    NotSigned,
    Watch,
    key_name,
    place_of,
    read_signature,
    sign_answer,
    sign_request,
)

CIRCLE, OTHER = b"c" * 32, b"d" * 32
AMINA, BRUNO, FARID = (signer(name * 32) for name in (b"a", b"b", b"f"))
HOME, ELSEWHERE = "192.168.1.20:8642", "192.168.1.66:8642"
NOW = 1_772_438_400_000
KEYS = {key_name(CIRCLE, HOME, public(key)): public(key) for key in (AMINA, BRUNO)}


def request(circle: bytes = CIRCLE, authority: str = HOME, said: str = "hash:0") -> Message:
    return Message({FRONTIER: said}, "POST", f"http://{authority}/sync/{place_of(circle, authority)}")


def signed(
    key: object = AMINA, now: int = NOW, nonce: str = "", circle: bytes = CIRCLE, authority: str = HOME
) -> Message:
    made = request(circle, authority)
    sign_request(made, key, key_name(circle, authority, public(key)), now, nonce)  # type: ignore[arg-type]
    return made


def test_a_member_is_known() -> None:
    made = signed(BRUNO)
    found = read_signature(made, KEYS)
    assert found.name == key_name(CIRCLE, HOME, public(BRUNO))
    assert found.created == NOW
    Watch(lambda: NOW + 1000).let_in(found)


def test_nothing_in_it_is_the_same_at_another_peer_or_names_anybody() -> None:
    here, there = signed(), signed(authority=ELSEWHERE)
    assert here.url.rpartition("/")[2] != there.url.rpartition("/")[2]
    assert public(AMINA).hex() not in str(here.headers)
    assert CIRCLE.hex() not in str(here)


def test_which_certificate_was_seen_cannot_be_taken_out() -> None:
    made = request()
    made.headers[CERTIFICATE] = "0" * 64
    sign_request(made, AMINA, key_name(CIRCLE, HOME, public(AMINA)), NOW)
    assert read_signature(made, KEYS).created == NOW
    for other in ("1" * 64, None):
        headers = {name: value for name, value in made.headers.items() if name != CERTIFICATE}
        if other:
            headers[CERTIFICATE] = other
        with pytest.raises(NotSigned):
            read_signature(Message(headers, made.method, made.url), KEYS)
    plain = signed()
    plain.headers[CERTIFICATE] = "0" * 64  # put in by somebody else
    with pytest.raises(NotSigned):
        read_signature(plain, KEYS)


def changed(**fields: str) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        for name, value in fields.items():
            setattr(message, name, value)

    return change


def said_otherwise(message: Message) -> None:
    message.headers[FRONTIER] = "hash:1"


def unsigned(message: Message) -> None:
    del message.headers["Signature"]


def covers_less(message: Message) -> None:
    message.headers["Signature-Input"] = message.headers["Signature-Input"].replace(f' "{FRONTIER}"', "")


def earlier(message: Message) -> None:
    message.headers["Signature-Input"] = message.headers["Signature-Input"].replace(str(NOW // 1000), "1")


@pytest.mark.parametrize(
    "change",
    [
        changed(method="GET"),
        changed(url=f"http://{ELSEWHERE}/sync/{place_of(CIRCLE, HOME)}"),
        changed(url=f"http://{HOME}/sync/{place_of(OTHER, HOME)}"),
        said_otherwise,
        unsigned,
        covers_less,
        earlier,
    ],
)
def test_what_was_signed_for_something_else_is_not_let_in(change: Callable[[Message], None]) -> None:
    made = signed()
    change(made)
    with pytest.raises(NotSigned):
        read_signature(made, KEYS)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Signature": "x", "Signature-Input": "y"},
        {"Signature": "pyhms=:AAAA:", "Signature-Input": 'pyhms=("@method");created=1;keyid="a";tag="cercle-sync"'},
        {"Signature": "\0" * 9000, "Signature-Input": "(" * 9000},
        {"Signature": "é", "Signature-Input": "é"},
    ],
)
def test_whatever_stands_for_a_signature(headers: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        read_signature(Message({FRONTIER: "hash:0"} | headers, "POST", request().url), KEYS)


def test_an_outsider_and_who_has_gone_are_not_let_in() -> None:
    for made in (signed(FARID), signed(circle=OTHER)):
        with pytest.raises(NotSigned):
            read_signature(made, KEYS)
    with pytest.raises(NotSigned):
        read_signature(signed(BRUNO), {name: key for name, key in KEYS.items() if key != public(BRUNO)})


def test_it_counts_once_and_not_too_late() -> None:
    watch, made = Watch(lambda: NOW), signed()
    found = read_signature(made, KEYS)
    watch.let_in(found)
    with pytest.raises(NotSigned):
        watch.let_in(found)
    for clock in (NOW + NEAR + 1000, NOW - NEAR - 1000):
        with pytest.raises(NotSigned):
            Watch(lambda clock=clock: clock).let_in(found)  # type: ignore[misc]


def test_what_is_said_beside_a_signature_makes_no_other_request_of_it() -> None:
    """Whoever listened could otherwise send it again, in a dress of its own."""
    watch, made = Watch(lambda: NOW), signed()
    watch.let_in(read_signature(made, KEYS))
    name = made.headers["Signature"].partition("=")[0]
    headers = {
        "Signature": made.headers["Signature"] + ", other=:AAAA:",
        "Signature-Input": made.headers["Signature-Input"] + ', other=("@method");created=1;keyid="x";tag="other"',
    }
    dressed = [
        Message(made.headers | headers, "POST", made.url),
        Message({key: value.replace(f"{name}=", "z=") for key, value in made.headers.items()}, "POST", made.url),
        Message(made.headers | {"Signature": made.headers["Signature"] + " "}, "POST", made.url),
    ]
    for message in dressed:
        with pytest.raises(NotSigned):
            watch.let_in(read_signature(message, KEYS))


def test_a_key_that_asks_without_end_is_let_in_no_more_and_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "MOST_SEEN", 5)
    time = NOW
    watch = Watch(lambda: time)
    for _ in range(5):
        watch.let_in(read_signature(signed(), KEYS))
    with pytest.raises(NotSigned):
        watch.let_in(read_signature(signed(), KEYS))
    watch.let_in(read_signature(signed(BRUNO), KEYS))
    time += 2 * NEAR + 1
    watch.let_in(read_signature(signed(now=time), KEYS))
    assert (len(watch.seen), watch.counts.total()) == (1, 1)


def test_a_key_is_one_by_whatever_address_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node is reached by several, and the key has another name at each."""
    monkeypatch.setattr(signing, "MOST_SEEN", 5)
    watch, authorities = Watch(lambda: NOW), [HOME, "kitchen.local:8642", "[fd00::20]:8642"]
    keys = {key_name(CIRCLE, authority, public(AMINA)): public(AMINA) for authority in authorities}
    for number in range(5):
        watch.let_in(read_signature(signed(authority=authorities[number % 3]), keys))
    for authority in authorities:
        with pytest.raises(NotSigned):
            watch.let_in(read_signature(signed(authority=authority), keys))
    watch.let_in(read_signature(signed(BRUNO), KEYS))
    assert (len(watch.seen), watch.counts) == (6, {public(AMINA): 5, public(BRUNO): 1})


def test_who_has_another_clock_comes_in_by_a_challenge() -> None:
    time = NOW
    watch = Watch(lambda: time)
    nonce = watch.challenge()
    days_ago = signed(now=NOW - 5 * 86_400_000, nonce=nonce)
    watch.let_in(read_signature(days_ago, KEYS))
    late = signed(BRUNO, now=NOW - 5 * 86_400_000, nonce=nonce)
    time += NEAR + 1000
    with pytest.raises(NotSigned):
        watch.let_in(read_signature(late, KEYS))
    for forged in ("", "f" * 20, f"{time:x}.{'0' * 32}", f"{time:x}.é", Watch(lambda: time).challenge()):
        made = signed(now=NOW - 5 * 86_400_000, nonce=forged.encode("ascii", "replace").decode())
        with pytest.raises(NotSigned):
            watch.let_in(read_signature(made, KEYS))


def test_what_was_seen_is_forgotten_once_it_could_not_come_again() -> None:
    time = NOW
    watch = Watch(lambda: time)
    for _ in range(3):
        made = signed(now=time)
        watch.let_in(read_signature(made, KEYS))
        time += 3 * NEAR
    assert len(watch.seen) == 1


def test_an_answer_is_to_its_request() -> None:
    asked, other = signed(), signed(BRUNO)
    answer = Answer(200, {FRONTIER: "hash:0"}, asked)
    sign_answer(answer, BRUNO, key_name(CIRCLE, HOME, public(BRUNO)), NOW)
    assert read_signature(answer, KEYS).name == key_name(CIRCLE, HOME, public(BRUNO))
    for wrong in (Answer(200, answer.headers, other), Answer(401, answer.headers, asked)):
        with pytest.raises(NotSigned):
            read_signature(wrong, KEYS)
