//! The page for people: one file without scripts and outside resources, to be read, kept and printed.

use std::fmt::Write as _;

use scan::{FileReport, Finding, Verdict};

use super::{Report, how, level, reason, rule};
use crate::names::plain;

const STYLE: &str = include_str!("page.css");

/// The whole page.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut page = String::new();
    head(&mut page, report);
    counts(&mut page, report);
    section(
        &mut page,
        report,
        Verdict::Marked,
        "Tệp có dấu hiệu bí mật nhà nước",
        "Không mở, sao chép hoặc gửi tiếp các tệp này. Báo người có trách nhiệm bảo vệ bí mật nhà nước của đơn vị.",
    );
    section(
        &mut page,
        report,
        Verdict::Incomplete,
        "Tệp chưa kiểm tra hết",
        "Chương trình không đọc được toàn bộ các tệp này, nên không kết luận. Cần người xem từng tệp.",
    );
    foot(&mut page, report);
    page
}

fn head(page: &mut String, report: &Report) {
    let subject: Vec<String> = report
        .head
        .subject
        .iter()
        .map(|path| escape(path))
        .collect();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>Kết quả rà quét</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Kết quả rà quét dấu hiệu bí mật nhà nước</h1>\n<p class=\"meta\">{} · {}</p>\n<p class=\"meta\">{}</p>\n",
        escape(&report.head.when),
        escape(&report.head.tool),
        subject.join("<br>"),
    );
}

fn counts(page: &mut String, report: &Report) {
    let summary = report.summary;
    let (class, verdict) = match (summary.marked, summary.incomplete) {
        (0, 0) => (
            "calm",
            "Không tìm thấy dấu hiệu nào; mọi tệp đã được đọc hết.".to_owned(),
        ),
        (0, _) => (
            "amber",
            "Chưa kiểm tra hết: không thể kết luận là không có.".to_owned(),
        ),
        (marked, 0) => ("amber", format!("Có {} tệp mang dấu hiệu.", number(marked))),
        (marked, _) => (
            "amber",
            format!(
                "Có {} tệp mang dấu hiệu, và còn tệp chưa kiểm tra hết.",
                number(marked)
            ),
        ),
    };
    let _ = write!(
        page,
        "<section class=\"headline {class}\">\n<p class=\"verdict\">{verdict}</p>\n<dl>\n<div><dt>Có dấu hiệu</dt><dd>{}</dd></div>\n<div><dt>Chưa kiểm tra hết</dt><dd>{}</dd></div>\n<div><dt>Đã đọc hết, không có dấu hiệu</dt><dd>{}</dd></div>\n</dl>\n</section>\n",
        number(summary.marked),
        number(summary.incomplete),
        number(summary.clean),
    );
    if report.head.unlocked {
        page.push_str("<p class=\"notice\">Lần quét này chạy không có lớp cách ly quanh trình đọc tệp, theo quyết định của người vận hành.</p>\n");
    }
}

fn section(page: &mut String, report: &Report, verdict: Verdict, title: &str, advice: &str) {
    let files: Vec<&FileReport> = report
        .collected
        .files
        .iter()
        .filter(|file| file.verdict == verdict)
        .collect();
    if files.is_empty() {
        return;
    }
    let _ = write!(page, "<section>\n<h2>{title}</h2>\n<p>{advice}</p>\n");
    for file in files {
        one(page, file);
    }
    page.push_str("</section>\n");
}

