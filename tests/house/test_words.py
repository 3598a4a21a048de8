"""The files speak of the project alone: of no machine it was written on, of no host of packages."""

import re

from tests.house.tree import ROOT, files

# In two halves, so that this file passes its own rule.
HOSTS = ("pypi" + ".org", "python" + "hosted", "npm" + "js.", "deb" + ".debian", "snapshot" + ".debian")
# A folder of somebody's machine, as an absolute path and not as the tail of a longer one.
FOLDERS = r"(?<![\w.}>)-])/(work|tmp|root)(/|\b(?![-\w]))"
MACHINE = re.compile("|".join([FOLDERS, re.escape("../" + "shared"), *map(re.escape, HOSTS)]))
NOT_TEXT = {".png", ".jpg", ".ico", ".woff2", ".db", ".gz"}


def test_no_file_names_a_machine() -> None:
    found = {}
    for path in files():
        if path.suffix in NOT_TEXT:
            continue
        lines = (ROOT / path).read_bytes().decode("utf-8", "replace").splitlines()
        for number, line in enumerate(lines, 1):
            if named := MACHINE.search(line):
                found[f"{path}:{number}"] = named.group()
    assert found == {}


def test_a_machine_is_seen_and_an_address_of_ours_is_not() -> None:
    for line in (
        "cd /" + "work/main",
        "open('/" + "tmp/list')",
        "~ is /" + "root",
        f"https://{HOSTS[0]}/simple",
    ):
        assert MACHINE.search(line), line
    for line in ("/circles/roots", "the / work of all", "a/tmp/b", "{here}/tmp/x", "/worker.js", "/rooted"):
        assert not MACHINE.search(line), line
