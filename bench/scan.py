#!/usr/bin/env python3
"""Figures of the scanner on documents of its own making: speed, price of locked workers, memory, shared queue.

    python3 bench/scan.py KHIEN FOLDER [--only docx|isolation|memory|queue] [--small] [--inprocess PROGRAM]

All documents are fictional and drawn from a seed; they stay in FOLDER for the next run. No time is asserted; what ends it
is a file that was not reported, a planted mark not found, a mark where none is. PROGRAM is the built bench `readers`
(`cargo bench -p scan --bench readers --no-run` says where). The queue needs PostgreSQL 15 or newer.
"""
import argparse
import collections
import contextlib
import email.message
import io
import json
import os
import pathlib
import random
import re
import resource
import subprocess
import tarfile
import tempfile
import time
import unicodedata
import zipfile
import zlib

ROUNDS = 3
SERVER = pathlib.Path(__file__).parent.parent / "tests/support/src/server.sh"
BODIES = ["SỞ NỘI VỤ", "SỞ TƯ PHÁP", "PHÒNG VĂN HÓA", "ỦY BAN NHÂN DÂN XÃ HẢI SƠN", "TRƯỜNG TRUNG HỌC AN HÒA"]
SUBJECTS = ["Báo cáo kết quả công tác tháng", "Kế hoạch tổ chức hội nghị", "Thông báo lịch tiếp công dân"]
SENTENCES = [
    "Theo kế hoạch số {}/KH-UBND, các đơn vị hoàn thành việc kiểm kê tài sản trước ngày {} tháng {}.",
    "Trong tháng đã tiếp {} lượt công dân, giải quyết xong {} đơn, còn {} đơn đang xem xét.",
    "Đề nghị phòng chuyên môn rà soát {} hồ sơ, bổ sung {} biểu mẫu và báo cáo lại sau {} ngày.",
    "Số liệu thu ngân sách đạt {} triệu đồng, bằng {} phần trăm dự toán, tăng {} phần trăm so với cùng kỳ.",
    "Lớp tập huấn nghiệp vụ văn thư mở {} buổi cho {} cán bộ tại hội trường tầng {}.",
]
# TCVN3 has small letters; its capitals are the same bytes in another font.
TCVN3 = dict(zip("àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ", bytes.fromhex(
    "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeae")))
SCHEMAS, OFFICE = "http://schemas.openxmlformats.org", "application/vnd.openxmlformats-officedocument"
RELATED = SCHEMAS + "/officeDocument/2006/relationships"


def check(good, words):
    if not good:
        raise SystemExit(f"FAILED: {words}")


def lines(draw, mark, few=8, many=24):
    """The lines of one document; a marked one has its level on a line of its own, as paper has it."""
    level = [draw.choice(["MẬT", "TỐI MẬT"])] if mark else []
    text = [draw.choice(SENTENCES).format(*draw.choices(range(2, 900), k=3)) for _ in range(draw.randint(few, many))]
    return [draw.choice(BODIES), *level, f"Số: {draw.randint(1, 9999)}/BC-VP", draw.choice(SUBJECTS), *text, "Nơi nhận: lưu văn thư."]


