"""The page of a session in a real browser: live, large, in light and dark, by keyboard and to a screen reader."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.report.test_browser import CONTRASTS
from tests.screen.looking_on import LookedAt
from tests.screen.sample import SAMPLE
from voice_coach.screen.scene import Certainty, Heard, Moment
from voice_coach.screen.window import Window
from voice_coach.session.states import Asking, Done
from voice_coach.testing import counting

Scheme = Literal["light", "dark"]
PATIENCE: Final = 60_000
"""Milliseconds that a busy machine may take."""
expect.set_options(timeout=PATIENCE)
NASTY = "</li><script>document.title = 'mine'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, or the one that playwright has installed."""
    here = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        if here is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("there is no Chromium here")
        browser = playwright.chromium.launch(executable_path=here, args=["--no-sandbox"])  # as in tests/report
        yield browser
        browser.close()


@pytest.fixture
def window() -> Iterator[Window]:
    with Window() as one:
        one.draw(replace(SAMPLE, sentences=len(SAMPLE.said)))
        yield one


@contextmanager
def opened(
    browser: Browser, window: Window, width: int = 1000, height: int = 800, scheme: Scheme = "light"
) -> Iterator[Page]:
    """Open the page; what it asks of anybody else, complains of or opens is a failure."""
    with browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        heard: list[str] = []
        page.on("request", lambda one: None if one.url.startswith(window.origin) else heard.append(one.url))
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.goto(window.address)
        expect(page.locator("#time")).to_have_text("1:01")
        yield page
        assert [one for one in heard if not one.startswith("data:")] == []


