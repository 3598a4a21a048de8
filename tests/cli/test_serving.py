"""`up`, `signin`, `service`: the node runs, lets in whom it should, and only one of it runs on one home."""

import json
import os
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cercle.page.links import lan_addresses
from tests.cli.conftest import COMMAND, PIZZA, Terminal


@contextmanager
def running(
    terminal: Terminal, *words: str, command: str = "up", **environment: str
) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """The node, once it answers, and what it said of itself."""
    process = subprocess.Popen(
        [*COMMAND, command, "--host", "127.0.0.1", "--port", "0", "--json", *words],
        env=terminal.environment | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _, said = process.communicate()
            raise AssertionError(said)
        yield process, json.loads(line)
    finally:
        process.kill()
        process.communicate()


def get(port: int, path: str, cookie: str = "", host: str = "localhost") -> tuple[int, str, str]:
    """Status, the cookie of the session that it opened, and the page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie, "Host": host})
    answer = connection.getresponse()
    page = answer.read().decode()
    given = [value.partition(";")[0] for name, value in answer.getheaders() if name == "set-cookie"]
    connection.close()
    return answer.status, next((one for one in given if one.startswith("cercle=")), ""), page


def landing(port: int, path: str, cookie: str = "") -> str:
    """Where the answer sends the browser on to."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost", "Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 303
    return answer.getheader("location", "")


def test_up_says_where_it_is_and_its_token_opens_once(terminal: Terminal) -> None:
    with running(terminal) as (_, told):
        assert set(told) == {"address", "token", "lan", "port"}
        assert told["address"] == f"http://127.0.0.1:{told['port']}/in/{told['token']}"
        assert told["lan"] is None
        port = told["port"]
        assert get(port, "/")[0] == 401
        status, cookie, _page = get(port, f"/in/{told['token']}")
        assert (status, bool(cookie)) == (303, True)
        assert get(port, "/start", cookie)[0] == 200
        assert get(port, f"/in/{told['token']}")[0] == 401
        assert get(port, "/", cookie, host="elsewhere.example")[0] == 421


def test_over_https_it_says_what_to_trust_and_where(terminal: Terminal) -> None:
    with running(terminal, "--https", "--known-as", "kitchen.local") as (_, told):
        assert set(told) == {"address", "token", "lan", "port", "https", "trust", "fingerprint"}
        port = urlsplit(told["https"]).port
        root = ssl.create_default_context(cafile=str(terminal.data / "home-root.pem"))
        for name in ("127.0.0.1", "localhost", "kitchen.local"):
            with (
                socket.create_connection(("127.0.0.1", port)) as plain,
                root.wrap_socket(plain, server_hostname=name) as it,
            ):
                shown = it.getpeercert()
                assert shown is not None
                assert ("DNS", "kitchen.local") in shown["subjectAltName"]
        assert told["trust"] == f"http://127.0.0.1:{told['port']}/https"
        assert told["fingerprint"] in get(told["port"], "/https")[2].replace("<br>", ":")
    first = told["fingerprint"]
    with running(terminal, "--https") as (_, told):
        assert told["fingerprint"] == first


def test_a_further_name_is_known_where_it_was_said(terminal: Terminal) -> None:
    with running(terminal, "--known-as", "home.example") as (_, told):
        assert get(told["port"], "/", host="home.example")[0] == 401


def test_a_further_name_may_have_a_port_and_is_no_address(terminal: Terminal) -> None:
    with running(terminal, "--known-as", "Home.Example:9000", "--known-as", "[2001:db8::1]") as (_, told):
        assert get(told["port"], "/", host="home.example:9000")[0] == 401
    for wrong in ("https://home.example", "2001:db8::1", "home.example/start", "somebody@home.example", "home:0", ""):
        terminal("up", "--known-as", wrong, status=2)


def test_a_second_start_says_who_holds_the_data(home: Terminal) -> None:
    with running(home) as (process, told):
        refused = home.refused("up", "--port", 0)
        assert refused["error"] == "in_use"
        assert str(process.pid) in refused["reason"]
        assert f"http://127.0.0.1:{told['port']}" in refused["reason"]
        assert home.refused("up", "--port", told["port"])["error"] == "in_use"
        assert str(process.pid) in home("doctor")


def test_the_command_line_and_the_pages_write_into_one_log(home: Terminal) -> None:
    with running(home) as (_, told):
        home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
        signin = home.json("signin", "Amina")
        assert signin["address"] == f"http://127.0.0.1:{told['port']}/in/{signin['token']}"
        _, cookie, _ = get(told["port"], f"/in/{signin['token']}")
        status, _, page = get(told["port"], f"/c/{signin['circle'][:20]}/log", cookie)
        assert status == 200
        assert "Pizza" in page
    assert all(line["verdict"] == "ok" for line in home.lines("log", "Home"))


def test_a_way_in_is_for_this_machine_and_for_a_phone(home: Terminal) -> None:
    """Nothing runs yet: it will as usual, and phones reach it then."""
    signin, near = home.json("signin", "Amina"), lan_addresses()
    assert signin["address"] == f"http://localhost:8642/in/{signin['token']}"
    assert signin["lan"] == (f"http://{near[0]}:8642/in/{signin['token']}" if near else None)
    with running(home):
        assert home.json("signin", "Amina")["lan"] is None, "it is for this machine alone"


def test_a_link_for_one_circle_lands_in_it(home: Terminal) -> None:
    farid = home.json("join", "Home", "Farid")["member"]
    home("act", "Home", "people.left", "{}", "--by", farid)
    garden = home.json("new", "Garden", "--founder", "Dov")["circle"]
    with running(home) as (_, told):
        for words, lands in (
            (["Dov", "--circle", "Garden"], f"/c/{garden[:20]}/list"),
            (["Dov"], "/"),
            (["Farid", "--circle", "Home"], "/"),
        ):
            token = home.json("signin", *words)["token"]
            assert landing(told["port"], f"/in/{token}") == lands


def test_a_port_that_is_taken_is_named(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = terminal.refused("up", "--host", "127.0.0.1", "--port", port)
    assert refused["error"] == "port_taken"
    assert str(port) in refused["reason"]
    assert terminal.refused("up", "--host", "192.0.2.77")["error"] == "port_taken"
    terminal("up", "--port", "70000", status=2)


def test_ctrl_c_stops_it_and_a_kill_leaves_it_startable(home: Terminal) -> None:
    with running(home) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    with running(home) as (process, _):
        entry = home.json("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["entry"]
        process.kill()
        process.wait(30)
        with running(home):
            assert home.lines("log", "Home")[-1]["id"] == entry


def test_a_person_reads_the_address_in_their_language(terminal: Terminal) -> None:
    process = subprocess.Popen(
        [*COMMAND, "up", "--port", "0"],
        env=terminal.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    while "Ctrl-C" not in lines[-1]:
        assert lines[-1], process.communicate()
        lines.append(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.communicate()
    assert "http://localhost:" in "".join(lines)
    assert "/in/" in "".join(lines)


def test_service_prints_a_unit_or_writes_it(terminal: Terminal, tmp_path: Path) -> None:
    data = tmp_path / "a home, 100 %"
    text = terminal("service", "--data", data, "--port", "9999")
    assert "ExecStart=" in text
    assert f'up --port 9999 --data "{tmp_path}/a home, 100 %%"' in text
    assert text.splitlines()[0] == "[Unit]"
    assert text.splitlines()[-1] == "WantedBy=default.target"
    assert terminal.said.startswith("With --install, ")
    assert terminal.said.count("\n") == 1
    told = terminal.json("service", "--install", XDG_CONFIG_HOME=str(tmp_path / "config"))
    path = tmp_path / "config" / "systemd" / "user" / "cercle.service"
    assert told["path"] == str(path)
    assert path.read_text() == told["unit"]
    assert "systemctl --user enable --now cercle" in told["next"]
    owner = Path(tmp_path).owner()
    assert f"User={owner}\n" in terminal.json("service", "--system", "--data", data)["unit"]
    named = terminal.json("service", "--https", "--known-as", "home.example:9000")["unit"]
    assert " --https --known-as=home.example:9000\n" in named
    terminal("service", "--port", "none", status=2)


@pytest.mark.parametrize("command", ["signin", "token"])
def test_a_way_in_is_for_somebody_whose_key_is_here(home: Terminal, command: str) -> None:
    made = home.json(command, "Bruno")
    assert len(made["token"]) == 32
    assert made["circle"] == home.json("circles")[0]["circle"]
    assert made["token"] in home(command, "Bruno") or home.json(command, "Bruno")["token"] != made["token"]
    assert home.refused(command, "Farid")["error"] == "unknown_name"
    home(command, status=2)
    home("new", "Garden", "--founder", "Bruno")
    assert home.refused(command, "Bruno")["error"] == "ambiguous_name"
    assert home.json(command, "Bruno", "--circle", "Home")["member"] == made["member"]
    assert home.at(home.data / "empty").refused(command, "Bruno")["error"] == "nothing_here"


@pytest.mark.parametrize("command", ["signin", "token"])
def test_nobody_of_that_name_is_told_with_all_who_are_there(home: Terminal, command: str) -> None:
    home("new", "Garden", "--founder", "Dov")
    home("join", "Garden", "Bruno")
    refused = home.refused(command, "Farid")
    assert refused == {
        "error": "unknown_name",
        "reason": "Nobody is called Farid here. There is: Amina, Bruno, Dov.",
    }
    refused = home.refused(command, "Amina", "--circle", "Garden")
    assert refused["reason"] == "Nobody is called Amina here. There is: Dov, Bruno."


@pytest.mark.parametrize("command", ["signin", "token"])
def test_somebody_without_a_device_is_not_nobody(home: Terminal, command: str, tmp_path: Path) -> None:
    home("new", "Garden", "--founder", "Dov")
    home("act", "Home", "people.added", '{"name": "Chloé", "kind": "child"}', "--by", "Amina")
    refused = home.refused(command, "Chloé")
    assert refused["error"] == "store.no_key"
    assert refused["reason"].startswith("Chloé has no device yet")
    assert home.refused(command, "Chloé", "--circle", "Garden")["error"] == "unknown_name"
    home("pack", "Home", tmp_path / "home.bundle")
    elsewhere = home.at(tmp_path / "elsewhere")
    elsewhere("unpack", tmp_path / "home.bundle")
    assert elsewhere.refused(command, "Bruno")["reason"] == "Bruno writes on another machine, not on this one."


def test_a_token_opens_the_api_as_that_person(home: Terminal) -> None:
    made = home.json("token", "Bruno", "--label", "kitchen scales")
    with running(home) as (_, told):
        connection = HTTPConnection("127.0.0.1", told["port"], timeout=30)
        headers = {"Authorization": f"Bearer {made['token']}", "Content-Type": "application/json"}
        said = json.dumps({"event": "groceries.product_added", "name": "Milk"})
        connection.request("POST", f"/api/circles/{made['circle']}/acts", said, headers)
        answer = connection.getresponse()
        entry = json.loads(answer.read())["entry"]
        assert answer.status == 201
    last = home.lines("log", "Home")[-1]
    assert (last["id"], last["by"]) == (entry, made["member"])
    assert os.path.isdir(home.data)


# --- demo --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signals", [signal.SIGTERM, signal.SIGINT])
def test_a_family_s_year_can_be_looked_at_and_goes_away(terminal: Terminal, tmp_path: Path, signals: int) -> None:
    tmp_path.joinpath("room").mkdir()
    room = {"TMPDIR": str(tmp_path / "room")}
    with running(terminal, command="demo", **room) as (process, told):
        assert set(told["people"]) == {"Bruno", "Chloé", "Dov"}
        for way in (told["address"], told["people"]["Dov"]):
            _, cookie, _ = get(told["port"], urlsplit(way).path)
            page = landing(told["port"], "/", cookie)
            assert page.endswith("/today")
            assert get(told["port"], page, cookie)[0] == 200
        process.send_signal(signals)
        process.communicate(timeout=60)
    assert list((tmp_path / "room").iterdir()) == []
    assert not terminal.data.exists()


def test_a_demo_that_is_kept_has_a_folder_of_its_own(home: Terminal, tmp_path: Path) -> None:
    before = sorted(home.data.iterdir())
    assert home.refused("demo", "--data", home.data)["error"] == "not_empty"
    assert sorted(home.data.iterdir()) == before
    kept = tmp_path / "kept"
    with running(home, "--data", str(kept), command="demo", LC_ALL="fr_FR.UTF-8"):
        pass
    again = home.at(kept)
    assert [circle["name"] for circle in again.json("circles")] == ["Les Lilas"]
    assert sorted(home.data.iterdir()) == before