fn one(page: &mut String, file: &FileReport) {
    let member = file
        .member
        .as_ref()
        .map(|member| format!(" <span class=\"in\">›</span> {}", escape(member)))
        .unwrap_or_default();
    let badge = file
        .level
        .map(|found| format!("<span class=\"level\">{}</span> ", level(found)))
        .unwrap_or_default();
    let digest = if file.sha256.is_empty() {
        String::new()
    } else {
        format!(" · SHA-256 <code>{}</code>", escape(&file.sha256))
    };
    let _ = write!(
        page,
        "<article>\n<h3>{badge}{}{member}</h3>\n<p class=\"meta\">{} · {} byte{digest}</p>\n",
        escape(&file.path),
        escape(&file.kind),
        number(file.bytes),
    );
    findings(page, &file.findings);
    if !file.incomplete.is_empty() {
        page.push_str("<ul class=\"missed\">\n");
        for missed in &file.incomplete {
            let place = if missed.place.is_empty() {
                String::new()
            } else {
                format!(" – {}", escape(&missed.place))
            };
            let _ = writeln!(page, "<li>Chưa đọc: {}{place}</li>", reason(missed.reason));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</article>\n");
}

fn findings(page: &mut String, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    page.push_str("<table>\n<thead><tr><th>Mức</th><th>Trang</th><th>Vị trí (mm)</th><th>Dấu hiệu</th><th>Đọc từ</th><th>Tin cậy</th><th>Trích (đã che)</th></tr></thead>\n<tbody>\n");
    for finding in findings {
        let place = finding.bbox_mm.map_or_else(
            || "–".to_owned(),
            |[left, top, width, height]| {
                format!("trái {left:.0}, trên {top:.0}, {width:.0} × {height:.0}")
            },
        );
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{place}</td><td>{}<br><code>{}</code></td><td>{}</td><td>{:.0} %</td><td>{}</td></tr>",
            finding.level.map_or("–", level),
            finding
                .page
                .map_or_else(|| "–".to_owned(), |page| page.to_string()),
            escape(rule(&finding.rule)),
            escape(&finding.rule),
            how(finding.how),
            finding.confidence * 100.0,
            escape(&finding.excerpt),
        );
    }
    page.push_str("</tbody>\n</table>\n");
}

fn foot(page: &mut String, report: &Report) {
    if report.collected.left_out > 0 {
        let _ = writeln!(
            page,
            "<p class=\"notice\">Còn {} tệp nữa không in ở đây; xem bản JSON hoặc quét từng phần.</p>",
            number(report.collected.left_out),
        );
    }
    let summary = report.summary;
    let _ = write!(
        page,
        "<footer>\n<p>Tổng số {} tệp (kể cả tệp nằm trong tệp khác), {} byte. Đọc mới {} tệp, quét mới {} tệp; {} liên kết không đi theo.</p>\n<p>Chương trình chỉ nêu dấu hiệu; người có thẩm quyền kết luận.</p>\n</footer>\n</main>\n</body>\n</html>\n",
        number(summary.files),
        number(summary.bytes),
        number(summary.read),
        number(summary.scanned),
        number(summary.links),
    );
}

/// `12.345`, as Vietnamese writes it.
fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// Text of strangers inside the page.
pub(crate) fn escape(text: &str) -> String {
    plain(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Collected, examples};
    use crate::run::Summary;

    #[test]
    fn three_counts_stand_on_top_and_strangers_words_are_escaped() {
        examples::with_report(|report| {
            let page = page(report);
            assert!(page.contains("class=\"headline amber\""));
            assert!(page.contains("<dt>Có dấu hiệu</dt><dd>1</dd>"));
            assert!(page.contains("<dt>Chưa kiểm tra hết</dt><dd>1</dd>"));
            assert!(page.contains("&lt;b&gt;\\u{202e}fdp.exe"));
            assert!(page.contains("trái 25, trên 48, 20 × 8"));
            assert!(
                !page.contains("<i>") && !page.contains('\u{202e}') && !page.contains("<script")
            );
            assert!(!page.contains("http://") && !page.contains("https://"));
        });
    }

    #[test]
    fn a_half_read_run_is_amber_and_a_whole_one_is_calm() {
        examples::with_report(|report| {
            let with = |marked, incomplete| {
                let summary = Summary {
                    marked,
                    incomplete,
                    clean: 1_234_567,
                    ..Summary::default()
                };
                page(&Report {
                    head: report.head,
                    summary: &summary,
                    collected: &Collected::default(),
                })
            };
            assert!(with(0, 1).contains("headline amber"));
            assert!(with(0, 1).contains("không thể kết luận"));
            assert!(with(0, 0).contains("headline calm"));
            assert!(with(0, 0).contains("<dd>1.234.567</dd>"));
        });
    }
}
