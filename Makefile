# Everything here sets itself up: make and Python 3.11+ are all it needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
ONLY ?=

.PHONY: help install run test test-slow lint format bench lock catalogue cities clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.dev ## Set up .venv with everything, for working on the project

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: https://www.python.org/downloads/"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# $(1): a lock file, $(2): the mark that says it is installed. uv when it is there, else pip.
define sync
	@echo "Installing $(1) ..."
	@if [ -n "$(UV)" ]; then \
		"$(UV)" pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
		"$(UV)" pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $(2)
endef

$(VENV)/.run: $(BIN)/python requirements.lock pyproject.toml
	$(call sync,requirements.lock,$@)

$(VENV)/.dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(call sync,requirements-dev.lock,$@)
	@touch $(VENV)/.run

run: $(VENV)/.run ## Run the bot with sample data: the web chat on http://127.0.0.1:8000
	@BILLING_BOT_ENV=development $(BIN)/billing-bot serve --next-port

# What is compiled is kept, whatever the shell says: each of many processes would compile it anew.
test test-slow: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.dev ## Run all tests but the slow ones
	$(BIN)/pytest -n 3 --dist worksteal -m "not slow"

test-slow: $(VENV)/.dev ## Run the slow tests, and those of properties with more examples
	$(BIN)/pytest -n 2 --dist loadgroup -m "slow or hypothesis" --hypothesis-profile thorough

lint: $(VENV)/.dev ## Style, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure beside the bare libraries (ONLY=name for one)
	$(BIN)/python -m benchmarks $(ONLY)

COMPILE = $(or $(UV),$(BIN)/uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml

lock: $(BIN)/python ## Write the lock files anew
	@test -n "$(UV)" || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra build -o requirements.lock
	$(COMPILE) --extra build --extra dev -o requirements-dev.lock

catalogue: $(VENV)/.dev ## Bring the French catalogue up to date with the code
	$(BIN)/python -m tests.catalogue

cities: $(VENV)/.dev ## Write the cities that phonenumbers knows anew
	$(BIN)/python -m tests.cities

clean: ## Remove what was made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist
