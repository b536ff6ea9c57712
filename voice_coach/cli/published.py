"""How a session goes, told to an MQTT broker where one was named."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from voice_coach.coach import Watcher
from voice_coach.config.settings import Settings
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import total


@contextmanager
def published(settings: Settings, exercise: Exercise) -> Iterator[list[Watcher]]:
    """Yield who is to watch the coach: nobody, or who tells the broker; when it is left, all is sent that can be."""
    if settings.mqtt is None:
        yield []
        return
    from voice_coach.remote.mqtt import Publisher  # noqa: PLC0415 - its package is there only where it was wanted
    from voice_coach.remote.mqtt_messages import started  # noqa: PLC0415 - as above

    first = started(exercise.id, total(exercise))
    publisher = Publisher(settings.mqtt, first, tell, figures=settings.mqtt_figures)
    try:
        yield [publisher]
    finally:
        publisher.close()


def tell(sentence: str) -> None:
    """Say a sentence where the captions are, on standard error."""
    click.echo(f"voice-coach: {sentence}", err=True)
