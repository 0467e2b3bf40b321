# Two commands do everything: `make demo` opens the app on sample data, `make test` runs every check.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501
FUZZ_S ?= 600
EXAMPLES ?= 5000
KILLS  ?= 500

.PHONY: help demo test build dev browser rust lint types unit e2e fuzz docs sample lock bench wheel clean

help:
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build ## build, install and open the app on the sample data
	$(BIN)/footprint demo --port $(PORT)

test: rust lint types unit e2e ## every check, in the order of what fails fastest

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

build: export VIRTUAL_ENV := $(abspath $(VENV))
build: $(VENV)/.run ## the Rust core and the package, editable, into .venv
	$(BIN)/maturin develop --release --quiet

dev: $(VENV)/.dev build ## everything a contributor needs

rust: ## format, lints and tests of the Rust core
	cargo fmt --check
	cargo clippy --locked --all-targets --all-features --quiet -- -D warnings
	if command -v cargo-nextest >/dev/null; then cargo nextest run --locked --cargo-quiet; \
	else cargo test --locked --quiet; fi
	cargo test --locked --quiet --doc

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy
	$(BIN)/stubtest --mypy-config-file pyproject.toml footprint._core

unit: dev ## unit, property, oracle, truth and page tests
	$(BIN)/pytest -n 2 --ignore tests/e2e

browser: $(VENV)/.dev ## make sure a Chromium is there for the end-to-end tests
	$(BIN)/python tests/e2e/browser.py --install

e2e: dev browser ## the app in a real browser
	$(BIN)/pytest tests/e2e

fuzz: dev ## the import under random input and kill -9 for long (FUZZ_S, EXAMPLES, KILLS)
	FOOTPRINT_FUZZ=$(EXAMPLES) FOOTPRINT_KILLS=$(KILLS) $(BIN)/pytest tests/ingest/test_fuzz.py tests/store/test_jobs.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  "$$($(BIN)/python -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["fuzz"][0])')"
	mkdir -p artifacts/fuzz/inputs
	$(BIN)/python tests/fuzz/fuzz_import.py -max_total_time=$(FUZZ_S) -artifact_prefix=artifacts/fuzz/ artifacts/fuzz/inputs

docs: dev ## write the generated pages of docs/
	$(BIN)/python -m footprint.schema_docs > docs/tables.md
	$(BIN)/python -m footprint.ingest.coverage > docs/exports.md
	$(BIN)/python -m footprint.questions_docs > docs/questions.md
	$(BIN)/python -m footprint.metrics.glossary > docs/metrics.md
	$(BIN)/python -m footprint.coverage_docs > docs/coverage.md

sample: build ## write sample_data/ anew
	$(BIN)/footprint sample --out sample_data --scale demo

lock: ## pin every dependency (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

bench: dev ## measure against peers; results go to docs/benchmarks.md
	$(BIN)/python benchmarks/run.py

wheel: build
	$(BIN)/maturin build --release --out dist

clean:
	rm -rf $(VENV) dist build artifacts