def packed(parts):
    """A zip archive; always the same bytes for the same parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 8, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def package(kind, parts):
    """An office package: name, type, XML of each part; the first is the main one and refers to the others in order."""
    def related(targets):
        rows = "".join(f'<Relationship Id="r{n}" Type="{RELATED}/{what}" Target="/{name}"/>' for n, (what, name) in enumerate(targets))
        return f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships">{rows}</Relationships>'
    main, rels = parts[0][0], "application/vnd.openxmlformats-package.relationships+xml"
    types = "".join(f'<Override PartName="/{name}" ContentType="{OFFICE}.{kind}.{what}+xml"/>' for name, what, _ in parts)
    types = f'<Types xmlns="{SCHEMAS}/package/2006/content-types"><Default Extension="rels" ContentType="{rels}"/>{types}</Types>'
    return packed([
        ("[Content_Types].xml", types), ("_rels/.rels", related([("officeDocument", main)])),
        *((name, '<?xml version="1.0" encoding="UTF-8"?>' + xml) for name, _, xml in parts),
        ("{0}/_rels/{1}.rels".format(*main.split("/")), related([(what, name) for name, what, _ in parts[1:]]))])


def docx(draw, text):
    """As Word writes it: runs cut anywhere, marks of revisions, some styles, a header."""
    body, space = "", f'xmlns:w="{SCHEMAS}/wordprocessingml/2006/main" xmlns:r="{RELATED}"'
    for line in text:
        cut = draw.randrange(len(line))
        runs = "".join(f'<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">{run}</w:t></w:r>' for run in (line[:cut], line[cut:]))
        body += f'<w:p w:rsidR="{draw.getrandbits(32):08X}" w:rsidRDefault="{draw.getrandbits(32):08X}">{runs}</w:p>'
    page = '<w:sectPr><w:headerReference w:type="default" r:id="r0"/><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    styles = "".join(f'<w:style w:type="paragraph" w:styleId="{draw.getrandbits(256):x}"><w:name w:val="{draw.getrandbits(64):x}"/></w:style>'
                     for _ in range(draw.choice([0, 5, 20, 60, 250])))
    return package("wordprocessingml", [
        ("word/document.xml", "document.main", f"<w:document {space}><w:body>{body}{page}</w:body></w:document>"),
        ("word/header1.xml", "header", f"<w:hdr {space}><w:p><w:r><w:t>Trang {draw.randint(1, 9)}</w:t></w:r></w:p></w:hdr>"),
        ("word/styles.xml", "styles", f"<w:styles {space}>{styles}</w:styles>")])


def xlsx(draw, text):
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{line}</t></is></c><c r="B{n}"><v>{draw.randrange(10**6)}</v></c></row>'
                   for n, line in enumerate(text, 1))
    space = f'xmlns="{SCHEMAS}/spreadsheetml/2006/main" xmlns:r="{RELATED}"'
    return package("spreadsheetml", [
        ("xl/workbook.xml", "sheet.main", f'<workbook {space}><sheets><sheet name="Bảng 1" sheetId="1" r:id="r0"/></sheets></workbook>'),
        ("xl/worksheets/sheet1.xml", "worksheet", f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>")])


def eml(draw, text):
    """A harmless mail; the document is an attachment, beside a second one."""
    mail = email.message.EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = "vanthu@songthanh.example", "Gửi tài liệu", "Mon, 02 Nov 2026 08:00:00 +0700"
    mail.set_content("Kính gửi các đồng chí tài liệu kèm theo.\n")
    mail.add_attachment(docx(draw, text), maintype="application", subtype="octet-stream", filename="tai-lieu.docx")
    mail.add_attachment("\n".join(lines(draw, False)).encode(), maintype="text", subtype="plain", filename="ghi-chu.txt")
    mail.set_boundary(f"=={draw.getrandbits(96):024x}==")  # or Python takes one by chance
    return mail.as_bytes()


def pdf(_, text):
    """One page; the codes of its letters are those of Unicode, and its map says so."""
    stream = b"<</Length %d%s>>stream\n%s\nendstream"
    chars = "".join(f"1 beginbfchar <{ord(c):04x}> <{ord(c):04x}> endbfchar\n" for c in sorted(set("".join(text))))
    cmap = b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n%sendcmap" % chars.encode()
    shown = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in text)
    page = zlib.compress(f"BT /F 9 Tf 20 TL 40 800 Td\n{shown}\nET".encode())
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        stream % (len(page), b"/Filter/FlateDecode", page),
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        stream % (len(cmap), b"", cmap)]
    out, rows = b"%PDF-1.5\n", b"0000000000 65535 f \n"
    for number, data in enumerate(objects, 1):
        rows += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    return out + b"xref\n0 8\n%strailer<</Size 8/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (rows, len(out))


def png(draw, _):
    """A grey page with strokes where lines of text would be: much to look through, nothing to find."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    strokes = [draw.randint(200, 500) if y % 24 < 3 and 60 < y < 800 else 0 for y in range(877)]
    rows = b"".join(b"\0" + b"\xff" * 60 + b"\x40" * end + b"\xff" * (560 - end) for end in strokes)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes([0, 0, 2, 108, 0, 0, 3, 109, 8, 0, 0, 0, 0])) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