def test_it_shows_where_the_session_stands_what_is_said_and_what_was_heard(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        assert page.url == f"{window.origin}/"  # the token is not in the browser's history
        expect(page.locator("h1")).to_have_text("voice_coach: Anna, Flexion rotation")
        expect(page.locator("#doing")).to_have_text("Repetition 4 of 10")
        expect(page.locator("#part")).to_have_text("Hold · 2 s · set 1 of 2, left side")
        expect(page.locator("#said li")).to_have_text(["Number four.", "Roll back.", "Hold,", "one,"])
        expect(page.locator("#heard .certain")).to_have_text("certain: worse")
        said = (*SAMPLE.said[1:], "two.")
        doubtful = Heard(9, "worse, or not", "worse", Certainty.DOUBTFUL)
        missed = Heard(10, "(no word of it)", "", Certainty.NOT_UNDERSTOOD)
        window.draw(replace(SAMPLE, said=said, sentences=5, heard=(*SAMPLE.heard, doubtful, missed), talking=True))
        expect(page.locator("#said li")).to_have_text(["Roll back.", "Hold,", "one,", "two."])
        expect(page.locator("#heard .doubtful")).to_have_text("doubtful: worse")
        expect(page.locator("#heard .not-understood")).to_have_text("not understood")
        expect(page.locator("#talking")).to_have_text("A voice is heard.")


def test_a_line_that_stays_is_not_written_again_so_it_is_read_once(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        page.evaluate("document.querySelectorAll('#said li, #heard li').forEach(one => one.mine = true)")
        window.draw(replace(SAMPLE, said=(*SAMPLE.said[1:], "one,"), sentences=5, level=0.9))
        expect(page.locator("#said li")).to_have_text(["Roll back.", "Hold,", "one,", "one,"])
        kept = page.evaluate("[...document.querySelectorAll('#said li, #heard li')].map(one => one.mine === true)")
        assert kept == [True, True, True, False, True]


def test_stop_works_by_mouse_and_by_keyboard(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        ways: list[Callable[[], None]] = [
            page.get_by_role("button", name="Stop").click,
            partial(page.keyboard.press, "Enter"),
            partial(page.keyboard.press, "Space"),
        ]
        for press in ways:
            with page.expect_response("**/stop") as answer:
                press()
            assert answer.value.status == 204
            assert window.take_stop()
        assert not window.take_stop()


def test_stop_is_the_first_thing_that_the_keyboard_reaches(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        assert page.evaluate("document.activeElement.id") == "stop"


def test_a_stop_on_the_page_stops_a_session(browser: Browser) -> None:
    with Window() as window:
        session = LookedAt(window).until(counting(2)).waits(1)
        with browser.new_context() as context:
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto(window.address)
            expect(page.locator("#doing")).to_have_text("Repetition 2 of 10")
            with page.expect_response("**/stop"):
                page.get_by_role("button", name="Stop").click()
            session.waits(0.04)
            assert isinstance(session.coach.state, Asking)
            expect(page.locator("#doing")).to_have_text("Stopped")
            with page.expect_response("**/stop"):
                page.get_by_role("button", name="Stop").click()
            session.until(lambda state: isinstance(state, Done))
            expect(page.locator("#doing")).to_contain_text("The session is over: stopped")
            expect(page.get_by_role("button", name="Stop")).to_be_disabled()


def test_when_the_program_is_gone_the_page_says_so(browser: Browser) -> None:
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        with Window() as window:
            window.draw(SAMPLE)
            page.goto(window.address)
            expect(page.locator("#doing")).to_have_text("Repetition 4 of 10")
        expect(page.get_by_role("alert")).to_contain_text("The program has ended")
        expect(page.get_by_role("button", name="Stop")).to_be_disabled()


def test_a_stop_that_could_not_be_sent_is_told(browser: Browser, window: Window) -> None:
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(window.address)
        expect(page.locator("#doing")).to_have_text("Repetition 4 of 10")
        page.route("**/stop", lambda route: route.abort())
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("alert")).to_contain_text("Stop could not be sent")
        assert not window.take_stop()


def test_another_page_of_the_same_browser_neither_sees_nor_stops_it(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        other = page.context.new_page()
        other.goto("data:text/html,<title>other</title>")
        assert (
            other.evaluate(f"fetch('{window.origin}/stop', {{method: 'POST', credentials: 'include'}}).catch(() => 0)")
            == 0
        )
        assert other.evaluate(f"fetch('{window.origin}/', {{credentials: 'include'}}).catch(() => 0)") == 0
        assert not window.take_stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_in_light_and_dark(scheme: Scheme, browser: Browser, window: Window) -> None:
    each = tuple(Heard(number, f"words {number}", "x", one) for number, one in enumerate(Certainty))
    with opened(browser, window, scheme=scheme) as page:
        window.draw(replace(SAMPLE, heard=each, moment=Moment(doing="Sign of an emergency", grave=True)))
        expect(page.locator("#doing")).to_have_text("Sign of an emergency")
        expect(page.locator("#heard .not-understood")).to_be_visible()
        texts = page.evaluate(CONTRASTS)
        assert len(texts) > 10
        assert min(texts[:-2]) >= 4.5  # the last but one is the button, whose ground is its own
        button = page.get_by_role("button", name="Stop")
        ink, ground = (button.evaluate(f"one => getComputedStyle(one).{name}") for name in ("color", "backgroundColor"))
        assert (ink, ground) == {
            "light": ("rgb(255, 255, 255)", "rgb(179, 38, 30)"),
            "dark": ("rgb(22, 25, 29)", "rgb(255, 138, 128)"),
        }[scheme]


@pytest.mark.parametrize(("width", "height"), [(320, 640), (800, 500), (1600, 1000)])
def test_on_every_screen_the_last_sentence_and_stop_are_to_be_seen(
    width: int, height: int, browser: Browser, window: Window
) -> None:
    with opened(browser, window, width, height) as page:
        window.draw(
            replace(SAMPLE, said=(*SAMPLE.said, "Please talk to your doctor or physio before you do this again."))
        )
        last = page.get_by_text("Please talk to your doctor")
        expect(last).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Stop")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        size = "one => parseFloat(getComputedStyle(one).fontSize)"
        assert last.evaluate(size) >= 24
        window.draw(replace(SAMPLE, said=(*SAMPLE.said, "Two."), sentences=7))
        assert page.get_by_text("Two.").evaluate(size) >= 32


def test_what_was_said_is_text_and_nothing_else(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        window.draw(
            replace(
                SAMPLE, said=(NASTY,), sentences=9, exercise=NASTY, heard=(Heard(5, NASTY, NASTY, Certainty.DOUBTFUL),)
            )
        )
        expect(page.locator("#said li")).to_have_text([NASTY])
        expect(page.locator("#heard .words")).to_have_text([NASTY])
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1


def test_a_screen_reader_is_told_of_what_is_new(browser: Browser, window: Window) -> None:
    with opened(browser, window) as page:
        assert page.get_by_role("log", name="Coach").get_attribute("aria-live") == "polite"
        assert page.get_by_role("log", name="Heard").get_attribute("aria-live") == "polite"
        assert page.get_by_role("status").count() == 2
        assert page.get_by_role("meter", name="Microphone").count() == 1
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.get_by_role("main").count() == 1
        described = page.get_by_role("button", name="Stop").get_attribute("aria-describedby")
        assert described
        assert "ends the session" in page.locator(f"#{described}").inner_text()
