"""Words that the coach must not say, because its own voice would then give commands or be misunderstood.

"top" and "step" sound like "stop", "none" like "numb"; "left" and "right" are sides and nothing else (clinical.md 5c).
"""

import re

MAX_WORDS = 12
"""Words in a sentence (V1): what can be kept in mind while lying on the floor, about five seconds of speech."""

_AMOUNT = (
    r"(?:\d+|\{number\}|one|two|three|four|five|six|seven|eight|nine|ten|many|much|more|few|some|any|nothing|none|time"
    r"|repetitions?|reps?|minutes?|seconds?|times)"
)
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), message)
    for pattern, message in (
        (r"\b(top)\b", 'say "upper": "top" sounds like "stop"'),
        (r"\b(steps?)\b", 'leave it out or say "part": "step" sounds like "stop"'),
        (r"\b(none)\b", 'say "zero": "none" sounds like "numb"'),
        (rf"(?<!\w){_AMOUNT} (left)\b", 'say "to go": "left" is a side'),
        (r"\b(?:that'?s|that is|all|quite|you're|you are) (right)\b", 'say "correct" or "fine": "right" is a side'),
        (r"\b(right)(?: now| away| then)\b", 'say "at once": "right" is a side'),
        (r"^\W*(right)[,!]", 'leave it out: "right" is a side'),
        (r"\b(ok|okay)\b", "leave it out: it says nothing and sounds like an answer"),
        (r"(?:^|[.!?] )\W*(now|so)\b", "leave it out: an idle word at the start sounds like an answer"),
        (r", (now|so)[,.?!]", "leave it out: an idle word sounds like an answer"),
    )
)
_SAFETY_ONLY = (re.compile(r"\b(down your leg)\b", re.IGNORECASE), "keep it for the safety sentence")
_SENTENCE = re.compile(r"[^.!?]+")
_WORD = re.compile(r"[\w'{}-]+")


def lint_text(text: str, *, language: str = "en", safety: bool = False) -> list[str]:
    """Return what is wrong with a text that the coach is to say, each with the remedy; empty: nothing.

    Args:
        text: one or more sentences, maybe with `{bottom}`, `{upper}`, `{number}`.
        language: the words are known for "en" only.
        safety: it is the fixed safety sentence, which alone may speak of pain down the leg.
    """
    if language != "en":
        return []
    rules = _RULES if safety else (*_RULES, _SAFETY_ONLY)
    return [f'"{found[1]}" is reserved; {message}' for rule, message in rules if (found := rule.search(text))]


def lint_length(text: str) -> list[str]:
    """Return a message for each sentence of more than `MAX_WORDS` words."""
    return [
        f'{count} words in one sentence ("{sentence.strip()}"); at most {MAX_WORDS} can be kept in mind, so split it'
        for sentence in _SENTENCE.findall(text)
        if (count := len(_WORD.findall(sentence))) > MAX_WORDS
    ]
