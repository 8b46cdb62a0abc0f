# chengxin: `make run` and `make test` are all that is needed; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run develop check static test soak bench lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
#: uv where there is one, else pip: both read the same locked files with hashes.
INSTALL = $(if $(shell command -v uv),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
PORT ?= 8000

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: .venv/.runtime ## install; leaves the command at .venv/bin/chengxin

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@tools/make-venv "$(PYTHON)"

.venv/.runtime: .venv/bin/python requirements/runtime.txt requirements/build.txt pyproject.toml
	@echo "installing what chengxin needs …"
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.development: .venv/.runtime requirements/development.txt
	@echo "installing what the tests need …"
	@$(INSTALL) --require-hashes -r requirements/development.txt
	@touch $@

develop: .venv/.development ## install what developers need too

run: setup ## build the demo city if there is none, and serve it on http://127.0.0.1:8000
	@$(BIN)/chengxin demo --subjects 3000 --records 30000 --seed 1
	@exec $(BIN)/chengxin serve --port $(PORT)

static: .venv/.development
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/chengxin policy check

check: static ## format, lint, types, import contracts, policy lint, fast tests: under a minute
	@$(BIN)/pytest tests/architecture tests/unit/kernel tests/unit/policy tests/unit/storage tests/unit/access -m "not soak"

test: .venv/.development ## every kind of test with small counts, on SQLite and on PostgreSQL, and the browser journeys
	@tools/system-packages
	@tools/run-tests small

soak: .venv/.development ## the same tests with full counts; takes hours
	@tools/system-packages
	@tools/run-tests full

bench: .venv/.development ## measure this machine: ratios of one run
	@tools/system-packages
	@$(BIN)/python -m bench

lock: ## resolve requirements/*.txt anew, with hashes
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements/runtime.txt
	@uv pip compile pyproject.toml --extra spark --python-version 3.11 -c requirements/runtime.txt --generate-hashes --no-header --no-annotate -q -o requirements/spark.txt
	@uv pip compile pyproject.toml --extra spark --group dev --python-version 3.11 -c requirements/spark.txt --generate-hashes --no-header --no-annotate -q -o requirements/development.txt
	@uv pip compile requirements/build.in --python-version 3.11 -c requirements/development.txt --generate-hashes --no-header --no-annotate -q -o requirements/build.txt

clean: ## remove the environment and the caches; the data under var/ stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
