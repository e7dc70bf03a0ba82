#!/usr/bin/env python3
"""Figures of the scanner on documents of its own making: speed, cost of the locked workers, memory, shared queue.

    python3 bench/scan.py KHIEN FOLDER [--only docx|isolation|memory|queue] [--small] [--inprocess PROGRAM]

All documents are fictional and drawn from a seed; they stay in FOLDER for the next run. Nothing asserts a time; a person
reads. What does stop the run: a file that was not reported, a planted mark that was not found, a mark where none is.
`--inprocess` names the built bench `readers` of the crate `scan` (`cargo bench -p scan --bench readers --no-run` prints
where it is). The queue needs PostgreSQL 15 or newer; as root it runs as the user `postgres`.
"""
import argparse
import collections
import email.message
import http.client
import io
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import tempfile
import time
import unicodedata
import urllib.parse
import zipfile
import zlib

ROUNDS = 3
MARK_EVERY = 97  # a prime, so that marks fall on every kind of file
BODIES = ["SỞ NỘI VỤ", "SỞ TƯ PHÁP", "PHÒNG VĂN HÓA", "BAN QUẢN LÝ CHỢ AN HÒA", "ỦY BAN NHÂN DÂN XÃ HẢI SƠN", "TRƯỜNG TRUNG HỌC AN HÒA"]
SUBJECTS = ["Báo cáo kết quả công tác tháng", "Kế hoạch tổ chức hội nghị", "Thông báo lịch tiếp công dân", "Tờ trình xin kinh phí sửa chữa"]
SENTENCES = [
    "Theo kế hoạch số {}/KH-UBND, các đơn vị hoàn thành việc kiểm kê tài sản trước ngày {} tháng {}.",
    "Trong tháng đã tiếp {} lượt công dân, giải quyết xong {} đơn, còn {} đơn đang xem xét.",
    "Đề nghị phòng chuyên môn rà soát {} hồ sơ, bổ sung {} biểu mẫu và báo cáo lại sau {} ngày.",
    "Hội nghị có {} đại biểu tham dự, thảo luận {} nội dung và thống nhất {} nhiệm vụ trọng tâm.",
    "Số liệu thu ngân sách đạt {} triệu đồng, bằng {} phần trăm dự toán, tăng {} phần trăm so với cùng kỳ.",
    "Tuyến đường liên xã dài {} mét được sửa chữa, trồng mới {} cây xanh và thay {} bóng đèn.",
    "Văn phòng có trách nhiệm theo dõi, đôn đốc; tổng hợp {} ý kiến của {} đơn vị, gửi lại trong {} ngày làm việc.",
    "Lớp tập huấn nghiệp vụ văn thư mở {} buổi cho {} cán bộ tại hội trường tầng {}.",
]
# TCVN3 keeps small letters; its capitals are the same bytes in another font.
TCVN3 = dict(zip("àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ", bytes.fromhex(
    "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeae")))
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument."


def check(good, words):
    if not good:
        raise SystemExit(f"FAILED: {words}")


def is_marked(number):
    return number % MARK_EVERY == 5


def lines(draw, mark, few=8, many=24):
    """The lines of one document; a marked one has its level on a line of its own, as paper has it."""
    level = [draw.choice(["MẬT", "TỐI MẬT"])] if mark else []
    text = [draw.choice(SENTENCES).format(*(draw.randint(2, 900) for _ in range(3))) for _ in range(draw.randint(few, many))]
    head = [f"Số: {draw.randint(1, 9999)}/BC-VP", draw.choice(SUBJECTS)]
    return [draw.choice(BODIES), *level, *head, *text, "Nơi nhận: như trên; lưu văn thư."]


