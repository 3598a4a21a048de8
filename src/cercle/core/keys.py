"""Ed25519, by PyNaCl (libsodium) and only PyNaCl, so that every replica accepts the same signatures."""

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.exceptions import ValueError as NaClValueError
from nacl.signing import SigningKey

Signer = SigningKey


def signer(seed: bytes) -> Signer:
    """The key whose 32-byte private seed this is."""
    return SigningKey(seed)


def public(key: Signer) -> bytes:
    """The 32 bytes by which a log knows the key: the device."""
    return bytes(key.verify_key)


def sign(key: Signer, message: bytes) -> bytes:
    """The 64 bytes of the signature alone."""
    return key.sign(message).signature


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether libsodium accepts this signature (64 bytes) of `message` under `public_key` (32 bytes)."""
    if len(signature) != 64 or len(public_key) != 32:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except (CryptoError, NaClValueError):
        return False
    return True
