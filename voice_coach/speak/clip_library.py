"""The source of every clip in a session: a recording, the voice pack, or the synthesiser, in this order."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import DataError, Problem, SpeechError
from voice_coach.files import resources
from voice_coach.speak import cues
from voice_coach.speak.cache import DiskCache
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.speak.voice import Words
from voice_coach.speak.voice_pack import VoicePack
from voice_coach.workers.thread import Background

MAX_MEMORY_BYTES: Final = 32 * 2**20
"""Bytes of clips kept in memory: 17 minutes of speech, several times what a session says. The least used go first."""

ONE_WAIT: Final = 1.0
"""Seconds of one wait for a clip in blocking mode."""

MAX_WAITS: Final = 60
"""Waits without any clip after which a blocking library goes on without. The synthesiser gives up far earlier."""


MAX_DECODED_AHEAD: Final = 12
"""Lines of a voice pack that one `prepare` decodes: the next ones. The rest of a session stays on disk."""

_SPOKEN: Final = "text "
"""Prefix of the key of a text that the synthesiser says."""


def default_folder() -> Path:
    """Return the folder for clips under the user's cache folder (XDG)."""
    return resources.APP.user_cache_path / "speech"


class _Decoded(NamedTuple):
    """A recording, or a line of the voice pack, that has been decoded, or why it can't be."""

    key: str
    cue: str
    """Empty: it is the pack's."""
    clip: Clip
    problem: Problem | None


