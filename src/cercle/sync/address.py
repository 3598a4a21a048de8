"""Addresses under which nodes are reached, such as http://192.168.1.20:8642."""

import ssl
from collections.abc import Collection
from hashlib import sha256
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

EXAMPLE = "http://192.168.1.20:8642"
# Where no public authority vouches for anybody, RFC 1918, RFC 3927, RFC 4193, RFC 6762.
NAMES = ("local", "localhost")
BLOCKS_4 = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
NETWORKS = tuple(map(ip_network, (*BLOCKS_4, "::1/128", "fc00::/7", "fe80::/10")))


def authority_of(address: str) -> str:
    """Host and port, as they stand in the Host header: a port that the scheme has by itself is left out."""
    url = urlsplit(address.lower())
    return url.netloc.removesuffix(":443" if url.scheme == "https" else ":80")


def is_own(authority: str, reached: tuple[str, int | None], names: Collection[str]) -> bool:
    """Whether a Host header, in lower case, means the node that a request has `reached` at this address and port of its
    own: by that very address, as localhost from the same machine, or by one of its `names`, such as cercle.example, or
    cercle.example:8643 where it has another port there. Raises `ValueError` where it was reached by none.

    What was signed for another node may have been passed on by whoever has that one's address now.
    """
    host = authority.removesuffix(f":{reached[1]}")
    if host == "localhost":
        return ip_address(reached[0]).is_loopback
    number = host.strip("[]").partition("%")[0]  # each machine calls an interface as it likes
    return host in names or (is_number(number) and ip_address(number) == ip_address(reached[0]))


def host_name(host: str) -> str:
    """The name of a Host header, without its port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def is_number(host: str) -> bool:
    """Whether a host is an address, without brackets, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def plain_address(typed: str) -> str:
    """The beginning of the address of a node's pages, from that or from any of its pages. Raises `ValueError`."""
    url = urlsplit(typed.strip())
    whole = url.scheme in ("http", "https") and url.hostname and url.port != 0 and "@" not in url.netloc
    if not whole or not url.netloc.isascii():
        raise ValueError("no address")
    return f"{url.scheme}://{url.netloc.lower()}"


def is_of_a_home(host: str) -> bool:
    """Whether a host, a name or an address without brackets, is one for which only a home's own root may vouch."""
    try:
        address = ip_address(host)
    except ValueError:
        return any(host == name or host.endswith(f".{name}") for name in NAMES)
    return any(address in network for network in NETWORKS)


def digest(certificate: str) -> str:
    """The hash by which one node tells another which certificate (PEM) it saw."""
    return sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
