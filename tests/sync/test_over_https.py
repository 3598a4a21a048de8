"""Two real nodes meet over HTTPS at home, where nobody vouches but a member of the circle."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cercle import beginnings, certificates
from cercle.meeting import Intake, NotLetIn, NotMet, devices
from cercle.modules import load
from cercle.page.links import invitation_code
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.peers import peers_of
from cercle.sync.address import authority_of
from cercle.visiting import Peer, Way, browser, certificate_at, come_in, meet, meet_at, voices
from tests.journeys.home import Home


@pytest.fixture
def hers(tmp_path: Path) -> Iterator[Home]:
    node = Node(tmp_path / "amina", load())
    beginnings.start(node, node.new_person(), "Chez nous", "Amina")
    node.close()
    home = Home(tmp_path / "amina").up("--https")
    yield home
    home.down()


@pytest.fixture
def bruno(tmp_path: Path, hers: Home) -> Iterator[tuple[Node, Live]]:
    """He came in by a link over HTTPS."""
    node = Node(hers.data, load())
    live = node.live(1)
    code = invitation_code(*beginnings.invite(node, live, live.circle.roots.begun))
    node.close()
    node = Node(tmp_path / "bruno", load())
    live, _ = asyncio.run(come_in(node, f"{hers.told['https']}/join/{code}", node.new_person(), "Bruno"))
    yield node, live
    node.close()


def test_they_meet_though_no_authority_vouches(hers: Home, bruno: tuple[Node, Live]) -> None:
    node, live = bruno
    assert [peer.address for peer in peers_of(node.connection, live.no)] == [hers.told["https"]]
    assert asyncio.run(meet_at(node, live, hers.told["https"])).rejected == []


def talk(node: Node, live: Live, address: str, trusted: str, claimed: str) -> None:
    """A conversation by a way that shows one certificate, in which the peer is told of another."""

    async def conversation() -> None:
        members = devices(live, live.id, authority_of(address))
        async with browser(trusted) as asking:
            way = Way(live.id, live.id, voices(node, live)[0])
            peer = Peer(asking, address, way, node.clock, members, claimed)
            await meet(live, peer, Intake(node, live.id))

    asyncio.run(conversation())


def test_whoever_stands_between_is_found_out(hers: Home, bruno: tuple[Node, Live], tmp_path: Path) -> None:
    """Farid shows a certificate of his own and passes on what is said: the peer is told by Bruno which one he saw."""
    node, live = bruno
    address = hers.told["https"]
    true = asyncio.run(certificate_at(address))
    farids = certificates.certificate(tmp_path, ["127.0.0.1"], datetime.now(UTC))
    false = farids.public_bytes(certificates.PEM).decode()
    talk(node, live, address, true, true)
    with pytest.raises(NotLetIn):
        talk(node, live, address, true, false)
    with pytest.raises(NotMet, match="CERTIFICATE_VERIFY_FAILED"):
        talk(node, live, address, false, false)


def test_only_a_home_is_believed_without_an_authority(hers: Home) -> None:
    assert asyncio.run(certificate_at(hers.url)) == ""
    assert asyncio.run(certificate_at("https://cercle.example:8643")) == ""
    assert ssl.PEM_cert_to_DER_cert(asyncio.run(certificate_at(hers.told["https"])))
    with pytest.raises(NotMet):
        asyncio.run(certificate_at("https://127.0.0.1:1"))
