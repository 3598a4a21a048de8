"""`python -m tests.screens [VIEW ...]`: pictures of every page, or of those whose names begin so, into `screens/`;
with all of them, or with `readme`, also those that the README shows."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from conftest import CHROMIUM_FLAGS
from tests.screens.camera import LANGUAGES, Picture, Studio, filled_home, new_home
from tests.screens.pages import EMPTY, FILLED, FIRST, README
from tests.screens.sheet import contact_sheet, side_by_side

SCREENS = Path("screens")
OF_THE_README = {"en": Path("docs/pictures/pages.png"), "fr": Path("docs/pictures/pages-fr.png")}


def take_all(browser: Browser, wanted: tuple[str, ...]) -> tuple[list[Picture], list[str]]:
    """All pictures, and what could not be taken."""
    pictures, missed = [], []
    with TemporaryDirectory() as folder:
        for language in LANGUAGES:
            with new_home(Path(folder, f"new-{language}")) as (home, ways):
                studio = Studio(browser, home, ways, language)
                pictures += studio.take(FIRST + EMPTY, SCREENS, wanted)
                missed += studio.missed
            with filled_home(Path(folder, f"filled-{language}"), language) as (home, ways):
                studio = Studio(browser, home, ways, language)
                if not wanted or "readme" in wanted:
                    side_by_side(studio.portraits(README, SCREENS), OF_THE_README[language])
                pictures += studio.take(FILLED, SCREENS, wanted)
                missed += studio.missed
    return pictures, missed


def main(wanted: tuple[str, ...]) -> None:
    program = shutil.which("chromium")
    if program is None:
        sys.exit("The pictures need a browser. Type: sudo apt install chromium")
    if not wanted:
        shutil.rmtree(SCREENS, ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        pictures, missed = take_all(browser, wanted)
        browser.close()
    if pictures:
        contact_sheet(pictures, SCREENS / "contact-sheet.png")
    print(f"{len(pictures)} pictures in {SCREENS}/, all of them on {SCREENS}/contact-sheet.png")
    if missed:
        sys.exit("\n".join(["Not seen:", *missed]))


main(tuple(sys.argv[1:]))
