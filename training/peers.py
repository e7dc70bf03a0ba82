#!/usr/bin/env python3
"""Full-page OCR on kept pages of the frozen test, beside the cascade: tesseract (Debian, `vie`) and RapidOCR (PyPI, models
in the wheel).

    cargo run --release -p training -- sample 60 FOLDER
    python3 training/peers.py FOLDER target/release/khien

The rule is the kindest that is still of use: a line that is nothing but a level, in capitals. tesseract's lines are
compared with their tones; RapidOCR's alphabet has no capitals with two marks, so its lines are compared without marks.
A second tesseract rule ignores case. CPU time, not wall time.
"""
import json
import math
import pathlib
import re
import resource
import subprocess
import sys
import time
import unicodedata

LEVELS = {"MẬT": "MAT", "TỐI MẬT": "TOI MAT", "TUYỆT MẬT": "TUYET MAT"}


def bare(line):
    """Letters and single spaces only."""
    line = unicodedata.normalize("NFC", line)
    return re.sub(r"\s+", " ", "".join(c if c.isalpha() else " " for c in line)).strip()


def plain(line):
    marks = unicodedata.normalize("NFD", line)
    return "".join(c for c in marks if not unicodedata.combining(c))


def wilson(hits, total):
    if not total:
        return "-"
    p, z = hits / total, 1.96
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return f"{hits}/{total} ({100 * p:.0f} %, {100 * (middle - half):.0f}-{100 * (middle + half):.0f})"


def tesseract(path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run(["tesseract", str(path), "-", "-l", "vie"], capture_output=True, text=True, env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return [bare(line) for line in made.stdout.splitlines()], spent


def reader():
    try:
        from rapidocr import RapidOCR
    except ImportError:
        print("RapidOCR: not installed; help: pip install rapidocr onnxruntime")
        return None
    engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1, "Global.log_level": "error"})

    def read(path):
        begun = time.process_time()
        answer = engine(str(path))
        return [bare(line) for line in (answer.txts or [])], time.process_time() - begun

    return read


def cascade(khien, folder, truth, second):
    """What `khien scan` says of each page: its level, or `review` for one that a person has to look at."""
    path = "/usr/bin:/bin" if second else "/nowhere"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run([khien, "scan", str(folder), "--jsonl", "--jobs", "1"], capture_output=True, text=True, env={"PATH": path})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(truth)
    told = {}
    for line in made.stdout.splitlines():
        page = json.loads(line)
        review = any(part["reason"] == "stamp_unconfirmed" for part in page["incomplete"])
        told[pathlib.Path(page["path"]).name] = page["level"] or ("review" if review else "")
    words = dict(zip(["mat", "toi_mat", "tuyet_mat"], LEVELS), review="review")
    return [([words.get(told[page["file"]])], spent) for page in truth]


def judge(name, answers, truth, level_of):
    hits = right = false = 0
    for page, (lines, _) in zip(truth, answers):
        found = [level for level in map(level_of, lines) if level]
        if page["level"]:
            hits += bool(found)
            right += page["level"] in found
        else:
            false += bool(found)
    stamped = sum(bool(page["level"]) for page in truth)
    seconds = sum(spent for _, spent in answers) / len(answers)
    print(f"| {name} | {wilson(hits, stamped)} | {right} | {wilson(false, len(truth) - stamped)} | {seconds:.2f} s |", flush=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    truth = json.loads((folder / "truth.json").read_text())
    print("| program | found | level right | false | CPU a page |\n|---|---|---|---|---|", flush=True)
    khien, *which = sys.argv[2:]
    which = which or ["cascade", "tesseract", "rapidocr"]
    strict = lambda line: line if line in LEVELS else None
    folded = {plain(level): level for level in LEVELS}
    if "tesseract" in which:
        lines = [tesseract(folder / page["file"]) for page in truth]
        judge("tesseract vie, line in capitals", lines, truth, strict)
        judge("tesseract vie, line in any case", lines, truth, lambda line: strict(line.upper()))
        judge("tesseract vie, without marks, any case", lines, truth, lambda line: folded.get(plain(line.upper())))
    for second in (False, True) if "cascade" in which else ():
        lines = cascade(khien, folder, truth, second)
        name = "the cascade with tesseract on the crop" if second else "the cascade alone"
        judge(f"{name}, marked", lines, truth, strict)
        judge(f"{name}, marked or review", lines, truth, lambda line: line)
    read = reader() if "rapidocr" in which else None
    if read:
        lines = [read(folder / page["file"]) for page in truth]
        judge("RapidOCR, capitals without marks", lines, truth, lambda line: folded.get(plain(line)) if line.isupper() else None)


main()
