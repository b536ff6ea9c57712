"""The repository keeps its own promises: layers, sizes, help, locks, the README, the wheel."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

import voice_coach
from tests.conftest import PURE_COVERAGE
from voice_coach.cli.main import COMMANDS, INTERRUPTED, answer, color, main
from voice_coach.errors import CoachError

ROOT = Path(__file__).parents[1]
MODULES = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "voice_coach").rglob("*.py"))]
MODULE_LINES = range(10, 601)
"""One idea a module: 100 to 400 lines are normal; outside of this it is to be split, or is not worth a file."""
FUNCTION_LINES = 60


def run(*program: str | Path) -> str:
    """Run in the checkout and return what was printed; a failure shows it."""
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def text(name: str) -> str:
    """Return a file of the checkout."""
    return (ROOT / name).read_text(encoding="utf-8")


# The code


def test_imports_keep_to_the_layers() -> None:
    """The contracts stand in pyproject.toml, the picture in docs/architecture.md."""
    assert "0 broken" in run(Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo")


def test_ci_measures_the_coverage_of_every_pure_package() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (pure,) = [contract for contract in contracts if contract["name"] == "The dialogue and the exercises are pure"]
    measured = tomllib.loads(text(f"tests/{PURE_COVERAGE}"))["tool"]["coverage"]["run"]["source_pkgs"]
    assert set(pure["source_modules"]) <= set(measured)
    assert [name for name in measured if find_spec(name) is None] == []
    assert PURE_COVERAGE in text(".ci/run")


def test_a_module_says_what_it_is_for_and_is_one_idea() -> None:
    """Any file can be read at one sitting, any function at one glance."""
    assert [fault for name in MODULES for fault in faults(name)] == []


def faults(name: str) -> Iterator[str]:
    """Give what is wrong with a module."""
    tree = ast.parse(text(name))
    if not ast.get_docstring(tree):
        yield f"{name} has no docstring"
    lines = len(text(name).splitlines())
    if lines not in MODULE_LINES and not name.endswith(("__init__.py", "__main__.py")):
        yield f"{name} has {lines} lines"
    for function in functions(tree):
        if lines_of_code(function) > FUNCTION_LINES:
            yield f"{name}: {function.name} has more than {FUNCTION_LINES} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"{name}:{node.lineno} has a global"


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Walk over the functions and methods of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from `def` to the end, less those of the docstring."""
    docstring = function.body[0] if ast.get_docstring(function) else None
    return length(function) - (length(docstring) if docstring else 0)


def length(node: ast.stmt) -> int:
    """Count the lines of a statement."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


# The command line


def command(name: str) -> click.Command:
    """Return what `voice-coach NAME` calls."""
    found = import_module(f"voice_coach.cli.{name}").command
    assert isinstance(found, click.Command)
    return found


def options(name: str) -> list[click.Option]:
    """Return the options of a command and of the commands under it, `--help` aside."""
    found = command(name)
    every = [found, *(found.commands.values() if isinstance(found, click.Group) else ())]
    return [parameter for one in every for parameter in one.params if isinstance(parameter, click.Option)]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What it does, and what each of its options is for."""
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: voice-coach {name} ")
    assert command(name).help
    assert [option.opts for option in options(name) if not option.help] == []


def test_the_help_lists_every_command_and_loads_no_engine() -> None:
    """`voice-coach --help` is there at once."""
    script = (
        "import sys; before = set(sys.modules); "  # coverage itself brings some along
        "from voice_coach.cli.main import main; main(['--help']); print(*set(sys.modules) - before)"
    )
    *lines, modules = run(sys.executable, "-c", script).splitlines()
    assert [name for name in COMMANDS if not any(line.startswith(f"  {name} ") for line in lines)] == []
    assert set(modules.split()).isdisjoint({"numpy", "vosk", "pyttsx3", "sounddevice", "pydub", "sqlite3"})


def test_a_mistyped_command_is_answered_with_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    """One that is like none of ours is answered with all that there are."""
    assert main(["reherse"]) == 2
    assert "Did you mean 'rehearse'?" in capsys.readouterr().err
    assert main(["xyz"]) == 2
    told = capsys.readouterr().err
    assert [name for name in COMMANDS if name not in told] == []


