# `make run` does the main job, `make test` proves it; both set up what they need first.

# Nothing but package registries is needed: uv comes from one when it is not installed, and
# uses the Python that is here.
export UV_PYTHON_DOWNLOADS := never
# Many police networks look into TLS: trust the certificates that the machine trusts.
export UV_SYSTEM_CERTS := true
# What is imported is compiled once and kept, also where the machine keeps no caches of its own;
# compiling every package while setting up takes longer than the first run saves by it.
unexport PYTHONDONTWRITEBYTECODE
LOCAL_UV := .uv/bin/uv
UV := $(or $(shell command -v uv 2>/dev/null),$(LOCAL_UV))
VENV := $(or $(UV_PROJECT_ENVIRONMENT),.venv)
INSIDE := $(UV) run --no-sync

.PHONY: help run test app ui bench pages prove prove-loads access-proof deploy-proof erasure-proof incremental-proof spark spark-proof sbom simulate check upgrade estimate-page chromium
.DEFAULT_GOAL := help

help:
	@echo "make run     checks, loads, computes and publishes; without LANDING=folder it uses the demonstration"
	@echo "make spark   the same as make run, with the models computed by Spark (needs Java; docs/engines.md)"
	@echo "make test    every test (installs Chromium for the browser tests when run as root on Debian)"
	@echo "make app     opens the dashboards"
	@echo "make ui      opens Dagster, to look at: nothing can be started from its pages"
	@echo "make bench   speed and memory, with the figures printed"
	@echo "make pages   opens every page and state in both themes and two widths, saves a picture of each in OUT, and"
	@echo "             measures the charts of every area of the release (of the home HOME_FOLDER)"
	@echo "make prove   small files that ask for too much are refused, 1,000 mutated files lose no row, every column"
	@echo "             of every layout mutated lets a release come, a disk that fills leaves what is served, SIGTERM ends"
	@echo "             Dagster's pages, and 1,000 random chains of up to six releases are attacked: no hidden figure can"
	@echo "             be worked out; every sentence is read from random rows"
	@echo "make prove-loads  loads one file 1,000 times on two and on four threads: one content comes out"
	@echo "make access-proof  who sees what: 200 pages at random, and six ways through them after a real login"
	@echo "make erasure-proof  erases a person, killed at every step, and searches everything for what is left"
	@echo "make incremental-proof  delivers at random to one programme or two, kills runs, erases people: every table is as if built"
	@echo "             from nothing (REAL=folder: over real files)"
	@echo "make deploy-proof  follows docs/deploy.md below a folder, attacks what comes out and restores it elsewhere"
	@echo "             (as root on Debian: installs Apache and its login there)"
	@echo "make spark-proof  releases by DuckDB and by Spark (also a cluster that loses a worker, and Connect), table by table"
	@echo "make sbom    writes what the software is made of as CycloneDX (sbom.cdx.json)"
	@echo "make simulate  estimates invented programmes whose truth is known, and writes docs/simulations.md"
	@echo "make layers  draws the layers of packages into docs/where_things_live.md"
	@echo "make check   linters, types and the lock file"
	@echo "make upgrade takes the newest packages allowed, runs the tests and shows every figure that changes"

run: $(VENV)/.run-ready
	@$(INSIDE) bodyworn run

spark: $(VENV)/.spark-ready
	@$(INSIDE) bodyworn run --engine spark

# As many processes as cores compute side by side: more threads in each would wait for one another.
test: export POLARS_MAX_THREADS := 1
test: export OPENBLAS_NUM_THREADS := 1
test: $(VENV)/.test-ready chromium
	@$(INSIDE) pytest -n auto --dist loadfile --no-loadscope-reorder

app: $(VENV)/.run-ready
	@$(INSIDE) bodyworn dashboard

ui: $(VENV)/.run-ready
	@$(INSIDE) bodyworn ui

bench: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.benchmarks

pages: AREAS ?= --every-area
# AREAS= leaves the charts of single areas out, which take most of the time.
pages: $(VENV)/.test-ready chromium
	@$(INSIDE) python -m tests.proofs.pages $(if $(OUT),--out "$(OUT)") $(AREAS) $(if $(HOME_FOLDER),--home "$(HOME_FOLDER)")
	@$(INSIDE) python -m tests.proofs.sessions

