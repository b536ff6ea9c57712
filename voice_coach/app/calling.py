"""What calls for help in a session, and in the set-up, which tries it."""

from datetime import datetime

from voice_coach.config.settings import Settings
from voice_coach.help_calls.caller import Caller


def caller_of(settings: Settings) -> Caller:
    """Return what calls for help in the ways that this person has set up; it does nothing before it is told to."""
    wanted = settings.help_calls
    return Caller(
        wanted.ways(), profile=settings.profile.name, now=lambda: datetime.now().astimezone(), at_once=wanted.at_once
    )
