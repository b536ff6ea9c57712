"""A session that is typed and read: no sound, no engine, and nothing is kept.

    python examples/text_session.py

Answer the first question with "left side"; "help" tells what can be said, and Enter alone is silence.
"""

from voice_coach import Coach, MemoryJournal, SilentVoice, TypedHearing, load_exercise, run_text, session_grammar


def read() -> str | None:
    """Return a typed line; None at the end of the input (Ctrl-D), which ends the session."""
    try:
        return input("> ")
    except EOFError:
        return None


hearing = TypedHearing(session_grammar("en"))
journal = MemoryJournal()
coach = Coach(load_exercise("flexion_rotation"), voice=SilentVoice(), hearing=hearing, journal=journal)
run_text(coach, hearing, read, print)
print(f"The session is over: {coach.outcome}, {len(journal.records)} records.")
