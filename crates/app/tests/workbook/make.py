"""Makes the workbooks in `fixtures/`: books as clerks keep them, people and units invented.

Needs openpyxl and LibreOffice (for .ods, .xls and computed formulas). The results are committed; run this only to
change them: `python3 make.py` in this folder.
"""

import datetime
import pathlib
import subprocess
import tempfile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

HERE = pathlib.Path(__file__).parent / "fixtures"
DAY = datetime.date


def titled(sheet, width, *titles):
    for row, title in enumerate(titles, start=1):
        sheet.cell(row, 1, title).font = Font(bold=True)
        if title:
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
            sheet.cell(row, 1).alignment = Alignment(horizontal="center")


def rows(sheet, first, lines):
    for offset, line in enumerate(lines):
        for col, value in enumerate(line, start=1):
            if value is None:
                continue
            cell = sheet.cell(first + offset, col, value)
            if isinstance(value, DAY):
                cell.number_format = "dd/mm/yyyy"


def outgoing_2024():
    """One heading row, column numbers, months between the lines, a total and a signature."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sổ đi 2024"
    titled(sheet, 9, "UBND TỈNH MẪU", "SỞ THỬ NGHIỆM", "SỔ ĐĂNG KÝ BÍ MẬT NHÀ NƯỚC ĐI", "Năm 2024", "")
    head = ["STT", "Số, ký hiệu", "Ngày tháng VB", "Tên loại và trích yếu\nnội dung", "Độ mật", "Người ký", "Nơi nhận", "SL", "Ghi chú"]
    rows(sheet, 6, [head, [f"({n})" for n in range(1, 10)]])
    rows(sheet, 8, [
        ["THÁNG 1"],
        [1, "01/KH-STN", "05/01/2024", "Kế hoạch kiểm tra kho lưu trữ", "Mật", "Giám đốc", "Đơn vị Một; Đơn vị Hai", 2],
        [2, "02/BC-STN", DAY(2024, 1, 9), "Báo cáo kết quả kiểm tra", "MẬT", "Giám đốc", "Đơn vị Một", "01"],
        [3, "03/STN-VP", 45301, "V/v phối hợp bố trí phòng họp", "M", "Chánh Văn phòng", "Đơn vị Ba", "3 bản (01-03)"],
        [],
        ["THÁNG 2"],
        [4, "04/TTr-STN", "ngày 5 tháng 2 năm 2024", "Đề nghị phê duyệt phương án", "TỐI MẬT", "Giám đốc", "Cơ quan Bốn", 1, "gửi hỏa tốc"],
        [5, "05/QD-STN", "6-2-24", "Về việc thành lập tổ", "Tốm", "Giám đốc", "Đơn vị Hai", 2],
        [6, "06/BC-STN", "30/02/2024", "Báo cáo tháng", "Mật", "Giám đốc", "Đơn vị Một", 1],
        [7, "07/BC-STN", "15/02/2023", "Báo cáo quý", "Mật", "Giám đốc", "Đơn vị Một", 1],
        [8, "08/BC-STN", "16/2/2024", "Báo cáo chuyên đề", "TM", "Giám đốc", "Đơn vị Một", 1],
        [9, "09/BC-STN", "19/2/2024", "Báo cáo riêng", "A", "Giám đốc", "Đơn vị Một", 1],
        [10, "10/BC-STN", "19/2/2024", "Báo cáo", "Tuyệt mật", "Giám đốc", "Đơn vị Một", 1],
        [11, "02 / BC-STN", "20/2/2024", "Báo cáo lần hai", "Mật", "Giám đốc", "Đơn vị Một", 1],
        [],
        [12, "12/KH-STN", "21/2/2024", "Kế hoạch diễn tập", "Mật", "Giám đốc", "Đơn vị Một", 1],
        [None, None, None, None, None, None, "Đơn vị Hai", 2],
        [None, None, None, None, None, None, "Đơn vị Ba", 1, "nhận thay"],
        [13, "13/TB-STN", "-nt-", "Thông báo kết luận cuộc họp", "nt", "\"", "Như trên", 1],
        [14, "14/BC-STN", "1/3", "Báo cáo nhanh", "Bí mật công tác", "Giám đốc", "Đơn vị Một", 1],
        [15, "15/BC-STN", "1/3", "Báo cáo nhanh", "C", None, "Đơn vị Một", 1],
        [16, DAY(2024, 12, 3), "4/3/2024", "Báo cáo", "Mật", "Giám đốc", "Đơn vị Một", 1],
        [17, "17/BC-STN", "5/3/2024", "Báo cáo tuần", "Mật", "Giám đốc", "Đơn vị Một", "một"],
        [18, "18/HD-STN", "6/3", "Hướng dẫn bảo quản", "Mật", "Phó Giám đốc", "Đơn vị Một, Đơn vị Hai", 2],
        head,
        [19, "19/CV-STN", "7/3/2024 00:00:00", "Công văn đề nghị cử người", "Mật", "Giám đốc", "Đơn vị Năm", 2.0],
        ["Tổng cộng", None, None, None, None, None, None, 24],
        [],
        [None, None, None, None, None, None, "NGƯỜI LẬP SỔ"],
        [None, None, None, None, None, None, "(Ký, ghi rõ họ tên)"],
    ])
    line = 8 + 15
    for col in range(1, 7):
        sheet.merge_cells(start_row=line, start_column=col, end_row=line + 2, end_column=col)
    draft = book.create_sheet("Nháp")
    draft["A1"] = "không dùng"
    draft.sheet_state = "hidden"
    book.save(HERE / "so-di-2024.xlsx")


def incoming_2025():
    """Two heading rows with merged groups, a merged day, a consent column, a column nobody knows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Công văn đến"
    titled(sheet, 13, "SỔ ĐĂNG KÝ BÍ MẬT NHÀ NƯỚC ĐẾN - NĂM 2025", "")
    top = ["TT", "Đến", None, "Văn bản", None, None, None, "Mức độ mật", "Đơn vị, người nhận", "Ký nhận", "Văn bản đồng ý ghi trích yếu", "Tủ số", "Ghi chú"]
    low = [None, "Ngày", "Số", "Cơ quan ban hành", "Số và ký hiệu", "Ngày tháng năm", "Trích yếu nội dung"]
    rows(sheet, 3, [top, low, list(range(1, 14))])
    for area in ["B3:C3", "D3:G3"] + [f"{c}3:{c}4" for c in "AHIJKLM"]:
        sheet.merge_cells(area)
    rows(sheet, 6, [
        [1, DAY(2025, 1, 6), 1, "UBND tỉnh Mẫu", "01/KH-UBND", DAY(2024, 12, 30), "Kế hoạch bảo vệ", "Mật", "Phòng Một", "đã ký 6/1", None, "A1"],
        [2, None, 2, "Cơ quan Bốn", "15/CQ4-P1", "02/01/2025", "V/v rà soát", "M", "Phòng Hai", "đã ký", None, "A1"],
        [3, None, 3, "Cơ quan Bốn", "15/CQ4-P1", "02/01/2025", "V/v rà soát (gửi lại)", "M", "Phòng Hai", "đã ký"],
        [4, "10/01/2025", 4, "Cơ quan Năm", "07/BC-CQ5", "09.01.2025", "Báo cáo", "A", "Thủ trưởng", "đã ký"],
        [5, "10/01/2025", 5, "Cơ quan Năm", "08/BC-CQ5", "09.01.2025", "Báo cáo đặc biệt", "TUYỆT MẬT", "Thủ trưởng", "đã ký", "02/CV-CQ5 ngày 9/1/2025", "B2"],
        [6, "10/01/2025", 6, "Cơ quan Năm", "09/BC-CQ5", "09.01.2025", "Báo cáo đặc biệt", "TUYỆT MẬT", "Thủ trưởng", "đã ký", None, "B2"],
        [7, "13/1", 7, None, "10/TB-CQ6", "11/1/2025", "Thông báo", "Mật", "Phòng Một", "đã ký"],
        [8, "13/1", 8, "Cơ quan Sáu", "11/TB-CQ6", "11/1", "Thông báo", "Mật", "Phòng Một", "đã ký"],
        [9, "14/1/2025", 9, "Cơ quan Sáu", "12/TB-CQ6", "15/1/2025", "Thông báo", "Mật", "Phòng Một", "đã ký"],
        [10, "15/1/2025", 10, "Cơ quan Sáu", "13/TB-CQ6", "14/1/2025", "Thông báo lịch", "Mật", "Phòng Một", "đã ký", None, None, "có 1 phụ lục"],
        ["Cộng: 10 văn bản"],
    ])
    sheet.merge_cells("B6:B8")
    book.save(HERE / "so-den-2025.xlsx")


