"""Links that others open on the home network: under which address they reach this node, and as a QR code."""

import base64
import fcntl
import ipaddress
import socket
import struct

SIOCGIFADDR = 0x8915  # Linux, netdevice(7)
NOT_AT_HOME = ("docker", "br-", "veth", "virbr", "lxc", "vmnet", "cni", "flannel")
QUIET_ZONE = 2


def lan_addresses() -> list[str]:
    """This machine's IPv4 addresses on its networks, the one that leads on to others first; never a loopback one."""
    found = [_outward(), *(_address_of(name) for _, name in socket.if_nameindex() if not name.startswith(NOT_AT_HOME))]
    return [address for address in dict.fromkeys(found) if address and is_reachable(address)]


def _outward() -> str:
    """The address from which this machine would speak to another network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a block that is for documentation only, RFC 5737
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _address_of(interface: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe, SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[20:24])


def is_reachable(host: str) -> bool:
    """Whether another device may come to this host (a name, or an address without brackets) by that name."""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return True
    return not (address.is_loopback or address.is_unspecified)


def outside(scheme: str, host: str, port: int | None, at_home: bool = True) -> str:
    """The beginning of a link to this node for other devices: the host by which the visitor came, or, where that
    leads nowhere from elsewhere, this machine's address on the home network (`at_home`: it listens there)."""
    if at_home and not is_reachable(host):
        host = next(iter(lan_addresses()), host)
    bracketed = f"[{host}]" if ":" in host else host
    return f"{scheme}://{bracketed}:{port}" if port else f"{scheme}://{bracketed}"


def qr(link: str) -> str:
    """The QR code of a link, as SVG to stand in a page."""
    import segno  # seldom needed

    return str(segno.make_qr(link, error="m").svg_inline(omitsize=True, border=QUIET_ZONE))


def invitation_code(invitation: str, seed: bytes) -> str:
    """What the link of an invitation carries: its id and its private seed."""
    return invitation + base64.urlsafe_b64encode(seed).decode().rstrip("=")
