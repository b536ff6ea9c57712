"""The user of a session on a virtual card: reads the captions as they come, and answers aloud."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Ended, Program, VirtualCardError
from voice_coach.audio import pcm
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec

PATIENCE = 75.0
"""Seconds that the coach may take to come to its next sentence: where it waits, it says something each minute."""
SILENT = 4.5
"""Seconds without another sentence after which the coach waits for an answer: its longest question takes 3."""
LIMIT = 240.0
"""Seconds that a conversation may take; a session of two repetitions takes 100 to 140 where nothing is torn."""

ANSWERS = {
    "shall we begin": ["yes"],
    "Please say stop": ["skip"],
    "Which side": ["left side"],
    "Pain on the left": ["yes"],
    "How bad": ["six", "three"],
    "far down do you feel": ["buttock"],
    "Lie on your left": ["ready"],
    "Can you hear me": ["yes"],
    "Hook your right": ["ready"],
    "Better, same": ["better"],
}
"""What the user says to which caption of `short.toml`."""
AGAIN = {
    "Left or right?": ["left side"],
    "Say left side": ["left side"],
    "Is it the left": ["yes"],
    "side: yes or no": ["yes"],
    "Is the pain on": ["yes"],
    "A number from": ["six"],
    "say one number": ["six"],
    "bottom, upper leg": ["buttock"],
    "Is it only in": ["no"],
    "Say yes to begin": ["yes"],
    "Shall we start the exercise": ["yes"],
    "or skip": ["skip"],
    "Say yes, louder": ["yes"],
    "Is my voice": ["yes"],
    "ay ready": ["ready"],
    "I'm back": ["resume"],
    "Say resume": ["resume"],
    "How is the pain": ["better"],
    "Is it worse": ["no"],
    "Shall we go on": ["no"],
}
"""What the user says to a coach that has not understood."""


class Partner:
    """Talks to a program that talks; answers as soon as the caption is there, over the coach's voice (barge-in)."""

    def __init__(self, card: VirtualCard, program: Program, *, polite: bool = False) -> None:
        """Take the card that the program sees; `polite`: let the coach finish all that it has to say."""
        self._polite = polite
        self._card = card
        self._program = program
        self._voice = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
        self._given: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End its voice."""
        self._voice.close()

    def converse(self, answers: Mapping[str, Sequence[str]], until: str) -> None:
        """Answer each caption that holds one of the keys, in turn (the last answer again and again), `until` one comes.

        A question that is asked again, because the machine was too busy to hear the answer, is answered again.

        Raises:
            VirtualCardError: the coach says nothing more, or does not come to `until` within `LIMIT`.
        """
        end = time.monotonic() + LIMIT
        while until not in (line := self._program.line(PATIENCE)):
            if time.monotonic() > end:
                raise VirtualCardError(f"the session did not end within {LIMIT:.0f} s; at last was said: {line}")
            wanted = [prompt for prompt in answers if prompt in line]
            while self._polite and wanted and (more := self._program.line_soon(SILENT)):
                if until in more:
                    return
                wanted = [prompt for prompt in answers if prompt in more] or wanted
            for prompt in wanted:
                self.answer(prompt, answers[prompt])

    def answer(self, prompt: str, answers: Sequence[str]) -> str:
        """Say what comes next of these answers to a prompt, from then on the last; return it when it has been said."""
        text = answers[min(self._given[prompt], len(answers) - 1)]
        self._given[prompt] += 1
        self.say(text)
        return text

    def say(self, text: str) -> None:
        """Say something; return when it has been said.

        Raises:
            VirtualCardError: there is nothing to say it into.
        """
        self._card.play_to_mic(self._spoken(text))

    def ends(self) -> Ended:
        """Wait for the program's end."""
        return self._program.finish(PATIENCE)

    def _spoken(self, text: str) -> Path:
        path = self._card.folder / f"{text.replace(' ', '_')}.wav"
        if not path.exists():
            self._voice.request(text, urgent=True)
            ((_, clip),) = self._voice.poll(PATIENCE)
            pcm.save(path, clip)
        return path
