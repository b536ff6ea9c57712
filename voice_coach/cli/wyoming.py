"""`voice-coach wyoming`: the coach's recogniser for other programs, such as Home Assistant."""

import asyncio
import ipaddress
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from voice_coach.app.recognition import usual_intents
from voice_coach.app.resolve import Options, without_preferences
from voice_coach.cli import options
from voice_coach.config.engines import session_grammar, start_synthesizer, tried_model
from voice_coach.errors import NetworkError
from voice_coach.hear.asr.recognizer import Recognizer
from voice_coach.hear.asr.supervised import ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.remote import address

if TYPE_CHECKING:
    from voice_coach.wyoming_server import Service

_URI: Final = re.compile(r"tcp://(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})/?")


@click.command()
@click.option(
    "--uri", default="tcp://127.0.0.1:10300", show_default=True, metavar="tcp://HOST:PORT", help="Where to listen."
)
@click.option("--speak", is_flag=True, help="Offer the coach's voice too.")
@options.model
@options.voice
@options.rate
def command(uri: str, model: Path | None, voice: str | None, rate: int | None, *, speak: bool) -> int:
    """Run a Wyoming recognition server until Ctrl-C.

    It understands what can be said to the coach and nothing else. Nothing that it hears is kept. Only programs on this
    computer can reach it, unless --uri gives another address.
    """
    address.need(address.WYOMING)
    host, port = _place(uri)
    if not _loopback(host):
        click.echo(
            f"voice-coach: whoever can reach {host} in your network can use this server: it asks nobody who they are,"
            " and nothing is encrypted.",
            err=True,
        )
    from voice_coach.wyoming_server import Service  # noqa: PLC0415 - its package may be missing, which is told above

    settings = without_preferences(Options(voice=voice, rate=rate))
    engine = settings.voice.engine  # a voice pack holds the coach's sentences only
    grammar = session_grammar(settings.language)
    folder = tried_model(model) or EMBEDDED

    def recognizer() -> Recognizer:
        return ProcessRecognizer(folder, grammar.path)

    synthesizer = start_synthesizer(settings) if speak else None
    try:
        if synthesizer:
            click.echo(f"The voice: {synthesizer.identity}")  # raises where there is no such voice
        asyncio.run(_run(Service(grammar, usual_intents(grammar), recognizer, synthesizer, engine.name), host, port))
    except OSError as error:
        raise NetworkError(f"{uri} can't be listened on ({error.strerror}): name another with --uri.") from error
    finally:
        if synthesizer:
            synthesizer.close()
    return 0


async def _run(service: "Service", host: str, port: int) -> None:
    """Serve until the program is asked to end."""
    from voice_coach.wyoming_server import serve  # noqa: PLC0415 - as above

    name = f"[{host}]" if ":" in host else host
    task = asyncio.ensure_future(
        serve(service, host, port, lambda port: click.echo(f"Listening at tcp://{name}:{port}"))
    )
    with suppress(NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        click.echo("Ended.")
    finally:
        service.close()


def _place(uri: str) -> tuple[str, int]:
    """Return host and port; port 0 is any free one.

    Raises:
        NetworkError: it is no such address.
    """
    found = _URI.fullmatch(uri)
    if found is None or int(found[2]) > address.HIGHEST_PORT:
        raise NetworkError(f"{uri!r} is not an address to listen on: write it like tcp://127.0.0.1:10300.")
    return found[1].strip("[]"), int(found[2])


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