MIXED = [
    ("txt", lambda _, text: "\n".join(text).encode()),
    ("txt", lambda _, text: "\n".join(text).encode("utf-16")),
    ("txt", lambda _, text: unicodedata.normalize("NFD", "\n".join(text)).encode()),
    ("txt", lambda _, text: bytes(TCVN3.get(c.lower()) or ord(c) for c in "\n".join(text))),
    ("html", lambda _, text: ('<!doctype html><meta charset="utf-8"><title>Tin</title><p>' + "\n<p>".join(text)).encode()),
    ("rtf", lambda _, text: ("{\\rtf1\\ansi " + "\\par\n".join("".join(f"\\u{ord(c)}?" for c in line) for line in text) + "}").encode()),
    ("docx", docx), ("xlsx", xlsx), ("eml", eml), ("pdf", pdf), ("png", png),
    ("zip", lambda draw, text: packed([("van-ban/mot.docx", docx(draw, text)), ("hai.txt", "\n".join(lines(draw, False)))])),
]
Made = collections.namedtuple("Made", "folder count marked")
Scanned = collections.namedtuple("Scanned", "wall cpu verdicts")


def make(home, name, count, kinds, *length):
    """`count` files of these kinds in turn, a thousandth of them a folder; those of an earlier run are kept."""
    folder, done = home / f"{name}-{count}", home / f"{name}-{count}.json"
    if not done.exists():
        marked, size, each = [], 0, max(count // 1000, 100)
        for number in range(count):
            draw, (ending, write) = random.Random(f"{name} {number}"), kinds[number % len(kinds)]
            mark = number % 97 == 5 and write is not png  # a prime, so that every other kind has some
            data, place = write(draw, lines(draw, mark, *length)), f"{number // each:04}/{number:07}.{ending}"
            if number % each == 0:
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(data)
            size += len(data)
            marked += [place] if mark else []
        done.write_text(json.dumps({"marked": marked, "bytes": size}))
    kept = json.loads(done.read_text())
    print(f"{name}: {count:,} files of {kept['bytes'] / count / 1024:.1f} KiB on average, {len(kept['marked'])} of them marked", flush=True)
    return Made(folder, count, set(kept["marked"]))


def scan(khien, made, *options, missed=(), watch=lambda *_: None, every=None):
    """One `khien scan` with the CPU time of program and workers; no figure without the right answer for every file."""
    said, before, start = made.folder.parent / "said.jsonl", resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with said.open("wb") as out:
        process = subprocess.Popen([khien, "scan", made.folder, "--jsonl", *options], stdout=out, stderr=subprocess.DEVNULL)
        while process.returncode is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(every)
            watch(process.pid, said)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    check(process.returncode in (0, 1, 3), f"khien scan ended with {process.returncode}")
    outer, verdicts, marked, unread = 0, collections.Counter(), set(), set()
    with said.open("rb") as rows:
        for row in map(json.loads, rows):
            outer += row["member"] is None
            verdicts[row["verdict"]] += 1
            unread.update(f"{row['type']} {one['reason']}" for one in row["incomplete"])
            marked |= {os.path.relpath(row["path"], made.folder)} if row["verdict"] == "marked" else set()
    check(outer == made.count, f"{outer} files reported, {made.count} made")
    check(marked == made.marked, f"marks missed {sorted(made.marked - marked)[:5]}, invented {sorted(marked - made.marked)[:5]}")
    check(unread == set(missed), f"not read whole: {unread}, expected {missed}")
    return Scanned(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, verdicts)


def part_docx(ask):
    count = 400 if ask.small else 20_000
    made = make(ask.folder, "docx", count, [("docx", docx)])
    for turn in range(ROUNDS):
        done = scan(ask.khien, made)
        print(f"docx, run {turn + 1}: {count:,} files in {done.wall:.2f} s, {count / done.wall:,.0f} files/s on {os.cpu_count()} cores, goal 2,000 "
              f"on 2; CPU {done.cpu:.2f} s, {done.cpu / count * 1000:.2f} ms a file", flush=True)


def in_process(program, folder, count):
    """CPU seconds of the same files without workers, by the bench of the readers; walk, disk and report are not in it."""
    done = subprocess.run([program, "--bench"], env={**os.environ, "SCAN_BENCH_FILES": str(folder)}, capture_output=True, text=True, check=True)
    rows = re.findall(r"(\d+) files .*panics 0 .* scan (\d+) files/s", done.stdout)
    check(sum(int(files) for files, _ in rows) == count, f"not all files: {done.stdout}")
    check(all(int(rate) >= 10 for _, rate in rows), f"a rate too low for whole numbers: {done.stdout}")
    return sum(int(files) / int(rate) for files, rate in rows)


def bundled(made):
    """The same files as members of tar archives, one a folder: a worker is asked once for each archive."""
    out, folders = made.folder.with_name(made.folder.name + "-bundled"), sorted(made.folder.iterdir())
    out.mkdir(exist_ok=True)
    for folder in folders:
        with tarfile.open(out / f"{folder.name}.tar", "w") as bundle:
            bundle.add(folder, folder.name)
    return Made(out, len(folders), {name.split("/")[0] + ".tar" for name in made.marked})


def part_isolation(ask):
    count = 520 if ask.small else 10_000
    made = make(ask.folder, "mixed", count, MIXED)
    done = scan(ask.khien, made)
    print(f"isolation: {count:,} mixed files, stamps too, all workers: {done.wall:.2f} s, {count / done.wall:,.0f} files/s, CPU {done.cpu:.2f} s", flush=True)
    # The bench has no networks for stamps, so every side leaves pictures unread.
    single, missed, tars, loose, packs, bare = ("--jobs", "1", "--ocr", "off"), {"png ocr_unavailable"}, bundled(made), [], [], []
    for _ in range(ROUNDS):  # in turn, so that neighbours disturb all alike
        loose.append(scan(ask.khien, made, *single, missed=missed))
        packs.append(scan(ask.khien, tars, *single, missed=missed))
        check(packs[-1].verdicts == loose[-1].verdicts + collections.Counter(clean=tars.count), f"read otherwise: {loose[-1]}, {packs[-1]}")
        bare += [in_process(ask.inprocess, made.folder, count)] if ask.inprocess else []
    cpu, wall, cpu_packs, wall_packs = (min(run[at] for run in runs) for runs in (loose, packs) for at in (1, 0))
    print(f"isolation: the same, one worker, no stamps: {wall:.2f} s, CPU {cpu:.2f} s; as members of {tars.count} tar archives {wall_packs:.2f} s, "
          f"CPU {cpu_packs:.2f} s: one by one costs {cpu / cpu_packs - 1:+.1%} CPU, {wall / wall_packs - 1:+.1%} time; goal 15 % (best of {ROUNDS})")
    if ask.inprocess:
        print(f"isolation: from memory, without workers: CPU {min(bare):.2f} s; workers, walk, disk, report cost {cpu / min(bare) - 1:+.1%} CPU; goal 15 %")


def status(pid, field):
    """A number of /proc/PID/status, memory in KiB; 0 for a process that is gone."""
    with contextlib.suppress(OSError, TypeError):
        return int(re.search(rf"^{field}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1])
    return 0


def part_memory(ask):
    count, every = (20_000, 0.05) if ask.small else (1_000_000, 1.0)
    made = make(ask.folder, "text", count, MIXED[:1], 2, 6)
    samples, read = [], [0, 0]

    def watch(pid, said):
        with said.open("rb") as rows:
            rows.seek(read[0])
            new = rows.read()
        read[:] = read[0] + len(new), read[1] + new.count(b"\n")
        workers = [status(one, "VmRSS") / 1024 for one in os.listdir("/proc") if one.isdigit() and status(one, "PPid") == pid]
        if workers:
            samples.append((read[1], status(pid, "VmRSS") / 1024, status(pid, "VmHWM") / 1024, max(workers)))

    done = scan(ask.khien, made, watch=watch, every=every)
    print(f"memory: {count:,} text files in {done.wall:.1f} s, {count / done.wall:,.0f} files/s, CPU {done.cpu:.1f} s; {len(samples)} samples")
    ends, tenth = [], count // 10
    for first in range(0, count, tenth):
        step = [row for row in samples if first <= row[0] < first + tenth] or [row for row in samples if row[0] >= first][:1]
        ends.append(step[-1])
        print(f"memory: up to {first + tenth:,} files: program {ends[-1][1]:.1f} MiB, highest {ends[-1][2]:.1f}; largest worker {max(row[3] for row in step):.1f} MiB")
    print(f"memory: program after the last tenth against the first: ratio {ends[-1][1] / ends[0][1]:.2f}; goal flat")


@contextlib.contextmanager
def postgres():
    """Asks a throw-away server, by the script that the tests use; it ends with its input."""
    found = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), default=None)
    check(found, "PostgreSQL is not installed")
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # it refuses to run as root
    words = [*owner, "sh", "-c", SERVER.read_text(), "server.sh", found.parent, tempfile.gettempdir(), "-c fsync=on"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", start_new_session=True) as server:
        ready, _, home = server.stdout.readline().strip().partition(" ")
        check(ready == "ready", f"PostgreSQL did not start: {ready} {home}")

        def ask(sql):
            psql = [found.parent / "psql", "-h", home, "-U", "khien", "-d", "postgres", "-qAtF ", "-c", sql]
            return subprocess.run(psql, capture_output=True, text=True, check=True).stdout.split()
        yield f"postgres://khien@localhost/postgres?host={home}", ask


def queue_run(command, ask, folder, number):
    """A due source for so many workers: seconds to its last file, to the end of its run, and what was counted."""
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE, text=True)) for _ in range(number)]
        for worker in workers:
            stack.callback(worker.terminate)
        check(all("waiting" in worker.stderr.readline() for worker in workers), "a worker did not start")
        source, = ask("INSERT INTO watch_source (unit_id, name, kind, place, owner_code, owner_name, rate_per_min, every_days, next_on, active, "
                      f"version, created_by, created_at) SELECT unit_id, 'Kho', 'folder', '{folder}', '', 'Phòng', 60, 30, '2026-01-01', true, 1, id, "
                      "created_at FROM account WHERE login = 'giamsat' RETURNING id")
        while not (run := ask(f"SELECT id FROM watch_run WHERE source_id = {source} AND ended_at IS NOT NULL")):
            check(all(worker.poll() is None for worker in workers), "a worker ended")
            time.sleep(0.5)
    files = f"(SELECT count(DISTINCT worker) hands, count(*) n, max(ended_at) last FROM job WHERE state = 'done' AND name LIKE 'run:{run[0]}/%')"
    row = ask("SELECT extract(epoch FROM last::timestamptz - started_at::timestamptz), extract(epoch FROM ended_at::timestamptz - started_at::timestamptz), "
              f"hands, n, marked, clean, incomplete FROM watch_run, {files} AS files WHERE id = {run[0]}")
    return float(row[0]), float(row[1]), *(int(one) for one in row[2:])


