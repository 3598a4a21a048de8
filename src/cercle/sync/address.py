"""Addresses under which nodes are reached, such as http://192.168.1.20:8642."""

from urllib.parse import urlsplit

EXAMPLE = "http://192.168.1.20:8642"


def authority_of(address: str) -> str:
    """Host and port, as they stand in the Host header: a port that the scheme has by itself is left out."""
    url = urlsplit(address.lower())
    return url.netloc.removesuffix(":443" if url.scheme == "https" else ":80")


def plain_address(typed: str) -> str:
    """The beginning of the address of a node's pages, from that or from any of its pages. Raises `ValueError`."""
    url = urlsplit(typed.strip())
    whole = url.scheme in ("http", "https") and url.hostname and url.port != 0 and "@" not in url.netloc
    if not whole or not url.netloc.isascii():
        raise ValueError("no address")
    return f"{url.scheme}://{url.netloc.lower()}"
