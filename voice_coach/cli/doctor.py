"""`voice-coach doctor`: is everything in order for a session, and what is to be done where it is not?"""

import json
from typing import Any

import click

from voice_coach.app.known_texts import known_lines
from voice_coach.app.resolve import Options, resolve
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.doctor.examine import examine
from voice_coach.doctor.finding import EXIT_CODES, Finding, Verdict, worst
from voice_coach.files.profiles import FIRST, Profile, only

MARKS = {Verdict.FINE: "ok", Verdict.SKIPPED: "-", Verdict.WARNING: "!", Verdict.FAULT: "FAULT"}
"""Mark in front of a finding."""

COLORS = {Verdict.FINE: "green", Verdict.SKIPPED: None, Verdict.WARNING: "yellow", Verdict.FAULT: "red"}


@click.command(
    name="doctor",
    epilog="Exit code 0: everything works. 3: a session will work, with warnings. 1: something does not work. "
    "2: the command line is wrong.",
)
@click.option("--microphone", metavar="NAME", help="Part of the microphone's name, as for `run`.")
@click.option("--speaker", metavar="NAME", help="Part of the speaker's name, as for `run`.")
@click.option(
    "--headphones/--no-headphones",
    callback=options.if_given,
    help="You use headphones: the microphone should not hear the speaker.",
)
@click.option("--silent", is_flag=True, help="Skip all checks that play or record sound.")
@options.model
@options.voice
@options.rate
@options.profile
@options.as_json
def command(profile: Profile | None, *, silent: bool, as_json: bool, **wanted: Any) -> int:
    """Check voice, recogniser, disk, folders, microphone and speaker, and say what to do.

    For half a minute the speaker plays a chirp and some sentences while the microphone listens. Be quiet until it asks
    you to say yes. No sound is kept.
    """
    settings = resolve(Options(**wanted), profile or only() or FIRST)
    findings = []
    for finding in examine(settings, Terminal().note, silent=silent, lines=known_lines):
        findings.append(finding)
        if not as_json:
            _tell(finding)
    verdict = worst(findings)
    if as_json:
        report = {"verdict": verdict, "findings": [finding.to_json() for finding in findings]}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    return EXIT_CODES[verdict]


def _tell(finding: Finding) -> None:
    mark = click.style(f"{MARKS[finding.verdict]:<5}", fg=COLORS[finding.verdict])
    click.echo(f"{mark} {finding.check}: {finding.measured}")
    if finding.remedy:
        click.echo(f"      {finding.remedy}")
