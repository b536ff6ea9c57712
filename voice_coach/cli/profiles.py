"""`voice-coach profiles`: who uses the coach on this computer."""

import json
import sys

import click

from voice_coach.cli import options
from voice_coach.errors import ProfileError
from voice_coach.files import profiles
from voice_coach.files.profiles import FIRST, Profile


@click.group(name="profiles", invoke_without_command=True)
@options.as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """List the people who use the coach here. Each has their own history, locks, calibration and settings.

    With several people, `run` and `standby` ask aloud whose session it is, unless you give --profile NAME. "first" is
    the person who used the coach before there were profiles.
    """
    if ctx.invoked_subcommand is None:
        people = profiles.everyone()
        if as_json:
            click.echo(json.dumps([{"number": n, "name": one.name} for n, one in enumerate(people, 1)], indent=2))
            return
        for number, one in enumerate(people, 1):
            click.echo(f"{number}  {one.name}")


@command.command()
@click.argument("name")
def add(name: str) -> None:
    """Add a person. Their first session begins with all the questions.

    NAME is the name as spoken: letters, digits, and one space or hyphen between words.
    """
    made = profiles.add(name)
    people = profiles.everyone()
    click.echo(f"{made.name} is number {people.index(made) + 1}: `voice-coach run --profile {quoted(made)}`.")
    if people[0] == FIRST:
        click.echo("The person who used the coach before is number 1, first.")
    if len(people) > 1:
        click.echo("`run` and `standby` ask who it is; for a service: `voice-coach service install -- --profile NAME`.")


@command.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask first.")
def remove(name: str, *, yes: bool) -> int:
    """Remove a person who has no history. Their calibration and settings go too, for good.

    `voice-coach forget --profile NAME` deletes a history, including locks on exercises that made it worse.
    """
    profile = profiles.find(name)
    if not yes and not confirmed(profile):
        click.echo("Nothing was removed.")
        return 1
    profiles.remove(profile)
    click.echo(f"{profile.name} is removed.")
    return 0


def confirmed(profile: Profile) -> bool:
    """Ask for the name once more.

    Raises:
        ProfileError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise ProfileError(
            "Nothing was removed: removing is permanent, and there is no terminal on which to ask you first; "
            "give --yes to skip the question."
        )
    answer: str = click.prompt(
        f"{profile.name}'s calibration and settings are deleted for good. Type the name to go on",
        default="",
        show_default=False,
    )
    return answer.strip() == profile.name


def quoted(profile: Profile) -> str:
    """Return the name as it is typed."""
    return f'"{profile.name}"' if " " in profile.name else profile.name
