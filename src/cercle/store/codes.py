"""The code of an invitation: short enough to be read out and typed, long enough that nobody guesses it.

It is 80 bits of chance, in the signs of Douglas Crockford's Base32 (https://www.crockford.com/base32.html), of which
no two look alike, and one sign more that tells a slip. The invitation's private key is made from it by scrypt (RFC
7914), so that trying codes takes long.
"""

import hashlib
import os
from functools import lru_cache

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans("OIL", "011", "- \u2011")
CODE_SIZE = 10  # bytes
LENGTH = 17
GROUP = 4
COST = 2**12  # 4 MiB, some 10 ms


class Slip(ValueError):
    """It is as long as a code, and is none: something was typed wrong."""


def new_code() -> bytes:
    return os.urandom(CODE_SIZE)


@lru_cache(256)
def seed_of(code: bytes) -> bytes:
    """The private seed of the invitation."""
    return hashlib.scrypt(code, salt=b"cercle-code/1", n=COST, r=8, p=1, dklen=32)


def shown(code: bytes) -> str:
    """As it is read out, such as 3F7Q-0VXK-9RTC-M2AZ-H."""
    number = int.from_bytes(code) << 5 | check(code)
    signs = "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(signs[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def check(code: bytes) -> int:
    """The last sign: five bits, so that one slip in 32 is not noticed here."""
    return hashlib.sha256(b"cercle-code/1" + code).digest()[0] >> 3


def plain(typed: str) -> str:
    """Without what people put between the signs, and with each sign as it is meant."""
    return typed.strip().upper().translate(ALIKE)


def is_like_one(typed: str) -> bool:
    """Whether somebody meant to type a code."""
    return len(plain(typed)) == LENGTH and set(plain(typed)) <= set(SIGNS)


def read_code(typed: str) -> bytes:
    """Raises `Slip`."""
    if not is_like_one(typed):
        raise Slip(typed)
    number = sum(SIGNS.index(sign) << 5 * place for place, sign in enumerate(reversed(plain(typed))))
    code = (number >> 5).to_bytes(CODE_SIZE)
    if check(code) != number & 31:
        raise Slip(typed)
    return code
