//! An Excel book of 100,000 rows: dry run, then taken, into an empty house.

use std::path::Path;
use std::time::Instant;

use app::imports::ImportAsk;
use law::BookKind;
use rust_xlsxwriter::Workbook;

use crate::house;
use crate::tell::{memory_mib, say};
use crate::text::{Dice, sentence};

const ROWS: u32 = 100_000;
const HEADINGS: [&str; 10] = [
    "STT",
    "Ngày đến",
    "Số đến",
    "Cơ quan gửi",
    "Số, ký hiệu văn bản",
    "Ngày, tháng văn bản",
    "Tên loại và trích yếu nội dung",
    "Độ mật",
    "Đơn vị, người nhận",
    "Ký nhận",
];

pub async fn measure(folder: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    let bytes = workbook()?;
    say(&format!(
        "Excel book of {ROWS} rows: {} KiB, written in {:.1} s",
        bytes.len() / 1_024,
        started.elapsed().as_secs_f64()
    ));
    let place = tempfile::tempdir_in(folder)?;
    let house = house::at(&place.path().join("house")).await?;
    let mut whole = 0.0;
    for dry_run in [true, false] {
        let ask = ImportAsk {
            kind: BookKind::Den,
            year: Some(2026),
            file_name: "so-den.xlsx".to_owned(),
            sheet: None,
            dry_run,
        };
        let started = Instant::now();
        let report = house
            .app
            .import_book(&house.clerk, &ask, bytes.clone())
            .await?;
        let seconds = started.elapsed().as_secs_f64();
        whole += seconds;
        say(&format!(
            "import, {}: {} lines, {} not taken, {seconds:.1} s",
            if dry_run { "dry run" } else { "taken" },
            report.taken,
            report.skipped.len()
        ));
    }
    say(&format!(
        "import, both: {whole:.1} s; highest memory of the bench so far {} MiB",
        memory_mib("self", "VmHWM")?
    ));
    house.close().await;
    Ok(())
}

/// A book as a clerk keeps it: a title, headings, dates in two forms.
fn workbook() -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "SỔ ĐĂNG KÝ VĂN BẢN MẬT ĐẾN NĂM 2026")?;
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        sheet.write_string(2, column, heading)?;
    }
    for n in 0..ROWS {
        let mut dice = Dice::new(i64::from(n));
        let day = 61 + n * 200 / ROWS;
        let row = n + 3;
        sheet.write_number(row, 0, n + 1)?;
        sheet.write_string(
            row,
            1,
            format!("{:02}/{:02}/2026", 1 + day % 28, 3 + (day - 61) / 28),
        )?;
        sheet.write_number(row, 2, n + 1)?;
        sheet.write_string(row, 3, format!("Văn phòng {}", sentence(&mut dice, 2)))?;
        sheet.write_string(row, 4, format!("{}/UBND-NC{n}", dice.below(20_000)))?;
        sheet.write_string(row, 5, format!("{:02}/02/2026", 1 + day % 28))?;
        sheet.write_string(
            row,
            6,
            format!("Công văn về việc {}", sentence(&mut dice, 14)),
        )?;
        sheet.write_string(row, 7, if n % 4 == 0 { "MẬT" } else { "Mật" })?;
        sheet.write_string(row, 8, format!("Phòng {}", sentence(&mut dice, 2)))?;
        sheet.write_string(row, 9, sentence(&mut dice, 3))?;
    }
    Ok(workbook.save_to_buffer()?)
}
