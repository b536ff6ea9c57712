"""What is rendered is what is missing or changed, and it goes on where it was ended: with tones in place of a model."""

import pytest

from packs import fetch
from packs.recipe import FOLDER, read_recipe
from packs.write import encoded, file_name
from tests.speak.tone_pack import tone
from voice_coach.audio.pcm import decode, to_signal
from voice_coach.errors import DataError


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_each_recipe_can_be_read(name: str) -> None:
    """Its shares add up, and another seed is another recipe."""
    recipe = read_recipe(name)
    assert sum(recipe.timbre.values()) == pytest.approx(1)
    assert len(recipe.digest) == 12


def test_a_recipe_that_is_none_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With those that there are, or with what is wrong."""
    with pytest.raises(DataError, match="there is no such voice to render; there are man, woman"):
        read_recipe("child")
    folder = tmp_path_factory.mktemp("voices")
    (folder / "odd.toml").write_text('title = "x"')
    with pytest.raises(DataError, match="is no recipe of a voice"):
        read_recipe("odd", folder)
    text = (FOLDER / "woman.toml").read_text(encoding="utf-8")
    (folder / "half.toml").write_text(text.replace("af_heart = 0.7", "af_heart = 0.2"), encoding="utf-8")
    with pytest.raises(DataError, match="timbre: shares must add up to 1"):
        read_recipe("half", folder)


def test_names_of_files_can_be_read_and_are_each_texts_own() -> None:
    """Whatever marks a text has."""
    texts = ("one,", "One.", "Say stop at any time; if it gets worse or moves down your leg, we stop.", "?")
    names = [file_name(text) for text in texts]
    assert len(set(names)) == len(texts)
    assert names[0].startswith("one.")
    assert all(len(name) < 60 and name.isascii() and "/" not in name for name in names)


def test_a_clip_is_as_long_after_opus_as_before() -> None:
    """So that the places of its words stay."""
    sound = to_signal(tone("Number four."))
    assert decode(encoded(sound)).size == sound.size


def test_models_that_are_damaged_are_not_complete(tmp_path_factory: pytest.TempPathFactory) -> None:
    """So they are fetched again."""
    folder = tmp_path_factory.mktemp("models")
    assert not fetch.is_complete(folder)
    (folder / "whisper-base").mkdir()
    for name in fetch.DIGESTS:
        (folder / name).write_bytes(b"x")
    assert not fetch.is_complete(folder)
    assert fetch.main([]) == 2
