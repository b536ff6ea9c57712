"""One session of the soak: a person who answers, the faults that befall it, and what was seen of it from outside."""

import os
import signal
import time  # noqa: TID251 - real time is what is measured
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.monitor import cpu_seconds, member, memory
from benchmarks.soak.plan import LOST, Kind, Trouble, moment_of
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.partner import AGAIN, ANSWERS, SILENT, Partner
from tests.virtual_card.program import Program, VirtualCardError

SAMPLED: Final = 5.0
"""Seconds from one look at the memory to the next."""

RESTING: Final = "Resting until it is"
BACK: Final = "The sound is back."
"""The coach's lines on standard error."""

REPLIES: Final = {
    **ANSWERS,
    **AGAIN,
    "finish to end now": ["finish"],
    "Shall we go on": ["yes"],
    "Say yes to go on": ["yes"],
    "where we were": ["yes"],
    "want to do more": ["yes"],
    "checked you since": ["yes"],
    "told you to go on": ["yes"],
    "Did you say worse": ["no"],
    "Lie on": ["ready"],
    "Bend": ["ready"],
    "Hook": ["ready"],
    "Put": ["ready"],
}
"""The person's answers, by question; the first match counts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long something may take, in seconds."""

    longest: float = 720.0
    """A session; after that it hangs."""
    ending: float = 60.0
    """Until it has ended, once asked to."""
    unnoticed: float = 10.0
    """Until a fault that was mended is noticed."""
    unrecovered: float = 90.0
    """Until the coach is back after that."""


@dataclass(slots=True)
class Happened:
    """A fault that has come. Times are seconds; None: it never was so."""

    trouble: Trouble
    began: float
    noticed: float | None = None
    """From the fault to the coach's message."""
    mended: float | None = None
    """When it was (on the clock of `began`)."""
    recovered: float | None = None
    """From its mending, or where it is the coach who mends it from its message, to the coach's "the sound is back"."""
    over: bool = False
    """Whether it was waited for to the end; the session may be over first."""
    note: str = ""
    """Why it counts for nothing."""


@dataclass(slots=True)
class Seen:
    """A session as it looked from outside."""

    seconds: float = 0.0
    code: int | None = None
    """None: it had to be killed."""
    errors: str = ""
    cpu: float = 0.0
    """Seconds of all its processes."""
    happened: list[Happened] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    unheard: int = 0
    """How often the person had nothing to speak into."""
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """MiB of each process by the seconds into the session."""

    @property
    def interrupted(self) -> bool:
        """Whether it was told to end."""
        return any(one.trouble.kind is Kind.CTRL_C for one in self.happened)


