"""A home for a journey: the program itself as people start it, on a data folder of its own."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.network import Machine


class Home:
    """A running `cercle up`, which is for this machine alone, or stands on one of a network at home (`on`). `address`
    is the way in that it printed, `url` the beginning of its pages, `told` all that it said."""

    def __init__(self, data: Path, on: Machine | None = None) -> None:
        self.data = data
        self.on = on
        self.program = [*(on.words if on else []), sys.executable, "-m", "cercle"]
        self.told: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None
        self.address = self.url = ""

    def command(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Another `cercle` command on the same data, while the pages are served. `given`: what is typed when asked."""
        whole = [*self.program, *words, "--data", str(self.data)]
        return subprocess.run(whole, input=given, capture_output=True, text=True, check=False, timeout=60)

    def up(self, *words: str, again: bool = False) -> "Home":
        """Starts it on a free port, or `again` on the one that it had."""
        port = str(urlsplit(self.url).port) if again else "0"
        whole = [*self.program, "up", "--json", "--host", "0.0.0.0" if self.on else "127.0.0.1", "--port", port]
        self.process = subprocess.Popen([*whole, "--data", str(self.data), *words], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.told = json.loads(self.process.stdout.readline())
        self.address = self.told["address"].replace("localhost", self.on.host if self.on else "127.0.0.1")
        self.url = self.address.split("/in/")[0]
        return self

    def down(self) -> None:
        """Stops it as Ctrl-C and systemd do."""
        self._end("terminate")

    def dies(self) -> None:
        """Ends it as a power cut does: at once, without a word."""
        self._end("kill")

    def hangs(self) -> None:
        """Stops answering, as a node does that can hardly be reached; `goes_on` after that."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def goes_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _end(self, how: str) -> None:
        if self.process is not None:
            self.goes_on()
            getattr(self.process, how)()
            self.process.wait(timeout=20)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def damage(self, statement: str) -> None:
        """What a broken disk, or a hand that should not be there, does to the database."""
        with closing(sqlite3.connect(self.data / "cercle.db")) as database, database:
            assert database.execute(statement).rowcount > 0

    def bytes_on_disk(self) -> bytes:
        """Everything that lies in the data folder."""
        return b"".join(path.read_bytes() for path in sorted(self.data.rglob("*")) if path.is_file())
