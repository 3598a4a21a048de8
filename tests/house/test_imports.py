"""Imports point one way, from what a circle decides by to what shows it, and what decides is pure."""

import ast
from functools import cache
from pathlib import PurePath

import pytest

from tests.house.tree import PACKAGE, ROOT, files, parse

# What the rules may lean on: nothing here reads a clock, a disk, a network, a locale or chance.
# fmt: off
PURE = {
    "__future__", "abc", "array", "base64", "bisect", "collections", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "math",
    "msgspec", "operator", "re", "string", "struct", "types", "typing", "unicodedata", "zlib",
}
# fmt: on
IMPURE_CALLS = {"open", "print", "input", "eval", "exec", "__import__", "breakpoint"}
IMPURE_METHODS = {"now", "utcnow", "today", "fromtimestamp", "urandom"}
# What of a module those that need it may use: what is pure, and no page.
DECIDING = ("events", "rules", "read", "state", "settings")
# What the pages of every module stand on, and the web with them.
BESIDE_PAGES = [
    "cercle.store",
    "cercle.page",
    "cercle.beginnings",
    "cercle.recovering",
    "cercle.sentences",
    "cercle.telling",
]

# (file or folder in src/cercle, what it imports): why the rule gives way there.
EXCEPTIONS = {
    ("core/spelling.py", "libipld"): "the one place that knows DAG-CBOR",
    ("core/entry.py", "libipld"): "an entry's bytes are spelled once, where it is born",
    (
        "modules/groceries/catalogue.py",
        "importlib.resources",
    ): "what a shop has is a file beside it; no rule reads it",
    ("core/keys.py", "nacl"): "the one place that signs and verifies",
    ("modules/merit/web", "cercle.modules.tasks.web_doing"): "work that brought points is called as the chores call it",
    (
        "modules/merit/web",
        "cercle.modules.tasks.web_words",
    ): "kinds of work, and minutes, are said as the chores say them",
    ("modules/meetings/web", "cercle.modules.tasks.web_words"): "a rhythm is told as that of a chore is",
    ("modules/meetings/web", "cercle.modules.tasks.web_form"): "on which day of a month is chosen as for a chore",
    ("modules/meetings/read.py", "cercle.modules.tasks.rhythm"): "the days of a rhythm are counted in one place",
    (
        "modules/roles/web",
        "cercle.modules.decisions.web_propose",
    ): "what only the circle may do about a role is proposed as everything is",
    (
        "modules/roles/web",
        "cercle.modules.devices.web_keeper",
    ): "the keeper of the log is a role, and who could be it is what the page of devices says",
    ("modules/tasks/rhythm.py", "dateutil"): "the days of a rhythm, by RFC 5545; no rule asks for them",
}


def imported(module: ast.Module) -> list[str]:
    """The dotted name of every import, wherever in the file it stands, down to the module it names."""
    names: list[str] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import says the whole name"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [name if is_module(name) else str(node.module) for name in whole]
    return names


@cache
def is_module(name: str) -> bool:
    place = ROOT / "src" / name.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


@cache
def needs(module: str) -> tuple[str, ...]:
    """The modules that this one declares to stand on."""
    declaration = parse(PurePath("src/cercle/modules", module, "__init__.py"))
    for node in ast.walk(declaration):
        if isinstance(node, ast.keyword) and node.arg == "needs":
            return tuple(ast.literal_eval(node.value))
    return ()


def is_page(path: PurePath) -> bool:
    """A module's pages: web.py, files named after it, or a folder of that name."""
    return path.parts[0] == "modules" and len(path.parts) > 2 and path.parts[2].startswith("web")


def is_deciding(path: PurePath) -> bool:
    """The core, and of a module all but its pages."""
    in_a_module = path.parts[0] == "modules" and len(path.parts) > 2
    return path.parts[0] == "core" or (in_a_module and not is_page(path))


def is_below_pages(path: PurePath) -> bool:
    """Whether pages stand on this file, so that it knows of none."""
    return path.parts[0] not in ("web", "cli", "bench", "demo", "__main__.py") and not is_page(path)


