"""The report in a real browser: on a large and a small screen, in light and dark, on paper, and to a screen reader."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.history.course import TODAY, course, fortnight
from voice_coach.report.charts import svg
from voice_coach.report.content import About, Report, contents
from voice_coach.report.figures import Figure
from voice_coach.report.html_page import html
from voice_coach.report.words import UNKNOWN

NASTY = "</td></table><script>document.title = 'mine'</script><img src=x onerror=alert(1)> & " + "long" * 60
Scheme = Literal["light", "dark"]
LAST: date = TODAY + timedelta(days=14)

CONTRASTS = """() => {
    const rgb = color => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = color => rgb(color).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = light(getComputedStyle(document.body).backgroundColor);
    const texts = [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility()
        && [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
    return texts.map(one => {
        const style = getComputedStyle(one);
        const ink = light(one.closest('svg') ? style.fill : style.color);
        return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    });
}"""
"""The contrast of each visible text to the page behind it, by WCAG 2."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Return a fortnight, one session of which says what could break a page."""
    first, *others = course(tmp_path_factory.mktemp("report"), *fortnight())
    first = replace(first, note=NASTY, exercise_id="flexion_" * 30, said_change_words=NASTY[:60])
    return contents([first, *others], LAST, 28, "0.1.0", About(name="Anna " + "long" * 20))


@pytest.fixture(scope="module")
def address(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return where the page is."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html(report, svg), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, or the one that playwright has installed."""
    here = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        # In a container one is often root, for whom Chromium has no sandbox; the page is our own.
        browser = playwright.chromium.launch(executable_path=here, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def shown(browser: Browser, address: str, width: int = 1000, scheme: Scheme = "light") -> Iterator[Page]:
    """Show the page; whatever it asks for, complains of or opens is a failure."""
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as opened:
        page = opened.new_page()
        heard: list[str] = []
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.goto(address)
        yield page
        assert heard == [address]


def figure_values(figure: Figure) -> list[float]:
    """Return the numbers that the marks of a chart stand for; the place of a pain goes by its name there."""
    rows = figure.chart["data"]["values"]
    (name,) = {"sessions", "repetitions", "score"} & set(rows[0])
    return sorted(row[name] for row in rows)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_in_light_and_dark(scheme: Scheme, browser: Browser, address: str) -> None:
    with shown(browser, address, scheme=scheme) as page:
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 25, 29)"}[scheme]
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 400
        assert min(contrasts) >= 4.5


def test_each_chart_has_a_name_and_behind_it_a_table_with_the_same_figures(
    browser: Browser, address: str, report: Report
) -> None:
    with shown(browser, address) as page:
        assert page.get_by_role("img").count() == len(report.figures) == 8
        for figure in report.figures:
            picture = page.get_by_role("img", name=f"Chart: {figure.title}.")
            assert picture.count() == 1
            table = page.get_by_role("table", name=figure.title, exact=True)
            assert not table.is_visible()
            page.get_by_text(f"{figure.title} as a table").click()
            assert table.get_by_role("columnheader").all_inner_texts() == list(figure.heads)
            rows = [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]
            assert rows == [list(row) for row in figure.rows]


def test_the_figures_of_a_table_are_those_of_its_chart(report: Report) -> None:
    pain, place, sessions, repetitions = report.figures[:4]
    assert sum(figure_values(sessions)) == sum(int(row[1]) for row in sessions.rows)
    scores = [float(cell) for row in pain.rows for cell in row[1:3] if cell != UNKNOWN]
    assert figure_values(pain) == sorted(scores)
    assert len(figure_values(place)) == sum(cell != UNKNOWN for row in place.rows for cell in row[1:3])
    assert figure_values(repetitions) == sorted(float(row[1]) for row in repetitions.rows if row[1] != UNKNOWN)


def test_a_screen_reader_finds_its_way(browser: Browser, address: str, report: Report) -> None:
    with shown(browser, address) as page:
        assert page.title() == f"{report.title}, 20 May 2021"
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("heading", level=1).all_inner_texts() == [report.title]
        before = ["Red events", *(part.title for part in report.safety)]
        titles = [*before, *(figure.title for figure in report.figures), *(part.title for part in report.listings)]
        assert page.get_by_role("heading", level=2).all_inner_texts() == titles
        for one in page.locator("table:visible").all():
            assert one.locator("caption").inner_text()
            for row in one.locator("tbody tr").all():
                assert row.get_by_role("rowheader").count() == 1


def test_what_was_said_is_text_and_nothing_else(browser: Browser, address: str) -> None:
    with shown(browser, address) as page:
        assert page.locator("img, script").count() == 0
        assert page.get_by_role("cell", name=NASTY).count() == 1


@pytest.mark.parametrize("width", [320, 600])
def test_on_a_small_screen_only_what_is_wide_moves_sideways(width: int, browser: Browser, address: str) -> None:
    with shown(browser, address, width) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        size = page.locator("svg").first.bounding_box()
        assert size
        assert size["width"] >= 750  # its words are as large as on a large screen
        last = page.locator("svg").first.get_by_text("20 May").bounding_box()
        assert last
        assert 0 <= last["x"] < width  # the latest days are what one sees first
        box = page.get_by_role("region", name="The latest first")
        box.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_it_is_light_whole_and_without_what_is_to_be_clicked(
    scheme: Scheme, browser: Browser, address: str, tmp_path: Path
) -> None:
    with shown(browser, address, 680, scheme) as page:  # 180 mm: A4 without its margins
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('svg text')).fill") == "rgb(27, 31, 36)"
        assert page.locator("summary:visible").count() == 0
        cut = "[...document.querySelectorAll('.wide')].filter(one => one.scrollWidth > one.clientWidth).length"
        assert page.evaluate(cut) == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 680
        page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
