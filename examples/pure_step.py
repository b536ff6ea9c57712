"""The dialogue alone. `step` is a pure function: a state and an event give the next state and what is to be done.

Nothing sounds, nothing waits, and no clock runs: `at` is the sample at which something happened, 16,000 to the second.

    python examples/pure_step.py
"""

from voice_coach import RATE, Intent, Played, Say, load_exercise, load_prompts, start, step

state, actions = start(load_exercise("flexion_rotation"), load_prompts("en"))
for event in (
    Played(at=6 * RATE, token=1),  # the welcome and the first question have been said
    Intent(at=8 * RATE, name="side_left", text="left side"),
    Played(at=10 * RATE, token=2),
    Intent(at=11 * RATE, name="stop", text="stop"),
):
    state, actions = step(state, event)
    kinds = ", ".join(type(action).__name__ for action in actions)
    print(f"{event.at / RATE:4.1f} s: {type(event).__name__} leads to {kinds}")
    for action in actions:
        if isinstance(action, Say):
            print("        ", " ".join(line.text for line in action.lines))