def packed(parts, method=zipfile.ZIP_DEFLATED):
    """A zip archive; always the same bytes for the same parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 8, 0, 0)), data, method)
    return out.getvalue()


def package(main, parts, relations):
    """An office package whose main part is `main`; `parts` are name, content type and XML."""
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    kinds = "".join(f'<Override PartName="/{name}" ContentType="{KIND}{kind}+xml"/>' for name, kind, _ in parts)
    folder, _, leaf = main.rpartition("/")

    def related(targets):
        rows = "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets))
        return f'{xml}<Relationships xmlns="{RELATIONS}">{rows}</Relationships>'

    rels = "application/vnd.openxmlformats-package.relationships+xml"
    types = f'{xml}<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="{rels}"/>{kinds}</Types>'
    return packed([
        ("[Content_Types].xml", types), ("_rels/.rels", related([("officeDocument", main)])),
        *((name, xml + data) for name, _, data in parts), (f"{folder}/_rels/{leaf}.rels", related(relations))])


def docx(draw, text):
    """A Word document as Word writes it: runs cut at random, revision marks, some styles, a header."""
    body = []
    for line in text:
        marks = f'w:rsidR="{draw.getrandbits(32):08X}" w:rsidRDefault="{draw.getrandbits(32):08X}"'
        cut = draw.randrange(len(line)) if len(line) > 20 else 0
        runs = "".join(f'<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">{run}</w:t></w:r>' for run in (line[:cut], line[cut:]) if run)
        body.append(f'<w:p {marks}><w:pPr><w:jc w:val="both"/></w:pPr>{runs}</w:p>')
    page = '<w:sectPr><w:headerReference w:type="default" r:id="r0"/><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{draw.getrandbits(256):x}"><w:name w:val="{draw.getrandbits(64):x}"/>'
        f'<w:pPr><w:spacing w:after="{draw.randrange(400)}"/></w:pPr></w:style>' for _ in range(draw.choice([0, 5, 20, 60, 150])))
    kind = "wordprocessingml."
    return package("word/document.xml", [
        ("word/document.xml", kind + "document.main", f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>{"".join(body)}{page}</w:body></w:document>'),
        ("word/header1.xml", kind + "header", f'<w:hdr xmlns:w="{WORD}"><w:p><w:r><w:t>Trang {draw.randint(1, 9)}</w:t></w:r></w:p></w:hdr>'),
        ("word/styles.xml", kind + "styles", f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'),
    ], [("header", "header1.xml"), ("styles", "styles.xml")])


def xlsx(draw, text):
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{line}</t></is></c><c r="B{n}"><v>{draw.randrange(10**6)}</v></c></row>'
        for n, line in enumerate(text, 1))
    kind = "spreadsheetml."
    return package("xl/workbook.xml", [
        ("xl/workbook.xml", kind + "sheet.main", f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="Bảng 1" sheetId="1" r:id="r0"/></sheets></workbook>'),
        ("xl/worksheets/sheet1.xml", kind + "worksheet", f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'),
    ], [("worksheet", "worksheets/sheet1.xml")])


def eml(draw, text):
    """A mail with a harmless body; the document is an attachment, with a second one beside it."""
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "vanthu@songthanh.example", "phong@songthanh.example"
    mail["Subject"], mail["Date"] = "Gửi tài liệu hội nghị", "Mon, 02 Nov 2026 08:00:00 +0700"
    mail.set_content("Kính gửi các đồng chí tài liệu kèm theo.\n")
    mail.add_attachment(docx(draw, text), maintype="application", subtype=KIND.removeprefix("application/") + "wordprocessingml.document", filename="tai-lieu.docx")
    mail.add_attachment("\n".join(lines(draw, False)).encode(), maintype="text", subtype="plain", filename="ghi-chu.txt")
    mail.set_boundary(f"=={draw.getrandbits(96):024x}==")  # or Python takes one by chance
    return mail.as_bytes()


def rtf(_, text):
    def escaped(line):
        return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in line)
    return ("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\fs28 " + "".join(escaped(line) + "\\par\n" for line in text) + "}").encode()


def pdf(_, text):
    """One page; the codes of its letters are those of Unicode, and its map says so."""
    codes = sorted({ord(c) for line in text for c in line})
    pairs = [codes[n:n + 100] for n in range(0, len(codes), 100)]
    chars = "".join(f"{len(part)} beginbfchar\n" + "".join(f"<{c:04x}> <{c:04x}>\n" for c in part) + "endbfchar\n" for part in pairs)
    cmap = ("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{chars}endcmap end end")
    shown = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in text)
    page = zlib.compress(f"BT /F 9 Tf 20 TL 40 800 Td\n{shown}\nET".encode())
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type0/BaseFont/Khong/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Khong/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap.encode())]
    out, places = b"%PDF-1.5\n", []
    for number, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 8\n0000000000 65535 f \n%strailer<</Size 8/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (rows, len(out))


def png(draw, _):
    """A grey page with strokes where lines of text would be: something to look through, nothing to find."""
    width, height, rows = 620, 877, []
    for y in range(height):
        row = bytearray(b"\xff" * width)
        if y % 24 < 3 and 60 < y < 800:
            end = draw.randint(200, 560)
            row[60:end] = b"\x40" * (end - 60)
        rows.append(b"\0" + row)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")


def cp1258(text):
    """Windows keeps the tone apart from its letter, and the other marks with it."""
    out = "".join(unicodedata.normalize("NFC", c[0] + "".join(m for m in c[1:] if m in "\u0302\u0306\u031b"))
                  + "".join(m for m in c[1:] if m not in "\u0302\u0306\u031b") for c in (unicodedata.normalize("NFD", c) for c in text))
    return out.encode("cp1258")


MIXED = [
    ("txt", lambda _, text: "\n".join(text).encode()),
    ("txt", lambda _, text: "\n".join(text).encode("utf-16")),
    ("txt", lambda _, text: unicodedata.normalize("NFD", "\n".join(text)).encode()),
    ("txt", lambda _, text: cp1258("\n".join(text))),
    ("txt", lambda _, text: b"".join(bytes([TCVN3[c.lower()]]) if c.lower() in TCVN3 else c.encode() for c in "\n".join(text))),
    ("html", lambda _, text: ('<!doctype html><meta charset="utf-8"><title>Tin</title>' + "".join(f"<p>{line}</p>\n" for line in text)).encode()),
    ("docx", docx), ("xlsx", xlsx), ("eml", eml), ("rtf", rtf), ("pdf", pdf),
    ("zip", lambda draw, text: packed([("van-ban/mot.docx", docx(draw, text)), ("hai.txt", "\n".join(lines(draw, False)))])),
    ("png", png),
]


def draw_docx(number):
    draw = random.Random(f"docx {number}")
    return "docx", docx(draw, lines(draw, is_marked(number)))


def draw_text(number):
    draw = random.Random(f"text {number}")
    return "txt", "\n".join(lines(draw, is_marked(number), 2, 6)).encode()


def draw_mixed(number):
    draw = random.Random(f"mixed {number}")
    ending, write = MIXED[number % len(MIXED)]
    return ending, write(draw, lines(draw, is_marked(number)))


def make(home, name, count, drawn, each=1000):
    """`count` files below a folder of their own, once; answers the folder and the names of the marked ones."""
    folder, done = home / f"{name}-{count}", home / f"{name}-{count}.json"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        marked, size = [], 0
        for number in range(count):
            ending, data = drawn(number)
            place = f"{number // each:04}/{number:07}.{ending}"
            if number % each == 0:
                (folder / place).parent.mkdir(parents=True)
            (folder / place).write_bytes(data)
            size += len(data)
            if is_marked(number) and ending != "png":
                marked.append(place)
        done.write_text(json.dumps({"marked": marked, "bytes": size}))
    kept = json.loads(done.read_text())
    print(f"{name}: made {count:,} files of {kept['bytes'] / count / 1024:.1f} KiB on average, {len(kept['marked'])} of them marked", flush=True)
    return folder, set(kept["marked"])


Scanned = collections.namedtuple("Scanned", "wall cpu marked objects incomplete outer")


def scan(khien, folder, *options, watch=None, every=1.0):
    """One run of `khien scan`, with CPU time of the program and all its workers; `watch` is called while it runs."""
    said = folder.parent / "said.jsonl"
    with said.open("wb") as out:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen([khien, "scan", folder, "--jsonl", *options], stdout=out, stderr=subprocess.PIPE)
        while watch:
            watch(process.pid, said)
            try:
                process.wait(every)
                break
            except subprocess.TimeoutExpired:
                pass
        words = process.communicate()[1].decode()
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    check(process.returncode in (0, 1, 3), f"khien scan ended with {process.returncode}: {words}")
    counts, marked, incomplete = collections.Counter(), set(), collections.Counter()
    outer = 0
    with said.open("rb") as rows:
        for row in rows:
            outer += b'"member":null' in row
            if b'"verdict":"clean"' in row:
                counts["clean"] += 1
                continue
            found = json.loads(row)
            counts[found["verdict"]] += 1
            if found["verdict"] == "marked":
                marked.add(os.path.relpath(found["path"], folder))
            for missed in found["incomplete"]:
                incomplete[pathlib.Path(found["path"]).suffix + " " + missed["reason"]] += 1
    said.unlink()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Scanned(wall, cpu, marked, counts, dict(incomplete), outer)


def verify(scanned, count, marked, incomplete=()):
    """The right answer for every file, or no figure."""
    check(scanned.outer == count, f"{scanned.outer} files reported, {count} made")
    check(scanned.marked == marked, f"marks missed {sorted(marked - scanned.marked)[:5]}, invented {sorted(scanned.marked - marked)[:5]}")
    check(set(scanned.incomplete) == set(incomplete), f"not read whole: {scanned.incomplete}, expected {set(incomplete)}")


def part_docx(ask):
    count = 400 if ask.small else 20_000
    folder, marked = make(ask.folder, "docx", count, draw_docx)
    for turn in range(ROUNDS):
        done = scan(ask.khien, folder)
        verify(done, count, marked)
        print(f"docx, run {turn + 1}: {count:,} files in {done.wall:.2f} s, {count / done.wall:,.0f} files/s, goal 2,000 on 2 cores (here "
              f"{os.cpu_count()}); CPU {done.cpu:.2f} s, {done.cpu / count * 1000:.2f} ms a file", flush=True)


def in_process(program, folder, count, marked):
    """CPU seconds for the same files without workers, by the bench of the readers; reading from the disk is not in it."""
    done = subprocess.run([program, "--bench"], env={**os.environ, "SCAN_BENCH_FILES": str(folder)}, capture_output=True, text=True)
    rows = re.findall(r"^(\S+)\s+(\d+) files .*\{(.*)\} panics (\d+) .* scan (\d+) files/s", done.stdout, re.M)
    check(done.returncode == 0 and rows, f"{program} gave no figures: {done.stderr[-500:]}")
    check(sum(int(row[1]) for row in rows) == count and not any(int(row[3]) for row in rows), f"not all files: {done.stdout}")
    # The bench keeps the verdict of the outermost file only, so marks inside mails and archives do not count there.
    direct = sum(not name.endswith((".eml", ".zip")) for name in marked)
    found = sum(int(number) for row in rows for number in re.findall(r'"marked": (\d+)', row[2]))
    check(direct <= found <= len(marked), f"{found} marked without workers, {direct} to {len(marked)} expected")
    check(all(int(row[4]) >= 10 for row in rows), "a format below 10 files/s: the rate is rounded too roughly")
    return sum(int(row[1]) / int(row[4]) for row in rows)


def bundles(folder, each=250):
    """The same bytes as members of stored archives: handed over `each` at a time instead of one by one."""
    out, files = folder.with_name(folder.name + "-bundles"), sorted(path for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    for at in range(0, len(files), each):
        parts = [(str(path.relative_to(folder)), path.read_bytes()) for path in files[at:at + each]]
        (out / f"{at:07}.zip").write_bytes(packed(parts, zipfile.ZIP_STORED))
    return out, len(range(0, len(files), each))


def part_isolation(ask):
    count = 520 if ask.small else 10_000
    folder, marked = make(ask.folder, "mixed", count, draw_mixed)
    done = scan(ask.khien, folder)
    verify(done, count, marked)
    print(f"isolation: {count:,} mixed files, all workers, with stamps: {done.wall:.2f} s, {count / done.wall:,.0f} files/s, CPU {done.cpu:.2f} s", flush=True)
    # The bench has no networks for stamps, so pictures are left out on both sides.
    tied, (packs, number) = ("--jobs", "1", "--ocr", "off"), bundles(folder)
    loose, bundled, bare = [], [], []
    for _ in range(ROUNDS):  # in turn, so that neighbours disturb all alike
        loose.append(scan(ask.khien, folder, *tied))
        verify(loose[-1], count, marked, [".png ocr_unavailable"])
        bundled.append(scan(ask.khien, packs, *tied))
        check(bundled[-1].outer == number and loose[-1].objects["marked"] == bundled[-1].objects["marked"], "bundles were read otherwise")
        check(bundled[-1].objects["clean"] == loose[-1].objects["clean"] + number, f"bundles: {bundled[-1].incomplete}")
        if ask.inprocess:
            bare.append(in_process(ask.inprocess, folder, count, marked))
    cpu, wall = min(run.cpu for run in loose), min(run.wall for run in loose)
    print(f"isolation: {count:,} mixed files, one worker, no stamps: {wall:.2f} s, CPU {cpu:.2f} s, {cpu / count * 1000:.3f} ms a file (best of {ROUNDS})")
    other, clock = min(run.cpu for run in bundled), min(run.wall for run in bundled)
    print(f"isolation: the same files in {number} stored archives: {clock:.2f} s, CPU {other:.2f} s; one by one costs {cpu / other - 1:+.1%} CPU, {wall / clock - 1:+.1%} time; goal 15 %")
    if bare:
        print(f"isolation: the same files without workers, from memory: CPU {min(bare):.2f} s; locked workers with walk, reading and report cost {cpu / min(bare) - 1:+.1%} CPU; goal 15 %")
    else:
        print("isolation: not measured without workers; build the bench `readers` and name it with --inprocess")


def memory_of(pid):
    """Resident memory in MiB: the program now and at its highest, its workers together now, and how many they are."""
    def status(one, field):
        try:
            found = re.search(rf"^{field}:\s+(\d+)", pathlib.Path(f"/proc/{one}/status").read_text(), re.M)
        except OSError:
            found = None
        return int(found[1]) / 1024 if found else 0.0
    workers = [one for one in os.listdir("/proc") if one.isdigit() and status(one, "PPid") * 1024 == pid]
    return status(pid, "VmRSS"), status(pid, "VmHWM"), sum(status(one, "VmRSS") for one in workers), len(workers)


def part_memory(ask):
    count, every = (20_000, 0.1) if ask.small else (1_000_000, 1.0)
    folder, marked = make(ask.folder, "text", count, draw_text, count // 1000)
    samples, read = [], [0, 0]

    def watch(pid, said):
        with said.open("rb") as rows:
            rows.seek(read[0])
            new = rows.read()
        read[0], read[1] = read[0] + len(new), read[1] + new.count(b"\n")
        samples.append((read[1], *memory_of(pid)))

    done = scan(ask.khien, folder, watch=watch, every=every)
    verify(done, count, marked)
    print(f"memory: {count:,} text files in {done.wall:.1f} s, {count / done.wall:,.0f} files/s, CPU {done.cpu:.1f} s; {len(samples)} samples")
    steps = []
    for last in range(count // 10, count + 1, count // 10):
        step = [row for row in samples if last - count // 10 <= row[0] <= last and row[3]]
        if not step:  # too fast for the samples; only with few files
            continue
        steps.append(statistics.median(row[1] for row in step))
        workers = [row[3] / max(row[4], 1) for row in step]
        print(f"memory: up to {last:,} files: program {steps[-1]:.1f} MiB (highest so far {step[-1][2]:.1f}), a worker {statistics.median(workers):.1f} MiB "
              f"(highest {max(workers):.1f}), {len(step)} samples")
    check(len(steps) >= 2, "too few samples; take more files")
    print(f"memory: program, last tenth against first: {steps[-1]:.1f} / {steps[0]:.1f} MiB, ratio {steps[-1] / steps[0]:.2f}; goal flat")


class Postgres:
    """A throw-away server on a socket in a folder of its own; it refuses to run as root."""

    def __enter__(self):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        check(found and int(found[-1].parts[-3]) >= 15, "PostgreSQL 15 or newer is not installed")
        self.programs, self.home = found[-1].parent, tempfile.mkdtemp(prefix="khien-pg-")
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")
        self.run("initdb", "-D", "data", "-U", "khien", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", f"-c listen_addresses='' -c unix_socket_directories='{self.home}'", "start")
        self.url = f"postgres://khien@localhost/postgres?host={self.home}"
        return self

    def run(self, program, *words):
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        # Not a pipe: the server inherits it, and its end would never come.
        done = subprocess.run([*owner, self.programs / program, *words], cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        check(done.returncode == 0, f"{program} ended with {done.returncode}")

    def ask(self, sql):
        words = [self.programs / "psql", "-h", self.home, "-U", "khien", "-d", "postgres", "-Atc", sql]
        return subprocess.run(words, capture_output=True, text=True, check=True, cwd="/").stdout.strip()

    def __exit__(self, *_):
        try:
            self.run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.home, ignore_errors=True)


class Watch:
    """A signed-in officer of the demonstration's watch, over HTTP."""

    def __init__(self, address):
        self.address, self.headers = address, {}
        form = {"login": "giamsat", "password": "khien-trinh-dien"}
        cookie = self.send("POST", "/login", form)[1].get("set-cookie", "")
        self.headers["cookie"] = cookie.split(";")[0]
        self.headers["x-csrf-token"] = self.json("GET", "/api/v1/me")["csrf"]

    def send(self, method, path, form=None):
        link = http.client.HTTPConnection(self.address, timeout=60)
        kind = {"content-type": "application/x-www-form-urlencoded"}
        link.request(method, path, urllib.parse.urlencode(form or {}), {**kind, **self.headers})
        answer = link.getresponse()
        body = answer.read()
        check(answer.status < 400, f"{method} {path}: {answer.status} {body[:300]}")
        return body, answer

    def json(self, method, path, form=None):
        return json.loads(self.send(method, path, form)[0])


