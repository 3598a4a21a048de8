"""The node served over HTTPS beside plain HTTP, by a certificate of the home's own. See `cercle.certificates`."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from cercle import certificates

logger = logging.getLogger("cercle")

LOOK_EVERY = 60.0  # seconds


class Secure:
    """`port` is that of HTTPS, `plain_port` that of HTTP; `hosts` gives what this machine is called and reached by now.
    `root` (PEM) is what phones are to trust, `fingerprint` how they show it; `digest` is of the certificate in use.
    """

    def __init__(self, folder: Path, port: int, plain_port: int, hosts: Callable[[], list[str]]) -> None:
        self.folder = folder
        self.port = port
        self.plain_port = plain_port
        self.hosts = hosts
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.digest = ""
        self.renew()

    def renew(self) -> None:
        """Takes up a new certificate where this machine is reached by other addresses now, or the old one ends soon;
        who comes from now on sees it."""
        now = certificates.now()
        made = certificates.certificate(self.folder, self.hosts(), now)
        digest = sha256(made.public_bytes(Encoding.DER)).hexdigest()
        if digest == self.digest:
            return
        root, _ = certificates.root(self.folder, now)
        self.root = root.public_bytes(Encoding.PEM)
        self.fingerprint = certificates.fingerprint(root)
        self.until = root.not_valid_after_utc.date().isoformat()
        self.context.load_cert_chain(self.folder / certificates.OWN)
        self.digest = digest

    async def keep_renewed(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self.renew()
            except OSError as error:
                logger.error("The certificate was not renewed: %s", error)
            except Exception:
                logger.exception("The certificate was not renewed")
