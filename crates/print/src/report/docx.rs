//! The report as Word file. Sizes in half points, lengths in twentieths of a point.

use docx_rs::{AlignmentType, Docx, LineSpacing, Paragraph, Run, Table, TableRow, VAlignType};

use super::{
    Figures, Fill, Item, SelfInspection, number_line, period_line, place_date, proof_line,
};
use crate::PrintError;
use crate::word::{
    TABLE, TEXT_WIDTH, bare_table, body, broken, centred, frame, head_row, pack, ruled_cell,
    ruled_table, sheet,
};

const BLANK_LINES: usize = 2;

pub(super) fn docx(report: &SelfInspection) -> Result<Vec<u8>, PrintError> {
    let stamp = format!("{}T00:00:00Z", report.date);
    let mut file = sheet()
        .created_at(&stamp)
        .updated_at(&stamp)
        .add_table(heading_block(report));
    for paragraph in title_block(report) {
        file = file.add_paragraph(paragraph);
    }
    for text in &report.opening {
        file = file.add_paragraph(body(text));
    }
    for section in &report.sections {
        let title = format!("{}. {}", section.number, section.heading);
        file = file.add_paragraph(
            frame(Paragraph::new().keep_next(true)).add_run(Run::new().add_text(title).bold()),
        );
        for item in &section.items {
            file = add_item(file, item);
        }
    }
    for text in &report.closing {
        file = file.add_paragraph(body(text));
    }
    file = file
        .add_paragraph(Paragraph::new())
        .add_table(signature(report));
    if let Some(proof) = &report.proof {
        let run = Run::new().add_text(proof_line(&proof.checkpoint)).size(20);
        file = file.add_paragraph(
            Paragraph::new()
                .line_spacing(LineSpacing::new().before(480))
                .add_run(run),
        );
    }
    pack(file)
}

fn heading_block(report: &SelfInspection) -> Table {
    let header = &report.header;
    let rule = || centred(Run::new().add_text("_______").size(16).bold());
    let mut left = Vec::new();
    if let Some(parent) = &header.parent {
        left.push(centred(Run::new().add_text(parent.to_uppercase()).size(24)));
    }
    left.push(centred(
        Run::new()
            .add_text(header.unit.to_uppercase())
            .size(25)
            .bold(),
    ));
    left.push(rule());
    left.push(centred(Run::new().add_text(number_line(header)).size(26)));
    let right = vec![
        centred(
            Run::new()
                .add_text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
                .size(24)
                .bold(),
        ),
        centred(
            Run::new()
                .add_text("Độc lập - Tự do - Hạnh phúc")
                .size(26)
                .bold()
                .underline("single"),
        ),
        Paragraph::new(),
        centred(Run::new().add_text(place_date(header)).size(27).italic()),
    ];
    bare_table(vec![(left, 4_300), (right, TEXT_WIDTH - 4_300)])
}

fn title_block(report: &SelfInspection) -> Vec<Paragraph> {
    let first =
        centred(Run::new().add_text("BÁO CÁO").bold()).line_spacing(LineSpacing::new().before(240));
    let mut lines = vec![first, centred(Run::new().add_text(&report.subject).bold())];
    if let Some(period) = report.period {
        lines.push(centred(
            Run::new().add_text(period_line(period)).size(26).italic(),
        ));
    }
    lines.push(
        centred(Run::new().add_text("______________").size(16).bold())
            .line_spacing(LineSpacing::new().after(120)),
    );
    lines
}

fn add_item(file: Docx, item: &Item) -> Docx {
    let title = format!("- {}:", item.heading.trim_end_matches('…'));
    let mut file = file.add_paragraph(
        frame(Paragraph::new().keep_next(true)).add_run(Run::new().add_text(title).italic()),
    );
    file = add_fills(file, &item.fill);
    for (index, part) in item.parts.iter().enumerate() {
        let title = format!("({}) {}:", index + 1, part.heading);
        file = file.add_paragraph(
            frame(Paragraph::new().keep_next(true)).add_run(Run::new().add_text(title)),
        );
        file = add_fills(file, &part.fill);
    }
    file
}

fn add_fills(file: Docx, fills: &[Fill]) -> Docx {
    fills.iter().fold(file, |file, fill| match fill {
        Fill::Text(text) => file.add_paragraph(body(text)),
        Fill::Figures(figures) => add_figures(file, figures),
        Fill::Blank => (0..BLANK_LINES).fold(file, |file, _| {
            let dots = Run::new().add_text("…".repeat(32));
            file.add_paragraph(
                Paragraph::new()
                    .line_spacing(LineSpacing::new().after(60))
                    .add_run(dots),
            )
        }),
    })
}

fn add_figures(file: Docx, figures: &Figures) -> Docx {
    let file = match &figures.caption {
        Some(caption) => file
            .add_paragraph(centred(Run::new().add_text(caption).size(24).italic()).keep_next(true)),
        None => file,
    };
    let widths = widths(figures.columns.len());
    let mut rows = vec![head_row(figures.columns.iter().zip(&widths))];
    for row in &figures.rows {
        let cells = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(index, (text, width))| {
                let align = if index == 0 {
                    AlignmentType::Left
                } else {
                    AlignmentType::Center
                };
                let run = broken(Run::new().size(TABLE), text);
                let paragraph = Paragraph::new().align(align).add_run(run);
                ruled_cell(paragraph, *width, VAlignType::Center)
            });
        rows.push(TableRow::new(cells.collect()).cant_split());
    }
    file.add_table(ruled_table(rows, widths))
        .add_paragraph(Paragraph::new().line_spacing(LineSpacing::new().after(60)))
}

/// The label column is 1.6 times as wide as the others.
fn widths(columns: usize) -> Vec<usize> {
    if columns <= 1 {
        return vec![TEXT_WIDTH; columns];
    }
    let other = TEXT_WIDTH * 10 / (columns * 10 + 6);
    let mut widths = vec![other; columns];
    if let Some(first) = widths.first_mut() {
        *first = TEXT_WIDTH - other * (columns - 1);
    }
    widths
}

fn signature(report: &SelfInspection) -> Table {
    let mut left =
        vec![Paragraph::new().add_run(Run::new().add_text("Nơi nhận:").size(24).bold().italic())];
    left.extend(
        report
            .recipients
            .iter()
            .map(|r| Paragraph::new().add_run(Run::new().add_text(format!("- {r}")).size(22))),
    );
    let signer = &report.signer;
    let mut right = Vec::new();
    if let Some(authority) = &signer.authority {
        right.push(centred(
            Run::new().add_text(authority.to_uppercase()).bold(),
        ));
    }
    right.push(centred(
        Run::new().add_text(signer.post.to_uppercase()).bold(),
    ));
    right.extend((0..4).map(|_| Paragraph::new()));
    right.push(centred(
        Run::new()
            .add_text(signer.name.as_deref().unwrap_or_default())
            .bold(),
    ));
    bare_table(vec![(left, TEXT_WIDTH / 2), (right, TEXT_WIDTH / 2)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_fill_the_text_area() {
        for columns in 1..9 {
            let widths = widths(columns);
            assert_eq!(
                (widths.len(), widths.iter().sum::<usize>()),
                (columns, TEXT_WIDTH)
            );
        }
    }
}
