# Everything a newcomer needs: `make demo` and `make test`. Prerequisites on Debian: python3, python3-venv, make.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3

.PHONY: demo test check chaos bench lock browser clean

demo: $(VENV)/installed
	@$(BIN)/medarbetare browser install
	@$(BIN)/medarbetare demo $(ARGS)

test: browser
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: browser
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest tests/unit/layout
	@tests/wheel.sh $(BIN)/python

# Every proof whole, and every test that the README's promises name: about two hours on two cores. The random kills want
# the machine to themselves and come first: leave it alone for half an hour. What is red does not keep the rest from being
# told; the last table decides.
chaos: browser
	@rm -f build/chaos.json
	@-$(BIN)/python -m pytest tests/chaos/test_random_kills.py --whole-matrix $(ARGS)
	@-$(BIN)/python -m pytest tests/chaos $$($(BIN)/python tests/chaos/promises.py --tests) \
		--ignore tests/chaos/test_random_kills.py --whole-matrix -n 2 --dist worksteal $(ARGS)
	@$(BIN)/python tests/chaos/promises.py

bench: browser
	@$(BIN)/python tests/bench/run.py $(ARGS)

browser: $(VENV)/installed
	@$(BIN)/medarbetare browser install

# The environment, from the lock file alone: no compiler is needed, see robot/DECISIONS.md.
$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Medarbetare needs Python 3.11 or newer; set PYTHON=…")'
	@$(PYTHON) -c 'import venv, ensurepip' || { echo 'On Debian: sudo apt-get install python3-venv'; exit 1; }
	@echo "Installing into $(VENV) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --disable-pip-version-check install -qq --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation -e .
	@touch $@

# A new lock, made with the oldest supported interpreter. evdev, pynput and python-xlib need a compiler or a screen; they
# serve rpaframework's desktop libraries only. Needs uv.
lock:
	uv pip compile pyproject.toml --group dev --python-version 3.11.2 --generate-hashes --no-header --no-annotate \
		--no-emit-package evdev --no-emit-package pynput --no-emit-package python-xlib -o requirements.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
