# Everything that a user or a contributor runs. Each target sets up what it needs in .venv, given
# Python 3.11+, git and make; the first one takes a minute, for the packages that it fetches.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOP := $(VENV)/.develop
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CODE := src tests scripts bench examples

# Tests start hundreds of processes, and each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo up check lint types imports test e2e faults fuzz kube tools contract parity explore bench docs format clean

help:
	@echo "make demo    tell the whole story on the embedded control plane, and end"
	@echo "make up      the same repository, kept running, to play with"
	@echo "make test    the tests            make check   lint, types, import contracts"
	@echo "make e2e     the story told by servers, real Git and real clients, on both homes"
	@echo "make kube    build a real Kubernetes control plane for the tests, once (needs Go)"
	@echo "make tools   build the real kustomize, helm, jsonnet, sops and registry, once (needs Go)"
	@echo "make parity  render every case with Trueup and with the real tools, and compare"
	@echo "make contract   try the contract of the API on the embedded server and the real one"
	@echo "make faults  break the API server, the network and the machine, and see that all mends"
	@echo "make fuzz    change good inputs until one crashes a renderer, or does not"
	@echo "make explore    send both the same random operations, and show where they part"
	@echo "make bench   measure              make docs    write the generated reference and deploy/ anew"
	@echo "make format  format the code      make clean   remove what these made"

demo: $(INSTALLED)
	$(BIN)/python -m examples.demo

up: $(INSTALLED)
	$(BIN)/python -m examples.demo --stay --folder .up

check: lint types imports

lint: $(DEVELOP)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: $(DEVELOP)
	$(BIN)/mypy

imports: $(DEVELOP)
	$(BIN)/lint-imports

test: $(DEVELOP)
	$(BIN)/pytest -n auto --dist worksteal --ignore=tests/contract --ignore=tests/e2e

e2e: $(DEVELOP)
	$(BIN)/pytest -n auto --dist worksteal tests/e2e

# Side by side: each of the two homes has a file.
faults: $(DEVELOP)
	$(BIN)/pytest tests/faults -m faults -n 2 --dist loadfile

# For example: make fuzz FUZZ=20000
FUZZ ?= 500
fuzz: $(DEVELOP)
	FUZZ=$(FUZZ) $(BIN)/pytest tests/fuzz -m fuzz -n 2

kube:
	testenv/build.sh

tools:
	testenv/tools.sh

contract: $(DEVELOP)
	$(BIN)/pytest -n auto tests/contract

# For example: make parity PARITY="--tool kustomize ~/code/our-clusters"
parity: $(DEVELOP)
	$(BIN)/python -m tests.parity $(PARITY)

# For example: make explore EXPLORE="--examples 5000 --seed 7 --wide"
explore: $(DEVELOP)
	$(BIN)/python -m tests.contract.explorer $(EXPLORE)

# For example: make bench BENCH="--deliveries 1000"
bench: $(INSTALLED)
	$(BIN)/python -m bench $(BENCH)

docs: $(DEVELOP)
	$(BIN)/python scripts/build_reference.py
	$(BIN)/python scripts/build_deploy.py

format: $(DEVELOP)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

clean:
	rm -rf $(VENV) build dist .demo .up .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Trueup needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(INSTALLED): pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(DEVELOP): pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(INSTALLED)
