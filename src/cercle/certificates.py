"""HTTPS at home: a certificate authority of the home's own, and the certificate that it gives this machine.

No public authority vouches for a machine that has a private address and no public name. So the home vouches for itself:
its root is made once, and phones are told once to trust it. Since that is much to ask, the root is bound (name
constraints, RFC 5280 section 4.2.1.10) to names in `.local`, to localhost and to private addresses: who has its key may
pretend to be a machine at home, and never a bank. The machine's certificate is as short-lived as browsers want it, and
renewed in time by itself.

Source of the limit of 398 days: CA/Browser Forum, Baseline Requirements, section 6.3.2.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cercle.sync.address import NAMES, NETWORKS, is_of_a_home

ROOT, ROOT_KEY, OWN = "home-root.pem", "home-root-key.pem", "home-certificate.pem"
ROOT_LASTS = timedelta(days=3652)
LASTS = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=30)
EARLIER = timedelta(days=2)  # the clock of a phone may be behind
PEM = serialization.Encoding.PEM
Key = ec.EllipticCurvePrivateKey


def fingerprint(certificate: x509.Certificate) -> str:
    """As phones and computers show it: SHA-256, in hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


# --- kept in the data folder -------------------------------------------------------------------------------------


def root(folder: Path, now: datetime) -> tuple[x509.Certificate, Key]:
    """The home's root and its key; made where there is none yet, or where the one that is there ends too soon."""
    if (folder / ROOT).exists() and (folder / ROOT_KEY).exists():
        certificate = x509.load_pem_x509_certificate((folder / ROOT).read_bytes())
        key = serialization.load_pem_private_key((folder / ROOT_KEY).read_bytes(), None)
        if certificate.not_valid_after_utc - now > LASTS and isinstance(key, Key):
            return certificate, key
    certificate, key = make_root(now)
    keep(folder / ROOT_KEY, pem_of(key))
    keep(folder / ROOT, certificate.public_bytes(PEM))
    return certificate, key


def certificate(folder: Path, hosts: Iterable[str], now: datetime) -> x509.Certificate:
    """This machine's certificate for those of these hosts for which the root may vouch; made anew where it is for
    others, or ends soon. It stands in the folder, with its key."""
    authority, authority_key = root(folder, now)
    wanted = sorted({host for host in hosts if is_of_a_home(host)})
    if (folder / OWN).exists():
        found = x509.load_pem_x509_certificate((folder / OWN).read_bytes())
        is_ours = found.issuer == authority.subject and sorted(hosts_of(found)) == wanted
        if is_ours and found.not_valid_after_utc - now > RENEWED_BEFORE:
            return found
    key = ec.generate_private_key(ec.SECP256R1())
    made = make(wanted, key.public_key(), authority, authority_key, now)
    keep(folder / OWN, made.public_bytes(PEM) + pem_of(key))
    return made


def keep(path: Path, raw: bytes) -> None:
    """Writes a file that nobody else may read, all of it or nothing."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def pem_of(key: Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(PEM, form, serialization.NoEncryption())


# --- made --------------------------------------------------------------------------------------------------------


def make_root(now: datetime) -> tuple[x509.Certificate, Key]:
    key = ec.generate_private_key(ec.SECP256R1())
    # Phones list it by this name: it says nothing about who lives here.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Cercle at home {os.urandom(3).hex()}")])
    names = [x509.DNSName(one) for one in NAMES]
    addresses = [x509.IPAddress(network) for network in NETWORKS]
    made = (
        builder(name, key.public_key(), name, key, now, ROOT_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints([*names, *addresses], None), critical=True)
    )
    return made.sign(key, hashes.SHA256()), key


def make(
    hosts: list[str], key: ec.EllipticCurvePublicKey, authority: x509.Certificate, authority_key: Key, now: datetime
) -> x509.Certificate:
    """A certificate for these hosts, whoever they are: what the root may not vouch for, browsers refuse."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cercle")])
    made = (
        builder(name, key, authority.subject, authority_key, now, LASTS)
        .add_extension(x509.SubjectAlternativeName([general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
    )
    return made.sign(authority_key, hashes.SHA256())


def builder(
    name: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name, issuer_key: Key, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    """What both kinds have. `lasts`: from now on, but for the days that it is valid before."""
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now - EARLIER + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(issuer_id, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def hosts_of(found: x509.Certificate) -> list[str]:
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses: list[IPv4Address | IPv6Address] = names.get_values_for_type(x509.IPAddress)  # type: ignore[assignment]
    return [*names.get_values_for_type(x509.DNSName), *map(str, addresses)]


def now() -> datetime:
    return datetime.now(UTC)
