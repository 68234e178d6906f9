# make book     execute the notebooks and build the pages into build/html
# make serve    the same, then open them on localhost
# make lab      open the notebooks in JupyterLab
# make test     every test
# make outputs  run the notebooks and store the texts that must not change
# make address URL=https://github.com/OWNER/REPO   tell the book where it is published

PYTHON ?= python3
# PyTorch's index of wheels for CPUs is a fraction of the size of PyPI's, see README.md.
TORCH_INDEX ?=
PORT ?= 8000
PY := .venv/bin/python

.PHONY: book serve lab test outputs address benchmarks clean

book: .venv/installed
	$(PY) book/build.py

serve: book
	$(PY) book/serve.py $(PORT)

lab: .venv/installed
	$(PY) -m jupyterlab chapters

test: book
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile --nbval-lax tests chapters

benchmarks: .venv/installed
	$(PY) -m benchmarks.training_speed
	$(PY) -m benchmarks.scaling
	$(PY) -m benchmarks.side_by_side
	$(PY) -m benchmarks.lab
	$(PY) -m benchmarks.build_time

outputs: .venv/installed
	OMP_NUM_THREADS=1 $(PY) book/outputs.py

address:
	$(PYTHON) book/address.py "$(URL)"

.venv/installed: requirements.txt constraints.txt pyproject.toml
	$(PYTHON) book/check_python.py
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --disable-pip-version-check $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) -r requirements.txt
	$(PY) -m pip install --disable-pip-version-check --no-deps --editable .
	touch .venv/installed

clean:
	rm -rf build
