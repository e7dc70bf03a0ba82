//! A table for a spreadsheet: one line a finding or unread part, one line for a file with neither.

use scan::FileReport;

use super::{Collected, word};

const HEADER: &str = "path,member,type,bytes,sha256,verdict,level,rule,page,left_mm,top_mm,width_mm,height_mm,how,confidence,excerpt,reason,where";

/// The table, with the mark that makes spreadsheets read UTF-8.
#[must_use]
pub fn table(collected: &Collected) -> String {
    let mut text = format!("\u{feff}{HEADER}\r\n");
    for file in &collected.files {
        for line in lines(file) {
            text.push_str(&line.join(","));
            text.push_str("\r\n");
        }
    }
    text
}

fn lines(file: &FileReport) -> Vec<Vec<String>> {
    let start = |level: String| {
        vec![
            cell(&file.path),
            cell(file.member.as_deref().unwrap_or_default()),
            cell(&file.kind),
            file.bytes.to_string(),
            cell(&file.sha256),
            word(file.verdict),
            level,
        ]
    };
    let mut lines = Vec::new();
    for finding in &file.findings {
        let mut line = start(finding.level.map(word).unwrap_or_default());
        line.push(cell(&finding.rule));
        line.push(
            finding
                .page
                .map(|page| page.to_string())
                .unwrap_or_default(),
        );
        match finding.bbox_mm {
            Some(sides) => line.extend(sides.iter().map(|side| format!("{side:.1}"))),
            None => line.extend((0..4).map(|_| String::new())),
        }
        line.push(word(finding.how));
        line.push(format!("{:.3}", finding.confidence));
        line.push(cell(&finding.excerpt));
        line.extend([String::new(), String::new()]);
        lines.push(line);
    }
    for missed in &file.incomplete {
        let mut line = start(String::new());
        line.extend((0..9).map(|_| String::new()));
        line.push(word(missed.reason));
        line.push(cell(&missed.place));
        lines.push(line);
    }
    lines
}

/// A quoted cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text = crate::names::plain(text);
    let formula = text.starts_with(['=', '+', '-', '@']);
    let quote = if formula { "'" } else { "" };
    format!("\"{quote}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn every_line_has_every_column_and_no_cell_is_a_formula() {
        examples::with_report(|report| {
            let table = table(report.collected);
            let lines: Vec<&str> = table.lines().collect();
            assert_eq!(lines.len(), 4);
            assert_eq!(
                lines[1],
                "\"hồ sơ/<b>\\u{202e}fdp.exe\",\"trang/một.jpg\",\"pdf\",1234,\"abababababababababababababababababababababababababababababababab\",marked,toi_mat,\"stamp.level\",2,25.1,48.0,20.2,8.1,image,0.970,\"•••• \"\"TỐI MẬT\"\" & <i>\",,"
            );
            assert!(
                lines[2].starts_with("\"'=HYPERLINK(1).zip\""),
                "{}",
                lines[2]
            );
            assert!(lines[2].ends_with("encrypted,\"a.doc\""), "{}", lines[2]);
            let columns = HEADER.split(',').count();
            assert!(lines.iter().all(|line| line.split(',').count() == columns));
        });
    }
}
