"""Cuts the README's minute out of a rehearsal: `docs/sample.ogg`.

    voice-coach rehearse --voice pack:woman --out out
    python -m benchmarks.sample out/goes-well-flexion_rotation-left.wav --begin 83.9 --to docs/sample.ogg
    python -m benchmarks.picture out/goes-well-flexion_rotation-left.wav --repetition 1 --to docs/sample.svg

Coach and person are mixed to one channel, and made as loud as speech usually is in recordings.
"""

from pathlib import Path

import click
import numpy as np
import soundfile

LENGTH = 60.0
"""Seconds."""

GAIN = 10 ** (7 / 20)
"""From the coach's -27 LUFS at its usual volume to -20."""

FADE = 0.1
"""Seconds."""


@click.command(help=__doc__)
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--begin", type=click.FloatRange(min=0), required=True, help="Second at which it begins.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The Ogg Opus file.")
def main(recording: Path, begin: float, to: Path) -> None:
    """Write the sample."""
    rate = soundfile.info(recording).samplerate
    both, _ = soundfile.read(
        recording, start=round(begin * rate), frames=round(LENGTH * rate), dtype="float32", always_2d=True
    )
    sound = np.clip(GAIN * both.sum(axis=1), -1, 1)
    ramp = np.linspace(0, 1, round(FADE * rate), dtype=np.float32)
    sound[: ramp.size] *= ramp
    sound[-ramp.size :] *= ramp[::-1]
    soundfile.write(to, sound, rate, format="OGG", subtype="OPUS")


if __name__ == "__main__":
    main()