class Holding:
    """Talks to a coach, and lets faults happen to it, until it ends."""

    def __init__(
        self,
        card: VirtualCard,
        program: Program,
        partner: Partner,
        troubles: Sequence[Trouble],
        limits: Limits = Limits(),
        *,
        polite: bool,
    ) -> None:
        """Take the coach, who talks to it, and what is to happen; `polite`: it is let finish."""
        self.seen = Seen()
        self._card = card
        self._program = program
        self._partner = partner
        self._left = list(troubles)
        self._limits = limits
        self._polite = polite
        self._skipped = 0
        self._force: Happened | None = None
        self._before = 0
        """How often the coach was back before the fault that is in force."""
        self._prompt = ""
        self._began = self._quiet_since = time.monotonic()

    def hold(self) -> Seen:
        """Return what was seen, when the session is over.

        Raises:
            KeyboardInterrupt: the soak is to end; the session was ended first.
        """
        try:
            while self._program.process.poll() is None and self._age() < self._limits.longest:
                self._turn(self._program.line_soon(0.1))
        except KeyboardInterrupt:
            self._end()
            raise
        if self._program.process.poll() is None:
            self._end()
        else:
            self.seen.code = self._program.finish(self._limits.ending).code
        self.seen.seconds, self.seen.errors = self._age(), self._program.errors()
        self._mend()
        return self.seen

    def _end(self) -> None:
        """Tell it to end; what does not is killed when the program is left."""
        self._mend()
        self._program.process.send_signal(signal.SIGINT)
        try:
            self._program.finish(self._limits.ending)
        except VirtualCardError:
            self._program.process.kill()

    def _age(self) -> float:
        return time.monotonic() - self._began

    def _turn(self, line: str) -> None:
        self._look()
        if line:
            self._quiet_since = time.monotonic()
            self._prompt = next((prompt for prompt in REPLIES if prompt in line), self._prompt)
            self._strike(line)
        if self._force:
            self._watch(self._force)
            self._prompt = ""
        elif self._prompt and (not self._polite or time.monotonic() - self._quiet_since > SILENT):
            prompt, self._prompt = self._prompt, ""
            self._speak(prompt)

    def _speak(self, prompt: str) -> None:
        try:
            self.seen.said.append(self._partner.answer(prompt, REPLIES[prompt]))
        except VirtualCardError:
            self.seen.unheard += 1

    def _look(self) -> None:
        """Look at the processes, now and then."""
        if not self.seen.memory or self._age() - self.seen.memory[-1][0] >= SAMPLED:
            pid = self._program.process.pid
            if held := memory(pid):
                self.seen.memory.append((self._age(), held))
                self.seen.cpu = max(self.seen.cpu, cpu_seconds(pid))

    def _strike(self, line: str) -> None:
        """Let the next fault come, if this is its moment."""
        if self._force or not self._left or moment_of(line) is not self._left[0].moment:
            return
        if self._skipped < self._left[0].skip:
            self._skipped += 1
            return
        self._skipped = 0
        trouble = self._left.pop(0)
        happened = Happened(trouble, time.monotonic())
        self.seen.happened.append(happened)
        self._before = self._program.errors().count(BACK)
        try:
            self._let(happened)
        except VirtualCardError as error:
            happened.note = str(error)
        else:
            self._force = happened if trouble.kind in LOST else None

    def _let(self, happened: Happened) -> None:
        pid, trouble = self._program.process.pid, happened.trouble
        match trouble.kind:
            case Kind.UNPLUGGED:
                self._card.pull_everything()
            case Kind.KILLED:
                self._card.kill()
            case Kind.FROZEN:
                self._card.freeze()
            case Kind.MUTED:
                self._card.mute()
            case Kind.MONITOR:
                self._card.move_to_monitor(pid)
            case Kind.PULLED:
                self._card.pull_microphone()
            case Kind.WORDS:
                self._partner.say(trouble.words)
                self.seen.said.append(trouble.words)
            case Kind.RECOGNISER | Kind.SPEECH:
                _kill(
                    pid, "recogniser" if trouble.kind is Kind.RECOGNISER else "speech", happened, self._limits.unnoticed
                )
            case Kind.CTRL_C:
                self._program.process.send_signal(signal.SIGINT)

    def _watch(self, happened: Happened) -> None:
        """See whether it was noticed, mend it when it is time, and see whether the coach is back."""
        now, errors = time.monotonic(), self._program.errors()
        since, backs = now - happened.began, errors.count(BACK)
        if happened.noticed is None and errors.count(RESTING) > backs:
            happened.noticed = since
        own = happened.trouble.kind is Kind.MONITOR  # the coach itself takes another microphone
        if happened.mended is None and (happened.noticed is not None if own else since >= happened.trouble.seconds):
            self._mend()
        if happened.mended is None:
            over = own and since > self._limits.unrecovered
        elif happened.noticed is not None and backs > self._before and errors.count(RESTING) <= backs:
            happened.recovered, over = now - happened.mended, True
        else:
            over = now - happened.mended > (
                self._limits.unnoticed if happened.noticed is None else self._limits.unrecovered
            )
        if over:
            happened.over, self._force = True, None

    def _mend(self) -> None:
        """Undo the fault that is in force, if there is one."""
        happened = self._force
        if happened is None or happened.mended is not None:
            return
        happened.mended = time.monotonic()
        match happened.trouble.kind:
            case Kind.UNPLUGGED:
                self._card.plug_everything_in()
            case Kind.KILLED:
                self._card.start()
            case Kind.FROZEN:
                self._card.thaw()
            case Kind.MUTED:
                self._card.mute(on=False)
            case Kind.PULLED:
                self._card.plug_microphone_in()
            case _:
                pass


def _kill(pid: int, wanted: str, happened: Happened, patience: float) -> None:
    """Kill a process of the coach's, and see how long it takes until there is another."""
    old = member(pid, wanted)
    if old is None:
        happened.note = f"there was no process for {wanted}"
        return
    os.kill(old, signal.SIGKILL)
    happened.mended = time.monotonic()
    while (new := member(pid, wanted)) in {None, old} and time.monotonic() - happened.mended < patience:
        time.sleep(0.02)
    happened.over = True
    happened.recovered = None if new in {None, old} else time.monotonic() - happened.mended
