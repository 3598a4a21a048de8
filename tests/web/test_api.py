"""The API as a program uses it: acts, state, log, and what it answers to those who may not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from cercle import beginnings
from cercle.modules import load
from cercle.store.node import Node
from cercle.web.application import application

ACT = "0123456789abcdef0123456789abcdef"


class Caller:
    """A program that calls one node's API with somebody's token."""

    def __init__(self, client: Any, token: str, circle: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}
        self.circle = circle

    def act(self, **fields: Any) -> Any:
        return self.client.post(f"/api/circles/{self.circle}/acts", json=fields, headers=self.headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/circles/{self.circle}/{path}", headers=self.headers | headers)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    one = Node(tmp_path, load())
    yield one
    one.close()


@pytest.fixture
def client(node: Node) -> Iterator[Any]:
    with TestClient(application(node), base_url="http://127.0.0.1") as one:
        yield one


@pytest.fixture
def amina(node: Node, client: Any) -> Caller:
    person = node.owner()
    live, _ = beginnings.start(node, person, "Chez nous", "Amina")
    return Caller(client, node.make_token("api", person), live.id.hex())


def test_what_is_done_shows_in_state_and_log(amina: Caller) -> None:
    product = amina.act(event="groceries.product_added", name="lait", unit="l").json()["entry"][:20]
    listed = amina.act(event="groceries.listed", product=product, amount=2000, note="bio")
    assert listed.status_code == 201
    assert amina.get("state/groceries").json()["list"][listed.json()["entry"][:20]]["amount"] == 2000
    last = amina.get("log").json()[-1]
    assert last["id"] == listed.json()["entry"]
    assert (last["event"], last["verdict"], last["words"]) == ("groceries.listed", "ok", {"note": "bio"})


def test_the_same_act_twice_is_done_once(amina: Caller) -> None:
    first = amina.act(event="groceries.shop_added", name="Biocoop", act=ACT)
    again = amina.act(event="groceries.shop_added", name="Biocoop", act=ACT)
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["title"] == "circle.twice"
    assert len(amina.get("state/groceries").json()["shops"]) == 1


def test_a_refusal_is_a_problem_in_the_callers_language(amina: Caller) -> None:
    entries = len(amina.get("log").json())
    answer = amina.client.post(
        f"/api/circles/{amina.circle}/acts",
        json={"event": "groceries.ticked", "item": "0" * 20},
        headers=amina.headers | {"accept-language": "fr"},
    )
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["title"] == "groceries.no_item"
    assert answer.json()["detail"] not in ("", "This is not on the list.")
    assert len(amina.get("log").json()) == entries


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "groceries.nothing"},
        {"event": "groceries.listed"},
        {"event": "groceries.listed", "product": "x"},
        {"event": "groceries.shop_added", "name": "Biocoop", "colour": 3},
        {"event": "circle.sealed", "term": 0, "count": 1, "root": "AA=="},
        {},
    ],
)
def test_what_is_not_as_described_is_a_problem(amina: Caller, fields: dict[str, Any]) -> None:
    answer = amina.act(**fields)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_without_a_token_nothing_is_told(amina: Caller) -> None:
    for headers in ({}, {"authorization": "Bearer 00"}, {"authorization": "Basic eDp5"}):
        for path in ("circles", f"circles/{amina.circle}/state", f"circles/{amina.circle}/log", "openapi.json"):
            answer = amina.client.get(f"/api/{path}", headers=headers)
            assert answer.status_code == 401
            assert amina.circle not in answer.text


def test_its_description_has_one_address(amina: Caller) -> None:
    for path in ("", "/openapi.json", "/openapi.yaml", "/swagger", "/redoc", "/rapidoc", "/elements"):
        answer = amina.client.get(f"/api/schema{path}", headers=amina.headers)
        assert answer.status_code in (401, 404)
        assert "openapi" not in answer.text


def test_another_circle_is_as_if_there_were_none(node: Node, client: Any, amina: Caller) -> None:
    farid = node.new_person()
    other, _ = beginnings.start(node, farid, "Ailleurs", "Farid")
    theirs = Caller(client, amina.headers["authorization"].removeprefix("Bearer "), other.id.hex())
    nowhere = Caller(client, amina.headers["authorization"].removeprefix("Bearer "), "ab" * 32)
    assert theirs.get("state").status_code == nowhere.get("state").status_code == 404
    assert theirs.get("state").json() == nowhere.get("state").json()


def test_a_token_of_one_circle_opens_only_that_one(node: Node, client: Any, amina: Caller) -> None:
    person = node.owner()
    other, _ = beginnings.start(node, person, "Au jardin", "Amina")
    token = node.make_token("api", person, circle=other.no)
    assert Caller(client, token, other.id.hex()).get("state").status_code == 200
    assert Caller(client, token, amina.circle).get("state").status_code == 404
    listed = client.get("/api/circles", headers={"authorization": f"Bearer {token}"}).json()
    assert [one["circle"] for one in listed] == [other.id.hex()]


def test_the_session_of_a_browser_is_no_token(node: Node, client: Any, amina: Caller) -> None:
    client.cookies.set("cercle", node.make_token("session", node.owner()))
    assert client.get("/api/circles").status_code == 401
