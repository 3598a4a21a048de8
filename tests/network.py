"""A network at home, for tests: machines that have nothing but one cable between them, as network namespaces of Linux.

They stand in a user namespace of their own, so that nobody need be root, and go with the processes that hold them.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

NETWORK = "192.168.77"
MASK = 24


class Machine:
    """A network namespace, with an address on the network at home: `words` before a command run it there."""

    def __init__(self, process: "subprocess.Popen[str]", host: str) -> None:
        self.process = process
        self.host = host
        self.words = ["nsenter", f"--target={process.pid}", "--user", "--net", "--preserve-credentials"]

    def run(self, *words: str) -> str:
        return subprocess.run([*self.words, *words], check=True, capture_output=True, text=True, timeout=30).stdout

    def moves_to(self, host: str) -> None:
        """The router gives it another address."""
        self.run("ip", "address", "flush", "dev", "home0")
        self.host = host
        self.plugs_in()

    def plugs_in(self) -> None:
        self.run("ip", "address", "add", f"{self.host}/{MASK}", "broadcast", f"{NETWORK}.255", "dev", "home0")
        self.run("ip", "link", "set", "home0", "up")
        self.run("ip", "route", "add", "default", "dev", "home0")


def held(*words: str) -> "subprocess.Popen[str]":
    """A process that does nothing but hold its namespaces, once it has them."""
    process = subprocess.Popen(
        [*words, "sh", "-c", "echo there; cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n", (
        "this machine has no namespaces: sysctl kernel.unprivileged_userns_clone=1"
    )
    return process


@contextmanager
def cabled() -> Iterator[tuple[Machine, Machine]]:
    """Two machines on one network, and nothing else there."""
    assert shutil.which("ip"), "The network of the tests needs iproute2. Type: sudo apt install iproute2"
    one = Machine(held("unshare", "--user", "--map-root-user", "--net"), f"{NETWORK}.20")
    try:
        other = Machine(held(*one.words, "unshare", "--net"), f"{NETWORK}.21")
        try:
            one.run(
                "ip", "link", "add", "home0", "type", "veth", "peer", "name", "home0", "netns", str(other.process.pid)
            )
            for machine in (one, other):
                machine.run("ip", "link", "set", "lo", "up")
                # No address of IPv6 that comes a second later: browsers begin anew when the network changes.
                machine.run("ip", "link", "set", "home0", "addrgenmode", "none")
                machine.plugs_in()
            yield one, other
        finally:
            other.process.communicate()
    finally:
        one.process.communicate()
