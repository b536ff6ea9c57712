"""Change the code of packages in one place at a time, and print which changes no test of the package notices.

    python scripts/mutants.py PACKAGE... [--count 60] [--seed 1] [--timeout 600]

PACKAGE is a path in `voice_coach/`, such as `session` or `hear/grammar`; its tests are those in the same path of
`tests/`, without the slow and live ones. Cosmic Ray makes the changes (a comparison, a number, a boolean, an arithmetic
or logical operator, a `break`, a loop that is not entered), COUNT of all that are possible, drawn by SEED. The files of
this checkout are copied into a temporary folder first, so what is changed is never the checkout.

A change that survives shows a test that is missing, or code that does the same either way. A change that makes the
tests run longer than the timeout, in seconds, counts as noticed. Exit code: 2 if the tests fail without a change.
"""

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names
from cosmic_ray.work_item import MutationSpec, TestOutcome

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = (
    "AddNot",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBinaryOperator_Add_",
    "ReplaceBinaryOperator_Sub_",
    "ReplaceBinaryOperator_Mul_",
    "ReplaceBinaryOperator_Div_",
    "ReplaceBinaryOperator_FloorDiv_",
    "ReplaceBinaryOperator_Mod_",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ReplaceComparisonOperator_",
    "ReplaceFalseWithTrue",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_",
    "ZeroIterationForLoop",
)
"""How the names of Cosmic Ray's operators begin that are used: not `|`, which our code has in types."""


def main() -> int:
    """Make the changes, run the tests at each, and print what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("--count", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        tree = Path(temporary) / "tree"
        copy_checkout(tree)
        os.chdir(tree)
        os.environ["PYTHONPATH"] = str(tree)
        for package in given.packages:
            if subprocess.run(command(package, ""), check=False).returncode:  # noqa: S603 - our tests
                print(f"the tests of {package} fail without a change", file=sys.stderr)
                return 2
        possible = [spec for package in given.packages for spec in mutations(tree / "voice_coach" / package)]
        chosen = random.Random(given.seed).sample(possible, min(given.count, len(possible)))  # noqa: S311 - not for secrets
        print(f"{len(chosen)} of {len(possible)} changes, seed {given.seed}", flush=True)
        report(chosen, given.timeout)
    return 0


def copy_checkout(tree: Path) -> None:
    """Copy the files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split("\0"):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def command(package: str, module: str) -> list[str]:
    """Return the command that runs a package's tests up to the first that fails; the module's own ones come first."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow and not live"]
    own = [str(path) for path in Path("tests", package).glob(f"test_{module}.py")]
    runs = [shlex.join([*pytest, place]) for place in (*own, f"tests/{package}")]
    return ["sh", "-c", " && ".join(runs)]


def mutations(package: Path) -> Iterator[MutationSpec]:
    """Give each change that is possible in the modules of a package."""
    operators = list(chosen_operators())
    for path in sorted(package.rglob("*.py")):
        nodes = list(ast_nodes(get_ast_from_path(path)))
        for name, operator in operators:
            places = (place for node in nodes for place in operator.mutation_positions(node))
            for occurrence, (start, end) in enumerate(places):
                yield MutationSpec(path, name, occurrence, start, end)


def chosen_operators() -> Iterator[tuple[str, Operator]]:
    """Give the kinds of change that are tried, by their names."""
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if name.rpartition("/")[2].startswith(OPERATORS) and not operator.arguments():
            yield name, operator()


def report(chosen: list[MutationSpec], timeout: float) -> None:
    """Run the tests at each change; print each survivor as it is found, and the sums."""
    found: Counter[str] = Counter()
    for number, spec in enumerate(chosen, 1):
        package = spec.module_path.parent.relative_to(Path.cwd() / "voice_coach")
        tests = shlex.join(command(str(package), spec.module_path.stem))
        result = mutate_and_test([spec], tests, timeout)
        outcome = str(result.test_outcome.value if result.test_outcome else result.worker_outcome.value)
        found[outcome] += 1
        where = f"{spec.module_path.relative_to(Path.cwd())}:{spec.start_pos[0]}"
        print(f"{number:3} {outcome:12} {where} {spec.operator_name.rpartition('/')[2]}", flush=True)
        if result.test_outcome is TestOutcome.SURVIVED:
            print(result.diff, flush=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in found.most_common()))


if __name__ == "__main__":
    sys.exit(main())
