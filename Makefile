# Every target sets itself up in .venv from requirements.lock (exact versions and hashes).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: report test quick lint lab bench gambar audit lock clean

report: $(VENV)/siap  ## every report of data/contoh; ends with the path of the index
	@$(BIN)/kkb-eval build

test: $(VENV)/siap  ## all tests, the browser ones included
	@$(BIN)/python tests/chromium.py
	@$(BIN)/pytest -n auto --dist loadfile

quick: $(VENV)/siap  ## what a change breaks first, in less than a minute: no browser, build, cluster or simulation
	@$(BIN)/pytest -n auto --dist loadfile -m "not slow" --timeout 60

lint: $(VENV)/siap  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lab: $(VENV)/siap  ## the analyst's workbook, on this machine only, with a token
	@$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 notebooks

bench: $(VENV)/siap  ## measures, each with its peer in the same run; prints them and writes benchmarks/results.md
	@$(BIN)/python -m benchmarks

gambar: $(VENV)/siap  ## the pictures of docs/, taken from the sample
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python docs/gambar.py

audit:  ## known holes in the locked dependencies; fails as well where that could not be looked up for all of them
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit \
		|| { echo "audit: pip-audit tidak dapat dipasang; periksa sambungan internet, lalu ulangi"; exit 1; }
	@$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock \
		> $(VENV)/audit/hasil.txt 2> $(VENV)/audit/catatan.txt \
		&& echo "audit: tidak ada celah yang diketahui dalam requirements.lock" \
		|| { cat $(VENV)/audit/hasil.txt; grep -q . $(VENV)/audit/hasil.txt \
		&& echo "audit: ada celah; perbarui paket itu dengan make lock" \
		|| echo "audit: daftar celah tidak terjangkau atau tidak lengkap, jadi belum diperiksa; ulangi dengan internet"; exit 1; }

$(VENV)/siap: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kkb_eval perlu Python 3.11 atau lebih baru; ini " + sys.version.split()[0])'
	@echo "Menyiapkan lingkungan di $(VENV) (sekali saja, beberapa menit) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock:  ## renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock

clean:
	rm -rf $(VENV) outputs *.egg-info
