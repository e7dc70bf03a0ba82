#!/bin/sh
# Installs what is missing, and only that.
#   deps.sh build   what `make demo` needs: C toolchain, perl and make (the cipher library is built from source)
#   deps.sh test    the same, and what the tests drive: PostgreSQL, Chromium, PDF readers, squid and c-icap, tesseract, Python, Node.js 18, cargo-nextest
set -eu

want=${1:-test}
missing=""

say() { printf 'deps: %s\n' "$1"; }

fail() {
    printf 'deps: %s\nhelp: %s\n' "$1" "$2" >&2
    exit 1
}

lacks() {
    case "$missing " in
        *" $1 "*) ;;
        *) missing="$missing $1" ;;
    esac
}

# need PACKAGE COMMAND: the package is missing if the command is not there.
need() {
    command -v "$2" >/dev/null 2>&1 || lacks "$1"
}

# need_file PACKAGE FILE
need_file() {
    [ -e "$2" ] || lacks "$1"
}

need build-essential cc
need build-essential c++
need make make
need perl perl
need pkg-config pkg-config
need git git
if [ "$want" = test ]; then
    need_file postgresql-15 /usr/lib/postgresql/15/bin/initdb
    need chromium chromium
    need poppler-utils pdftotext
    need qpdf qpdf
    need_file squid /usr/sbin/squid
    need c-icap c-icap-client
    need tesseract-ocr tesseract
    need_file tesseract-ocr-vie /usr/share/tesseract-ocr/5/tessdata/vie.traineddata
    need openssl openssl
    need python3 python3
    need_file fonts-liberation /usr/share/fonts/truetype/liberation
    need nodejs node
    need npm npm
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
fi

if [ -n "$missing" ]; then
    say "missing packages:$missing"
    command -v apt-get >/dev/null 2>&1 ||
        fail "this system has no apt-get" "install these packages, or what this system calls them:$missing"
    if [ -n "$as_root" ] && ! command -v sudo >/dev/null 2>&1; then
        fail "installing needs the administrator and sudo is not there" "as root: apt-get install$missing"
    fi
    say "reading the package lists"
    $as_root apt-get update -qq </dev/null ||
        fail "the package lists could not be read" "check the package source of this machine, then run \`make deps\` again"
    say "installing"
    # shellcheck disable=SC2086 # names are split on purpose
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null ||
        fail "not everything could be installed" "run as root: apt-get install$missing, and read its last lines"
    say "installed:$missing"
else
    say "all system packages are there"
fi

if [ "$want" = test ]; then
    # Debian 12 has Node.js 18.
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' ||
        fail "Node.js is $(node --version), the browser story needs 18 or newer" "install the package nodejs of Debian 12 or newer"
fi

command -v cargo >/dev/null 2>&1 ||
    fail "the Rust toolchain is missing" "install Rust 1.95 or newer (rustup, or your own mirror), then run this again"

if [ "$want" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
    say "installing cargo-nextest (compiled once, some minutes)"
    cargo install cargo-nextest --locked </dev/null ||
        fail "cargo-nextest could not be installed" "run: cargo install cargo-nextest --locked"
fi
say "ready"
