"""A language's words for sides, numbers and times, and how it counts a hold."""

from dataclasses import dataclass

from voice_coach.exercise.model import Side

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    left: str
    right: str
    numbers: tuple[str, ...]
    """From zero."""
    minute: str
    """One of them, such as "one minute"."""
    minutes: str
    seconds: str
    announce: str
    """Before a repetition; `{number}` stays in it."""
    hold: str
    """Before a hold that is counted up."""
    hold_for: str
    """At the start of a hold that is counted down, with `{time}`."""
    stay_for: str
    """At the start of a long one."""
    halfway: str
    to_go: str
    """With `{time}`."""
    rest: str

    def of(self, side: Side) -> str:
        """Return the word for this side."""
        return self.left if side == "left" else self.right

    def number(self, number: int) -> str:
        """Return the word for a number from 0 on; digits beyond the last."""
        return self.numbers[number] if 0 <= number < len(self.numbers) else str(number)

    def time(self, seconds: int) -> str:
        """Return a length of time in whole minutes if possible, otherwise in seconds."""
        minutes, rest = divmod(seconds, _MINUTE)
        if rest or not minutes:
            return f"{self.number(seconds)} {self.seconds}"
        return self.minute if minutes == 1 else f"{self.number(minutes)} {self.minutes}"


_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split(" ")
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ")
_ENGLISH = (
    *_BELOW_TWENTY,
    *(f"{ten}-{one}" if one != "zero" else ten for ten in _TENS for one in _BELOW_TWENTY[:10]),
)

WORDS: dict[str, Words] = {
    "en": Words(
        left="left",
        right="right",
        numbers=_ENGLISH,
        minute="one minute",
        minutes="minutes",
        seconds="seconds",
        announce="Number {number}.",
        hold="Hold,",
        hold_for="Hold for {time}.",
        stay_for="Stay like this for {time}.",
        halfway="Halfway.",
        to_go="{time} to go.",
        rest="Rest.",
    )
}
"""By language. For any other, numbers are spoken from digits, no text may need a side, and no hold counts by itself."""


def number_word(number: int, language: str = "en") -> str:
    """Return the word for a number from 0 on, or its digits where we know no word."""
    return WORDS[language].number(number) if language in WORDS else str(number)
