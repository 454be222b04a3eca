# Everything starts from a fresh checkout: Python >= 3.11, cargo and a C compiler.
# The environment is made in .venv with the versions of requirements.lock.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DONE   := $(VENV)/.done
export PIP_CONSTRAINT := requirements.lock
export PIP_DISABLE_PIP_VERSION_CHECK := 1

RUST_SOURCES := Cargo.toml Cargo.lock $(shell find rust -name '*.rs' -o -name Cargo.toml)
PLUGINS      := $(patsubst %/pyproject.toml,%,$(wildcard plugins/pyframe-*/pyproject.toml))

.PHONY: demo test lint format bench peers docs fuzz lock clean

demo: $(DONE)/plot
	$(BIN)/pyframe demo

test: $(DONE)/test $(DONE)/plugins
	cargo test --workspace --locked --quiet
	$(BIN)/pytest

# Long random runs, beyond the few seconds of them in `make test`.
# JAX takes part in an eighth of the random programs.
fuzz: $(DONE)/test $(DONE)/fuzz $(DONE)/plugins
	PYFRAME_FUZZ=100000 PROPTEST_CASES=5000 cargo test --workspace --locked --quiet --release
	PYFRAME_FUZZ=100000 $(BIN)/pytest -m fuzz --timeout=3600

lint: $(DONE)/test $(DONE)/lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --quiet -- --deny warnings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --warnings
	cd $(VENV) && bin/python -m mypy.stubtest pyframe._core --ignore-disjoint-bases

format: $(DONE)/lint
	cargo fmt --all
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DONE)/bench
	$(BIN)/python asv_bench/run.py

peers: $(DONE)/peers
	$(BIN)/python asv_bench/peers/run.py

docs: $(DONE)/docs $(DONE)/plugins
	$(BIN)/sphinx-build --fail-on-warning -b html docs docs/_build/html

# The versions to install, for every extra and platform.
lock: $(DONE)/built
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --upgrade --no-header \
		--no-annotate --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) target demo-output docs/_build docs/gallery docs/sg_execution_times.rst asv_bench/env asv_bench/html asv_bench/results

$(DONE)/venv:
	$(PYTHON) -m venv $(VENV)
	mkdir -p $(DONE)
	$(BIN)/pip install --quiet maturin
	touch $@

$(DONE)/built: $(DONE)/venv pyproject.toml $(RUST_SOURCES)
	$(BIN)/maturin develop --release --locked --quiet
	touch $@

# Each extra of pyproject.toml, installed when a target wants it.
$(DONE)/plot $(DONE)/test $(DONE)/fuzz $(DONE)/lint $(DONE)/peers $(DONE)/docs: $(DONE)/built
# asv builds each commit in environments of its own: what is built here is of no use to it.
$(DONE)/bench: $(DONE)/venv
$(DONE)/plot $(DONE)/test $(DONE)/fuzz $(DONE)/lint $(DONE)/bench $(DONE)/peers $(DONE)/docs: pyproject.toml requirements.lock
	$(BIN)/python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml','rb'))['project']['optional-dependencies']['$(@F)']))" > $@.txt
	$(BIN)/pip install --quiet --requirement $@.txt
	touch $@

$(DONE)/plugins: $(DONE)/test $(addsuffix /pyproject.toml,$(PLUGINS))
	$(BIN)/pip install --quiet --no-deps --no-build-isolation $(addprefix --editable ,$(PLUGINS))
	touch $@
