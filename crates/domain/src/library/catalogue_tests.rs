use super::*;

fn lines(text: &str) -> Vec<Line> {
    text.lines()
        .enumerate()
        .map(|(at, text)| Line {
            row: at + 1,
            text: text.to_owned(),
        })
        .collect()
}

fn shown(read: &Read) -> Vec<String> {
    read.items
        .iter()
        .map(|item| {
            let (article, clause, point) = (&item.article, &item.clause, &item.point);
            format!(
                "{} {article}|{clause}|{point} {}",
                item.level.code(),
                item.text
            )
        })
        .collect()
}

fn faults(read: &Read) -> Vec<(usize, &'static str)> {
    read.faults
        .iter()
        .map(|fault| (fault.row, fault.refusal.code))
        .collect()
}

fn sheet(rows: &[&[&str]]) -> Sheet {
    Sheet {
        name: "Danh mục".to_owned(),
        rows: rows
            .iter()
            .map(|row| {
                let cell = |text: &&str| Cell::Text((*text).to_owned());
                row.iter().map(cell).collect()
            })
            .collect(),
        ..Sheet::default()
    }
}

const DECISION: &str = "QUYẾT ĐỊNH
Ban hành Danh mục bí mật nhà nước lĩnh vực Mẫu

Căn cứ Luật Bảo vệ bí mật nhà nước;
Điều 1. Bí mật nhà nước độ Tối mật gồm:
1. Đề thi, đáp án chưa công khai.
2. Thông tin về kho mẫu:
a) Vị trí kho;
b) Phương án bảo vệ
kho ngoài giờ.
Điều 2. Bí mật nhà nước độ Mật gồm: báo cáo kiểm kê chưa công bố.
Điều 3. Hiệu lực thi hành
1. Quyết định này có hiệu lực từ ngày ký.
Nơi nhận:
- Như Điều 3.";

#[test]
fn a_decision_becomes_items_and_its_closing_articles_do_not() {
    let read = of_lines(&lines(DECISION)).unwrap();
    assert_eq!(
        shown(&read),
        [
            "toi_mat 1|1| Đề thi, đáp án chưa công khai",
            "toi_mat 1|2|a Thông tin về kho mẫu: Vị trí kho",
            "toi_mat 1|2|b Thông tin về kho mẫu: Phương án bảo vệ kho ngoài giờ",
            "mat 2|| báo cáo kiểm kê chưa công bố",
        ]
    );
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    assert_eq!(read.passed.len(), 6);
}

#[test]
fn numbers_that_do_not_go_on_are_named_with_their_row() {
    let read = of_lines(&lines(
        "Điều 1. Độ Mật\n1. Một\n3. Ba\na) x\nc) z\nĐiều 3. Độ Tối mật\n1. Bốn",
    ))
    .unwrap();
    assert_eq!(faults(&read), [(3, "LIB-11"), (5, "LIB-11"), (6, "LIB-11")]);
    let args = &read.faults[0].refusal.args;
    assert_eq!(
        (args["expected"].as_str(), args["found"].as_str()),
        ("khoản 2", "khoản 3")
    );
    assert_eq!(read.faults[1].refusal.args["expected"], "điểm b");
}

#[test]
fn an_item_before_any_level_an_empty_and_a_doubled_one_are_refused() {
    let read = of_lines(&lines("Điều 1. Phạm vi bí mật\n1. Một\n2.\n")).unwrap();
    assert_eq!(faults(&read), [(2, "LIB-10"), (3, "LIB-10")]);
    let read = of_lines(&lines("Điều 1. Độ Mật\n1.\n1. Một\n1. Hai")).unwrap();
    assert_eq!(
        faults(&read),
        [(2, "LIB-14"), (3, "LIB-11"), (4, "LIB-11"), (4, "LIB-16")]
    );
    let long = "x".repeat(limits::RESULT_CHARS_MAX + 1);
    let read = of_lines(&lines(&format!("Điều 1. Độ Mật\n1. {long}"))).unwrap();
    assert_eq!(faults(&read), [(2, "LIB-15")]);
}

