# The commands of Siedem; `make` alone explains them. What they need is installed on first use into .venv and node_modules.
PYTHON ?= python3
PREPARE = $(PYTHON) -I platform/kernel/embedded/bootstrap.py
PY = .venv/bin/python
TEMPLATES = find platform tenants contracting reporting -name '*.html' -print0 | xargs -0
LOCK = --quiet --generate-hashes --no-emit-index-url --python-version 3.11 --universal

export PYTHONPATH := $(CURDIR):$(CURDIR)/platform
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run test check format bench load lock sbom clean

help: ## Explain these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile

run: ## Start everything on this machine (PORT=8000; DEMO=0 starts empty); Ctrl-C stops it
	@$(PREPARE) run
	@$(PY) -m kernel.embedded run

test: ## Run every test, browser tests included (some: TESTS="tests/kernel -k ports")
	@$(PREPARE) dev
	@BROWSER="$$($(PREPARE) browser)" $(PY) -m pytest -n 2 $(TESTS)

check: ## Check style, types, import floors, templates, migrations and texts
	@$(PREPARE) dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) .venv/bin/lint-imports --no-logo
	$(TEMPLATES) .venv/bin/djade --check --target-version 5.2
	$(PY) manage.py check
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PY) manage.py check_texts

format: ## Rewrite code and templates in the house style
	@$(PREPARE) dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(TEMPLATES) .venv/bin/djade --target-version 5.2

bench: ## Measure the product against its bars
	@$(PREPARE) dev
	$(PY) -m tests.bench

load: ## Let people of every role work in 200 tenants at once (smaller: TENANTS=5 PEOPLE=10 MINUTES=1)
	@$(PREPARE) dev
	@$(PY) -m tests.load

lock: ## Pin what requirements*.in and package.json name (all anew: UPGRADE=--upgrade)
	@$(PREPARE) dev
	$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile $(LOCK) $(UPGRADE) -o requirements.txt requirements.in
	$(PY) -m uv pip compile $(LOCK) $(UPGRADE) -o requirements-dev.txt requirements-dev.in
	npm install --package-lock-only

sbom: ## Print all parts in use with versions, hashes and licences (CycloneDX)
	@$(PREPARE) run >&2
	@$(PY) infra/sbom.py

clean: ## Remove the data of this machine (.local), after asking
	@$(PY) -m kernel.embedded clean
