#!/usr/bin/env python3
"""pdftotext and mutool over a folder of PDFs: pages and words a second of processor time, start of the program included.

    SCAN_BENCH_FILES=FOLDER cargo bench -p scan --bench readers     # ours, in process
    python3 bench/pdf.py FOLDER                                     # theirs, on the same files
"""
import pathlib
import resource
import subprocess
import sys
import unicodedata

PEERS = {
    "pdftotext": lambda file: ["pdftotext", "-q", file, "-"],
    "mutool": lambda file: ["mutool", "draw", "-q", "-F", "txt", file],
    # What starting a program alone costs.
    "true": lambda file: ["true"],
}
# A reader that hangs is stopped as the scan would stop it.
SECONDS_MAX = 60


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(name, command, files):
    before, words, pages, failed = children(), 0, 0, 0
    for file in files:
        try:
            run = subprocess.run(command(str(file)), capture_output=True, timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            failed += 1
            continue
        failed += run.returncode != 0
        text = unicodedata.normalize("NFC", run.stdout.decode("utf-8", "replace"))
        words += len(text.split())
        pages += text.count("\f")
    seconds = children() - before
    print(
        f"{name:<10} {len(files)} files {pages} pages {words} words, {failed} not read,"
        f" {seconds:.1f} s of processor time, {pages / seconds:.0f} pages/s, {len(files) / seconds:.0f} files/s"
    )


def main():
    if len(sys.argv) != 2:
        sys.exit("help: python3 bench/pdf.py FOLDER")
    files = sorted(pathlib.Path(sys.argv[1]).rglob("*.pdf"))
    files = [file for file in files if file.is_file()]
    if not files:
        sys.exit(f"{sys.argv[1]}: no PDF; help: name a folder of PDFs")
    for name, command in PEERS.items():
        measure(name, command, files)


main()
