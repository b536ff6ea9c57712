"""What was chosen is what is read, whatever it is called; and names that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import RecognitionError
from voice_coach.models import installed, selected
from voice_coach.models.catalog import OFFICIAL, Checksum, official, unknown
from voice_coach.models.selected import Choice


@given(st.builds(Choice, st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.booleans()))
def test_a_choice_is_read_as_it_was_written(chosen: Choice) -> None:
    selected.write(chosen)
    assert selected.read() == chosen


def test_the_embedded_model_needs_no_file() -> None:
    selected.write(Choice("other"))
    selected.write(selected.EMBEDDED)
    assert not selected.file().exists()
    assert selected.read().folder is None


def test_a_choice_that_cant_be_written_is_told() -> None:
    selected.file().parent.parent.mkdir(parents=True)
    selected.file().parent.touch()
    with pytest.raises(RecognitionError, match="can't be used"):
        selected.write(Choice("other"))


@pytest.mark.parametrize("name", ["", "..", ".x", "a/b", "../x", "a\\b", "embedded", "Embedded", "a b", "x."])
def test_what_is_no_name_leads_nowhere(name: str) -> None:
    with pytest.raises(RecognitionError, match="is not a name for a model"):
        installed.place(name)


def test_each_official_model_can_be_found_and_checked() -> None:
    assert len({model.name for model in OFFICIAL}) == len(OFFICIAL)
    for model in OFFICIAL:
        assert official(model.name) is model
        assert installed.place(model.name).name == model.name
        assert model.url == f"https://alphacephei.com/vosk/models/{model.name}.zip"
        assert len(model.checksum.digest) == {"md5": 32, "sha256": 64}[model.checksum.algorithm]
        assert model.licence


def test_a_name_that_is_almost_one_is_answered_with_it() -> None:
    assert "did you mean vosk-model-small-en-gb-0.15?" in str(unknown("vosk-model-small-en-gb"))
    assert "`voice-coach models list` names them" in str(unknown("xyz"))


def test_a_sum_is_taken_as_people_paste_it() -> None:
    assert str(Checksum.sha256(f" {'AB' * 32}\n")) == f"SHA-256 {'ab' * 32}"
