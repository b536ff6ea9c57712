"""What the indexes of the shipped packs promise: one voice, one loudness, one pace, and places of words."""

from itertools import pairwise

import pytest

from packs import pending
from packs.recipe import read_recipe
from voice_coach.speak.voice_pack import VoicePack, words_of
from voice_coach.speak.voice_spec import USUAL_VOICE, VoiceSpec
from voice_coach.timebase import RATE

PACKS = pending.shipped()
LOUDNESS = -20.0
"""LUFS, as packs/level.py has it, whose packages are only installed where packs are rendered."""

RATES = (140, 150)
"""Words a minute over texts of six words and more, from the first to the last voiced sample (V4)."""

shipped = pytest.mark.parametrize("pack", PACKS, ids=[pack.folder.name for pack in PACKS])


def test_there_is_a_womans_voice() -> None:
    """By the name that the documents tell; it is the usual one."""
    assert VoiceSpec(USUAL_VOICE).pack == "woman"
    assert "woman" in [pack.folder.name for pack in PACKS]


@shipped
def test_a_pack_is_of_the_recipe_that_is_kept(pack: VoicePack) -> None:
    """Who changes the voice, or how it is cut and levelled, renders it again."""
    recipe = read_recipe(pack.folder.name)
    assert pack.index.made["recipe"] == recipe.digest
    assert (pack.index.name, pack.index.licence) == (pack.folder.name, recipe.licence)


@shipped
def test_all_clips_are_equally_loud(pack: VoicePack) -> None:
    """Within 1 LU."""
    loudness = {clip.text: clip.loudness for clip in pack.index.clips}
    assert {text: level for text, level in loudness.items() if abs(level - LOUDNESS) > 1} == {}
    long = [clip.loudness for clip in pack.index.clips if clip.length >= RATE]
    assert max(long) - min(long) < 1


@shipped
def test_the_pace_is_that_of_a_calm_speaker(pack: VoicePack) -> None:
    """Over all long texts; a single one may be faster or slower."""
    long = [clip for clip in pack.index.clips if len(clip.text.split()) >= 6]
    words, voiced = sum(len(clip.text.split()) for clip in long), sum(float(clip.made["voiced"]) for clip in long)
    assert RATES[0] <= 60 * words / voiced <= RATES[1]


@shipped
def test_the_places_of_words_follow_one_another_within_the_clip(pack: VoicePack) -> None:
    """Of all words of each text; the model tells their ends in steps of 25 ms, and so one may begin a step early."""
    for clip in pack.index.clips:
        assert tuple(word.text for word in clip.words) == words_of(clip.text), clip.text
        assert all(word.start < word.end for word in clip.words), clip.text
        assert all(before.start < after.start for before, after in pairwise(clip.words)), clip.text
        assert clip.onset + clip.words[-1].end <= clip.length / RATE, clip.text
