"""Every page of a household that has lived here for some weeks, and of a circle that has just begun: as the pictures
show them, and held to what a page must be."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.screens.camera import Studio, filled_home, new_home
from tests.screens.pages import EMPTY, FILLED, FIRST, View


def wrong(studio: Studio, views: tuple[View, ...]) -> list[str]:
    """What is wrong with these views, each by its name."""
    found = []
    for view in views:
        hand = studio.person(view.who)
        view.way(hand)
        try:
            hand.looks_right()
        except AssertionError as error:
            found.append(f"{view.name}: {error}")
        hand.complaints.clear()
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_household_of_five(chromium: Browser, tmp_path: Path, language: str) -> None:
    with filled_home(tmp_path / "data", language) as (home, ways):
        studio = Studio(chromium, home, ways, language)
        found = wrong(studio, FILLED)
        assert not found, "\n".join(found)
        studio.hands.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_circle_that_has_just_begun(chromium: Browser, tmp_path: Path, language: str) -> None:
    with new_home(tmp_path / "data") as (home, ways):
        studio = Studio(chromium, home, ways, language)
        found = wrong(studio, FIRST + EMPTY)
        assert not found, "\n".join(found)
        studio.hands.close()