def outgoing_2026(folder):
    """The 2026 edition with formulas; LibreOffice computes and writes it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Đi 2026"
    titled(sheet, 10, "XÃ MẪU", "SỔ ĐĂNG KÝ TÀI LIỆU, VẬT CHỨA BÍ MẬT NHÀ NƯỚC ĐI")
    rows(sheet, 4, [
        ["Số thứ tự", "Số, ký hiệu tài liệu, vật chứa", "Ngày tháng xác định tài liệu, vật chứa", "Tên loại và trích yếu", "Độ mật", "Người ký", "Nơi nhận và ký nhận", "Đơn vị lưu", "Số lượng", "Ghi chú"],
        ["01", "01/KH-UBND", DAY(2026, 3, 2), "Kế hoạch bảo vệ trụ sở", "Mật (C)", "Chủ tịch", "Đơn vị Một (đã ký)", "Văn phòng", 2],
        ["=A5+1", '="02/BC-"&"UBND"', "=DATE(2026,3,9)", "Báo cáo tình hình", "Tối mật", "Chủ tịch", "Đơn vị Hai (đã ký)", "Văn phòng", "=1+2"],
        ["=A6+1", "03/BC-UBND", DAY(2026, 3, 10), "Báo cáo", "=1/0", "Chủ tịch", "Đơn vị Hai", "Văn phòng", 1],
        ["=A7+1", "04/BC-UBND", DAY(2026, 3, 11), "Báo cáo kín", "Tuyệt mật", "Chủ tịch", "Đơn vị Hai", "Văn phòng", 1],
        ["=A8+1", "05/BC-UBND", DAY(2026, 3, 12), "Báo cáo", "Tuyệt mật", "Chủ tịch", "Đơn vị Hai", "Văn phòng", 1],
        ["Cộng", None, None, None, None, None, None, None, "=SUM(I5:I9)"],
    ])
    book.save(folder / "so-di-2026.xlsx")
    convert(folder / "so-di-2026.xlsx", "xlsx:Calc MS Excel 2007 XML")


def transfers_2025(folder):
    """Hand-overs as .ods, with ditto marks and a hidden sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Chuyển giao"
    titled(sheet, 7, "SỔ CHUYỂN GIAO", "Năm 2025")
    rows(sheet, 3, [
        ["Ngày tháng", "Ký hiệu ngoài bì", "Độ mật", "SL", "Nơi nhận", "Ký nhận", "Ghi chú"],
        ["03/02/2025", "01/KH-STN", "C", 1, "Đơn vị Một", "đã ký 3/2"],
        ["-nt-", "01/KH-STN", "C", 1, "Đơn vị Hai", "đã ký 3/2"],
        [DAY(2025, 2, 4), "02/BC-STN", "B", "1 bì", "Đơn vị Ba", "đã ký 4/2"],
        ["05/02/2025", "03/BC-STN", "A", 1, "Đơn vị Ba", None],
        ["06/02/2025", "04/BC-STN", "Mật (A)", 1, "Đơn vị Ba", "đã ký"],
    ])
    hidden = book.create_sheet("Ẩn")
    hidden["A1"] = "không dùng"
    hidden.sheet_state = "hidden"
    book.save(folder / "so-chuyen-giao-2025.xlsx")
    convert(folder / "so-chuyen-giao-2025.xlsx", "ods")


