"""`voice-coach report`: the sessions as a page to print or to send to a physiotherapist."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_coach import __version__
from voice_coach.cli import options
from voice_coach.errors import DataError, HistoryError
from voice_coach.files.profiles import Profile, which
from voice_coach.history.store import Store

if TYPE_CHECKING:
    from voice_coach.report.content import About


@click.command(name="report")
@click.option("--days", type=click.IntRange(min=1), default=28, show_default=True, help="How many days to cover.")
@click.option(
    "--out",
    type=options.FILE,
    metavar="FILE",
    help="Where to write it [default: voice-coach-report-DATE, .html or .pdf].",
)
@click.option("--pdf", "on_paper", is_flag=True, help="Write a PDF instead of a web page.")
@click.option("--open", "opened", is_flag=True, help="Open it in the browser.")
@options.profile
def command(days: int, out: Path | None, profile: Profile | None, *, on_paper: bool, opened: bool) -> None:
    """Write a report for a physiotherapist: what matters first, then charts and all sessions.

    It is a single file that only you can read, and it needs no network; print it or send it. The charts need one more
    library: pip install 'voice-coach[report]'. A PDF needs two: pip install 'voice-coach[pdf]'.
    """
    # The help of all commands needs none of them.
    from voice_coach.files import atomic  # noqa: PLC0415
    from voice_coach.report import charts, content, html_page, pdf  # noqa: PLC0415

    person = which(profile)
    store = Store.look(person.history)
    if store is None:
        raise HistoryError("There are no sessions to report yet; `voice-coach run` starts one.")
    with store:
        sessions = store.sessions()
    if not sessions:
        raise HistoryError("There are no sessions to report yet; `voice-coach run` starts one.")
    today = date.today()  # noqa: DTZ011 - the day on the user's wall, as sessions are stamped
    whole = content.contents(sessions, today, days, __version__, about(person))
    path = out or Path(f"voice-coach-report-{today}.{'pdf' if on_paper else 'html'}")
    atomic.write_user_file(path, pdf.pdf(whole, charts.svg) if on_paper else html_page.html(whole, charts.svg))
    click.echo(path)
    if opened and click.launch(str(path.absolute()), wait=True) != 0:
        click.echo("No browser could be started; open the file yourself.", err=True)


def about(person: Profile) -> "About":
    """Return whom the report is about, by which plan, and what exercises are called; a broken plan is told."""
    from voice_coach.programme.load import load_programme  # noqa: PLC0415 - the help of all commands needs none of these
    from voice_coach.report.adherence import planned  # noqa: PLC0415
    from voice_coach.report.content import About  # noqa: PLC0415
    from voice_coach.report.safety import known_words  # noqa: PLC0415

    plan = None
    if person.plan.exists():
        try:
            plan = planned(load_programme(person.plan))
        except DataError as error:
            click.echo(f"voice-coach: the plan is left out: {error}", err=True)
    return About(person.name if person.folder else "", plan, known_words())
