"""`voice-coach devices`: which microphones and speakers there are, and which would be used."""

import json
from typing import Any

import click

from voice_coach.audio.bounded_calls import patiently
from voice_coach.audio.devices import Chosen, Device, Direction, Inventory, accepts, choose_pair, inventory, settle
from voice_coach.errors import DeviceError
from voice_coach.timebase import RATE

DIRECTIONS: tuple[Direction, Direction] = ("microphone", "speaker")


@click.command(name="devices")
@click.option("--microphone", metavar="NAME", help="Part of the microphone's name, as for `run`.")
@click.option("--speaker", metavar="NAME", help="Part of the speaker's name, as for `run`.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(microphone: str | None, speaker: str | None, *, as_json: bool) -> int:
    """List microphones and speakers, and say which would be used and why.

    Exit code 1 if a session would not work with them. On Linux a sound server (PipeWire, PulseAudio) appears as one
    device, `default` or `pulse`: choose the real device in the system's sound settings.
    """
    report = patiently(lambda: examine(microphone, speaker))
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return 1 if report["problem"] else 0
    for direction in DIRECTIONS:
        click.echo(f"{direction.capitalize()}s")
        for row in report[f"{direction}s"]:
            click.echo(_line(row))
        if not report[f"{direction}s"]:
            click.echo("  none")
    if report["problem"]:
        raise DeviceError(report["problem"])
    click.echo(f"Sound would be taken and played at {report['rate']} Hz.")
    return 0


def examine(microphone: str | None, speaker: str | None) -> dict[str, Any]:
    """Return the lists, the choice and what stands in its way (`problem`, null if nothing does), ready for JSON."""
    report: dict[str, Any] = {"microphones": [], "speakers": [], "rate": None, "problem": None}
    try:
        found = inventory()
        chosen: dict[Direction, Chosen] = {}
        try:
            chosen = dict(zip(DIRECTIONS, choose_pair(found, microphone, speaker), strict=True))
            report["rate"] = settle(chosen["microphone"], chosen["speaker"]).rate
        finally:
            for direction in DIRECTIONS:
                report[f"{direction}s"] = _rows(found, direction, chosen.get(direction))
    except DeviceError as error:
        report["problem"] = str(error)
    return report


def _rows(found: Inventory, direction: Direction, chosen: Chosen | None) -> list[dict[str, Any]]:
    used = chosen.device if chosen else None
    return [
        _row(device, direction, chosen.why if chosen and device == used else None)
        for device in found.devices
        if device.channels(direction)
    ]


def _row(device: Device, direction: Direction, why: str | None) -> dict[str, Any]:
    return {
        "name": device.name,
        "host_api": device.host_api,
        "channels": device.channels(direction),
        "rate": device.rate,
        "takes_16k_mono": accepts(device, direction, RATE, 1),
        "used": why is not None,
        "why": why,
    }


def _line(row: dict[str, Any]) -> str:
    form = "takes 16 kHz mono" if row["takes_16k_mono"] else "resampled"
    used = f" <- used: {row['why']}" if row["used"] else ""
    mark = "*" if row["used"] else " "
    return f"{mark} {row['name']}, {row['host_api']} ({row['channels']} channels, {row['rate']} Hz, {form}){used}"