# CHAINS, SECONDS and MUTATIONS make it shorter.
prove: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.proofs.hostile_files
	@$(INSIDE) python -m tests.proofs.mutated_layouts --mutations $(or $(MUTATIONS),1000)
	@$(INSIDE) python -m tests.proofs.mutated_programmes
	@$(INSIDE) python -m tests.proofs.full_disk
	@$(INSIDE) python -m tests.proofs.ending_dagster
	@$(INSIDE) python -m tests.proofs.sentences
	@$(INSIDE) python -m tests.proofs.suppression --chains $(or $(CHAINS),1000) --seconds $(or $(SECONDS),inf)

# A real identity provider, Chromium, and 200 pages at random; PAGES makes it shorter.
access-proof: $(VENV)/.test-ready chromium
	@$(INSIDE) python -m tests.proofs.access --pages $(or $(PAGES),200)

erasure-proof: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.proofs.erasure

# CHAINS makes it shorter; REAL is a landing folder of real files, as tests.real_data makes one.
incremental-proof: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.proofs.incremental --chains $(or $(CHAINS),20) $(if $(REAL),--real "$(REAL)")

# As root on Debian or Ubuntu: Apache, a real identity provider, Chromium; nothing of it stays running.
deploy-proof: $(VENV)/.test-ready chromium
	@$(INSIDE) python -m tests.proofs.deployment

# WITHOUT_REAL=1 leaves the real programmes out.
spark-proof: $(VENV)/.test-ready $(VENV)/.spark-ready
	@$(INSIDE) python -m tests.proofs.spark_parity --data demonstration $(if $(WITHOUT_REAL),,real)
	@$(INSIDE) python -m tests.proofs.spark_parity --data small --on cluster connect
	@$(INSIDE) python -m tests.proofs.spark_problems

# A bill of materials in CycloneDX of exactly what uv.lock installs to run; OUT names the file.
sbom: | $(UV)
	@$(UV) export --frozen --no-dev --format cyclonedx1.5 --quiet -o $(or $(OUT),sbom.cdx.json)

# LOADS makes it shorter.
prove-loads: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.proofs.repeated_loads --loads $(or $(LOADS),1000)

# PANELS makes it larger (1000 before a release), PROCESSES=1 leaves a core alone. With SEEDS it is the
# other proof: so many synthetic programmes go from the generator through a whole run to an estimate.
simulate: $(VENV)/.test-ready
ifdef SEEDS
	@$(INSIDE) python -m tests.simulations.end_to_end --seeds $(SEEDS) --processes $(or $(PROCESSES),2)
else
	@$(INSIDE) python -m tests.simulations --panels $(or $(PANELS),200) --processes $(or $(PROCESSES),2)
endif

estimate-page: $(VENV)/.run-ready
	$(INSIDE) python -m orchestration.studies.document_designs

layers: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.house_rules.layers

check: $(VENV)/.test-ready
	$(UV) lock --check
	$(INSIDE) ruff check .
	$(INSIDE) ruff format --check .
	$(INSIDE) mypy
	$(INSIDE) sqlfluff lint models tests/dbt

# TESTS are arguments of pytest that take the place of all tests.
upgrade: $(VENV)/.test-ready
	@$(INSIDE) python -m tests.upgrade --uv "$(UV)" --tests "$(TESTS)"

$(VENV)/.run-ready: pyproject.toml uv.lock | $(UV)
	@echo "Setting up Python packages ..."
	@$(UV) sync --locked --no-dev --inexact --quiet
	@touch $@

$(VENV)/.spark-ready: pyproject.toml uv.lock | $(UV)
	@echo "Setting up Python packages for Spark ..."
	@$(UV) sync --locked --no-dev --inexact --quiet --extra spark
	@touch $@ $(VENV)/.run-ready

$(VENV)/.test-ready: pyproject.toml uv.lock | $(UV)
	@echo "Setting up Python packages for tests ..."
	@$(UV) sync --locked --inexact --quiet
	@touch $@ $(VENV)/.run-ready

$(LOCAL_UV):
	@echo "Setting up uv in .uv ..."
	@python3 -m venv .uv \
		|| { rm -rf .uv; echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.13,<0.14"

chromium:
	@if ! command -v chromium >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			echo "Setting up Chromium for the browser tests ..."; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
		else \
			echo "The browser tests need chromium on PATH. On Debian, as root: apt-get install chromium"; exit 1; \
		fi; \
	fi
