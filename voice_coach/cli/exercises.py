"""`voice-coach exercises`: what there is, what suits, and why one is not offered."""

import json
from pathlib import Path
from typing import Any, get_args

import click

from voice_coach.cli import options
from voice_coach.clinical.eligibility import locks_of
from voice_coach.clinical.past import Lock
from voice_coach.exercise.availability import Offer, Wish, offers
from voice_coach.exercise.library import Entry, entries
from voice_coach.exercise.model import Family, Position
from voice_coach.exercise.plan import total
from voice_coach.files.profiles import Profile, which
from voice_coach.files.resources import APP
from voice_coach.history.store import Store
from voice_coach.programme import library as programmes


@click.command(
    name="exercises",
    epilog=f"Put exercises of your own into {APP.user_config_path / 'exercises' / 'en'}, "
    f"and programmes into {APP.user_config_path / 'programmes' / 'en'}.",
)
@click.option("--family", type=click.Choice(get_args(Family)), help="List only exercises with this kind of movement.")
@click.option("--position", type=click.Choice(get_args(Position)), help="List only exercises done in this position.")
@options.profile
@options.as_json
def command(family: str | None, position: str | None, profile: Profile | None, *, as_json: bool) -> int:
    """List exercises and programmes: those that you can do now, then the others with the reason.

    Your own file replaces a built-in one of the same name. A file with mistakes is reported and left out;
    `voice-coach check FILE` lists the mistakes.
    """
    all_of_them = entries()
    found = offers(all_of_them, locks(all_of_them, which(profile).history), Wish(family or "", position or ""))
    if as_json:
        objects = [*map(as_object, found), *programmes.as_objects(found)]
        click.echo(json.dumps(objects, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join([report(found), *programmes.listed(found)]))
    return 0


def locks(of: list[Entry], history: Path) -> dict[str, Lock]:
    """Return the locks of those that are locked, by their ids; makes no history where there is none.

    Raises:
        HistoryError: it can't be read, so nobody knows what is locked.
    """
    store = Store.look(history)
    if store is None:
        return {}
    with store:
        return locks_of(store.sessions(), [entry.id for entry in of])


def report(found: list[Offer]) -> str:
    """Return a line for each exercise, those that are offered first."""
    width = max((len(one.entry.id) for one in found), default=0)
    offered = [f"{one.entry.id:<{width}}  {described(one)}" for one in found if not one.why_not]
    others = [f"{one.entry.id:<{width}}  {one.why_not}" for one in found if one.why_not]
    return "\n".join([*offered, *(["Not offered:", *others] if others else [])])


def described(offer: Offer) -> str:
    """Return what is to be known of an exercise that is offered."""
    exercise = offer.entry.exercise
    assert exercise is not None
    asked = f"; asks first {offer.first}" if offer.first else ""
    own = " (yours)" if offer.entry.own else ""
    return f"{exercise.family:<9}  {exercise.position.replace('_', ' '):<15}  {exercise.name}{asked}{own}"


def as_object(offer: Offer) -> dict[str, Any]:
    """Return it ready for JSON; what a broken file says is not known."""
    entry, exercise = offer.entry, offer.entry.exercise
    known = exercise and {
        "name": exercise.name,
        "version": exercise.version,
        "family": exercise.family,
        "position": exercise.position,
        "sides": exercise.sides,
        "repetitions": total(exercise),
        "per_day": exercise.per_day,
        "taught": exercise.taught,
        "contraindications": list(exercise.contraindications),
        "questions": [question.id for question in exercise.questions],
        "alternatives": list(exercise.alternatives),
    }
    return {
        "id": entry.id,
        "path": str(entry.path),
        "own": entry.own,
        "overrides": str(entry.overrides) if entry.overrides else None,
        "offered": not offer.why_not,
        "why_not": offer.why_not or None,
        "asked_first": offer.first or None,
        "problems": list(map(str, entry.problems)),
        "exercise": known or None,
    }