def test_an_error_of_ours_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback reaches the user."""

    def fail() -> None:
        raise CoachError("there is no floor; lie down somewhere else")

    assert answer(fail) == CoachError.exit_code
    assert capsys.readouterr() == ("", "voice-coach: there is no floor; lie down somewhere else\n")


def test_ctrl_c_ends_as_the_shell_expects(capsys: pytest.CaptureFixture[str]) -> None:
    """A script that calls us stops as well."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    assert answer(interrupted) == INTERRUPTED
    assert capsys.readouterr().err == "voice-coach: interrupted.\n"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """`voice-coach history | head -1` says nothing on standard error."""
    with subprocess.Popen(
        [sys.executable, "-m", "voice_coach", "--help"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 1


def test_colour_is_left_out_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR with any text; an empty one does not count (no-color.org)."""
    monkeypatch.setenv("NO_COLOR", "")
    assert color() is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert color() is False


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """By the command line, and in the changelog."""
    assert main(["--version"]) == 0
    assert voice_coach.__version__ in capsys.readouterr().out
    assert re.search(rf"^## \[{re.escape(voice_coach.__version__)}\]", text("CHANGELOG.md"), re.MULTILINE)


# What is written about it


DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_and_options_that_are_named_exist(name: str) -> None:
    """Each `voice-coach NAME --option` and each `make NAME` in code of the document."""
    unknown = []
    for called, arguments in re.findall(r"\bvoice-coach ([a-z]+)([^`|#\n]*)", code(name)):
        known = {opt for option in options(called) for opt in option.opts} if called in COMMANDS else set()
        unknown += [] if called in {*COMMANDS, "help"} else [called]
        unknown += [
            f"{called} {given}" for given in re.findall(r"--[a-z-]+", arguments) if given not in {*known, "--help"}
        ]
    unknown += [
        target for target in re.findall(r"\bmake ([a-z0-9-]+)", code(name)) if f"\n{target}:" not in text("Makefile")
    ]
    assert unknown == []


@pytest.mark.parametrize(
    "name", [*DOCUMENTS, *(f"{folder}/README.md" for folder in ("audio_cues", "packs", "training", "voice_packs"))]
)
def test_links_lead_to_files(name: str) -> None:
    """Each relative link of the document."""
    links = re.findall(r"\]\(([^)#\s]+)", text(name))
    broken = [link for link in links if "://" not in link and not ((ROOT / name).parent / link).exists()]
    assert broken == []


def code(name: str) -> str:
    """Return the code blocks and inline code of a document, a piece a line."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text(name), re.DOTALL))


def test_the_documents_name_every_command() -> None:
    """The README has the two that a newcomer needs first, docs/command-line.md all of the program's."""
    assert {"make run", "make test"} <= {line.strip() for line in re.split(r"[`\n#]", code("README.md"))}
    assert [name for name in COMMANDS if f"voice-coach {name}" not in text("docs/command-line.md")] == []


# What is shipped


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("requirements-build.txt", ["build"]),
        ("requirements.txt", ["build", "run"]),
        ("requirements-test.txt", ["build", "run", "test"]),
    ],
)
def test_a_lock_holds_all_that_is_needed_and_names_no_index(lock: str, groups: list[str]) -> None:
    """Each package pinned and hashed."""
    project = tomllib.loads(text("pyproject.toml"))
    declared = {"run": project["project"]["dependencies"], **project["dependency-groups"]}
    needed = {distribution(requirement) for group in groups for requirement in declared[group]}
    assert needed - {distribution(pin) for pin in pins(lock)} == set()
    assert re.findall(r"^-.*|.*://.*", text(lock), re.MULTILINE) == []


def test_what_runs_is_tested_in_the_very_same_versions() -> None:
    """Each lock holds the one before."""
    assert set(pins("requirements-build.txt")) <= set(pins("requirements.txt")) <= set(pins("requirements-test.txt"))


def pins(lock: str) -> list[str]:
    """Return the lock's requirements, such as `numpy==2.4.6`; each must be hashed."""
    entries = re.findall(r"^(\S+==\S+)[^\\\n]*((?:\\\n +--hash=sha256:[0-9a-f]{64} ?)*)", text(lock), re.MULTILINE)
    assert [pin for pin, hashes in entries if not hashes] == []
    return [pin for pin, _ in entries]


def distribution(requirement: str) -> str:
    """Return the normal form of a requirement's name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def test_a_file_tells_nothing_of_the_machine_that_it_was_written_on() -> None:
    """No path of a checkout or a home, no registry's host."""
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    places = b"|".join(re.escape(place.encode()) for place in (str(ROOT), f"{Path.home()}/"))
    hosts = rb"pypi\.org|pythonhosted\.org|deb\.debian\.org|archive\.ubuntu\.com|piwheels\.org"
    told = {name: re.findall(places + b"|" + hosts, (ROOT / name).read_bytes()) for name in files}
    assert {name: found for name, found in told.items() if found} == {}


def test_the_wheel_holds_the_data(tmp_path: Path) -> None:
    """What `pip install .` brings: every data file of the checkout, the model, the licences; no tests."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    top = [f"{folder}/" for folder in ("exercises", "programmes", "grammars", "audio_cues")]
    inside = [f"voice_coach/{folder}/" for folder in ("model", "prompts", "personas")]
    tracked = run("git", "ls-files", "--cached", "--others", "--exclude-standard", *top, *inside).splitlines()
    assert [folder for folder in (*top, *inside) if not any(name.startswith(folder) for name in tracked)] == []
    shipped = {name if name.startswith("voice_coach/") else f"voice_coach/data/{name}" for name in tracked}
    assert shipped - names == set()
    assert {name.rpartition("/")[2] for name in names} >= {"LICENSE", "NOTICE", "THIRD_PARTY.md", "py.typed"}
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"voice_coach"}
