"""The screen names why the coach rests although sound works."""

from voice_coach.app.publish import shown
from voice_coach.coach import TOO_BUSY
from voice_coach.events import AudioBack, HearingBack, HearingLost, HelpCalled


class Screen:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def show(self, text: str) -> None:
        raise AssertionError(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def read(self) -> str | None:
        return None


def test_a_computer_that_is_too_busy_is_named_and_so_is_the_end_of_it() -> None:
    screen = Screen()
    watch = shown(screen)
    for item in (AudioBack(0), HearingLost(1, TOO_BUSY), HearingBack(2)):
        watch(item.at, item)
    assert screen.notes == [
        "The computer is too busy: speech is understood more than a second late. Resting until it keeps up.",
        "Speech is understood in time again.",
    ]
    assert screen.warnings == []


def test_what_came_of_a_call_for_help_is_shown() -> None:
    screen = Screen()
    watch = shown(screen)
    watch(1, HelpCalled(1, "mqtt", "the broker is gone", again=True))
    watch(2, HelpCalled(2, "mqtt"))
    assert screen.warnings == ["Calling for help (mqtt) failed: the broker is gone."]
    assert screen.notes == ["The call for help (mqtt) got through."]


def test_a_recogniser_that_was_given_up_is_a_warning() -> None:
    screen = Screen()
    shown(screen)(1, HearingLost(1, "It can't be kept alive: start the session again.", for_good=True))
    assert (screen.notes, screen.warnings) == ([], ["It can't be kept alive: start the session again."])
