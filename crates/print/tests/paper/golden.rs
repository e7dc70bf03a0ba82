//! Every form as a picture, compared with the kept one. `PRINT_UPDATE=1` writes the pictures anew: look at them before keeping.

use std::path::{Path, PathBuf};

use crate::common::{book, date, edition, page, poppler, scratch};
use law::BookKind;
use print::report::{self, Figures, Fill, Header, Outline, Proof, SelfInspection, Signer};

/// Dots per inch of the kept pictures.
const DPI: &str = "60";
/// A sample differs when its value is this far off.
const VALUE_FAR: u8 = 80;
/// Share of differing samples that font rasterisers may disagree on.
const SHARE_MAX: f64 = 0.004;

pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// One byte for each colour of each pixel.
    pub samples: Vec<u8>,
}

pub fn decode(bytes: &[u8]) -> Picture {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    assert_eq!(info.bit_depth, png::BitDepth::Eight);
    Picture {
        width: info.width,
        height: info.height,
        samples,
    }
}

fn difference(kept: &Picture, new: &Picture) -> Result<f64, String> {
    let sizes = (kept.width, kept.height, new.width, new.height);
    if (sizes.0, sizes.1) != (sizes.2, sizes.3) || kept.samples.len() != new.samples.len() {
        return Err(format!(
            "kept {}x{}, new {}x{}",
            sizes.0, sizes.1, sizes.2, sizes.3
        ));
    }
    let far = kept
        .samples
        .iter()
        .zip(&new.samples)
        .filter(|(a, b)| a.abs_diff(**b) > VALUE_FAR)
        .count();
    Ok(far as f64 / kept.samples.len() as f64)
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.png"))
}

#[track_caller]
pub fn check(name: &str, pdf: &[u8]) {
    let folder = scratch("golden");
    std::fs::write(folder.join(format!("{name}.pdf")), pdf).unwrap();
    let text = poppler("pdftotext", &["-raw", "-", "-"], pdf);
    let sheets = text.iter().filter(|byte| **byte == b'\x0c').count();
    for sheet in 1..=sheets {
        let number = sheet.to_string();
        let args = ["-r", DPI, "-png", "-f", &number, "-l", &number, "-"];
        check_sheet(
            &format!("{name}-{sheet}"),
            &poppler("pdftoppm", &args, pdf),
            &folder,
        );
    }
    let beyond = golden(&format!("{name}-{}", sheets + 1));
    assert!(
        !beyond.exists(),
        "{name} has {sheets} sheets; help: remove `{}`",
        beyond.display()
    );
}

#[track_caller]
fn check_sheet(name: &str, png: &[u8], folder: &Path) {
    let kept = golden(name);
    if std::env::var_os("PRINT_UPDATE").is_some() {
        std::fs::write(&kept, png).unwrap();
        return;
    }
    let new = folder.join(format!("{name}.png"));
    std::fs::write(&new, png).unwrap();
    let bytes = std::fs::read(&kept).unwrap_or_else(|e| {
        panic!(
            "no kept picture `{}`: {e}; help: run with PRINT_UPDATE=1",
            kept.display()
        )
    });
    let verdict = difference(&decode(&bytes), &decode(png));
    assert!(
        verdict.as_ref().is_ok_and(|share| *share <= SHARE_MAX),
        "`{name}` changed ({verdict:?} of the pixels, at most {SHARE_MAX}); new picture: {}; help: look at it, then run with PRINT_UPDATE=1",
        new.display()
    );
}

#[test]
fn books_of_2020() {
    for kind in BookKind::ALL {
        books("2020", "2024-06-01", *kind);
    }
}

#[test]
fn books_of_2026() {
    for kind in BookKind::ALL {
        books("2026", "2026-06-01", *kind);
    }
}

#[track_caller]
fn books(id: &str, on: &str, kind: BookKind) {
    let edition = edition(kind, on);
    let book = book(edition, vec![page(edition, 3, 25..=34)]);
    check(
        &format!("book-{id}-{}", kind.code()),
        &print::book::pdf(&book).unwrap(),
    );
}

