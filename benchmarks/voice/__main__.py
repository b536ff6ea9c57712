"""How fast, how evenly loud and how intelligible the coach's voices are.

    make bench-voice [ARGS="--every 4"]

Measures each voice pack, and this computer's en-us at 200 and 155 words a minute, as a session plays them at volume 4.
PocketSphinx chooses among the coach's own texts; it selected no clip of any pack, Whisper base did.
"""

import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import click

from benchmarks.voice import measure
from voice_coach.actions import Line
from voice_coach.app.known_texts import known_texts
from voice_coach.audio.pcm import Clip
from voice_coach.errors import SpeechError
from voice_coach.speak import voice_pack
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_pack import VoicePack
from voice_coach.speak.voice_spec import VoiceSpec

RATES = (200, 155)
MIN_WORDS = 3
"""Words of a text from which on its words are counted for the share of errors; the others are told one by one."""


def of_pack(pack: VoicePack, texts: Iterable[str]) -> dict[str, Clip]:
    """Return the clips that a pack has of these texts."""
    return {text: pack.load(text) for text in texts if pack.pieces(text)}


def of_engine(spec: VoiceSpec, texts: Iterable[str]) -> dict[str, Clip]:
    """Return this computer's clips of these texts.

    Raises:
        SpeechError: there is no engine, or it can't say one of them.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(ClipLibrary(Pyttsx3Synthesizer(spec), "en", Path(folder), blocking=True)) as library,
    ):
        clips = {text: library.clip(Line(f"benchmark.{number}", text)) for number, text in enumerate(texts)}
    found = {text: clip for text, clip in clips.items() if clip is not None and clip.size}
    if len(found) < len(clips):
        raise SpeechError(f"{spec.name} can't say {len(clips) - len(found)} of the texts.")
    return found


def tell(name: str, clips: dict[str, Clip], bytes_: int, every: measure.Chooser, words: measure.Chooser) -> None:
    """Write what is measured of a voice, as lines of a table and as lists."""
    rate, loud, short = measure.rate(clips), measure.loudness(clips.values()), measure.short_rms(clips.values())
    long = {text: clip for text, clip in clips.items() if len(text.split()) >= MIN_WORDS and text in every.texts}
    counts = {text: clip for text, clip in clips.items() if text in words.texts}
    misheard, miscounted = list(every.misheard(long)), list(words.misheard(counts))
    said = sum(len(every.texts[text].split()) for text in long)
    wrong = sum(one.wrong for one in misheard)
    click.echo(f"| {name} | {len(clips)} | {rate.whole:.0f} | {rate.articulation:.0f} "
               f"| {loud.least:.1f} / {loud.middle:.1f} / {loud.most:.1f} "
               f"| {short.least:.1f} / {short.middle:.1f} / {short.most:.1f} | {measure.true_peak(clips.values()):.1f} "
               f"| {100 * wrong / said:.1f} % of {said} | {len(counts) - len(miscounted)} of {len(counts)} "
               f"| {f'{bytes_ / 1e6:.1f} MB' if bytes_ else ''} |")  # fmt: skip
    for one in (*misheard, *miscounted):
        click.echo(f"    {name}: {one.text!r} was taken for {one.heard!r}", err=True)


@click.command(help=__doc__)
@click.option("--every", type=click.IntRange(min=1), default=1, show_default=True, help="Take every n-th long text.")
@click.option("--packs", is_flag=True, help="Leave out this computer's voice.")
def main(every: int, *, packs: bool) -> None:
    """Measure all voices that there are."""
    texts = known_texts().every
    single = [text for text in texts if len(text.split()) == 1]
    wanted = [*single, *[text for text in texts if len(text.split()) > 1][::every]]
    chooser, words = measure.Chooser(texts), measure.Chooser(single)
    click.echo(
        "| voice | texts | words a minute | without pauses | LUFS of 1 s and more: least / median / most "
        "| dB RMS of shorter ones | true peak, dB | wrong words | single words right | size |\n" + "|---" * 10 + "|"
    )
    for name, folder in voice_pack.folders().items():
        pack = VoicePack(folder)
        size = sum(path.stat().st_size for path in folder.iterdir())
        tell(f"pack:{name}", of_pack(pack, wanted), size, chooser, words)
    for rate in () if packs else RATES:
        spec = VoiceSpec(rate=rate)
        tell(f"{spec.name}, {rate}", of_engine(spec, wanted), 0, chooser, words)


if __name__ == "__main__":
    main()
