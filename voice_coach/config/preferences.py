"""A person's preferences: `settings.toml` in their config folder (`Profile.settings`); options override it.

microphone = "USB"          # part of its name, as for --microphone
speaker = "Speakers"
headphones = true           # the microphone can't hear the coach
volume = 5                  # of the first session; the others begin with the level that the last one ended with
voice = "en-gb"             # of this computer, or a voice pack: "pack:NAME"; "another voice" changes it
rate = 140                  # words a minute
pace = 3                    # 1 to 5: how long the pauses between sentences are; "speak slower" changes it
earcons = false             # no short sounds; the words alone say everything

echo_delay_ms = 120.0       # as the set-up measured it: a session begins with it, and finds out if it is another now

help_command = ["/home/me/call-my-neighbour"]   # run where help is called for: docs/help-calls.md
help_mqtt = "mqtt://broker/help"                # a message to this broker and topic
help_gpio = 22                                  # a pin that goes high, by its BCM number
help_at_once = true                             # a sign of an emergency is enough, nobody has to ask

A missing key means the default.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from voice_coach.actions import PACES, VOLUMES
from voice_coach.errors import DataError, NetworkError, Problem
from voice_coach.files.atomic import unwritable, write_user_file
from voice_coach.files.positions import line_of, toml_lines
from voice_coach.files.read import parse_toml, read_text
from voice_coach.help_calls.ways import PINS, HelpSettings
from voice_coach.remote.address import MQTT, parse
from voice_coach.speak.voice_spec import RATES
from voice_coach.timebase import Samples, samples


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True):
    """The file's values; None: not set."""

    microphone: str | None = None
    speaker: str | None = None
    headphones: bool | None = None
    volume: int | None = None
    voice: str | None = None
    rate: int | None = None
    pace: int | None = None
    earcons: bool | None = None
    echo_delay_ms: float | None = None
    """0 to 2000: delay from the speaker to the microphone."""

    help_command: tuple[str, ...] | None = None
    """A program and its arguments."""
    help_mqtt: str | None = None
    """An address as `remote.address.parse` takes it."""
    help_gpio: int | None = None
    """A BCM number."""
    help_at_once: bool | None = None

    @property
    def help_calls(self) -> HelpSettings:
        """In which ways help is called."""
        broker = None if self.help_mqtt is None else parse(self.help_mqtt, MQTT)
        return HelpSettings(self.help_command or (), broker, self.help_gpio, bool(self.help_at_once))

    @property
    def echo_delay(self) -> Samples | None:
        """The same in samples."""
        return None if self.echo_delay_ms is None else samples(self.echo_delay_ms / 1000)


@dataclass(frozen=True, slots=True)
class _Kind:
    """The accepted values of a key."""

    wanted: str
    takes: Callable[[Any], bool]


def _whole(first: int, last: int) -> _Kind:
    return _Kind(f"a whole number from {first} to {last}", lambda one: type(one) is int and first <= one <= last)


def _number(first: int, last: int) -> _Kind:
    return _Kind(f"a number from {first} to {last}", lambda one: type(one) in {int, float} and first <= one <= last)


_TEXT: Final = _Kind("a text in quotes, which is not empty", lambda one: isinstance(one, str) and bool(one.strip()))
_FLAG: Final = _Kind("true or false", lambda one: isinstance(one, bool))


def _is_command(value: Any) -> bool:  # noqa: ANN401 - whatever stands in the file
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, str) and one for one in value)


def _is_broker(value: Any) -> bool:  # noqa: ANN401 - as above
    try:
        return isinstance(value, str) and bool(parse(value, MQTT))
    except NetworkError:
        return False


_KINDS: Final = {
    "microphone": _TEXT,
    "speaker": _TEXT,
    "headphones": _FLAG,
    "volume": _whole(*VOLUMES),
    "voice": _TEXT,
    "rate": _whole(*RATES),
    "pace": _whole(*PACES),
    "earcons": _FLAG,
    "echo_delay_ms": _number(0, 2000),
    "help_command": _Kind('a program and its arguments, each in quotes, such as ["ring", "--loud"]', _is_command),
    "help_mqtt": _Kind('a broker and a topic, such as "mqtt://host/help"', _is_broker),
    "help_gpio": _whole(PINS[0], PINS[-1]),
    "help_at_once": _FLAG,
}
_FORMER: Final = frozenset({"input_gain_db", "input_threshold_db"})
"""Obsolete keys: ignored, and dropped when the file is next written."""


def load(path: Path) -> Preferences:
    """Return a file's values; none if there is no file.

    Raises:
        DataError: it can't be understood; each mistake with its line, its key and what to write.
    """
    table = {key: value for key, value in _table(path, _read(path)).items() if key not in _FORMER}
    return msgspec.convert(table, Preferences)


def keep_speech(path: Path, *, pace: int | None = None, voice: str | None = None) -> None:
    """Save what was changed by voice for the next session; the other settings stay.

    Args:
        path: of the settings.
        pace: 1 to 5; None: as it was.
        voice: its name; None: as it was.

    Raises:
        DataError: the file has mistakes; it is left as it is.
        HistoryError: it can't be written; it is left as it is.
    """
    changed = {name: value for name, value in {"pace": pace, "voice": voice}.items() if value is not None}
    save(path, msgspec.structs.replace(load(path), **changed))


def save(path: Path, preferences: Preferences) -> None:
    """Write these values to a file atomically; comments and unchanged lines stay as the user wrote them.

    Raises:
        DataError: the present file can't be understood, and is left as it is; or a value is not accepted.
        HistoryError: it can't be written; what was there is as it was.
    """
    text = _read(path)
    before, after = _table(path, text), msgspec.json.decode(msgspec.json.encode(preferences))
    if problems := list(_problems(path, after, {})):
        raise DataError(problems)
    if before == after:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    write_user_file(path, _changed(text, before, after))


def _read(path: Path) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise DataError([_broken(path, error)]) from error


def _table(path: Path, text: str) -> dict[str, Any]:
    try:
        table = parse_toml(text)
    except ValueError as error:
        raise DataError([_broken(path, error)]) from error
    if problems := list(_problems(path, table, toml_lines(text))):
        raise DataError(problems)
    return table


def _broken(path: Path, error: Exception) -> Problem:
    reason = error.strerror if isinstance(error, OSError) else error
    return Problem(path, 0, "", f"can't be understood ({reason}); mend or remove the file")


def _problems(path: Path, table: Mapping[str, Any], lines: dict[tuple[str | int, ...], int]) -> Iterator[Problem]:
    """Yield each unknown key, and each key with a wrong value."""
    for key, value in table.items():
        line = line_of(lines, (key,))
        if key in _FORMER:
            continue
        if key not in _KINDS:
            yield Problem(path, line, key, f"is no setting; there are {', '.join(_KINDS)}")
        elif not _KINDS[key].takes(value):
            yield Problem(path, line, key, f"must be {_KINDS[key].wanted}")


def _changed(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the text with other values, new keys at its end, and all else as the user wrote it."""
    import tomlkit  # noqa: PLC0415 - a tenth of a second, for a file that is seldom written

    document = tomlkit.parse(text)
    for key in before.keys() - after.keys():
        del document[key]
    for key, value in after.items():
        if before.get(key) != value:
            document[key] = value
    return tomlkit.dumps(document)
