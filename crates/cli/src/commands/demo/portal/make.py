#!/usr/bin/env python3
"""Writes the planted files of the demonstration's portal. Everything in them is invented.

make.py writes thu-moi-hop.eml and thong-bao.docx beside itself; quet-cong-van.jpg is a page of the stamp generator
(`cargo run --release -p training -- page`).
"""
import base64, io, pathlib, zipfile

HERE = pathlib.Path(__file__).parent
WHEN = (2026, 3, 2, 8, 0, 0)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(lines):
    body = "".join(
        f'<w:p><w:r>{"<w:rPr><w:b/></w:rPr>" if bold else ""}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
        for bold, text in lines
    )
    parts = {
        "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {W}><w:body>{body}</w:body></w:document>',
    }
    return pack(parts)


def pack(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, WHEN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def paper(level, number, title, text):
    return docx([
        (False, "UBND TỈNH SÔNG THANH"),
        (True, "SỞ TƯ PHÁP"),
        (False, f"Số: {number}"),
        (True, level),
        (True, title),
        (False, text),
        (False, "Nơi nhận: - Như trên; - Lưu: VT."),
    ])


notice = paper("MẬT", "12/TB-STP", "THÔNG BÁO", "Văn bản mẫu dùng để tập huấn soạn thảo, nội dung giả định.")
(HERE / "thong-bao.docx").write_bytes(notice)

inner = paper("TỐI MẬT", "03/KH-STP", "KẾ HOẠCH", "Nội dung giả định của kế hoạch diễn tập hư cấu.")
archive = pack({"tai-lieu/ke-hoach.docx": inner})
lines = base64.encodebytes(archive).decode()
mail = f"""From: van-thu@stp.songthanh.example
To: phong-ban@stp.songthanh.example
Date: Mon, 02 Mar 2026 08:00:00 +0700
Subject: =?utf-8?b?{base64.b64encode("Mời họp và tài liệu kèm theo".encode()).decode()}?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="ranh-gioi"

--ranh-gioi
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Kính gửi các phòng, tài liệu họp trong tệp kèm theo.

--ranh-gioi
Content-Type: application/zip; name="tai-lieu.zip"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="tai-lieu.zip"

{lines}
--ranh-gioi--
"""
(HERE / "thu-moi-hop.eml").write_bytes(mail.replace("\n", "\r\n").encode())
