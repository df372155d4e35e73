# Each target sets up what it needs; a bare machine has git, make and Python >= 3.11.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed
# Where a machine forbids Python to keep what it compiled, each of the thousand commands that the
# tests start would compile all it imports.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo check test cover soak bench corpus lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## install the locked dependencies into .venv

$(STAMP): uv.lock pyproject.toml .ci/setup.py
	@$(PYTHON) .ci/setup.py
	@touch $@

demo: setup ## run the main job on the bundled snapshot; the results lie in demo/
	@rm -rf demo
	@$(VENV)/bin/surveil demo --keep demo

check: setup ## style, types and who may import whom
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

# Each core takes a stretch of the tests and then half of what the slower one still has, so that
# what a module sets up for all its tests is mostly set up once.
test: setup ## run the tests, on all cores up to four
	$(VENV)/bin/pytest --numprocesses logical --maxprocesses 4 --dist worksteal

cover: setup ## run the tests and say which lines none of them reaches
	$(VENV)/bin/pytest --cov=surveillance --cov=db --cov=flows --cov-report=term-missing:skip-covered

soak: setup ## thousands of histories with faults and deaths, each held against the healthy one (CASES=2000)
	@$(VENV)/bin/python -m tests.faults.soak $(CASES)

bench: setup ## strategies, PubMed XML, duplicates and screening beside the peers, on real records
	@$(PYTHON) .ci/setup.py --bench
	@$(VENV)/bin/python -m benchmarks.strategies
	@$(VENV)/bin/python -m benchmarks.pubmed_xml
	@$(VENV)/bin/python -m benchmarks.bulk
	@$(VENV)/bin/python -m benchmarks.requests
	@$(VENV)/bin/python -m benchmarks.registrations
	@$(VENV)/bin/python -m benchmarks.triage
	@$(VENV)/bin/python -m benchmarks.dedup --peer copper cytology_screening diabetes haematology stroke
	@$(VENV)/bin/python -m benchmarks.dedup_curve copper cytology_screening diabetes haematology stroke
	@$(VENV)/bin/python -m benchmarks.dedup_real
	@$(VENV)/bin/python -m benchmarks.dedup_scale 10000 100000
	@$(VENV)/bin/python -m benchmarks.links
	@$(VENV)/bin/python -m benchmarks.links_alike
	@$(VENV)/bin/python -m benchmarks.screening_designs
	@$(VENV)/bin/python -m benchmarks.participants
	@$(VENV)/bin/python -m benchmarks.screening --seeds 1 --peer
	@$(VENV)/bin/python -m benchmarks.screening_stopping

corpus: setup ## what the compiler makes of the published strategies in ../shared
	@$(VENV)/bin/python -m benchmarks.corpus

lock: setup ## resolve the dependencies anew
	@$(PYTHON) .ci/setup.py --lock

clean: ## remove what the other targets made
	rm -rf $(VENV) .bench demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
