# make run          sets up what is missing and starts a session; ARGS are passed on: make run ARGS=--text
# make test         sets up what is missing; style, types, and all tests except the slow and live ones
# make test-all     every test, with coverage
# make format       applies the code style
# make live         the tests in real time on a virtual sound card; close other programs first
# make compat VENV=.venv-3.13 PYTHON=python3.13   the tests that run on every supported Python
# make bench-sessions VOICES=FOLDER     whole sessions with people who talk in their own words;
#                   MODEL=FOLDER another Vosk model, JOBS=N processes, ARGS="--quick --json FILE"
# make bench-language UTTERANCES=FILE   how typed sentences are understood in each state; FLOOR=FILE: figures to keep
# make bench-recognition SPEECH=FOLDER  how well people are understood, compared with other recognisers; MODEL="FOLDER ..."
#                   adds Vosk models, PHRASES=FILE the coach's phrases, JOBS=N processes, ARGS="--quick --only words,stop"
# make bench-voice  rate, loudness and intelligibility of each voice; ARGS="--every 4"
# make bench-writes how much sessions write to the disk, today and after years (needs strace); ARGS="--years 1"
# make bench-cost   CPU time of sessions, by part; REV=... at that revision too; ARGS="--write docs/benchmarks/cost.md"
# make bench-echo SPEECH=FOLDER         how the coach hears over its own voice; ARGS="--minutes 60 --full"
# make test-arm64   tries the program on an emulated arm64 Debian, and writes what came of it into docs/raspberry-pi.md;
#                   SUITE=trixie Debian 13, ARGS="--fresh --tests tests/test_compat.py"; needs root and, at first, an hour
# make soak HOURS=1 sessions back to back with random faults, in real time; ARGS="--seed 2 --json FILE"
# make fuzz PARSER=grammar MINUTES=30   looks for files that break a parser; without PARSER all in turn (tests/fuzz)
# make train SPEECH=DIR WORK=DIR        trains a model from recordings, into WORK/out or OUT; takes hours (training/README.md)
# make test-training                    the same on a tiny data set (installs PyTorch into .venv-train)
# make voice-models MODELS=DIR          downloads the voices and the recogniser for voice packs (0.4 GB)
# make voice-pack VOICE=woman MODELS=DIR   renders what is missing or changed in a voice pack (packs/README.md); OUT=DIR
#                   instead of voice_packs/VOICE, ARGS="--sample 30" for a part of it
# make mutants PACKAGES="session hear/grammar"   which changes of their code no test notices; COUNT=60, SEED=1
# make check-wheels asks the package index for a wheel of each dependency on Linux, macOS and Windows; takes minutes
# make dist         builds the wheel and the sdist into dist/
# make check-dist   builds them twice, compares them, and tries the wheel in empty environments; takes minutes
# make dialogue-doc writes docs/dialogue.md from the code
# make clinical-review   writes docs/clinical-review.md from the code: what a physiotherapist is to sign
# PYTHON=...        the interpreter to set up with (python3)

export VENV ?= .venv
BIN := $(VENV)/bin
# Some container images set it; each test process would compile our modules and rewrite the assertions of all tests again.
unexport PYTHONDONTWRITEBYTECODE
# One more than cores: a test often waits for a program that it has started. PROCESSES=N: so many.
PROCESSES := $(shell expr `getconf _NPROCESSORS_ONLN` + 1)
PARALLEL := --numprocesses $(PROCESSES) --dist worksteal

.PHONY: $(shell sed -n 's/^\([a-z0-9-]*\):.*/\1/p' Makefile)

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

run:
	@scripts/setup run
	@exec $(BIN)/voice-coach run $(ARGS)

test: check suite

# COVER="--cov" measures coverage, which takes half as long again; COVER="--cov --cov-config=tests/pure_coverage.toml" measures
# only the packages that decide, as .ci/run does.
suite:
	@scripts/setup test
	$(BIN)/pytest $(COVER) $(PARALLEL) -m "not slow and not live" $(ARGS)

# In real time, each test on a virtual sound card of its own, which takes about a quarter of a core: nothing else should run.
live:
	@scripts/setup test
	$(BIN)/pytest $(COVER) --numprocesses 3 --dist worksteal -m live $(ARGS)

slow:
	@scripts/setup test
	$(BIN)/pytest $(COVER) $(PARALLEL) -m "slow and not live" $(ARGS)

