"""What every test may use: how many histories a law is tried on, and a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

# The suite tries the same histories each time, so that a red test is red again; the soak looks for new ones.
settings.register_profile("suite", max_examples=60, derandomize=True, database=None, deadline=None)
settings.register_profile(
    "soak",
    max_examples=2_000,
    print_blob=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("soak" if os.environ.get("CERCLE_SOAK") else "suite")

# A browser that speaks to this machine alone: all that it is asked for is looked for here. So the link of an
# invitation, which names an address on the home network, leads to the node as it does at home.
CHROMIUM_FLAGS = [
    "--host-resolver-rules=MAP * 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; each test opens contexts of its own and closes them."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("The journeys need a browser. Type: sudo apt install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come last, by files: while the browser's driver runs, the main thread can run no other event loop."""
    journeys = {item.path for item in items if "chromium" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in journeys)
