"""The other machines on the network at home: this one is announced there, and those that hold its circles are found.
See `cercle.sync.announcing` for what is said, and to whom it means something.

What is found is kept in memory alone, and only as long as it is there. Only addresses in the home's own networks are
ever asked: whoever shouts on the network cannot send this node anywhere else.
"""

import asyncio
import ipaddress
import logging
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import literal_column, select

from cercle.modules.devices.read import kits_in_use
from cercle.page.links import NOT_AT_HOME, lan_addresses
from cercle.store.node import Node
from cercle.store.tables import invitations
from cercle.sync.address import is_of_a_home
from cercle.sync.announcing import SERVICE, TAGS, Announcement, announce, read, text

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceInfo

logger = logging.getLogger("cercle")

MOST_FOUND = 64  # circles at addresses
MOST_ASKED_AFTER = 16  # machines at once, of which only a part was heard
PART_LASTS = 3_000  # ms
MOST_CODES = 8  # invitations, the newest ones, that are announced
SEARCH = 5.0  # seconds


def home_networks() -> list[ipaddress.IPv4Network]:
    """The networks at home, as far as this machine is in them."""
    import ifaddr

    adapters = ifaddr.get_adapters()
    return private((one.nice_name, str(ip.ip), ip.network_prefix) for one in adapters for ip in one.ips if ip.is_IPv4)


def private(found: Iterable[tuple[str, str, int]]) -> list[ipaddress.IPv4Network]:
    """Of an interface's name, address and number of bits each: the networks that are private or link-local (RFC 1918,
    RFC 3927), and not among programs of this machine alone."""
    at_home = (one for one in found if not one[0].startswith(NOT_AT_HOME))
    networks = [ipaddress.IPv4Network((address, bits), strict=False) for _, address, bits in at_home]
    return [one for one in networks if is_of_a_home(str(one.network_address)) and not one.is_loopback]


def at_home(addresses: Iterable[str]) -> list[str]:
    """Those that lead into one of the home's own networks."""
    networks = home_networks()

    def is_there(address: str) -> bool:
        try:
            host = ipaddress.IPv4Address(urlsplit(address).hostname or "")
        except ValueError:
            return False
        return any(host in network for network in networks)

    return [address for address in addresses if is_there(address)]


class Ear:
    """Hears what is announced in the networks of these addresses of this machine. `heard` is told the name under which
    it is announced, and what; None once it is gone."""

    def __init__(self, hosts: list[str], heard: Callable[[str, Announcement | None], None]) -> None:
        from zeroconf import IPVersion
        from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

        self.heard = heard
        self.asked_after: set[asyncio.Task[None]] = set()
        self.zeroconf: AsyncZeroconf = AsyncZeroconf(interfaces=hosts, ip_version=IPVersion.V4Only)
        self.browser = AsyncServiceBrowser(self.zeroconf.zeroconf, SERVICE, handlers=[self._hear])

    async def close(self) -> None:
        for task in self.asked_after:
            task.cancel()
        await self.zeroconf.async_close()

    def _hear(self, zeroconf: "Zeroconf", service_type: str, name: str, state_change: "ServiceStateChange") -> None:
        from zeroconf import ServiceStateChange
        from zeroconf.asyncio import AsyncServiceInfo

        if state_change is ServiceStateChange.Removed:
            self.heard(name, None)
            return
        info = AsyncServiceInfo(service_type, name)
        if info.load_from_cache(zeroconf):
            self._tell(info)
        elif len(self.asked_after) < MOST_ASKED_AFTER:
            task = asyncio.create_task(self._ask_after(zeroconf, info))
            self.asked_after.add(task)
            task.add_done_callback(self.asked_after.discard)

    async def _ask_after(self, zeroconf: "Zeroconf", info: "AsyncServiceInfo") -> None:
        if await info.async_request(zeroconf, PART_LASTS):
            self._tell(info)

    def _tell(self, info: "AsyncServiceInfo") -> None:
        from zeroconf import IPVersion

        try:
            said = read(info.parsed_addresses(IPVersion.V4Only), info.port or 0, info.properties)
        except ValueError:
            return
        self.heard(info.name, said)


