"""What `ledger -f JOURNAL balance` is for a journal: `python bench/fold.py DATA` folds a node's only circle, from its
entries alone and with no snapshot, and prints everybody's balance in cents, as JSON."""

import json
import sys
from pathlib import Path

from cercle.bench.measure import cold, connected
from cercle.modules.accounts.read import balances

with connected(Path(sys.argv[1])) as connection:
    print(json.dumps(balances(cold(connection).circle, "eur")))
