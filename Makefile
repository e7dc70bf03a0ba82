# Two commands matter: `make demo` and `make test`. The rest is for daily work.

.DEFAULT_GOAL := help
.PHONY: help demo test deps deps-build bench fmt lint

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: deps-build ## build the program and serve a fictional province on this machine
	@echo "demo: building the release program (the first time takes long: cipher library and layout engine are built from source)"
	cargo build --release --locked -p cli
	@"$${CARGO_TARGET_DIR:-target}/release/khien" demo

test: deps ## install what is missing, then run every check
	cargo xtask ci

deps: ## install what building and testing need (Debian packages, cargo-nextest)
	@sh scripts/deps.sh test

deps-build:
	@sh scripts/deps.sh build

bench: deps-build ## measure (BENCH="1000000 --folder DIR"); results and how to read them are in bench/
	cargo build --release --locked -p cli -p bench
	"$${CARGO_TARGET_DIR:-target}/release/bench" $(BENCH)

fmt: ## format all Rust code
	cargo fmt --all

lint: ## house rules and clippy, without building the tests' programs
	cargo xtask tidy
	cargo clippy --workspace --all-targets --locked -- -D warnings
