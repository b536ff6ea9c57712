"""What a trial of microphone and speaker means for who is being set up; pure."""

from voice_coach.doctor import sound
from voice_coach.doctor.finding import Verdict
from voice_coach.doctor.measure import without_echo
from voice_coach.doctor.trial import Take
from voice_coach.setup.happenings import Tried
from voice_coach.timebase import Samples


def judged(take: Take, at: Samples, *, understood: bool) -> Tried:
    """Return what was found, and what is to be told of it.

    Args:
        take: what was played and heard.
        at: when that was known.
        understood: whether the word that was asked for was.
    """
    loop, delay = sound.loop(take, 0)
    voice = sound.your_voice(take, delay, understood=understood)
    level = voice.figures.get("voice_db")
    echo = sound.echo_loss(take, without_echo(take)) if delay is not None else None
    told = {
        "silent": voice.verdict is not Verdict.FINE and not understood,
        "loud": sound.microphone(take).verdict is not Verdict.FINE,
        "soft": understood and isinstance(level, float) and level < sound.SOFT,
        "noisy": sound.noise_floor(take).verdict is not Verdict.FINE,
        "echo": echo is not None and echo.verdict is not Verdict.FINE,
        "late": delay is not None and loop.verdict is not Verdict.FINE,
        "headphones": delay is None,
    }
    loss = echo.figures["echo_loss_db"] if echo else None
    advice = tuple(name for name, is_so in told.items() if is_so)
    ms = loop.figures["delay_ms"] if delay is not None else None
    return Tried(at, advice, None if ms is None else float(ms), None if loss is None else float(loss))