class ClipLibrary:
    """The voice of a session (see `Voice`).

    Live, `clip` never waits: recordings are decoded and clips are written to disk in the background, and a clip that
    is not there yet is None. With `blocking`, as on files, it waits and is the same in each run.
    """

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self, synthesizer: Synthesizer, language: str, folder: Path, *, blocking: bool, memory: int = MAX_MEMORY_BYTES,
        earcons: bool = True, pack: VoicePack | None = None, tell: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        """Take over the synthesiser (`close` ends it) and load the earcons.

        Args:
            synthesizer: says the lines that nobody has recorded. With a pack it is left alone until a text needs it.
            language: the folder of the recordings, such as `en`.
            folder: where clips are kept for the next session.
            blocking: whether `clip` waits.
            memory: bytes of clips kept in memory.
            earcons: whether there are any, but for the one that stands for a line that can't be had.
            pack: clips that go before the synthesiser; what it lacks, or what is damaged in it, is synthesised.
            tell: called once, with a sentence, when a prepared line is not in the pack. None: `problems` has it.

        Raises:
            SpeechError: the synthesiser does not work, and there is no pack.
        """
        self._synthesizer = synthesizer
        self._on_file = cues.Recordings(language)
        self._disk = DiskCache(folder)
        self._pack = pack
        self._tell = tell
        self._told_lacking = False
        self._identity = ""
        self._blocking = blocking
        self._limit = memory
        self._silent = frozenset() if earcons else frozenset(Earcon) - {Earcon.PROBLEM}
        self._clips: OrderedDict[str, Clip] = OrderedDict()
        self._bytes = 0
        self._pending: set[str] = set()
        self._urgent: set[str] = set()
        self._failed: set[str] = set()
        self._recordings: dict[str, Path | None] = {}
        self._problems: list[Problem] = []
        self._not_in_pack: set[str] = set()
        self._damaged: dict[str, Problem] = {}
        self._jobs: Background[_Decoded | None] = Background("speech")
        try:
            if pack is None:
                self._identity = synthesizer.identity
            self._earcons = {earcon: self._load_earcon(earcon) for earcon in Earcon}
        except BaseException:
            self.close()
            raise

    @property
    def problems(self) -> list[Problem]:
        """Problems that don't stop the session, one line each.

        Sounds that can't be read, what the voice pack lacks, a full disk.
        """
        disk = self._disk.trouble
        return [
            *self._problems,
            *self._on_file.problems,
            *self._pack_problems(),
            *([Problem(Path(), 0, "", disk, fatal=False)] if disk else []),
        ]

    def prepare(self, lines: Iterable[Line]) -> None:
        """Begin to render what is missing, in this order; without lines it only takes what has become ready.

        Never blocks, but for recordings in blocking mode, which are decoded at once.
        """
        self._collect(0.0)
        ahead = MAX_DECODED_AHEAD
        for line in lines:
            if self._recording(line) is None and self._in_pack(line.text):
                if ahead and not self._blocking:
                    self._unpack(line.text)
                ahead = max(0, ahead - 1)
            else:
                self._find(line)
        self._tell_what_the_pack_lacks()

    def clip(self, line: Line) -> Clip | None:
        """Return the line's clip; None: not ready yet (never with `blocking`); an empty clip: it can't be had."""
        self._collect(0.0)
        clip = self._find(line, urgent=True)
        return self._wait_for(line) if clip is None and self._blocking else clip

    def words(self, line: Line) -> Words:
        """Return where the words of the line's clip are; known only of the voice pack's clips."""
        if self._pack is None or self._recording(line) is not None or not self._in_pack(line.text):
            return ()
        return self._pack.words(line.text)

    def earcon(self, earcon: Earcon) -> Clip:
        """Return the earcon's clip; an empty one where there are to be none."""
        return silence(0) if earcon in self._silent else self._earcons[earcon]

    def close(self) -> None:
        """End the synthesiser, finish writing, and tidy the folder; may be called twice."""
        self._synthesizer.close()
        self._jobs.close()
        self._disk.prune()

    def _load_earcon(self, earcon: Earcon) -> Clip:
        """Return the first of the earcon's files that can be read; none of them carries a meaning alone."""
        for path in cues.earcon_files(earcon):
            try:
                return cues.load_earcon(path)
            except DataError as error:
                self._problems.append(replace(error.problems[0], fatal=False))
        message = "is missing; reinstall voice_coach, or in a checkout run `python audio_cues/make_earcons.py`"
        self._problems.append(Problem(Path(f"audio_cues/{earcon}.wav"), 0, "", message, fatal=False))
        return silence(0)

    def _find(self, line: Line, *, urgent: bool = False) -> Clip | None:
        """Return the line's clip, empty if it failed; or begin to get it, and return None."""
        recording = self._recording(line)
        if recording is None and self._in_pack(line.text):
            clip = self._unpack(line.text, urgent=urgent)
            if clip is not None or self._in_pack(line.text):
                return clip
        key = self._recorded(recording) if recording else self._spoken(line.text)
        if key in self._clips:
            self._clips.move_to_end(key)
            return self._clips[key]
        if key in self._failed:
            return silence(0)
        if key not in self._pending and (kept := self._kept(key)) is not None:
            return kept
        if recording is None:
            self._request(key, line.text, urgent=urgent)
        elif key not in self._pending:
            return self._decode(key, line.cue, recording)
        return None

    def _in_pack(self, text: str) -> bool:
        """Return whether the pack says this text, as far as is known by now."""
        if self._pack is None or text in self._damaged or text in self._not_in_pack:
            return False
        if self._pack.pieces(text):
            return True
        self._not_in_pack.add(text)
        return False

    def _unpack(self, text: str, *, urgent: bool = False) -> Clip | None:
        """Return a text's clip of the pack, or begin to decode it; None: not decoded yet, or it can't be.

        An urgent one that is asked for a second time is to sound now, and is decoded at once: a few milliseconds.
        """
        pack, key = self._pack, f"pack {text}"
        if pack is None:
            return None
        if key in self._clips:
            self._clips.move_to_end(key)
            return self._clips[key]
        if self._blocking or (urgent and key in self._urgent):
            return self._take(_unpacked(key, pack, text))
        if key not in self._pending:
            self._pending.add(key)
            self._jobs.submit(lambda: _unpacked(key, pack, text))
        if urgent:
            self._urgent.add(key)
        return None

    def _pack_problems(self) -> list[Problem]:
        """Return a line for all that is damaged in the pack, and one for all that it lacks."""
        if self._pack is None:
            return []
        found = list(dict.fromkeys(self._damaged.values()))
        if len(found) > 1:
            others = f"{found[0].message}; and {len(found) - 1} more files of this voice pack"
            found = [replace(found[0], message=others)]
        if self._not_in_pack and not self._told_lacking:
            found.append(self._lacking(self._pack))
        return found

    def _tell_what_the_pack_lacks(self) -> None:
        if self._tell and self._pack and self._not_in_pack and not self._told_lacking:
            self._tell(str(self._lacking(self._pack)))
            self._told_lacking = True

    def _lacking(self, pack: VoicePack) -> Problem:
        said = f"lacks {len(self._not_in_pack)} of the sentences of this session; this computer's voice says them"
        return Problem(pack.folder, 0, "", said, fatal=False)

    def _recording(self, line: Line) -> Path | None:
        """Return the line's recording; looked for once in a session."""
        if line.cue not in self._recordings:
            self._recordings[line.cue] = self._on_file.find(line)
        return self._recordings[line.cue]

    def _recorded(self, path: Path) -> str:
        """Return the key of a recording; it changes when the file does."""
        try:
            status = path.stat()
        except OSError:  # decoding it will tell what is wrong
            return f"file {path}"
        return f"file {path} {status.st_mtime_ns} {status.st_size}"

    def _spoken(self, text: str) -> str:
        return f"{_SPOKEN}{text}"

    def _kept(self, key: str) -> Clip | None:
        """Return what is on disk under this key; None: nothing is. An empty clip: there is no engine.

        With a pack, the engine starts when a text first needs it. A live library doesn't wait until the engine has
        told its identity: it has the first texts rendered, although they may be on disk.
        """
        if key.startswith(_SPOKEN) and not self._identity:
            if not self._blocking:
                return None
            if not self._identified():
                self._failed.add(key)
                return silence(0)
        if (kept := self._disk.get(self._on_disk(key))) is not None:
            self._remember(key, kept)
        return kept

    def _on_disk(self, key: str) -> str:
        """Return the key under which a clip is kept for later sessions: with the engine's identity."""
        return f"text {self._identity}\n{key.removeprefix(_SPOKEN)}" if key.startswith(_SPOKEN) else key

    def _identified(self) -> bool:
        """Return whether the engine works, and learn its identity; waits until it is ready. Only used with a pack."""
        try:
            self._identity = self._identity or self._synthesizer.identity
        except SpeechError as error:
            if self._pack is None:
                raise
            problem = Problem(self._pack.folder, 0, "", f"what it lacks can't be said: {error}", fatal=False)
            if problem not in self._problems:
                self._problems.append(problem)
            return False
        return True

    def _request(self, key: str, text: str, *, urgent: bool) -> None:
        if key not in self._pending or (urgent and key not in self._urgent):
            self._pending.add(key)
            if urgent:
                self._urgent.add(key)
            self._synthesizer.request(text, urgent=urgent)

    def _decode(self, key: str, cue: str, path: Path) -> Clip | None:
        if self._blocking:
            return self._take(_decoded(key, cue, path))
        self._pending.add(key)
        self._jobs.submit(lambda: _decoded(key, cue, path))
        return None

    def _wait_for(self, line: Line) -> Clip:
        for _ in range(MAX_WAITS):
            self._collect(ONE_WAIT)
            if (clip := self._find(line, urgent=True)) is not None:
                return clip
        self._failed.add(self._spoken(line.text))
        return silence(0)

    def _collect(self, timeout: float) -> None:
        """Take what has become ready, waiting up to `timeout` seconds for the synthesiser."""
        for text, clip in self._synthesizer.poll(timeout):
            self._keep(self._spoken(text), clip)
        for done in self._jobs.poll():
            if isinstance(done, BaseException):
                raise done
            if done is not None:
                self._take(done)

    def _take(self, recording: _Decoded) -> Clip | None:
        """Keep a decoded recording; one that can't be read is put down as a problem, and the line will be synthetic."""
        if recording.problem:
            if recording.cue:
                if recording.problem not in self._problems:  # it serves several lines
                    self._problems.append(recording.problem)
                self._recordings[recording.cue] = None
            else:
                self._damaged[recording.key.removeprefix("pack ")] = recording.problem
            self._done(recording.key)
            return None
        if recording.cue:
            self._keep(recording.key, recording.clip)
        else:
            self._done(recording.key)
            self._remember(recording.key, recording.clip)
        return recording.clip

    def _done(self, key: str) -> None:
        self._pending.discard(key)
        self._urgent.discard(key)

    def _keep(self, key: str, clip: Clip) -> None:
        self._done(key)
        if key.startswith(_SPOKEN) and not self._identified():  # at once, since the engine has answered or is gone
            clip = silence(0)
        if not clip.size:
            self._failed.add(key)
            return
        self._remember(key, clip)
        name = self._on_disk(key)
        if self._blocking:
            self._disk.put(name, clip)
        else:
            self._jobs.submit(lambda: self._disk.put(name, clip))

    def _remember(self, key: str, clip: Clip) -> None:
        if (before := self._clips.pop(key, None)) is not None:
            self._bytes -= before.nbytes
        self._clips[key] = clip
        self._bytes += clip.nbytes
        while self._bytes > self._limit and len(self._clips) > 1:
            self._bytes -= self._clips.popitem(last=False)[1].nbytes


def _decoded(key: str, cue: str, path: Path) -> _Decoded:
    try:
        return _Decoded(key, cue, cues.load_line(path), None)
    except DataError as error:
        return _Decoded(key, cue, silence(0), replace(error.problems[0], fatal=False))


def _unpacked(key: str, pack: VoicePack, text: str) -> _Decoded:
    try:
        return _Decoded(key, "", pack.load(text), None)
    except DataError as error:
        return _Decoded(key, "", silence(0), replace(error.problems[0], fatal=False))
