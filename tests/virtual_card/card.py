"""A sound card in user space: a private PulseAudio server with a speaker, a microphone and a mouth to speak into it.

Needs neither sound hardware nor a desktop. Usable from tests (the fixture `virtual_card`) and from benchmarks:

    with VirtualCard() as card:
        with card.record_speaker(Path("coach.wav")), card.python("-m", "voice_coach", "run") as program:
            program.until("Are you ready?")
            card.play_to_mic(Path("yes.wav"))
            end = program.finish(60)
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.virtual_card.program import PATIENCE, Program, VirtualCardError, wait_until

RATE: Final = 16_000
"""Hertz, of what `record_speaker` writes."""

_HERE: Final = Path(__file__).parent
_PROGRAMS: Final = ("pulseaudio", "pactl", "paplay", "parec")

WAYS: Final = (("coach_spk", "user_mouth", 30), ("coach_spk", "wall", 30), ("wall", "user_mouth", 40))
"""The ways of sound in the room, with milliseconds: from the speaker to the microphone, and by way of a wall."""


class VirtualCard:
    """One private server with its own socket and state; several may live side by side."""

    def __init__(self) -> None:
        """Make the folders; nothing runs yet.

        Raises:
            VirtualCardError: PulseAudio is not installed.
        """
        missing = [program for program in _PROGRAMS if shutil.which(program) is None]
        if missing:
            message = (
                f"{', '.join(missing)} not found: `make test` installs PulseAudio and its tools (package pulseaudio)."
            )
            raise VirtualCardError(message)
        # Not pytest's own folder: the path of a Unix socket may not be longer than 107 bytes.
        self.folder: Final = Path(tempfile.mkdtemp(prefix="card-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._in_a_room = False
        for name in ("run", "state", "config"):
            (self.folder / name).mkdir(mode=0o700)
        socket = self.folder / "native"
        self._script: Final = (_HERE / "pulse.pa").read_text(encoding="utf-8").replace("@SOCKET@", str(socket))
        (self.folder / "pulse.pa").write_text(self._script, encoding="utf-8")
        # No PULSE_LATENCY_MSEC: every value of it makes PortAudio's stream stutter.
        self.env: Final[dict[str, str]] = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULSE_")},
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_RUNTIME_PATH": str(self.folder / "run"),
            "PULSE_STATE_PATH": str(self.folder / "state"),
            "PULSE_CONFIG_PATH": str(self.folder / "config"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "ALSA_CONFIG_PATH": str(_HERE / "asound.conf"),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(_HERE.parents[1]), os.environ.get("PYTHONPATH")))),
        }
        """What a child process needs to find this card and no other."""

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop the server and remove its folders."""
        self.close()

    def start(self) -> None:
        """Start the server, also after `kill`, in the same room as before; return when it answers.

        Raises:
            VirtualCardError: it does not answer in time.
        """
        options = ["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no", "--high-priority=no"]
        command = ["pulseaudio", "-n", "-F", str(self.folder / "pulse.pa"), *options]
        log = self.folder / "pulse.log"
        self._server = subprocess.Popen(
            [*command, f"--log-target=file:{log}"], env=self.env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_until(self._answers, "the PulseAudio server answers")
        except VirtualCardError as error:
            self.kill()
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else "(no log)"
            raise VirtualCardError(f"{error}; its log ends: {text[-500:]}") from error
        self._furnish()

    def kill(self) -> None:
        """End the server at once, as if the sound system had crashed."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(PATIENCE)
            self._server = None

    def freeze(self) -> None:
        """Let the server hang: sockets stay open, nothing is answered, until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on; a room is what it was."""
        self._signal(signal.SIGCONT)
        if self._in_a_room:  # PulseAudio makes up for the time, so that all its ways come to lead through one buffer
            self.unload("module-loopback")
            self._lay_ways()

    def close(self) -> None:
        """End the server and remove its folders; safe to call twice."""
        if self._server is not None:
            self._signal(signal.SIGCONT)
            self._server.terminate()
            try:
                self._server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
            self._server = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def spawn(self, command: Sequence[str | Path], **environment: str) -> Program:
        """Start a program that sees this card only."""
        return Program(command, {**self.env, **environment})

    def python(self, *arguments: str | Path, **environment: str) -> Program:
        """Start this Python with these arguments as a program that sees this card only."""
        return self.spawn([sys.executable, *arguments], **environment)

    def play_to_mic(self, wav: Path, *, into: str = "user_mouth") -> None:
        """Speak a sound file into the microphone; return when it has been played.

        Raises:
            VirtualCardError: it was not played to its end.
        """
        with wave.open(str(wav)) as sound:
            length = sound.getnframes() / sound.getframerate()
        self._run(["paplay", "-d", into, str(wav)], length + PATIENCE)

    @contextmanager
    def record_speaker(self, wav: Path) -> Iterator[None]:
        """Record what the coach's speaker plays, mono at `RATE`, for as long as the context lasts."""
        raw = self.folder / "speaker.raw"
        raw.unlink(missing_ok=True)
        form = [f"--rate={RATE}", "--channels=1", "--format=s16le", "--raw", "--latency-msec=50"]
        recorder = subprocess.Popen(["parec", "-d", "coach_spk.monitor", *form, str(raw)], env=self.env)
        try:
            wait_until(lambda: raw.exists() and raw.stat().st_size > 0, "the recording has begun")
            yield
        finally:
            recorder.terminate()
            recorder.wait(PATIENCE)
            with wave.open(str(wav), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(RATE)
                sound.writeframes(raw.read_bytes() if raw.exists() else b"")

    def loop_back(self) -> None:
        """Let the microphone hear the speaker, as in a room, from now on, whatever becomes of the card."""
        self._in_a_room = True
        self._furnish()

    def mute(self, *, on: bool = True) -> None:
        """Push the microphone's switch: from now on it delivers zeros, or again what there is to hear."""
        self._run(["pactl", "set-source-mute", "coach_mic", "1" if on else "0"], PATIENCE)

    def pull_microphone(self) -> None:
        """Unplug the microphone; the server gives its listeners what is left, which is the speaker's own monitor."""
        self.unload("module-remap-source")

    def plug_microphone_in(self) -> None:
        """Plug it in again; the server takes it for the default one."""
        ways = ["source_name=coach_mic", "master=user_mouth.monitor", "source_properties=device.description=coach_mic"]
        self._run(["pactl", "load-module", "module-remap-source", *ways], PATIENCE)
        self._run(["pactl", "set-default-source", "coach_mic"], PATIENCE)

    def pull_everything(self) -> None:
        """Unplug speaker and microphone: the server runs on with nothing."""
        self.unload("module-null-sink")

    def plug_everything_in(self) -> None:
        """Plug all of it in again, as it was at the start."""
        for line in self._script.splitlines():
            match line.split():
                case ["load-module", module, *options] if "protocol" not in module:
                    self._run(["pactl", "load-module", module, *options], PATIENCE)
                case ["set-sink-input-volume", _, volume]:
                    self._run(["pactl", "set-sink-input-volume", self._hum(), volume], PATIENCE)
                case ["set-default-sink" | "set-default-source" as command, name]:
                    self._run(["pactl", command, name], PATIENCE)
                case _:  # what is said of it, and the way to the server
                    pass
        self._furnish()

    def move_to_monitor(self, process: int) -> None:
        """Let a program hear the speaker's own monitor from now on, as one may choose in a mixer's window.

        Raises:
            VirtualCardError: the program listens to nothing.
        """
        listeners = self._run(["pactl", "list", "source-outputs"], PATIENCE).split("Source Output #")
        for listener in listeners:
            if f'application.process.id = "{process}"' in listener:
                number = listener.split(maxsplit=1)[0]
                self._run(["pactl", "move-source-output", number, "coach_spk.monitor"], PATIENCE)
                return
        raise VirtualCardError(f"process {process} listens to nothing that could be moved")

    def unload(self, module: str) -> None:
        """Take a module out, such as `module-null-sink`: its devices vanish."""
        self._run(["pactl", "unload-module", module], PATIENCE)

    def _furnish(self) -> None:
        """Put up the room, where it has one."""
        if not self._in_a_room:
            return
        # One way alone would be a wire. The other leads over a device of its own, as two ways between the same devices
        # become equally long where a stream begins anew.
        wall = ["sink_name=wall", "norewinds=1", "rate=48000", "channels=1"]
        self._run(["pactl", "load-module", "module-null-sink", *wall], PATIENCE)
        self._lay_ways()

    def _lay_ways(self) -> None:
        for source, sink, milliseconds in WAYS:
            # The sinks go by one clock: PulseAudio is not to play faster and slower in between, which no room does.
            way = [f"source={source}.monitor", f"sink={sink}", f"latency_msec={milliseconds}", "adjust_time=0"]
            fixed = ["source_dont_move=1", "sink_dont_move=1"]  # nor does it go elsewhere with a microphone
            self._run(["pactl", "load-module", "module-loopback", *way, *fixed], PATIENCE)

    def _hum(self) -> str:
        """Return the number of the stream that keeps the microphone from being digitally silent."""
        streams = self._run(["pactl", "list", "short", "sink-inputs"], PATIENCE).splitlines()
        return next(line.split()[0] for line in streams if "module-sine" in line)

    def _answers(self) -> bool:
        if self._server is None or self._server.poll() is not None:
            raise VirtualCardError("the PulseAudio server ended at once")
        return subprocess.run(["pactl", "info"], env=self.env, capture_output=True, check=False).returncode == 0

    def _signal(self, number: signal.Signals) -> None:
        if self._server is not None:
            self._server.send_signal(number)

    def _run(self, command: Sequence[str], timeout: float) -> str:
        try:
            done = subprocess.run(
                command,
                env={**self.env, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise VirtualCardError(f"{command[0]} did not end within {timeout:.0f} s") from error
        if done.returncode:
            raise VirtualCardError(f"{' '.join(command)} failed: {done.stderr.strip()}")
        return done.stdout
