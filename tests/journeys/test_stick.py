"""Two machines that do not reach each other agree by a stick."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, found_a_circle, invite, wanted


@pytest.mark.parametrize("script", [True, False])
def test_a_stick_goes_there_and_back(chromium: Browser, homes: tuple[Home, Home], tmp_path: Path, script: bool) -> None:
    hers, his = homes
    amina = Hands(chromium, hers.url).phone("en", script=script)
    amina.page.goto(hers.address)
    found_a_circle(amina, "Chez nous", "Amina")
    link = invite(amina)
    done = his.command("join", link, "Bruno")
    assert done.returncode == 0, done.stderr
    hers.down()
    his.up()
    bruno = Hands(chromium, his.url).phone("fr", script=script)
    bruno.page.goto(f"{his.url}/in/{his.command('signin', 'Bruno').stdout.split()[-1].rpartition('/')[2]}")
    bruno.goes_to("list")
    add(bruno, "du sel")
    expect(wanted(bruno, "sel")).to_be_visible()
    carried = tmp_path / "stick.age"
    make_a_file(bruno, carried)
    his.down()
    hers.up(again=True)
    amina.goes_to("machines/stick")
    amina.page.locator("#file").set_input_files(carried)
    amina.page.locator("form[enctype] button").press("Enter")
    expect(amina.page.locator("#notice")).to_contain_text("came in.")
    amina.looks_right()
    amina.page.locator("#file").set_input_files({"name": "letter", "mimeType": "text/plain", "buffer": b"Dear Dov"})
    amina.page.locator("form[enctype] button").press("Enter")
    expect(amina.page.locator("#error-file")).to_have_text("This is not a file of a circle.")
    amina.looks_right()
    amina.goes_to("list")
    expect(wanted(amina, "sel")).to_be_visible()
    for hand in (amina, bruno):
        hand.context.close()


def make_a_file(hand: Hand, stick: Path) -> None:
    hand.goes_to("machines")
    hand.looks_right()
    hand.page.locator("a[href$='/machines/stick']").press("Enter")
    hand.page.locator("form[action$='/file'] button").wait_for()
    hand.looks_right()
    with hand.page.expect_download() as made:
        hand.page.locator("form[action$='/file'] button").press("Enter")
    assert made.value.suggested_filename.endswith(".age")
    made.value.save_as(stick)
    hand.looks_right()
