# `make demo`, `make test` and `make check` create .venv and install into it by themselves.
# uv is used where it works; python3 -m venv and pip are enough.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
# The first Python that is new enough; override with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WORKERS ?= 2

.PHONY: help demo test bounds check bench clean

help:  ## Say what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/bin/python:
ifdef UV
	@uv venv --quiet --python '>=3.11' .venv
else
	@test -n "$(PYTHON)" || { echo "Gristmill needs Python 3.11 or newer; none was found. Try make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
endif

.venv/.installed: pyproject.toml | .venv/bin/python
	@echo "Installing Gristmill into .venv ..."
ifdef UV
	@uv pip install --quiet --compile-bytecode --python .venv --editable .
else
	@$(BIN)/python -m pip install --quiet --editable .
endif
	@touch $@

.venv/.installed-dev: pyproject.toml | .venv/bin/python
	@echo "Installing Gristmill and what its tests need into .venv ..."
ifdef UV
	@uv pip install --quiet --compile-bytecode --python .venv --editable . --group dev
else
	@$(BIN)/python -m pip install --quiet --editable . --group dev
endif
	@touch $@ .venv/.installed

demo: .venv/.installed  ## Build training data from the documents in examples/demo
	@$(BIN)/gristmill build examples/demo/recipe.yaml
	@$(BIN)/python examples/demo/worth_a_look.py examples/demo/builds/demo $(BIN)/gristmill

test: .venv/.installed-dev  ## Run all tests
	$(BIN)/gristmill warm --workers $(WORKERS)  # or workers that need a kernel at the same time would each compile it
	$(BIN)/python -m pytest -n $(WORKERS)

bounds: .venv/.installed-dev  ## Run the tests of kernels with every index checked
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -n $(WORKERS) tests/text tests/clean tests/language tests/quality tests/dedup tests/deliver

check: .venv/.installed-dev  ## Lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:  ## Measure speed and memory beside other tools; HTML=FOLDER names the pages, see docs/benchmarks.md
	bench/run $(if $(HTML),--html $(HTML)) $(if $(QUICK),--quick)

clean:  ## Remove the environment and what the demo built
	rm -rf .venv examples/demo/builds
