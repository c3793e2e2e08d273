# `make demo` runs the main job on the models that come with the repository; `make test` passes the tests.
# Both build what they need and install missing Debian packages where they may.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
RUN_DIR ?= runs/demo

.PHONY: demo test lint format bench deps clean

demo: deps
	$(BUILD) --product rsd-pocket
	$(BUILD) --product rsd-batch
	.build/release/rsd-batch run jobs/demo.yaml --run-dir $(RUN_DIR)

test: deps
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest --skip EndToEndTests
	$(SWIFT) test --skip-build --disable-xctest --filter EndToEndTests

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

bench: deps
	$(BUILD) --product rsd-batch
	$(BUILD) --product rsd-bench
	.build/release/rsd-bench

deps:
	@scripts/install-deps

clean:
	rm -rf .build runs
