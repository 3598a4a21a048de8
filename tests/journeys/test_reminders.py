"""Somebody sets up the mail server of their machine, and says yes to reminders by the link in a mail."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import found_a_circle
from tests.mail.postbox import postbox, text


@pytest.mark.parametrize("script", [True, False])
def test_from_the_server_to_the_yes_in_a_mail(chromium: Browser, home: Home, script: bool) -> None:
    hands = Hands(chromium, home.url)
    amina = hands.phone("en", script=script)
    amina.page.goto(home.address)
    found_a_circle(amina, "Chez nous", "Amina")
    amina.goes_to("settings")
    amina.page.locator("button[name=on][value=decisions]").click()
    expect(amina.page.locator("button[name=off][value=decisions]")).to_be_visible()
    amina.goes_to("reminders")
    amina.follows(amina.page.get_by_role("link", name="Set it up"))
    with postbox() as box:
        for name, value in (("host", "127.0.0.1"), ("port", str(box.port)), ("sender", "amina@home.example")):
            amina.page.locator(f"#{name}").fill(value)
        amina.page.locator("#security").select_option("none")
        amina.looks_right()
        amina.follows(amina.page.locator("form:has(#host) button"))
        amina.page.locator("#to").fill("amina@home.example")
        amina.follows(amina.page.locator("form:has(#to) button"))
        expect(amina.page.locator("#notice")).to_contain_text("The server took a mail")
        assert box.mail()["Subject"] == "A test of Cercle"
        amina.looks_right()
        amina.goes_to("reminders")
        amina.page.locator("#address").fill("amina@home.example")
        amina.page.get_by_label("A vote that waits for you").check()
        amina.looks_right()
        amina.follows(amina.page.get_by_role("button", name="Keep"))
        expect(amina.page.locator("main")).to_contain_text("Nothing is sent yet")
        amina.looks_right()
        link = next(line for line in text(box.mail()).splitlines() if "/mail/confirm/" in line)
    phone = hands.phone("en", script=script)
    phone.page.goto(link)
    phone.looks_right()
    phone.follows(phone.page.get_by_role("button", name="Yes, send them here"))
    expect(phone.page.locator("h1")).to_have_text("Reminders go to this address now")
    phone.looks_right()
    amina.goes_to("reminders")
    expect(amina.page.locator("main")).to_contain_text("They go to amina@home.example.")
    expect(amina.page.get_by_label("A vote that waits for you")).to_be_checked()
    amina.looks_right()
