"""What other programs kept, brought into a circle: `cercle import KIND FILE`, and the page of that name."""

from importlib import import_module
from pathlib import Path

from msgspec import Struct

from cercle.imports.bringing import Where
from cercle.imports.report import Left, Report, Said, Why, _
from cercle.store.node import Node

__all__ = ["KINDS", "Kind", "Left", "Report", "Said", "Where", "Why"]


class Kind(Struct, frozen=True):
    """A program whose files can be brought. `title` is its name; `sentence` (a msgid) says which file to choose;
    `module` knows its files, and is read only once somebody brings one."""

    title: str
    sentence: str
    module: str

    def bring(self, node: Node, path: Path, where: Where) -> Report:
        """Raises `Refused` with a reason of `Why` or of a rule, and `NotFound` for a circle that is not there."""
        report: Report = import_module(self.module).bring(node, path, where)
        return report


KINDS: dict[str, Kind] = {
    "ihatemoney": Kind(
        "ihatemoney",
        _("The list of bills that it exports: bills.json or bills.csv."),
        "cercle.imports.ihatemoney",
    ),
    "grocy": Kind(
        "Grocy", _("The database of the household: data/grocy.db in Grocy’s folder."), "cercle.imports.grocy"
    ),
}