def copies_2023(folder):
    """Copying as .xls, with a merged permission and long words that cross a record."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sao chụp"
    titled(sheet, 11, "SỔ QUẢN LÝ SAO, CHỤP BÍ MẬT NHÀ NƯỚC")
    rows(sheet, 3, [
        ["STT", "Ngày sao", "Số, ký hiệu", "Độ mật", "Hình thức sao, chụp", "Số lượng", "Bản số", "Người cho phép", "Người thực hiện", "Nơi nhận", "Bản thừa, hỏng đã hủy"],
        [1, DAY(2023, 5, 4), "01/KH-UBND", "Mật", "Sao y bản chính", 2, "01, 02", "Giám đốc", "Văn thư", "Phòng Một", "không"],
        [2, "04/05/2023", "02/KH-UBND", "Tối mật", "Chụp", 1, "03", None, "Văn thư", "Phòng Hai", "01 bản, đã hủy"],
        [3, 45051.5, "03/KH-UBND", "Mật", "Trích sao", 1.0, "04", "Phó Giám đốc", "Văn thư", "Phòng Ba", "x" * 600],
        [4, "06/05/2022", "04/KH-UBND", "Mật", "Sao lục", 1, "05", "Giám đốc", "Văn thư", "Phòng Ba"],
        [5, "08/05/2023", "05/KH-UBND", "Mật", None, 1, "06", "Giám đốc", "Văn thư", "Phòng Ba"],
    ])
    sheet.merge_cells("H4:H5")
    # Words enough that the table of shared strings does not fit one record.
    notes = book.create_sheet("Ghi tạm")
    for n in range(40):
        notes.cell(1 + n, 1, f"ô ghi tạm số {n}: " + "chữ " * 120)
    book.save(folder / "so-sao-chup-2023.xlsx")
    convert(folder / "so-sao-chup-2023.xlsx", "xls:MS Excel 97")


def convert(path, kind):
    subprocess.run(
        ["soffice", "--headless", "--convert-to", kind, "--outdir", str(HERE), str(path)],
        check=True,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    outgoing_2024()
    incoming_2025()
    with tempfile.TemporaryDirectory() as folder:
        outgoing_2026(pathlib.Path(folder))
        transfers_2025(pathlib.Path(folder))
        copies_2023(pathlib.Path(folder))