fn figures() -> Fill {
    let row = |label: &str, values: [&str; 4]| {
        std::iter::once(label)
            .chain(values)
            .map(str::to_owned)
            .collect()
    };
    Fill::Figures(Figures {
        caption: Some("Số lượng văn bản phát hành theo độ mật".to_owned()),
        columns: ["Năm", "Tuyệt mật", "Tối mật", "Mật", "Cộng"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            row("2024", ["0", "12", "118", "130"]),
            row("2025", ["1", "9", "124", "134"]),
        ],
    })
}

fn self_inspection(outline: Outline) -> SelfInspection {
    let mut report = SelfInspection {
        header: Header {
            parent: Some("Ủy ban nhân dân tỉnh Phan Sơn".to_owned()),
            unit: "Sở Nội vụ".to_owned(),
            number: Some(7),
            symbol: Some("BC-SNV".to_owned()),
            place: Some("Phan Sơn".to_owned()),
            date: Some(date("2026-11-30")),
        },
        subject: outline.subject,
        period: Some((date("2025-12-01"), date("2026-11-30"))),
        opening: vec!["Thực hiện Kế hoạch số 10/KH-UBND ngày 05/01/2026 của UBND tỉnh, Sở Nội vụ tự kiểm tra, báo cáo kết quả như sau:".to_owned()],
        sections: outline.sections,
        closing: vec!["Trên đây là báo cáo kết quả tự kiểm tra của Sở Nội vụ./.".to_owned()],
        recipients: vec!["Công an tỉnh (PA03);".to_owned(), "Giám đốc, các Phó Giám đốc;".to_owned(), "Lưu: VT, TH.".to_owned()],
        signer: Signer { authority: Some("KT. Giám đốc".to_owned()), post: "Phó Giám đốc".to_owned(), name: Some("Đàng Quảng Sửu".to_owned()) },
        proof: Some(Proof {
            checkpoint: print::book::PageCheckpoint { size: 12_048, root_hex: "3fa94c07d1e8b25560aa9173cd0e44f8".to_owned() },
            qr: Some(format!("KHIEN1:{}", "7WN-B8X%*R0CUSB28 8-L4ZYB".repeat(12))),
        }),
        date: date("2026-11-30"),
    };
    assert!(report.fill(
        "issued",
        vec![
            Fill::Text("Cơ quan đã phát hành 134 văn bản có nội dung bí mật nhà nước.".to_owned()),
            figures()
        ]
    ));
    assert!(report.fill(
        "leaks",
        vec![Fill::Text(
            "Trong kỳ không xảy ra vụ việc lộ, mất bí mật nhà nước.".to_owned()
        )]
    ));
    assert!(!report.fill("no such key", vec![Fill::Blank]));
    report
}

#[test]
fn self_inspection_report() {
    let pdf = report::pdf(&self_inspection(report::outline().unwrap())).unwrap();
    check("self-inspection", &pdf);
}

#[test]
fn self_inspection_report_with_nothing_known() {
    let mut report = self_inspection(report::outline_from_2026().unwrap());
    report.header = Header {
        unit: "Xã Phước Hạ".to_owned(),
        ..Header::default()
    };
    (report.period, report.proof) = (None, None);
    report.signer = Signer {
        post: "Chủ tịch".to_owned(),
        ..Signer::default()
    };
    for item in report
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.items)
    {
        item.fill = vec![Fill::Blank];
    }
    check("self-inspection-blank", &report::pdf(&report).unwrap());
}

#[test]
fn the_word_report_holds_the_same_text() {
    let report = self_inspection(report::outline().unwrap());
    let docx = report::docx(&report).unwrap();
    let document = vanban::reader::read(&docx, "bao-cao.docx").unwrap();
    assert_eq!(
        (document.number.as_deref(), document.date.as_deref()),
        (Some("07/BC-SNV"), Some("2026-11-30"))
    );
    // The parts of the archive are stored, not compressed.
    let text = String::from_utf8_lossy(&docx);
    for part in [
        "Độc lập - Tự do - Hạnh phúc",
        "2.1. Công tác bảo vệ bí mật nhà nước",
        "134",
        "Trong kỳ không xảy ra",
        "KT. GIÁM ĐỐC",
    ] {
        assert!(text.contains(part), "{part}");
    }
}
