# cat-server: `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
SITE ?= site
BENCH ?=
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-stamp
DEV_STAMP := $(VENV)/.dev-stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

.PHONY: help run setup test test-postgresql rehearsal torture bench bench-forms bench-server check lint lock bundle screenshots clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_STAMP) ## make a demo site in ./site if there is none, and serve it
	@if [ ! -e "$(SITE)/site.toml" ]; then $(BIN)/cat-server demo prepare --site "$(SITE)" > /dev/null; fi
	@exec $(BIN)/cat-server serve --site "$(SITE)"

setup: $(RUN_STAMP) ## prepare .venv from the hashed lock

test: $(DEV_STAMP) ## run every test, on SQLite and then on PostgreSQL (installs browsers and the few other programs it needs from Debian's packages where missing)
	@scripts/ensure_browsers.sh
	@$(BIN)/python -m pytest -n 3 --dist worksteal tests/unit tests/architecture tests/integration
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser tests/durability
	@$(MAKE) --no-print-directory test-postgresql

test-postgresql: $(DEV_STAMP) ## the integration tests, kills under load and the main journey, on a PostgreSQL of the run's own
	@scripts/ensure_browsers.sh
	@CAT_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 3 --dist worksteal tests/integration
	@CAT_TEST_DATABASE=postgresql $(BIN)/python -m pytest tests/durability/test_postgresql_killed.py tests/browser/test_mouse_only_journey.py

rehearsal: $(DEV_STAMP) ## a whole day over HTTPS with 3 x 500 participants, every number counted again
	@REHEARSAL_PEOPLE=500 $(BIN)/python -m pytest tests/integration/rehearsal

torture: $(DEV_STAMP) ## hours of kills, power cuts and crash images, counted (TORTURE_KILLS, _CUTS, _IMAGES, _SECONDS)
	@TORTURE_KILLS=$${TORTURE_KILLS:-1000} TORTURE_CUTS=$${TORTURE_CUTS:-500} TORTURE_IMAGES=$${TORTURE_IMAGES:-100000} \
		$(BIN)/python -m pytest -s tests/durability

bench: bench-forms bench-server ## both benches: how equal forms are, and what the server takes

bench-forms: $(DEV_STAMP) ## how equal forms are and what they cost, ours beside random, labels and integer programmes
	@$(BIN)/python scripts/bench_forms.py

bench-server: $(DEV_STAMP) ## durable answers, storms and boards beside a bare and the usual endpoint (BENCH="--quick" for less)
	@scripts/ensure_browsers.sh
	@$(BIN)/python -m scripts.bench_server $(BENCH)

check: lint test ## linting, typing, contracts, and every test: what CI runs

lint: $(DEV_STAMP) ## linting, typing and import contracts only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

screenshots: $(DEV_STAMP) ## take the README's pictures again
	@scripts/ensure_browsers.sh
	@$(BIN)/python scripts/take_screenshots.py

bundle: $(DEV_STAMP) ## write dist/bundle for a USB stick: installs without network (needs a package index)
	@$(BIN)/python scripts/build_bundle.py

lock: $(DEV_STAMP) ## write the locks again from pyproject.toml (needs a package index)
	@$(BIN)/uv pip compile pyproject.toml --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --universal --python-version 3.11 -o requirements/run.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --quiet --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --universal --python-version 3.11 -o requirements/dev.lock

clean: ## remove .venv and caches; ./site stays
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || { echo "Python 3.11 is missing: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is too old; 3.11 or newer is needed: make run PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null \
		|| { echo "Python's venv is missing: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Preparing $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# The checkout itself is linked by a .pth file: nothing is built, nothing beyond the lock is fetched.
$(RUN_STAMP): requirements/run.lock scripts/link_checkout.sh | $(BIN)/python
	@$(PIP) -r requirements/run.lock
	@scripts/link_checkout.sh $(VENV)
	@touch $@

$(DEV_STAMP): requirements/dev.lock scripts/link_checkout.sh | $(BIN)/python
	@$(PIP) -r requirements/dev.lock
	@scripts/link_checkout.sh $(VENV)
	@touch $@
