# Needs only git, make and Python 3.11 or later; everything else goes into .venv.

# Where this is set, every start would compile Prefect anew and pay seconds for it.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
ARGS ?=
# Words for the audit of the pins: --required, --advisories FOLDER.
AUDIT ?=
BIN := .venv/bin
STAMP := .venv/.setup-stamp
PIP := $(BIN)/python -m pip install --disable-pip-version-check
# Compiled with the installation: the first demo, which starts three processes, would do it thrice.
COMPILED := prefect.flow_engine, prefect.server.api.server, recovery_flows.cli.demo.play, tui.app, \
	holidays.countries, holidays.financial.european_central_bank
WHAT := -c constraints.txt -e ".[fast,pdf,dev]"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: setup demo test lint check bench clean help

setup: $(STAMP) ## install everything into .venv (quick the second time)
	@:

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "make: Python 3.11 or later is needed; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 \
		|| $(PYTHON) -m venv --clear .venv
	@echo "Installing into .venv ..."
	@{ $(PIP) -q uv && UV_SYSTEM_CERTS=1 $(BIN)/uv pip install -q -p $(BIN)/python $(WHAT); } \
		|| { echo "uv could not do it; installing with pip, which takes a minute ..." \
			&& $(PIP) -q $(WHAT); }
	@PREFECT_HOME=.venv/.prefect $(BIN)/python -c "import $(COMPILED)"
	@$(BIN)/python -m compileall -q config models recovery_flows tui
	@touch $@

demo: setup ## show the whole way of some recoveries; more arguments by ARGS="..."
	$(BIN)/recovery demo $(ARGS)

test: setup ## run the tests, three at a time: many of them wait
	$(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

lint: setup ## formatting, lint, types, import contracts, known weaknesses of the pins
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.checks.audit $(AUDIT)

check: lint ## the same and the ratchets, which are tests too
	$(BIN)/python -m pytest tests/checks

bench: setup ## measure; what and how is in bench/
	$(BIN)/python -m bench $(ARGS)

clean: ## remove .venv and every cache; no data folder is touched
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
