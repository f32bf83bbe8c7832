# Coverloop. `make run` sets up and runs the whole loop; `make help` lists the rest.
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHONPATH := $(CURDIR)

.PHONY: help setup run stop test lint models bench lock docs clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup:  ## make .venv from infra/requirements.lock
	@sh infra/setup.sh

run: setup  ## run the loop and leave the pages up; VIDEOS=folder CATALOG=products.csv for your own
	@$(PY) -m infra.local.run $(if $(VIDEOS),--videos "$(VIDEOS)") $(if $(CATALOG),--catalog "$(CATALOG)")

stop: setup  ## stop what make run left up
	@$(PY) -m infra.local.stop

test: setup lint  ## pass every check and every test
	@$(PY) -m pytest $(ARGS)

lint: setup
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports

models: setup  ## list the model shelf; FETCH=1 fetches what is missing
	@$(PY) -m inference.models $(if $(FETCH),--fetch)

bench: setup  ## measure, side by side in one run
	@$(PY) -m tests.benchmarks

lock: setup  ## write infra/requirements.lock anew from pyproject.toml
	@sh infra/lock.sh

docs: setup  ## data contracts as an HTML page in build/contracts
	@.venv/bin/datacontract catalog --files "data_contracts/contracts/*.odcs.yaml" --output build/contracts

clean: stop  ## remove the virtual environment; data stays in COVERLOOP_HOME
	rm -rf .venv build