def part_queue(ask):
    count = 260 if ask.small else 5_000
    made, times = make(ask.folder, "mixed", count, MIXED), {1: [], 2: []}
    alone = scan(ask.khien, made).verdicts
    with postgres() as (url, sql), tempfile.TemporaryDirectory() as place:
        subprocess.run([ask.khien, "demo", "--no-serve", "--data", f"{place}/demo", "--database-url", url], check=True, capture_output=True)
        for number in (1, 2) * ROUNDS:
            last, whole, hands, *counts = queue_run([ask.khien, "worker", "--jobs", "1", "--database-url", url, "--evidence", place], sql, made.folder, number)
            check(counts == [count, alone["marked"], alone["clean"], alone["incomplete"]], f"{counts}, khien scan says {alone}")
            check(hands == number or ask.small, f"{hands} workers took files, {number} were there")
            times[number].append((last, whole))
            print(f"queue: {count:,} mixed files, {number} workers: last file after {last:.2f} s, {count / last:,.0f} files/s; end after {whole:.2f} s", flush=True)
    (one, one_run), (two, two_run) = (map(min, zip(*times[number])) for number in (1, 2))
    print(f"queue: two workers against one: {one / two:.2f} to the last file, {one_run / two_run:.2f} to the end of the run; goal 1.8 (best of {ROUNDS})")


def main():
    parts = {"docx": part_docx, "isolation": part_isolation, "memory": part_memory, "queue": part_queue}
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("khien", type=os.path.abspath)
    words.add_argument("folder", type=lambda path: pathlib.Path(path).resolve())
    words.add_argument("--only", choices=parts, metavar="PART")
    words.add_argument("--small", action="store_true", help="few files: does everything work?")
    words.add_argument("--inprocess", metavar="PROGRAM", type=os.path.abspath)
    ask = words.parse_args()
    for name in [ask.only] if ask.only else parts:
        parts[name](ask)


if __name__ == "__main__":
    main()
