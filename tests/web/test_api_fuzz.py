"""The API under whatever its own description allows, and under what it does not: never a crash."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from cercle import beginnings
from cercle.modules import load
from cercle.store.node import Node
from cercle.web.application import application

OPERATIONS = (
    ("/api/circles", "get"),
    ("/api/circles/{circle}/acts", "post"),
    ("/api/circles/{circle}/state", "get"),
    ("/api/circles/{circle}/state/{module}", "get"),
    ("/api/circles/{circle}/log", "get"),
    ("/api/openapi.json", "get"),
)
# Those that can be called otherwise than the description says: the others take nothing but an address.
TAKING = OPERATIONS[1], OPERATIONS[4]
CALLS = [(*operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
CALLS += [(*operation, GenerationMode.NEGATIVE) for operation in TAKING]
CALM = settings(suppress_health_check=list(HealthCheck), phases=[Phase.generate])


class Served:
    """A node's API as its own description tells it, and Amina's token for her circle."""

    def __init__(self, node: Node) -> None:
        person = node.owner()
        self.live, _ = beginnings.start(node, person, "Chez nous", "Amina")
        self.headers = {"authorization": f"Bearer {node.make_token('api', person)}", "host": "localhost"}
        app = application(node)
        self.schema: Any = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=self.headers)

    def call(self, case: Any, in_circle: bool) -> Any:
        if in_circle and "circle" in case.path_parameters:
            case.path_parameters["circle"] = self.live.id.hex()
        case.headers.update(self.headers)
        return case.call()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    node = Node(tmp_path, load())
    yield Served(node)
    node.close()


def test_the_description_tells_of_every_operation(served: Served) -> None:
    told = {(path, method) for path, methods in served.schema.raw_schema["paths"].items() for method in methods}
    assert told == set(OPERATIONS)


@pytest.mark.parametrize(("path", "method", "mode"), CALLS)
def test_whatever_is_sent_is_answered_in_kind(served: Served, path: str, method: str, mode: GenerationMode) -> None:
    operation = served.schema[path][method.upper()]

    @CALM
    @given(operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        answer = served.call(case, in_circle=mode is GenerationMode.POSITIVE)
        assert answer.status_code < 500, answer.text
        kind = answer.headers["content-type"][0].partition(";")[0]
        assert kind == ("application/json" if answer.status_code < 400 else "application/problem+json")
        assert answer.json() is not None

    answered()