class Nearby:
    """This node among those at home. `where` gives the addresses under which it is reached now. `found`: which circles
    are held where, by the name under which that was announced."""

    def __init__(self, node: Node, where: Callable[[], list[str]]) -> None:
        self.node = node
        self.where = where
        self.name = os.urandom(8).hex()  # the same at each address, so that nobody goes on to an old one
        self.found: dict[tuple[int, str], str] = {}
        self.ear: Ear | None = None
        self.said: tuple[list[str], list[bytes]] = ([], [])

    async def look(self) -> None:
        """To be called now and then: says it anew where this machine has other addresses now, or other circles."""
        now = at_home(self.where()), secrets(self.node)
        if now == self.said:
            return
        await self.close()
        self.said = now
        if now[0]:
            try:
                await self._open(*now)
            except OSError as error:
                logger.info("Nothing is announced at home: %s", error)

    async def _open(self, addresses: list[str], wanted: list[bytes]) -> None:
        from zeroconf.asyncio import AsyncServiceInfo

        hosts = [urlsplit(address).hostname or "" for address in addresses]
        said = announce(addresses, wanted)
        self.ear = Ear(hosts, self._heard)
        info = AsyncServiceInfo(
            SERVICE,
            f"{self.name}.{SERVICE}",
            port=urlsplit(addresses[0]).port,
            properties=text(said),
            server=f"{os.urandom(8).hex()}.local.",
            parsed_addresses=hosts,
        )
        # The name is chance, so that nobody need be asked whether it is free.
        await self.ear.zeroconf.async_register_service(info, cooperating_responders=True)

    async def close(self) -> None:
        """Says that it goes."""
        ear, self.ear = self.ear, None
        self.found, self.said = {}, ([], [])
        if ear is not None:
            await ear.close()

    def _heard(self, name: str, said: Announcement | None) -> None:
        self.found = {place: other for place, other in self.found.items() if other != name}
        meant = [no for no, circle in self.node.numbers().items() if said is not None and said.means(circle)]
        if said is None or not meant:
            return
        own, _ = self.said
        there = next((address for address in at_home(said.addresses) if address not in own), None)
        for no in meant:
            if there is not None and len(self.found) < MOST_FOUND:
                self.found[no, there] = name


def secrets(node: Node) -> list[bytes]:
    """What this node is announced for: the newest invitations that were made here, also those that are over, so that
    whoever has their code hears it from here; then its circles, and the recovery kits of their members. So many as
    there are tags."""
    query = select(invitations.c.circle, invitations.c.id).order_by(literal_column("rowid").desc()).limit(MOST_CODES)
    entries = [node.live(row.circle).entry(row.id) for row in node.connection.execute(query).all()]
    keys = [entry.kept.get("key") for entry in entries if entry is not None]
    kits = [key for no in node.numbers() for _, key in kits_in_use(node.live(no).replica.understood)]
    return [*(key for key in keys if isinstance(key, bytes)), *node.numbers().values(), *kits][:TAGS]


async def search(secret: bytes) -> str | None:
    """The address of a machine at home that is announced for this secret; None where none was heard in a while."""
    hosts, found = lan_addresses(), asyncio.get_running_loop().create_future()

    def heard(name: str, said: Announcement | None) -> None:
        there = at_home(said.addresses) if said is not None and said.means(secret) else []
        if there and not found.done():
            found.set_result(there[0])

    if not hosts:
        return None
    ear: Any = None
    try:
        ear = Ear(hosts, heard)
        return str(await asyncio.wait_for(found, SEARCH))
    except (TimeoutError, OSError):
        return None
    finally:
        if ear is not None:
            await ear.close()
