"""Taking in a bundle, and folding a log: to the state of a household, and to the balances of a million transfers."""

from itertools import count
from pathlib import Path
from shutil import copytree

from nacl.bindings import crypto_sign_open

from cercle.bench.history import History
from cercle.bench.measure import (
    Progress,
    Result,
    bundle,
    cold,
    connected,
    cpu,
    folded,
    folder,
    medians,
    settled,
    take_in,
)
from cercle.bench.mixes import Household, transfers
from cercle.core.keys import sign
from cercle.modules.accounts.read import balances as balances_of

INGESTED, INGESTED_DEVICES = 100_000, 10
FOLDED, FOLDED_PEOPLE = 100_000, 4
TRANSFERS, TRANSFERS_PEOPLE = 1_000_000, 4


def ingest(progress: Progress, entries: int = INGESTED) -> Result:
    """Entries of ten devices from a bundle, stored durably; beside it one signature after another, by PyNaCl alone."""
    with folder() as place:
        file = bundle(place / "bundle", INGESTED_DEVICES, entries, transfers)
        history = History(INGESTED_DEVICES, seed=8)
        signed = []
        for batch in history.batches(entries, transfers):
            signed += [(sign(history.of_key[entry.device], entry.id) + entry.id, entry.device) for entry, _ in batch]
        numbers = count()

        def verify_alone() -> float:
            return cpu(lambda: [crypto_sign_open(message, key) for message, key in signed])

        def take_all_in() -> float:
            with connected(place / str(next(numbers))) as connection:
                return cpu(lambda: take_in(connection, file))

        alone, ours = medians(progress, verify_alone, take_all_in)
        with connected(place / "0") as connection:
            settled = cpu(lambda: folded(connection))
    rows = [
        {"what": "verify each signature alone (PyNaCl)", "entries": entries, "cpu_s": alone},
        {"what": "take in from a bundle, stored durably", "entries": entries, "cpu_s": ours},
        {"what": "fold and settle them, once stored", "entries": entries, "cpu_s": settled},
    ]
    return {"rows": rows, "ratio": alone / ours}


def fold(progress: Progress, entries: int = FOLDED) -> Result:
    """A household's entries of every kind, read back and folded: from them alone, and from the saved state."""
    with folder() as place:
        settled(place / "saved", FOLDED_PEOPLE, entries, Household())
        copytree(place / "saved", place / "node")

        def from_entries() -> float:
            with connected(place / "node") as connection:
                return cpu(lambda: cold(connection))

        def from_saved() -> float:
            with connected(place / "saved") as connection:
                return cpu(lambda: folded(connection))

        alone, saved = medians(progress, from_entries, from_saved)
    rows = [
        {"what": "reload and fold, from the entries alone", "entries": entries, "cpu_s": alone},
        {"what": "reload from the saved state, fold the rest", "entries": entries, "cpu_s": saved},
    ]
    return {"rows": rows, "cpu_s": alone}


def balances(progress: Progress, entries: int = TRANSFERS) -> Result:
    """Transactions of two postings, read back and folded to everybody's balance, through the rules, from the entries
    alone."""
    with folder() as place:
        transfers_of(place / "node", entries)
        (spent,) = medians(progress, lambda: balance(place / "node"))
    rows = [{"what": "cold fold to balances, from the entries alone", "entries": entries, "cpu_s": spent}]
    return {"rows": rows, "cpu_s": spent}


def transfers_of(data: Path, entries: int) -> None:
    """A node's data of so many transfers."""
    settled(data, TRANSFERS_PEOPLE, entries, transfers)


def balance(data: Path) -> float:
    """Seconds of CPU to come to the balances of these data, from their entries alone."""
    with connected(data) as connection:
        found: dict[str, int] = {}
        spent = cpu(lambda: found.update(balances_of(cold(connection).circle, "eur")))
        if sum(found.values()) or not any(found.values()):
            raise RuntimeError(f"these balances are not right: {found}")
        return spent
