# `make demo` runs the main job on the models that come with the repository; `make test` runs the tests;
# `make test-slurm` those on a real Slurm, which it installs (Debian's packages) and brings up on loopback;
# `make test-vllm` those on real vLLM, which it sets up first (0.5 to 3 GB to download, once, outside the clone);
# `make test-vllm-all` also those that take too long for every change, and `VLLM_VERSION=0.20.2` takes another version of vLLM.
# All build what they need and install missing Debian packages where they may.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
RUN_DIR ?= runs/demo

.PHONY: demo test test-vllm test-vllm-all test-slurm release test-release wheel test-wheel install lint format bench measure deps clean

demo: deps
	$(BUILD) --product rsd-pocket
	$(BUILD) --product rsd-batch
	.build/release/rsd-batch run jobs/demo.yaml --run-dir $(RUN_DIR)

# Tests of processes and connections first, 64 at a time: with more of their servers' files open, no process can be started safely. Then
# those that compute, 8 at a time: the others would time out behind them. Then those that run the programs.
WAITING := ModelLifecycleTests|PocketEngineTests

test: deps
	$(SWIFT) build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=64 $(SWIFT) test --skip-build --disable-xctest --filter "$(WAITING)"
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 $(SWIFT) test --skip-build --disable-xctest --filter "RSDJobsTests|TerminalTests|TokenizersTests"
	$(SWIFT) test --skip-build --disable-xctest --filter EndToEndTests

# One after the other: each test has several processes that use all cores. VLLM_TESTS chooses among them; those that test-vllm leaves
# out run if it names them.
VLLM_TESTS ?= VLLMTests
ifdef VLLM_VERSION
test-vllm test-vllm-all: export RSD_BATCH_VLLM := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rsd-batch/vllm-$(VLLM_VERSION)
endif
test-vllm: LEFT_OUT := $(if $(findstring Long,$(VLLM_TESTS)),,--skip BeforeRelease)

test-vllm test-vllm-all: deps
	$(if $(VLLM_VERSION),scripts/setup-vllm --version $(VLLM_VERSION) --dir "$$RSD_BATCH_VLLM",[ -n "$$RSD_BATCH_VLLM" ] || scripts/setup-vllm)
	scripts/make-test-models
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest --no-parallel --filter "$(VLLM_TESTS)" $(LEFT_OUT)
	$(if $(filter test-vllm-all,$@),RSD_E2E_CAMPAIGNS=9 $(SWIFT) test --skip-build --disable-xctest --filter CrashTests)

# On a real Slurm with two nodes on loopback, which comes up for it and goes again. Needs root.
test-slurm: deps
	$(SWIFT) build --build-tests
	@slurm=$$(mktemp -d) && trap 'scripts/slurm-down "$$slurm" && rm -rf "$$slurm"' EXIT && \
	scripts/slurm-up "$$slurm" --nodes 2 && RSD_TEST_SLURM="$$slurm" \
	    $(SWIFT) test --skip-build --disable-xctest --no-parallel --filter ClusterTests

# A tarball in dist/ for machines without Swift; docs/cluster.md tells what is in it.
release: deps
	@scripts/make-release

# Runs the demo from the tarball on a bare Debian 12. Needs root.
test-release: deps
	scripts/test-release "$$(scripts/make-release)"

# A wheel in dist/ for `pip install`, which puts rsd-batch beside vLLM.
wheel: deps
	@scripts/make-wheel

# Installs the wheel on a bare Debian 12 and runs the README's commands there. Needs root.
test-wheel: deps
	scripts/test-wheel "$$(scripts/make-wheel)"

PREFIX ?= /usr/local
install: deps
	@scripts/install-tree "$(DESTDIR)$(PREFIX)"

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

bench: deps
	$(BUILD) --product rsd-batch
	$(BUILD) --product rsd-bench
	.build/release/rsd-bench

# What engines take on this machine: starts, sleep, tokens a second, a job under each residency. Needs vLLM.
measure: deps
	$(BUILD) --product rsd-batch
	scripts/measure-gpu

deps:
	@scripts/install-deps

clean:
	rm -rf .build .build-release dist runs
