"""What becomes of the sound, told to the dialogue and to whoever looks at the screen."""

from typing import Protocol

import click

from voice_coach.audio.live import Ailing, Back, DeviceNews, Healed, Lost, Reopened, Torn


class Told(Protocol):
    """A dialogue."""

    def audio_lost(self, reason: str, fault: str = "") -> None:
        """Know that the sound is gone, or the user's; see `AudioLost`."""

    def audio_back(self) -> None:
        """Know that there is sound again."""

    def sound_torn(self) -> None:
        """Know that sound was lost or came late."""

    def sound_reopened(self) -> None:
        """Know that the devices were opened anew."""


def hear_of(dialogue: Told, news: DeviceNews) -> None:
    """Tell them; what can't be said is on the screen."""
    match news:
        case Lost(reason):
            click.echo(f"The sound is gone: {reason}. Resting until it is back.", err=True)
            dialogue.audio_lost(reason)
        case Ailing(fault):
            click.echo(f"{news.reason.capitalize()}. Resting until it is mended.", err=True)
            dialogue.audio_lost(news.reason, fault)
        case Back() | Healed():
            click.echo("The sound is back.", err=True)
            dialogue.audio_back()
        case Torn():
            dialogue.sound_torn()
        case Reopened():
            dialogue.sound_reopened()