#[test]
fn levels_as_numbered_clauses_and_as_sections_are_read() {
    let read = of_lines(&lines(
        "Điều 1. Bí mật nhà nước thuộc lĩnh vực Mẫu\n1. Độ Tối mật gồm:\na) Một\nb) Hai\n2. Độ Mật gồm:\na) Ba",
    ))
    .unwrap();
    assert_eq!(
        shown(&read),
        ["toi_mat 1|1|a Một", "toi_mat 1|1|b Hai", "mat 1|2|a Ba"]
    );
    let read = of_lines(&lines("I. TUYỆT MẬT\n1. Một\nII. TỐI MẬT\n1. Hai\n2. Ba")).unwrap();
    assert_eq!(
        shown(&read),
        [
            "tuyet_mat Mục I|1| Một",
            "toi_mat Mục II|1| Hai",
            "toi_mat Mục II|2| Ba"
        ]
    );
    assert!(read.faults.is_empty());
}

#[test]
fn a_catalogue_behind_the_signature_of_its_decision_is_read() {
    let read = of_lines(&lines(
        "Điều 1. Ban hành kèm theo Quyết định này Danh mục\nĐiều 2. Hiệu lực thi hành\nTM. ỦY BAN NHÂN DÂN\nDANH MỤC\nĐiều 1. Độ Mật\n1. Một",
    ))
    .unwrap();
    assert_eq!(shown(&read), ["mat 1|1| Một"]);
    assert!(read.faults.is_empty(), "{:?}", read.faults);
}

#[test]
fn a_sheet_with_columns_is_read_and_its_breaks_are_found() {
    let rows: [&[&str]; 6] = [
        &["DANH MỤC BÍ MẬT NHÀ NƯỚC"],
        &["Điều", "Khoản", "Điểm", "Nội dung", "Độ mật"],
        &["Điều 1", "1", "", "Đề thi", "Tối mật"],
        &["", "2", "a", "Vị trí kho", "Tối mật"],
        &["", "", "b)", "Phương án", ""],
        &["2", "1", "", "Báo cáo", "Mật"],
    ];
    let read = of_sheet(&sheet(&rows)).unwrap();
    assert_eq!(
        shown(&read),
        [
            "toi_mat 1|1| Đề thi",
            "toi_mat 1|2|a Vị trí kho",
            "toi_mat 1|2|b Phương án",
            "mat 2|1| Báo cáo",
        ]
    );
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    let mut broken = rows;
    broken[4] = &["", "", "d", "Phương án", ""];
    let read = of_sheet(&sheet(&broken)).unwrap();
    assert_eq!(faults(&read), [(5, "LIB-11")]);
}

#[test]
fn a_sheet_with_ordinals_or_without_headings_is_read() {
    let rows: [&[&str]; 5] = [
        &["STT", "Nội dung", "Độ mật"],
        &["I. TỐI MẬT"],
        &["1", "Một", ""],
        &["II. MẬT"],
        &["1", "Hai", ""],
    ];
    let read = of_sheet(&sheet(&rows)).unwrap();
    assert_eq!(shown(&read), ["toi_mat Mục I|1| Một", "mat Mục II|1| Hai"]);
    let rows: [&[&str]; 3] = [&["Điều 1. Độ Mật"], &["1", "Một"], &["2", "Hai"]];
    let read = of_sheet(&sheet(&rows)).unwrap();
    assert_eq!(shown(&read), ["mat 1|1| Một", "mat 1|2| Hai"]);
}

#[test]
fn a_table_of_a_document_has_its_numbers_on_lines_of_their_own() {
    let read = of_lines(&lines("Điều 1. Độ Mật\n1\n\nMột\n2\n\nHai")).unwrap();
    assert_eq!(shown(&read), ["mat 1|1| Một", "mat 1|2| Hai"]);
}

#[test]
fn a_file_without_items_or_with_too_many_rows_is_refused() {
    let code = |result: Result<Read, Refusal>| result.unwrap_err().code;
    assert_eq!(code(of_lines(&lines("Kính gửi: Sở Mẫu"))), "LIB-12");
    let many = vec![
        Line {
            row: 1,
            text: String::new()
        };
        limits::CATALOGUE_ROWS_MAX + 1
    ];
    assert_eq!(code(of_lines(&many)), "LIB-13");
}
