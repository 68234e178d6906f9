# make book     execute what changed and build the pages into build/html
# make serve    the same, then open them on localhost
# make page P=time_series   build one page to look at
# make live P=time_series   the same again whenever it is saved, shown in the browser
# make lab      open the notebooks in JupyterLab
# make check    formatting, lint, layers, types and the tests that need neither a page nor a browser: a minute or two
# make test     every test
# make fuzz     10,000 hostile answers, links, files, folders and typed shapes: nothing raises, nothing is silently wrong
# make colab    run every notebook in the versions that Colab has; make oldest: in the oldest that pyproject.toml admits
# make autogluon   compare AutoGluon's predictors, in an environment of its own, and store the result
# make outputs  run the notebooks and store the texts that must not change
# make benchmarks   measure the speeds that the book claims
# make lighthouse   what Lighthouse says of four pages, on a phone and on a desktop
# make address URL=https://github.com/OWNER/REPO   tell the book where it is published; SITE=... if its pages are elsewhere

PYTHON ?= python3
# PyTorch's index of wheels for CPUs is a fraction of the size of PyPI's, see README.md.
export TORCH_INDEX ?=
PORT ?= 8000
P ?=
PY := .venv/bin/python

.PHONY: book serve page live lab check test fuzz colab oldest autogluon outputs address benchmarks lighthouse clean

book: .venv/installed
	$(PY) -m book.tools.build

serve: book
	$(PY) -m book.tools.serve $(PORT)

page: .venv/installed
	$(PY) -m book.tools.build "$(P)"

live: .venv/installed
	$(PY) -m book.tools.live "$(P)" $(PORT)

lab: .venv/installed
	$(PY) -m jupyterlab chapters

check: .venv/installed
	$(PY) -m book.tools.check

test: check
	$(PY) -m book.tools.test

fuzz: .venv/installed
	LENET_FUZZ=2000 $(PY) -m pytest -q -n auto -m fuzz tests

colab oldest autogluon: .venv/installed
	$(PY) -m book.tools.environments $@

outputs: .venv/installed
	$(PY) -m book.tools.outputs

benchmarks: .venv/installed
	$(PY) -m benchmarks.training_speed
	$(PY) -m benchmarks.scaling
	$(PY) -m benchmarks.side_by_side
	$(PY) -m benchmarks.lab
	$(PY) -m benchmarks.build_time
	$(PY) -m benchmarks.two_cores

lighthouse: book
	$(PY) -m benchmarks.lighthouse

address:
	$(PYTHON) -m book.tools.address "$(URL)" $(SITE)

.venv/installed: requirements.txt constraints.txt pyproject.toml
	$(PYTHON) -m book.tools.install

clean:
	rm -rf build
