"""The home's own root, and the certificate that it gives a machine: made once, renewed in time, for nothing outside."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from cercle import certificates
from cercle.certificates import LASTS, OWN, ROOT, ROOT_KEY, certificate, hosts_of, root
from cercle.sync.address import NETWORKS, is_of_a_home

NOW = datetime(2026, 11, 22, tzinfo=UTC)
AT_HOME = ["localhost", "kitchen.local", "127.0.0.1", "192.168.1.20"]


@pytest.mark.parametrize("host", [*AT_HOME, "::1", "10.1.2.3", "172.31.0.1", "169.254.1.1", "fd00::2", "fe80::1"])
def test_it_vouches_for_machines_at_home(host: str) -> None:
    assert is_of_a_home(host)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "172.32.0.1", "2001:db8::1", "bank.example", "local.example", "notlocal", "home.lan", ""]
)
def test_and_for_nothing_else(host: str, tmp_path: Path) -> None:
    assert not is_of_a_home(host)
    assert hosts_of(certificate(tmp_path, [host, "localhost"], NOW)) == ["localhost"]


def test_the_root_is_made_once_and_nobody_else_reads_its_key(tmp_path: Path) -> None:
    first, _ = root(tmp_path, NOW)
    again, key = root(tmp_path, NOW + timedelta(days=3000))
    assert first == again
    assert first.public_key() == key.public_key()
    certificate(tmp_path, AT_HOME, NOW)
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == dict.fromkeys(
        (ROOT, ROOT_KEY, OWN), "0o600"
    )


def test_the_root_is_bound_to_the_home_and_says_nothing_of_it(tmp_path: Path) -> None:
    found, _ = root(tmp_path, NOW)
    bound = found.extensions.get_extension_for_class(x509.NameConstraints)
    assert bound.critical
    assert [name.value for name in bound.value.permitted_subtrees or ()] == ["local", "localhost", *NETWORKS]
    assert found.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    (name,) = found.subject
    assert str(name.value).startswith("Cercle at home ")


def test_a_root_that_would_end_before_what_it_vouches_for_gives_way(tmp_path: Path) -> None:
    first, _ = root(tmp_path, NOW)
    old = certificate(tmp_path, AT_HOME, NOW)
    late = first.not_valid_after_utc - LASTS
    new = certificate(tmp_path, AT_HOME, late)
    second, _ = root(tmp_path, late)
    assert second != first
    new.verify_directly_issued_by(second)
    with pytest.raises((InvalidSignature, ValueError)):
        old.verify_directly_issued_by(second)


def test_the_certificate_stays_until_it_ends_soon_or_the_machine_has_another_address(tmp_path: Path) -> None:
    first = certificate(tmp_path, AT_HOME, NOW)
    assert sorted(hosts_of(first)) == sorted(AT_HOME)
    assert first.not_valid_after_utc - first.not_valid_before_utc <= timedelta(days=398)
    assert certificate(tmp_path, reversed(AT_HOME), NOW + timedelta(days=360)) == first
    moved = certificate(tmp_path, [*AT_HOME, "192.168.1.35"], NOW)
    assert "192.168.1.35" in hosts_of(moved)
    renewed = certificate(tmp_path, [*AT_HOME, "192.168.1.35"], NOW + timedelta(days=370))
    assert renewed.not_valid_after_utc > moved.not_valid_after_utc
    authority, _ = root(tmp_path, NOW)
    for one in (first, moved, renewed):
        one.verify_directly_issued_by(authority)


def test_a_fingerprint_is_as_phones_show_it(tmp_path: Path) -> None:
    shown = certificates.fingerprint(root(tmp_path, NOW)[0])
    assert len(shown.split(":")) == 32
    assert shown == shown.upper()
