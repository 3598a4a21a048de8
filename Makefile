# `make` alone lists what there is to make.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := list
.PHONY: list test check soak bench screens words lock clean venv test-venv
unexport PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_REQUIRE_VIRTUALENV

python := .venv/bin/python
parallel := -n 2 --dist loadfile --no-loadscope-reorder
install := -m pip install --quiet --no-deps --require-hashes --only-binary :all:

list:
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 10

test: test-venv  ## every test, the browser journeys among them; installs what they need
	@scripts/debian chromium ledger hledger ip:iproute2 certutil:libnss3-tools
	$(python) -m pytest $(parallel)

check: test-venv  ## format, lint, types, and the rules of the house
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy
	$(python) -m pytest tests/house

soak: test-venv  ## the laws over many more histories, for an hour or two; into bench/results/soak.txt
	CERCLE_SOAK=1 $(python) -m pytest -m 'hypothesis or soak' --no-header -n 2 --dist worksteal | tee bench/results/soak.txt

# A peer that cannot be had is told as absent. One of ihatemoney's libraries (debts) exists as source alone.
bench: test-venv  ## the speed of Cercle beside its peers; into bench/results/
	-@scripts/debian ledger hledger
	-@cmp -s requirements/peers.txt .venv.peers/peers.txt || { echo "Fetching ihatemoney, to measure beside it…" && \
	rm -rf .venv.peers && $(python) -m venv .venv.peers && \
	.venv.peers/bin/python $(install) --no-binary debts -r requirements/peers.txt && cp requirements/peers.txt .venv.peers/; }
	$(python) -m bench.run

screens: test-venv  ## a picture of every page, and all of them on one contact sheet
	@scripts/debian chromium
	$(python) -m tests.screens

words: test-venv  ## gathers all words into the French catalogue, and compiles it
	$(python) scripts/words.py

lock: test-venv  ## requirements/*.txt anew, from pyproject.toml
	scripts/lock

clean:  ## removes what the other targets made, never anybody's data
	rm -rf .venv .venv.* .mypy_cache .pytest_cache .ruff_cache .hypothesis screens dist
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +

venv:
	@./cercle --version >/dev/null

test-venv: venv
	@cmp -s requirements/test.txt .venv/test.txt || { echo "Fetching what the tests need…" && \
	$(python) -m ensurepip >/dev/null && $(python) $(install) -r requirements/test.txt && \
	$(python) -m pip uninstall --quiet --yes pip setuptools && cp requirements/test.txt .venv/; }