def queue_run(ask, postgres, watch, folder, number):
    """Seconds of a run of a new source with so many workers: whole, and until the last file; and what it counted."""
    source = watch.json("POST", "/api/v1/watch/sources", {"name": "Kho thử", "kind": "folder", "place": folder, "owner_name": "Sở Nội vụ"})["source"]
    command = [ask.khien, "worker", "--database-url", postgres.url, "--evidence", ask.folder / "evidence"]
    workers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(number)]
    try:
        for worker in workers:
            check("waiting" in worker.stderr.readline(), "a worker did not start")
        run = watch.json("POST", f"/api/v1/watch/sources/{source}/runs")["run"]
        for _ in range(36_000):
            state = watch.json("GET", f"/api/v1/watch/runs/{run}")
            if state["ended_at"]:
                break
            check(all(worker.poll() is None for worker in workers), "a worker ended")
            time.sleep(0.1)
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        for worker in workers:
            worker.communicate()
    check(state["state"] == "done", f"the run ended otherwise: {state}")
    files = f"FROM job WHERE kind = 'watch.file' AND payload::json->>'run' = '{run}'"
    done, hands, last = postgres.ask(f"SELECT count(*) FILTER (WHERE state = 'done'), count(DISTINCT worker), max(ended_at) {files}").split("|")
    check(int(hands) == number, f"{hands} workers took files, {number} were there")
    began = instant(state["started_at"])
    return instant(state["ended_at"]) - began, instant(last) - began, int(done), state