def in_sight(path: PurePath) -> list[str]:
    """What of Cercle this file of the package may import, itself and what is under it."""
    layer = path.parts[0]
    if layer in ("core", "store", "sync"):
        return ["cercle.core", f"cercle.{layer}"]
    if layer == "modules" and len(path.parts) > 2:
        module = path.parts[1]
        own = [f"cercle.modules.{module}"]
        needed = [f"cercle.modules.{need}.{file}" for need in needs(module) for file in DECIDING]
        return ["cercle.core", *own, *needed, *(BESIDE_PAGES if is_page(path) else [])]
    if layer == "modules":
        return ["cercle.core", "cercle.modules"]
    if layer in ("page", "beginnings.py", "gateway", "atlas"):
        return ["cercle.core", "cercle.modules", *BESIDE_PAGES, f"cercle.{layer}"]
    return ["cercle"]


def is_under(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def is_allowed(path: PurePath, name: str) -> bool:
    """Whether this file of the package may import that; exceptions aside."""
    if is_under(name, "cercle"):
        up = is_below_pages(path) and any(part.startswith("web") for part in name.split(".")[1:])
        back = path.parts[0] == "web" and is_under(name, "cercle.cli")
        return not up and not back and any(is_under(name, prefix) for prefix in in_sight(path))
    return not is_deciding(path) or name.partition(".")[0] in PURE


def excuse(path: PurePath, name: str) -> tuple[str, str] | None:
    """The exception that covers this import."""
    return next((e for e in EXCEPTIONS if path.as_posix().startswith(e[0]) and is_under(name, e[1])), None)


def impure_calls(module: ast.Module) -> list[str]:
    """The names of what is called here and asks the world: a clock, a disk, chance."""
    calls = [node.func for node in ast.walk(module) if isinstance(node, ast.Call)]
    functions = [call.id for call in calls if isinstance(call, ast.Name) and call.id in IMPURE_CALLS]
    methods = [call.attr for call in calls if isinstance(call, ast.Attribute)]
    return functions + [name for name in methods if name in IMPURE_METHODS]


def sources() -> list[PurePath]:
    """Every file of the package but its tests, relative to src/cercle."""
    package = PACKAGE.relative_to(ROOT)
    inside = [path.relative_to(package) for path in files() if path.is_relative_to(package)]
    return [path for path in inside if path.suffix == ".py" and "tests" not in path.parts]


def test_imports_point_one_way() -> None:
    faults, used = [], set()
    for path in sources():
        for name in imported(parse("src/cercle" / path)):
            if is_allowed(path, name):
                continue
            exception = excuse(path, name)
            used.add(exception)
            if exception is None:
                faults.append(f"{path} imports {name}")
    assert faults == []
    assert EXCEPTIONS.keys() - used == set(), "an exception that nothing needs any more"


def test_what_decides_reads_no_clock_no_disk_and_no_chance() -> None:
    deciding = [path for path in sources() if is_deciding(path)]
    assert len(deciding) > 5
    found = {str(path): impure_calls(parse("src/cercle" / path)) for path in deciding}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    ("file", "name", "allowed"),
    [
        ("core/fold.py", "cercle.core.entry", True),
        ("core/fold.py", "cercle.store", False),
        ("core/fold.py", "time", False),
        ("core/fold.py", "collections.abc", True),
        ("store/acts.py", "cercle.modules.people.rules", False),
        ("store/acts.py", "sqlalchemy", True),
        ("sync/bundle.py", "cercle.store", False),
        ("modules/groceries/rules.py", "cercle.modules.accounts.rules", True),
        ("modules/groceries/rules.py", "cercle.modules.accounts.web", False),
        ("modules/groceries/rules.py", "cercle.modules.groceries.web", False),
        ("modules/groceries/rules.py", "litestar", False),
        ("modules/groceries/rules.py", "random", False),
        ("modules/groceries/web.py", "litestar", True),
        ("modules/groceries/web.py", "cercle.store.acts", True),
        ("modules/groceries/web.py", "cercle.web.application", False),
        ("modules/people/rules.py", "cercle.modules.groceries.rules", False),
        ("modules/groceries/web.py", "cercle.page.visit", True),
        ("page/visit.py", "cercle.modules.people.rules", True),
        ("page/visit.py", "cercle.modules.people.web", False),
        ("page/visit.py", "cercle.web.application", False),
        ("web/application.py", "cercle.modules.groceries.web", True),
        ("web/application.py", "cercle.cli.main", False),
        ("cli/main.py", "cercle.web.application", True),
    ],
)
def test_each_arrow(file: str, name: str, allowed: bool) -> None:
    assert is_allowed(PurePath(file), name) is allowed


def test_impure_calls_are_seen() -> None:
    source = "from datetime import date\ndef due(): return date.today(), open('list')\n"
    assert sorted(impure_calls(ast.parse(source))) == ["open", "today"]
