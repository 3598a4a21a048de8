"""What is asked twice: leaving, removing somebody, erasing words; and what each one may know of oneself."""

import json

from tests.web.browser import Browser
from tests.web.conftest import Cast, joined
from tests.web.test_log import entries
from tests.web.test_people import written


def listed(browser: Browser, what: str) -> None:
    browser.open("list")
    browser.send("/list", line=what)


def test_leaving_is_asked_and_then_done(cast: Cast) -> None:
    before = written(cast)
    page = cast.bruno.open("people/leave")
    assert "Leave Chez nous?" in page.text
    assert written(cast) == before
    circle = cast.bruno.circle
    page = cast.bruno.send("/people/leave")
    assert "You have left Chez nous" in page.text
    log = next(link for link in page.links if link.endswith("/file"))
    assert cast.bruno.open(f"/c/{circle}/list").status == 401
    assert "has left" in cast.amina.open("people").text
    assert cast.bruno.open(log).headers["content-type"] == "application/octet-stream"
    assert cast.amina.open(log).status == 401


def test_the_founder_is_told_what_their_going_means(cast: Cast) -> None:
    page = cast.amina.open("people/leave")
    assert "Yours is the device that keeps the log" in page.text
    assert "last adult" not in page.text
    assert "last adult" in cast.farid.open("people/leave").text


def test_a_removal_takes_more_than_half_of_the_other_adults_and_two(cast: Cast) -> None:
    emma = joined(cast.amina, "Emma", "adult")
    bruno = cast.member("Bruno")
    page = cast.amina.open(f"people/{bruno}/remove")
    assert "It happens once 2 adults agree" in page.text
    cast.amina.send("/remove")
    assert "Your consent is in the log." in cast.amina.page.text
    assert "Amina agreed that Bruno leaves." in emma.open(f"people/{bruno}").text
    assert "agreed that" not in cast.dov.open(f"people/{bruno}").text
    assert "So far agreed: Amina." in emma.open(f"people/{bruno}/remove").text
    emma.send("/remove")
    assert "Bruno is no longer in the circle." in emma.page.text
    assert cast.bruno.open("list").status == 401
    assert "was removed" in cast.amina.open("people").text


def test_a_consent_counts_once(cast: Cast) -> None:
    joined(cast.amina, "Emma", "adult")
    bruno = cast.member("Bruno")
    cast.amina.open(f"people/{bruno}/remove")
    data = {"_csrf_token": cast.amina.token(), "act": "12" * 16}
    for _ in range(2):
        page = cast.amina.post(f"people/{bruno}/remove", data)
        assert "no longer in the circle" not in page.text
    assert cast.bruno.open("list").status == 200


def test_who_may_not_remove_finds_no_page_for_it(cast: Cast) -> None:
    joined(cast.amina, "Emma", "adult")
    bruno, amina = cast.member("Bruno"), cast.member("Amina")
    for browser, member in ((cast.chloe, bruno), (cast.dov, bruno), (cast.bruno, bruno), (cast.bruno, amina)):
        assert browser.open(f"people/{member}/remove").status == 404
        browser.open("people")
        before = written(cast)
        assert browser.post(f"people/{member}/remove", {"_csrf_token": browser.token()}).status == 404
        assert written(cast) == before


def test_two_adults_part_by_leaving_and_a_removal_is_not_offered(cast: Cast) -> None:
    assert cast.bruno.open(f"people/{cast.member('Amina')}/remove").status == 404


def test_all_words_of_a_person_go_and_figures_stay(cast: Cast) -> None:
    listed(cast.bruno, "2 kg of a secret")
    assert "secret" in cast.amina.open("list").text
    bruno = cast.member("Bruno")
    page = cast.bruno.open(f"people/{bruno}/erase")
    assert "What stays: figures, days, and who did what." in page.text
    cast.bruno.send("/erase")
    assert "The words are erased." in cast.bruno.page.text
    assert "secret" not in cast.amina.open("list").text
    assert "2" in cast.amina.page.text
    people = cast.amina.open("people").text
    assert "Bruno" not in people
    assert "somebody" in people
    log = cast.amina.open("log").text
    assert "secret" not in log
    assert "words erased" in log
    raw = (cast.home.node.data / "cercle.db").read_bytes()
    assert b"secret" not in raw


def test_words_of_one_entry_go_by_its_author_or_an_adult(cast: Cast) -> None:
    listed(cast.chloe, "1 secret")
    page = cast.chloe.open("log?words=to+the+products")
    entry = entries(cast.chloe)[0]
    assert cast.dov.open(f"people/erase/{entry}").status == 404
    assert cast.amina.open(f"people/erase/{entry}").status == 200
    page = cast.chloe.open(f"people/erase/{entry}")
    assert "secret" in page.text
    data = {"_csrf_token": cast.chloe.token(), "act": "34" * 16}
    for _ in range(2):
        page = cast.chloe.post(f"people/erase/{entry}", data)
        assert page.status == 200
        assert "secret" not in page.source
    assert "Where its words are gone gone Each machine" in page.text
    assert "<bdi>Amina, Bruno, Chloé, Dov</bdi>" in page.source
    assert "secret" not in cast.amina.open("list").text


def test_no_words_are_erased_that_are_not_there(cast: Cast) -> None:
    for entry in ("0" * 20, "x", "../../etc", "%00", "é" * 20):
        assert cast.amina.open(f"people/erase/{entry}").status == 404


def test_an_adult_erases_the_words_of_somebody_who_has_gone_and_of_nobody_else(cast: Cast) -> None:
    bruno = cast.member("Bruno")
    assert cast.amina.open(f"people/{bruno}/erase").status == 404
    cast.bruno.open("people/leave")
    cast.bruno.send("/leave")
    assert cast.chloe.open(f"people/{bruno}/erase").status == 404
    cast.amina.open(f"people/{bruno}/erase")
    cast.amina.send("/erase")
    assert "Bruno" not in cast.amina.open("people").text


def test_ones_own_data_in_one_file_for_oneself_alone(cast: Cast) -> None:
    listed(cast.chloe, "3 bottles of milk")
    chloe = cast.member("Chloé")
    page = cast.chloe.open(f"people/{chloe}/data.json")
    assert page.headers["content-disposition"].startswith("attachment")
    data = json.loads(page.source)
    assert data["name"] == "Chloé"
    assert "milk" in json.dumps(data).casefold()
    assert all(entry["by"] == chloe or chloe in entry["kept"].values() for entry in data["entries"])
    assert cast.amina.open(f"people/{chloe}/data.json").status == 404


def test_a_page_of_nobody(cast: Cast) -> None:
    for member in ("0" * 20, "nobody", "%2e%2e", "<script>", cast.circle[:19]):
        assert cast.amina.open(f"people/{member}").status == 404
