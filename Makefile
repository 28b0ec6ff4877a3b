# `make demo` and `make test` set up everything they need by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Four processes test at once: threads beside them would wait for each other in loops.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 4 --dist worksteal
.DEFAULT_GOAL := help

.PHONY: help setup learned model demo test coverage compiled lint types lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## make .venv, fetch the pinned artefacts, check the system packages
	@$(BIN)/python tools/system_packages.py
	@$(BIN)/python -m yantra_bot.artefacts

$(READY): locks/dev.txt pyproject.toml
	@$(PYTHON) tools/check_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# torch itself comes without a hash: which build of it, for a CPU or for CUDA, is what pip is set to find.
learned: setup ## add what trains the learned score: torch and its company
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/learned.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0

model: learned ## train the learned score on pinned projects: less than 20 minutes on two cores
	$(BIN)/yantra codex train --quick --minutes 8

demo: setup ## run the main job on real input: no account, no key, no network
	@$(BIN)/python -m demo

test: setup ## run every check and test
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint types compiled
	$(PYTEST)

coverage: setup compiled ## run every test with branch coverage, at least 90 %
	$(PYTEST) --cov --cov-report=term

# Tests start thousands of processes, and several of their own that collect: none should compile what another has
# compiled, also where the machine says that bytecode is not kept.
compiled: $(READY) ## compile the product and the tests ahead
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q -j 0 yantra_bot runners
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --collect-only -qq | tail -n 1

lint: $(READY) ## format, lint and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

types: $(READY) ## mypy, strict
	$(BIN)/mypy

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o locks/base.txt
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o locks/dev.txt
	uv pip compile locks/semgrep.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o locks/semgrep.txt
	uv pip compile locks/learned.in -c locks/dev.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o locks/learned.txt
	uv pip compile locks/playwright.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o locks/playwright.txt

clean: ## remove what the other targets made
	rm -rf $(VENV) .artefacts .state .mypy_cache .ruff_cache .coverage htmlcov
