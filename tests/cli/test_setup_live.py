"""`voice-coach setup` on real PortAudio, with the real voice and listener; answers are spoken into the microphone."""

import signal

import pytest

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.partner import Partner
from voice_coach.config import preferences
from voice_coach.files.profiles import FIRST

ANSWERS = {
    "say yes": ["yes"],
    "louder, quieter, or good": ["ready"],
    "Shall I listen once more": ["no"],
    "to listen again, or no": ["no"],
    "Please say yes or no": ["no"],
}
PATIENCE = 60.0


@pytest.mark.lasts(55)
@pytest.mark.slow
def test_it_is_set_up_by_voice_and_remembered(live_card: VirtualCard) -> None:
    """Nobody answers while it measures, and the card carries no echo, as with headphones."""
    with live_card.python("-u", "-m", "voice_coach", "setup") as program:
        with Partner(live_card, program, polite=True) as partner:
            partner.converse(ANSWERS, until="I'll remember it")
        assert program.finish(PATIENCE).code == 0
    kept = preferences.load(FIRST.settings)
    # Two names of one card: where an answer comes too late, as on a busy machine, the next one is offered.
    assert {kept.microphone, kept.speaker} <= {"default", "pulse"}
    assert (kept.headphones, kept.volume, kept.echo_delay_ms) == (True, 4, None)


def test_a_muted_microphone_is_told_in_a_sentence(virtual_card: VirtualCard) -> None:
    virtual_card.mute()
    with virtual_card.python("-u", "-m", "voice_coach", "setup", "--microphone", "default") as program:
        program.until("the microphone is muted", PATIENCE)
        virtual_card.mute(on=False)
        program.until("say yes", PATIENCE)
        program.process.send_signal(signal.SIGINT)
        assert program.finish(PATIENCE).code == 130
    assert not FIRST.settings.exists()


def test_it_is_offered_before_the_first_session_and_silence_is_no(virtual_card: VirtualCard) -> None:
    with virtual_card.python("-u", "-m", "voice_coach", "run") as program:
        program.until("Shall we check your microphone and speaker first?", PATIENCE)
        program.until("Hello.", PATIENCE)
        program.process.send_signal(signal.SIGINT)
        program.finish(PATIENCE)
    assert not FIRST.settings.exists()
