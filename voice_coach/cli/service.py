"""`voice-coach service`: standby from the start of the computer on, by systemd."""

import json

import click

from voice_coach.cli import options
from voice_coach.errors import ProfileError
from voice_coach.files import profiles
from voice_coach.service import manager
from voice_coach.service.unit import NAME


@click.group(invoke_without_command=True)
@options.as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Run standby as a systemd service (Linux). Without a command: show its status.

    The service has no network access, and writes only the history, the speech cache and standby's memory. Its journal
    says what it did, never what was said.
    """
    return 0 if ctx.invoked_subcommand else int(ctx.invoke(status, as_json=as_json))


@command.command()
@click.option("--boot", is_flag=True, help="Start with the computer, before anybody logs in.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTIONS OF standby]")
def install(options: tuple[str, ...], *, boot: bool) -> None:
    """Start standby now and at each login. Repeat this to change its options.

    If several people use the coach, choose one of them: -- --profile NAME.
    """
    if profiles.only() is None and not any(option.startswith("--profile") for option in options):
        people = ", ".join(one.name for one in profiles.everyone())
        raise ProfileError(f"Several people use the coach: choose one with -- --profile NAME (there are {people}).")
    manager.install(options, boot=boot)
    click.echo(f"Standby is running. Its log: journalctl --user -u {NAME}")


@command.command()
def remove() -> None:
    """Stop standby and don't start it again; history and settings stay."""
    click.echo("The standby service is removed." if manager.remove() else "There was no service.")


@command.command()
@options.as_json
def status(*, as_json: bool) -> int:
    """Show the status. Exit code 1 if it is not running."""
    told = manager.status()
    running = told.startswith("active ")
    click.echo(json.dumps({"running": running, "status": told}, indent=2) if as_json else f"Standby: {told}")
    return 0 if running else 1
