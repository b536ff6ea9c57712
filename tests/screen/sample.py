"""A scene with something in each of its places."""

from voice_coach.screen.scene import Certainty, Heard, Moment, Scene
from voice_coach.timebase import RATE

SAMPLE = Scene(
    exercise="Flexion rotation",
    person="Anna",
    at=61 * RATE,
    moment=Moment(doing="Repetition 4 of 10", part="Hold", place="set 1 of 2, left side", left=2 * RATE),
    said=("Number four.", "Roll back.", "Hold,", "one,"),
    speaking=True,
    heard=(Heard(0, "it's worse", "worse", Certainty.CERTAIN),),
    level=0.5,
    news=("The sound is back.",),
)
