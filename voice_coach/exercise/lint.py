"""Rules for texts said aloud: no reserved words, short sentences, easy words, nothing unpronounceable.

"top" and "step" sound like "stop", "none" like "numb"; "left" and "right" are sides and nothing else (clinical.md 5c).
People in pain, and learners of English, know words of level A2 (V20).
"""

import re

MAX_WORDS = 12
"""Words in a sentence (V1): as much as one can remember lying on the floor, about five seconds of speech."""

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
LONGEST_WORD = 3
"""Syllables; a longer word is rarely one of level A2."""
_LONG_AND_EASY = frozenset("comfortable comfortably exercises usually anybody emergency".split())
_EASY = {
    "abdomen": "belly", "abdominal": "belly", "contract": "tighten", "engage": "tighten", "extend": "stretch",
    "extension": "bending back", "flex": "bend", "flexion": "bending", "glute": "buttock", "glutes": "buttocks",
    "inhale": "breathe in", "exhale": "breathe out", "lateral": "to the side", "lumbar": "low back",
    "neutral": "straight", "pelvis": "hips", "prone": "on your front", "retract": "pull back", "rotate": "turn",
    "rotation": "turning", "sacrum": "low back", "scapula": "shoulder blade", "supine": "on your back",
    "thoracic": "upper back", "torso": "body", "vertebra": "back bone",
}  # fmt: skip
"""Technical terms, and the everyday word for each."""
_VOWELS = re.compile(r"[aeiouy]+")
_UNSPEAKABLE = re.compile(r"\d[\d.,:/-]*|[^\w\s.,;:!?'’{}-]|\b\w*[A-Z]{2,}\w*|_")
_SAME_SOUND = {"to": "two", "too": "two", "for": "four", "won": "one", "ate": "eight"}
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


def lint_speakable(text: str) -> list[str]:
    """Return a message for each piece that a voice may mispronounce or skip."""
    if not re.search(r"[^\W\d_]", text):
        return ["there is nothing to say in it; write words"]
    return [f'"{found[0]}" is not read aloud reliably; write it as words' for found in _UNSPEAKABLE.finditer(text)]


def lint_reading(text: str, language: str = "en") -> list[str]:
    """Return a message for each word that looks harder than level A2."""
    if language != "en":
        return []
    words = dict.fromkeys(word.lower() for word in re.findall(r"[A-Za-z]+", re.sub(r"{\w*}", " ", text)))
    easier = [f'"{word}" is a word of the trade; say "{_EASY[word]}"' for word in words if word in _EASY]
    long = [
        f'"{word}" is a long word; say it in short ones'
        for word in words
        if word not in _EASY and word not in _LONG_AND_EASY and syllables(word) > LONGEST_WORD
    ]
    return [*easier, *long]


def syllables(word: str) -> int:
    """Return about how many syllables an English word in small letters has: its groups of vowels, a silent e less."""
    groups = len(_VOWELS.findall(word))
    return max(groups - (word.endswith("e") and not word.endswith("le")), 1)


def sound_of(text: str) -> str:
    """Return the text so that two that sound alike are equal: its words, those of one sound spelt as one."""
    words = re.findall(r"[\w{}]+", text.lower().replace("'", ""))
    return " ".join(_SAME_SOUND.get(word, word) for word in words)
