"""With the keyboard alone: everything is reached by Tab, done by Enter, and one sees where one is."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, start, ticked, wanted

MOST_STEPS = 60
# What has the focus, and whether that is to be seen: an outline of at least two pixels, on it or on its label.
FOCUS = """() => {
  const element = document.activeElement;
  const drawn = [element, ...(element.labels || [])].flatMap((each) => [each, ...each.children]);
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    name: element.getAttribute("aria-label") || element.textContent.trim() || element.name,
    seen: drawn.some((each) => ring(getComputedStyle(each))),
  };
}"""


def tab_to(page: Page, name: str) -> None:
    """Tab by tab, up to what has this in its name; every stop on the way shows itself."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["seen"], f"nobody sees that {focus['name']!r} has the focus"
        if name in focus["name"]:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_list_and_quick_add(home: Home, hands: Hands) -> None:
    amina = hands.laptop("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    add(amina, "milk, eggs")
    expect(wanted(amina, "eggs")).to_be_visible()
    page.reload()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_to(page, "line")
    page.keyboard.type("3 lemons")
    page.keyboard.press("Enter")
    expect(wanted(amina, "lemons")).to_contain_text("3")
    expect(page.locator("#line")).to_be_focused()
    tab_to(page, "milk")
    page.keyboard.press("Enter")
    expect(ticked(amina, "milk")).to_have_count(1)
    tab_to(page, "eggs, details")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("eggs")


def test_every_stop_of_the_settings_shows_itself(home: Home, hands: Hands) -> None:
    amina = hands.laptop("fr")
    start(amina, home, "Chez nous", "Amina")
    amina.goes_to("settings")
    tab_to(amina.page, "Quitter le cercle")
    amina.page.keyboard.press("Enter")
    expect(amina.page).to_have_url(re.compile("/people/leave$"))
    tab_to(amina.page, "Quitter le cercle")
