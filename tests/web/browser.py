"""A browser for tests: it keeps cookies, reads pages, and fills in the forms that stand in them as a person would."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from litestar.testing import TestClient

from cercle.modules import load
from cercle.store.node import Node
from cercle.web.application import application

HOST = "cercle.home"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "circle", "rect"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-kept", "data-failed", "data-done")
NOT_SPOKEN = {"mono", "help"}
NOT_READ = {"script", "style", "code", "bdi"}


class Form(msgspec.Struct):
    """A form of a page: its fields as they are filled in, each with all its values, and its buttons."""

    action: str
    method: str
    fields: dict[str, list[str]] = {}
    buttons: list[tuple[str, str]] = []


class Page(HTMLParser):
    """What an answer shows: its words (texts and what is read out), links and forms."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.status: int = answer.status_code
        self.url = str(answer.url)
        self.headers = answer.headers
        self.source: str = answer.text
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.invalid: list[str] = []
        self.language = ""
        self.attributes: set[str] = set()
        self._open: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self.feed(self.source)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def form(self, action: str) -> Form:
        """The form that posts to an address with this end."""
        found = [form for form in self.forms if urlsplit(form.action).path.endswith(action)]
        assert found, f"{self.path} has no form for {action}: {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.attributes |= given.keys()
        if tag not in VOID:
            self._open.append((tag, given))
        self.words += [given[name] for name in SPOKEN if given.get(name)]
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "a" and not given.get("href", "#").startswith("#"):
            self.links.append(urljoin(self.url, given["href"]))
        if tag == "form":
            self.forms.append(
                Form(urljoin(self.url, given.get("action", self.url)), given.get("method", "get"), {}, [])
            )
        elif self.forms:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], given.get("name", ""), given.get("type", "")
        if given.get("aria-invalid"):
            self.invalid.append(name)
        if tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name and kind != "file":
            if kind not in ("checkbox", "radio") or "checked" in given:
                form.fields.setdefault(name, []).append(given.get("value", "on"))
        elif tag in ("select", "textarea") and name:
            self._select = name
            form.fields[name] = []
        elif tag == "option" and self._select and ("selected" in given or not form.fields[self._select]):
            form.fields[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        while self._open and tag not in VOID:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        classes = " ".join(given.get("class", "") for _, given in self._open).split()
        if data.strip() and not NOT_READ & {tag for tag, _ in self._open} and not NOT_SPOKEN & set(classes):
            self.words.append(data)
        if self._open and self._open[-1][0] == "textarea" and self.forms and self._open[-1][1].get("name"):
            self.forms[-1].fields[self._open[-1][1]["name"]] = [data]


class Home:
    """A node on a folder, with its pages."""

    def __init__(self, folder: Path, pseudo: bool = False) -> None:
        self.node = Node(folder, load())
        self.app = application(self.node, frozenset({HOST}), pseudo=pseudo)
        self.client: TestClient[Any] = TestClient(self.app, base_url=f"http://{HOST}")
        self.client.follow_redirects = True

    def door(self) -> str:
        """The address that `cercle up` prints."""
        return f"/in/{self.node.make_token('door', lasts=60_000)}"

    def browser(self, language: str = "en") -> "Browser":
        return Browser(self, language)


class Browser:
    """One browser; `page` is what it shows."""

    def __init__(self, home: Home, language: str = "en") -> None:
        self.home = home
        self.headers = {"accept-language": language, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
        self.cookies: dict[str, str] = {}
        self.page: Page
        self.circle = ""

    def at(self, home: Home) -> "Browser":
        """The same browser before a copy of its home."""
        other = Browser(home)
        other.headers, other.cookies, other.circle = dict(self.headers), dict(self.cookies), self.circle
        return other

    def open(self, address: str, **headers: str) -> Page:
        """Shows a page; an address that begins without a slash is of the circle that was open last."""
        return self._ask("GET", self._whole(address), headers=headers)

    def _whole(self, address: str) -> str:
        return address if address.startswith(("/", "http")) else f"/c/{self.circle}/{address}"

    def send(self, action: str, button: str = "", **changed: Any) -> Page:
        """Fills in a form of the page and sends it; `button` is one of its buttons by name, or name=value."""
        form = self.page.form(action)
        data: dict[str, Any] = {name: values for name, values in form.fields.items() if values} | changed
        if button:
            name, _, value = button.partition("=")
            pressed = [found for found in form.buttons if found[0] == name and value in ("", found[1])]
            assert pressed, f"no button {button} in {form.buttons}"
            data[pressed[0][0]] = pressed[0][1]
        if form.method == "get":
            return self._ask("GET", form.action, params=data)
        return self.post(form.action, data)

    def post(self, address: str, data: dict[str, Any], **more: Any) -> Page:
        """What no form of the page sends, as a forged one might."""
        return self._ask("POST", self._whole(address), data=data, **more)

    def token(self) -> str:
        """The guard of the forms on this page."""
        return next(form.fields["_csrf_token"][0] for form in self.page.forms if "_csrf_token" in form.fields)

    def _ask(self, method: str, address: str, headers: dict[str, str] | None = None, **more: Any) -> Page:
        client = self.home.client
        client.cookies.clear()
        for name, value in self.cookies.items():
            client.cookies.set(name, value, domain=HOST)
        answer = client.request(method, address, headers=self.headers | (headers or {}), **more)
        self.cookies = dict(client.cookies)
        self.page = Page(answer)
        assert answer.status_code < 500, f"{method} {address}: {self.page.text}"
        parts = self.page.path.split("/")
        if parts[1] == "c" and len(parts) > 2:
            self.circle = parts[2]
        return self.page
