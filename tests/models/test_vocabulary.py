"""Models that lack words of the grammar: refused with the words named, or used as far as the user says so."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hear.grammar.test_grammar import EN
from voice_coach.config.engines import chosen_model, model_folder, open_listener
from voice_coach.config.settings import Settings
from voice_coach.errors import DataError, RecognitionError
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.grammar.grammar import Gaps
from voice_coach.models import installed, selected, vocabulary
from voice_coach.models.selected import Choice

Deaf = Callable[..., Path]


@pytest.fixture
def deaf(tmp_path: Path) -> Deaf:
    """Return what makes a copy of the embedded model that does not know some words."""

    def make(*words: str) -> Path:
        folder = Path(shutil.copytree(EMBEDDED, tmp_path / "deaf", dirs_exist_ok=True))
        (folder / "known_gaps.txt").unlink(missing_ok=True)
        text = (EMBEDDED / "graph/words.txt").read_text("utf-8")
        for word in words:
            assert f"\n{word} " in text
            text = text.replace(f"\n{word} ", f"\n{word}x ")
        (folder / "graph/words.txt").write_text(text, "utf-8")
        return folder

    return make


def check(folder: Path, *excused: str, allow_gaps: bool = False) -> Gaps:
    found = vocabulary.gaps(folder, EN)
    vocabulary.check(EN, found, excused=excused, allow_gaps=allow_gaps)
    return found


def test_a_missing_system_library_is_told_when_a_model_is_asked(
    without_libatomic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(without_libatomic.with_name("without_libatomic"))  # the process started gets this path
    with pytest.raises(RecognitionError, match=r"lacks the library libatomic\.so\.1: install .* libatomic1\.$"):
        vocabulary.ask(EMBEDDED, ["stop"])


def test_the_embedded_model_lacks_nothing() -> None:
    assert check(EMBEDDED).words == ()


def test_a_missing_word_is_named_and_its_phrases_dropped_only_if_the_user_says_so(deaf: Deaf) -> None:
    folder = deaf("louder")
    with pytest.raises(RecognitionError, match=r'does not know "louder", so \d+ of \d+ phrases .* --allow-gaps'):
        check(folder)
    assert check(folder, allow_gaps=True).words == ("louder",)
    check(folder, "louder")


def test_a_red_word_is_dropped_only_by_its_name(deaf: Deaf) -> None:
    folder = deaf("numb", "louder")
    for allow_gaps in (False, True):
        with pytest.raises(RecognitionError, match=r'does not know "numb", in phrases that are .*--without numb`'):
            check(folder, allow_gaps=allow_gaps)
    with pytest.raises(RecognitionError, match='does not know "louder"'):
        check(folder, "numb")
    assert check(folder, "numb", allow_gaps=True).red_words == ("numb",)


def test_no_reason_to_stop_is_given_up_entirely() -> None:
    red = next(iter(EN.red))
    words = [phrase.words[0] for phrase in EN.phrases if phrase.intent == red]
    found = Gaps(tuple(words), tuple(phrase.text for phrase in EN.phrases if phrase.intent == red), tuple(words))
    with pytest.raises(RecognitionError, match=f"knows no phrase at all for {red}, a reason to stop"):
        vocabulary.check(EN, found, excused=words, allow_gaps=True)


def test_of_many_words_the_first_are_named() -> None:
    assert vocabulary.named("abc") == '"a", "b", "c"'
    assert vocabulary.named(map(str, range(25))).endswith('"19", 5 more')


def test_the_answer_is_kept_until_a_file_of_the_model_changes(
    deaf: Deaf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = deaf("louder")
    assert vocabulary.missing_words(folder, ["louder", "stop"]) == {"louder"}
    kept = list((tmp_path / "cache").rglob("*.json"))
    kept[0].write_text('["kept"]')
    assert vocabulary.missing_words(folder, ["stop", "louder"]) == {"kept"}
    deaf("louder", "quieter")
    assert vocabulary.missing_words(folder, ["louder", "quieter"]) == {"louder", "quieter"}


def test_a_cache_that_cant_be_written_does_no_harm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert vocabulary.missing_words(EMBEDDED, ["stop", "xyzzy"]) == {"xyzzy"}


@pytest.mark.parametrize("name", ["graph/HCLr.fst", "am/final.mdl", "conf/mfcc.conf"])
def test_a_damaged_model_may_end_its_process_but_only_that(deaf: Deaf, name: str) -> None:
    folder = deaf()
    (folder / name).write_bytes(b"garbage" * 100)
    with pytest.raises(RecognitionError, match=r"can't be loaded \(.*: (install|unpack) it again"):
        vocabulary.ask(folder, [])


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecognitionError, match="There is no Vosk model at"):
        vocabulary.ask(tmp_path / "none", [])


# Which model a session uses


@pytest.fixture
def shelved() -> Path:
    """Return a model on the shelf."""
    installed.root().mkdir(parents=True)
    return Path(shutil.copytree(EMBEDDED, installed.place("my-model")))


def test_an_option_goes_before_the_environment_and_that_before_the_choice(
    shelved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert model_folder(None) is None
    selected.write(Choice("my-model", allow_gaps=True))
    assert chosen_model(None) == (shelved, True)
    monkeypatch.setenv("VOICE_COACH_MODEL", str(tmp_path))
    assert chosen_model(None) == (tmp_path, False)
    assert chosen_model(Path("my-model")) == (shelved, False)
    assert chosen_model(Path("embedded")) == (None, False)


def test_a_session_with_a_model_that_lacks_words_begins_only_if_the_user_says_so(deaf: Deaf) -> None:
    folder = deaf("louder")
    with pytest.raises(RecognitionError, match='does not know "louder"'):
        open_listener(Settings(model=folder), inline=True)
    open_listener(Settings(model=folder, allow_gaps=True), inline=True).close()
    selected.write(Choice(str(folder), allow_gaps=True))
    open_listener(Settings(), inline=True).close()
    assert VoskRecognizer(folder, EN).gaps.words == ("louder",)


def test_a_model_that_was_chosen_and_is_gone_is_missed(shelved: Path) -> None:
    selected.write(Choice("my-model"))
    shutil.rmtree(shelved)
    with pytest.raises(RecognitionError, match="There is no Vosk model at"):
        open_listener(Settings(), inline=True)


def test_a_choice_that_cant_be_understood_is_told_with_what_to_do() -> None:
    selected.file().parent.mkdir(parents=True)
    for text in ("model = 5\n", "model = ", 'modell = "x"\n', "\xff"):
        selected.file().write_bytes(text.encode("latin-1"))
        with pytest.raises(DataError, match=r"model\.toml: can't be understood .*models use embedded` rewrites it"):
            selected.read()
    selected.file().unlink()
    selected.file().mkdir()
    with pytest.raises(DataError, match="it is a folder"):
        selected.read()
