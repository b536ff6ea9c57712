# make run     sets up all that is missing and starts a session; ARGS are passed on: make run ARGS=--text
# make test    sets up all that is missing and runs every check
# PYTHON=...   the interpreter to set up with (python3)

BIN := .venv/bin

.PHONY: help run test check format lock dist clean

help:
	@sed -n 's/^# //p' Makefile

run:
	@scripts/setup run
	@exec $(BIN)/voice-coach run $(ARGS)

test: check
	$(BIN)/pytest --cov $(ARGS)

check:
	@scripts/setup test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

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

dist:
	@scripts/setup test
	$(BIN)/hatchling build

clean:
	rm -rf .venv .venv-* .venv.lock build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
