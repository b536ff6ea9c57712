"""Publish session events to an MQTT broker, and device news to the dialogue and the screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from voice_coach.actions import Action
from voice_coach.app.console import NO_CONSOLE, Console
from voice_coach.audio.live import Ailing, Back, DeviceNews, Healed, Lost, Reopened, Torn
from voice_coach.coach import Watcher
from voice_coach.config.settings import Settings
from voice_coach.events import Event, HearingBack, HearingLost, HelpCalled
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import total
from voice_coach.timebase import Samples


@contextmanager
def published(settings: Settings, exercise: Exercise, console: Console) -> Iterator[list[Watcher]]:
    """Yield the watchers of a coach that keep the broker informed; none where no broker is named.

    On leaving, pending messages are sent if the broker can be reached.
    """
    if settings.mqtt is None:
        yield []
        return
    from voice_coach.remote.mqtt import Publisher, started  # noqa: PLC0415 - its package is there only where it was wanted

    first = started(exercise.id, total(exercise))
    publisher = Publisher(settings.mqtt, first, console.warn, figures=settings.mqtt_figures)
    try:
        yield [publisher]
    finally:
        publisher.close()


def shown(console: Console) -> Watcher:
    """Return a watcher of a coach that shows what is wrong with the hearing, and what came of calls for help."""

    def watch(_at: Samples, item: Event | Action) -> None:
        match item:
            case HearingLost(reason=reason, for_good=True):
                console.warn(reason)
            case HearingLost(reason=reason):
                console.note(f"{reason.capitalize()}. Resting until it keeps up.")
            case HearingBack():
                console.note("Speech is understood in time again.")
            case HelpCalled():
                show_call(item, console)
            case _:
                pass

    return watch


def show_call(called: HelpCalled, console: Console) -> None:
    """Show what came of an attempt to call for help."""
    if called.error:
        console.warn(f"Calling for help ({called.way}) failed: {called.error}.")
    else:
        console.note(f"The call for help ({called.way}) got through.")


class Told(Protocol):
    """A dialogue."""

    def audio_lost(self, reason: str, fault: str = "") -> None:
        """Take note that the sound, or the user's sound, is gone; see `AudioLost`."""

    def audio_back(self) -> None:
        """Take note that there is sound again."""

    def sound_torn(self) -> None:
        """Take note that sound was lost or came late."""

    def sound_reopened(self) -> None:
        """Take note that the devices were reopened."""


def pass_on_news(dialogue: Told, news: DeviceNews, console: Console = NO_CONSOLE) -> None:
    """Tell the dialogue what has become of the sound; what can't be said aloud is shown."""
    match news:
        case Lost(reason):
            console.note(f"The sound is gone: {reason}. Resting until it is back.")
            dialogue.audio_lost(reason)
        case Ailing(fault):
            console.note(f"{news.reason.capitalize()}. Resting until it is mended.")
            dialogue.audio_lost(news.reason, fault)
        case Back() | Healed():
            console.note("The sound is back.")
            dialogue.audio_back()
        case Torn():
            dialogue.sound_torn()
        case Reopened():
            dialogue.sound_reopened()
