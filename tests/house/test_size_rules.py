"""No function over 70 lines, no file over 500: what is longer has a second thing in it."""

import ast
import gzip
import re
from pathlib import Path

from tests.house.tree import ROOT, files, parse, read

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 70
MOST_BYTES_OF_THE_SCRIPT = 6 * 1024  # compressed, as a browser gets it
MOST_BYTES_OF_THE_WORKER = 2 * 1024
WRITTEN_BY_HAND = {".py", ".js", ".css", ".html", ".sh", ".svg", ".toml", ".yml", ".yaml", ""}
DATA = {Path("LICENSE")}  # Not ours to shorten.

# `function name(`, `name(` at a line's start as methods have it, or `=>`: each up to its opening brace.
SCRIPT_FUNCTION = re.compile(
    r"function\s*\*?\s*(?P<named>\w*)\s*\([^{]*\{"
    r"|^\s*(?:async\s+)?(?!if|for|while|switch|catch|with)(?P<method>\w+)\s*\([^){]*\)\s*\{"
    r"|(?:(?P<arrow>\w+)\s*=\s*)?(?:async\s*)?(?:\([^){]*\)|\w+)\s*=>\s*\{",
    re.MULTILINE,
)
# What braces stand in without opening anything.
SCRIPT_PROSE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""",
    re.DOTALL,
)


def written_by_hand() -> list[Path]:
    return [path for path in files() if path.suffix in WRITTEN_BY_HAND and path not in DATA]


def python_functions(module: ast.Module) -> list[tuple[str, int]]:
    """(name, lines from `def` to the end of the body) of every function, nested ones too."""
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def script_functions(source: str) -> list[tuple[str, int]]:
    """(name, lines from its head to its closing brace) of every function of a script, by counting braces."""
    bare = SCRIPT_PROSE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), source)
    functions = []
    for head in SCRIPT_FUNCTION.finditer(bare):
        depth, end = 1, head.end()
        while depth and end < len(bare):
            depth += {"{": 1, "}": -1}.get(bare[end], 0)
            end += 1
        name = head["named"] or head["method"] or head["arrow"] or "a function without a name"
        functions.append((name, bare.count("\n", head.start(), end) + 1))
    return functions


def test_the_script_is_light() -> None:
    scripts = ROOT / "src/cercle/web/static"
    assert len(gzip.compress((scripts / "cercle.js").read_bytes(), 9)) < MOST_BYTES_OF_THE_SCRIPT
    assert len(gzip.compress((scripts / "worker.js").read_bytes(), 9)) < MOST_BYTES_OF_THE_WORKER


def test_no_file_is_over_500_lines() -> None:
    lengths = {str(path): len(read(path).splitlines()) for path in written_by_hand()}
    assert len(lengths) > 10
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_over_70_lines() -> None:
    too_long = {}
    for path in written_by_hand():
        if path.suffix == ".py":
            functions = python_functions(parse(path))
        elif path.suffix == ".js":
            functions = script_functions(read(path))
        else:
            continue
        too_long.update({f"{path}: {name}": n for name, n in functions if n > MOST_LINES_OF_A_FUNCTION})
    assert too_long == {}


def test_the_length_of_a_function_is_counted_from_its_head_to_its_end() -> None:
    python = "def long_one():\n" + "    pass\n" * 70 + "\ndef short_one(): ...\n"
    assert python_functions(ast.parse(python)) == [("long_one", 71), ("short_one", 1)]
    script = 'function first(a) {\n  if (a) {\n    say("}}}"); // }\n  }\n}\n'
    script += "const second = (b) => {\n  b();\n};\n"
    assert script_functions(script) == [("first", 5), ("second", 3)]