PART := --cov --cov-append --cov-report= --cov-fail-under=0

test-all: check
	$(BIN)/coverage erase
	$(MAKE) live COVER="$(PART)"
	$(MAKE) suite COVER="$(PART)"
	$(MAKE) slow COVER="$(PART)"
	$(BIN)/coverage report
	$(MAKE) test-training

# The live ones last and alone: beside others they lose sound, and can't judge.
compat:
	@scripts/setup test
	$(BIN)/pytest $(PARALLEL) -m "compat and not live" $(ARGS)
	$(BIN)/pytest -m "compat and live" $(ARGS:.xml=-live.xml)

test-arm64:
	@scripts/setup test
	$(BIN)/python -m scripts.arm64 $(if $(SUITE),--suite $(SUITE)) $(ARGS)

check-wheels:
	@scripts/setup test
	$(BIN)/python -m scripts.check_wheels

mutants:
	@scripts/setup test scripts/requirements-mutants.txt
	$(BIN)/python scripts/mutants.py $(PACKAGES) --count $(or $(COUNT),60) --seed $(or $(SEED),1)

clinical-review:
	@scripts/setup test
	$(BIN)/python -m scripts.clinical_review

dialogue-doc:
	@scripts/setup test
	$(BIN)/python -m scripts.dialogue_doc

bench-recognition:
	@scripts/setup test benchmarks/requirements.txt
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.recognition $(SPEECH) --jobs $(or $(JOBS),1) \
		$(if $(PHRASES),--phrases $(PHRASES)) $(foreach folder,$(MODEL),--model $(folder)) $(ARGS)

bench-sessions:
	@scripts/setup test
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.sessions $(VOICES) --jobs $(or $(JOBS),1) \
		$(if $(MODEL),--model $(MODEL)) $(ARGS)

bench-language:
	@scripts/setup test
	$(BIN)/python -m benchmarks.language $(UTTERANCES) $(if $(FLOOR),--floor $(FLOOR)) $(ARGS)

bench-echo:
	@scripts/setup test benchmarks/requirements.txt
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.echo $(SPEECH) $(ARGS)

bench-cost:
	@scripts/setup test
	$(BIN)/python -m benchmarks.cost $(if $(REV),--against $(REV)) $(ARGS)

bench-voice:
	@scripts/setup test benchmarks/requirements.txt
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.voice $(ARGS)

bench-writes:
	@scripts/setup test
	$(BIN)/python -m benchmarks.writes sessions $(ARGS)
	$(BIN)/python -m benchmarks.writes standby

soak:
	@scripts/setup test
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.soak $(if $(HOURS),--hours $(HOURS)) $(ARGS)

fuzz:
	@scripts/setup test tests/fuzz/requirements.txt
	$(BIN)/python -m tests.fuzz $(PARSER) --minutes $(or $(MINUTES),10) $(ARGS)

check:
	@scripts/setup test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

train: training-ready
	OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 nice -n 19 .venv-train/bin/python -m training $(SPEECH) $(WORK) $(or $(OUT),$(WORK)/out) $(ARGS)

voice-pack: packs-ready
	OMP_NUM_THREADS=1 nice -n 19 .venv-packs/bin/python -m packs render $(VOICE) --models $(MODELS) $(if $(OUT),--out $(OUT)) $(ARGS)

voice-models: packs-ready
	.venv-packs/bin/python -m packs.fetch $(MODELS)

packs-ready:
	@VENV=.venv-packs scripts/setup run packs/requirements.txt

test-training: training-ready
	OMP_THREAD_LIMIT=1 .venv-train/bin/pytest --quiet training/tests

training-ready:
	@VENV=.venv-train scripts/setup test training/requirements.txt

format:
	@scripts/setup test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Needs uv. The locks hold for each Linux, Python and processor for which the packages are published.
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock" $(ARGS) pyproject.toml --group build

lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" $(ARGS) --group build --output-file requirements-build.txt
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group test --constraint requirements.txt --output-file requirements-test.txt

# Hatchling's own date for all files, whatever the environment says: two builds are the same.
dist:
	@scripts/setup test
	$(BIN)/python -m packs pending --empty
	env -u SOURCE_DATE_EPOCH $(BIN)/hatchling build

check-dist:
	@scripts/setup test
	$(BIN)/python -m scripts.check_dist

clean:
	rm -rf .venv .venv-* .venv.lock build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
