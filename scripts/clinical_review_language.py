"""Pages of docs/clinical-review.md on what is understood: each phrase of the grammar, with what it stands for."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from voice_coach.hear.grammar.grammar import NUMBER, Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.phrase import Phrase

GRAMMAR: Final = Path(__file__).parents[1] / "grammars" / "en.yaml"
FOUR: Final = 4.0
"""The number whose phrases stand for those of each."""

EXAMPLES: Final = 6
"""How many wordings, or words of a class, are given for what has too many."""

MEANINGS: Final = {
    "emergency": "Ends everything; says whom to call, and stays.",
    "call_help": "Calls for help, as it was set up.",
    "cant_get_up": "Stops, and asks whether to call for help.",
    "numb_weak": "Red: stops at once and locks.",
    "peripheralised": "Red: stops at once and locks.",
    "worse": "Red: stops at once and locks.",
    "pain_cry": "Pauses at once and asks; without an answer it locks.",
    "stop": "Stops at once.",
    "centralised": "Good, if nothing is worse; a place that is named is compared with the one before.",
    "same": "Neither good nor bad: amber.",
    "better": "Good.",
    "gone": "Good.",
    "feel_stretch": "Normal; no complaint.",
    "unsure": "Asks for the place and the number; never taken for better.",
    "yes": "A plain yes, the only one that opens a lock, gives a clearance or deletes.",
    "confirms": "A yes, but for locks, clearances and deletion.",
    "agrees": "A yes where the coach proposes something, and nowhere else.",
    "no": "A plain no.",
    "harmless": "Answers a cry of pain: it was nothing.",
    "long_standing": "A sign of the screening that is old: asks whether it is new or worse.",
    "misheard": "Takes back the last answer, never a sign, a stop or a clearance.",
    "pause": "Rests at once.",
    "finish": "Ends the session; can be taken back for half a minute.",
}
"""What the coach does about the intents that matter most; for the others, the name says it."""


_DENIED: Final = {"": "", "ask": "if denied: asked about", "drop": "if denied: nothing"}
"""What a phrase means after a negation; any other value is the intent that it turns into."""


def language_pages() -> Iterator[tuple[str, list[str]]]:
    """Yield the title and lines of each page: red signs, the other answers, commands, wordings beyond the phrases."""
    grammar = load_grammar(GRAMMAR)
    by_intent: dict[str, list[Phrase]] = {}
    for phrase in grammar.phrases:
        by_intent.setdefault(phrase.intent, []).append(phrase)
    red = [name for name in by_intent if name in grammar.red]
    always = [name for name in by_intent if name in grammar.always and name not in red]
    asked = [name for name in by_intent if name not in red and name not in always]
    yield "Understood: reasons to stop, at any time", list(_intents(by_intent, red))
    yield "Understood: what is taken at any time", list(_intents(by_intent, always))
    yield "Understood: answers, where they are asked for", list(_intents(by_intent, asked))
    yield "Understood: words that are in no phrase", list(_composed(grammar))


def _intents(by_intent: Mapping[str, list[Phrase]], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        phrases = by_intent[name]
        yield from [f"**{name}** ({len(phrases)} phrases). {MEANINGS.get(name, '')}".rstrip(), ""]
        for title, texts in _groups(name, phrases).items():
            lead = f"- {title}: " if title else "- "
            yield from textwrap.wrap(lead + " · ".join(texts), 118, subsequent_indent="  ", break_long_words=False)
        yield ""


def _groups(name: str, phrases: list[Phrase]) -> dict[str, list[str]]:
    """Return the phrases by what else is known of them; of numbers only those for four."""
    if name == NUMBER:
        return {"for four, and so for each from zero to ten": [one.text for one in phrases if _is_four(one)]}
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        values = ", ".join(f"{key} {value}" for key, value in phrase.slots.items())
        denied = _DENIED.get(phrase.negated, f"if denied: {phrase.negated}")
        marks = [values, "asked about first" * phrase.ask, denied]
        found.setdefault("; ".join(filter(None, marks)), []).append(phrase.text)
    return found


def _is_four(phrase: Phrase) -> bool:
    return phrase.slots.get(NUMBER) == FOUR


def _composed(grammar: Grammar) -> Iterator[str]:
    meaning = grammar.composition
    yield from textwrap.wrap(
        f"Besides its {len(grammar.phrases)} phrases the coach understands words by what they stand for: "
        f"{len(meaning.classes)} classes of words, {len(meaning.patterns)} patterns of classes, and "
        f"{len(meaning.signs)} signs. A sign is a set of classes in any order; it is always asked about, never "
        "acted on. Here are a few wordings or words of each.",
        118,
    )
    yield from ["", "| Answer | Wordings that its patterns stand for, for example |", "|---|---|"]
    for name, texts in grammar.wordings.items():
        step = max(1, len(texts) // EXAMPLES)
        yield f"| {name} ({len(texts)}) | {' · '.join(sorted(texts)[::step][:EXAMPLES])} |"
    yield from ["", "| Sign of | Words of all of these together |", "|---|---|"]
    for sign in meaning.signs:
        wanted = " **with** ".join(" or ".join(_words(grammar, one) for one in choice) for choice in sign.classes)
        without = f" **without** {', '.join(sorted(sign.without))}" if sign.without else ""
        yield f"| {sign.phrase.intent} | {wanted}{without} |".replace("||", "|")


def _words(grammar: Grammar, name: str) -> str:
    """Return a class by its name and its first words."""
    members = [" ".join(words) for words in grammar.composition.classes.get(name, ())]
    more = ", ..." if len(members) > EXAMPLES else ""
    return f"*{name}* ({', '.join(members[:EXAMPLES])}{more})" if members else f"*{name}*"