def instant(text):
    whole, _, part = text.rstrip("Z").partition(".")
    return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (part or "0"))


def part_queue(ask):
    count = 260 if ask.small else 5_000
    folder, marked = make(ask.folder, "mixed", count, draw_mixed)
    expected = scan(ask.khien, folder)
    verify(expected, count, marked)
    with Postgres() as postgres, tempfile.TemporaryDirectory() as place:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        installation = ["--data", f"{place}/demo", "--database-url", postgres.url, "--listen", address]
        subprocess.run([ask.khien, "demo", "--no-serve", *installation], check=True, capture_output=True)
        server = subprocess.Popen([ask.khien, "serve", *installation], stderr=subprocess.PIPE, text=True)
        try:
            check(server.stderr.readline().startswith("http://"), "the server did not start")
            watch, times = Watch(address), {}
            for number in (1, 2, 1, 2):
                whole, files, done, state = queue_run(ask, postgres, watch, folder.resolve(), number)
                check(done == count and state["total"] == count, f"{done} files done of {count}: {state}")
                same = all(state[verdict] == expected.objects[verdict] for verdict in ("marked", "clean", "incomplete"))
                check(same, f"the queue says otherwise than khien scan: {state}, {expected.objects}")
                times.setdefault(number, []).append((whole, files))
                print(f"queue: {count:,} mixed files, {number} `khien worker`: last file after {files:.2f} s, {count / files:,.0f} files/s; run ended after {whole:.2f} s", flush=True)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate()
    one, two = ([min(column) for column in zip(*times[number])] for number in (1, 2))
    print(f"queue: two workers against one: {one[1] / two[1]:.2f} times as fast until the last file, {one[0] / two[0]:.2f} for the whole run; goal 1.8 (best of 2 each)")


def main():
    parts = {"docx": part_docx, "isolation": part_isolation, "memory": part_memory, "queue": part_queue}
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("khien", type=lambda path: str(pathlib.Path(path).resolve()))
    words.add_argument("folder", type=pathlib.Path)
    words.add_argument("--only", choices=parts)
    words.add_argument("--small", action="store_true", help="few files: does everything work?")
    words.add_argument("--inprocess", metavar="PROGRAM")
    ask = words.parse_args()
    ask.folder = ask.folder.resolve()
    ask.folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        if ask.only in (None, name):
            part(ask)


if __name__ == "__main__":
    main()
