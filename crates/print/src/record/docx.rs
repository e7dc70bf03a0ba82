//! The record as Word file. Sizes in half points, lengths in twentieths of a point.

use docx_rs::{
    AlignmentType, BorderType, Docx, LineSpacing, Paragraph, Run, Table, TableRow, TextBorder,
    VAlignType,
};

use super::{Layout, RecordForm, Section, Signer, more_lines};
use crate::PrintError;
use crate::book::{Footer, checkpoint_line};
use crate::word::{
    TABLE, TEXT_WIDTH, bare_table, body, broken, centred, frame, head_row, pack, ruled_cell,
    ruled_table, sheet,
};

/// Red of the level stamp's place.
const RED: &str = "D40000";
/// Width of the left half of the heading block.
const LEFT_WIDTH: usize = 4_300;
/// Dots for a value to be written by hand.
const DOTS: usize = 24;

pub(super) fn docx(form: &RecordForm) -> Result<Vec<u8>, PrintError> {
    let mut file = sheet();
    for paragraph in form_mark(form) {
        file = file.add_paragraph(paragraph);
    }
    file = file.add_table(heading_block(form));
    for paragraph in title_block(form) {
        file = file.add_paragraph(paragraph);
    }
    for text in &form.bases {
        let run = broken(Run::new().italic(), text);
        file = file.add_paragraph(frame(Paragraph::new()).add_run(run));
    }
    file = form.sections.iter().fold(file, add_section);
    file = add_signature(file, form);
    for text in form.proof.iter().flat_map(proof_lines) {
        file = file.add_paragraph(Paragraph::new().add_run(broken(Run::new().size(18), &text)));
    }
    pack(file)
}

/// The checkpoint, then the further lines of the footer.
fn proof_lines(proof: &Footer) -> Vec<String> {
    let checkpoint = proof.checkpoint.iter().map(checkpoint_line);
    checkpoint.chain(more_lines(proof)).collect()
}

fn form_mark(form: &RecordForm) -> Vec<Paragraph> {
    let Some(mark) = &form.form_mark else {
        return Vec::new();
    };
    let right = |run: Run| {
        Paragraph::new()
            .align(AlignmentType::Right)
            .add_run(run.size(20))
    };
    let act = mark.act.as_ref().map(|act| format!(" ({act})"));
    let mut lines = vec![
        right(Run::new().add_text(&mark.form).bold())
            .add_run(Run::new().add_text(act.unwrap_or_default()).size(20)),
    ];
    if mark.working {
        let words = "mẫu làm việc, chưa có bản vẽ chính thức";
        lines.push(right(Run::new().add_text(words).italic()));
    }
    lines
}

fn heading_block(form: &RecordForm) -> Table {
    let (mut left, right) = match form.layout {
        Layout::State => state_heading(form),
        Layout::Party => party_heading(form),
    };
    if let Some(level) = form.level_stamp {
        let border = TextBorder::new()
            .border_type(BorderType::Dashed)
            .size(6)
            .space(4)
            .color(RED);
        let run = Run::new()
            .add_text(format!(" {} ", level.label_vi().to_uppercase()))
            .size(26)
            .bold()
            .color(RED)
            .text_border(border);
        left.push(centred(run).line_spacing(LineSpacing::new().before(160)));
    }
    bare_table(vec![(left, LEFT_WIDTH), (right, TEXT_WIDTH - LEFT_WIDTH)])
}

fn caps(text: &str, size: usize) -> Run {
    broken(Run::new().size(size), &text.to_uppercase())
}

/// Parent body and body, in capitals.
fn bodies(form: &RecordForm, parent_size: usize, body_size: usize) -> Vec<Paragraph> {
    let mut lines = Vec::new();
    if !form.parent_body.is_empty() {
        lines.push(centred(caps(&form.parent_body, parent_size)));
    }
    lines.push(centred(caps(&form.body, body_size).bold()));
    lines
}

fn state_heading(form: &RecordForm) -> (Vec<Paragraph>, Vec<Paragraph>) {
    let mut left = bodies(form, 24, 25);
    left.push(centred(Run::new().add_text("_______").size(16).bold()));
    let number = format!("Số: {}", form.number);
    left.push(centred(Run::new().add_text(number).size(26)));
    let motto = Run::new()
        .add_text("Độc lập - Tự do - Hạnh phúc")
        .size(26)
        .bold()
        .underline("single");
    let right = vec![
        centred(caps("Cộng hòa xã hội chủ nghĩa Việt Nam", 24).bold()),
        centred(motto),
        Paragraph::new(),
        centred(Run::new().add_text(&form.place_date).size(27).italic()),
    ];
    (left, right)
}

fn party_heading(form: &RecordForm) -> (Vec<Paragraph>, Vec<Paragraph>) {
    let mut left = bodies(form, 28, 28);
    left.push(centred(Run::new().add_text("*").size(28)));
    let number = format!("Số {}", form.number);
    left.push(centred(Run::new().add_text(number).size(28)));
    let title = caps("Đảng Cộng sản Việt Nam", 30)
        .bold()
        .underline("single");
    let right = vec![
        centred(title),
        Paragraph::new(),
        centred(Run::new().add_text(&form.place_date).size(28).italic()),
    ];
    (left, right)
}

fn title_block(form: &RecordForm) -> Vec<Paragraph> {
    let (size, under) = match form.layout {
        Layout::State => (28, "______________"),
        Layout::Party => (32, "-----"),
    };
    let title =
        centred(caps(&form.title, size).bold()).line_spacing(LineSpacing::new().before(240));
    let mut lines = vec![title];
    if !form.subtitle.is_empty() {
        lines.push(centred(broken(Run::new().size(28).bold(), &form.subtitle)));
    }
    lines.push(
        centred(Run::new().add_text(under).size(16).bold())
            .line_spacing(LineSpacing::new().after(120)),
    );
    lines
}

fn add_section(file: Docx, section: &Section) -> Docx {
    match section {
        Section::Rows { heading, rows } => rows
            .iter()
            .fold(add_heading(file, heading), |file, (label, value)| {
                file.add_paragraph(body(&fact(label, value)))
            }),
        Section::Text {
            heading,
            paragraphs,
        } => paragraphs
            .iter()
            .fold(add_heading(file, heading), |file, text| {
                file.add_paragraph(body(text))
            }),
        Section::Table {
            heading,
            header,
            widths,
            rows,
        } => add_heading(file, heading)
            .add_table(table(header, widths, rows))
            .add_paragraph(Paragraph::new().line_spacing(LineSpacing::new().after(60))),
    }
}

fn add_heading(file: Docx, heading: &str) -> Docx {
    if heading.is_empty() {
        return file;
    }
    let run = broken(Run::new().bold(), heading);
    file.add_paragraph(frame(Paragraph::new().keep_next(true)).add_run(run))
}

fn fact(label: &str, value: &str) -> String {
    let label = label.trim_end_matches(':');
    if value.is_empty() {
        format!("{label}: {}", "…".repeat(DOTS))
    } else {
        format!("{label}: {value}")
    }
}

fn table(header: &[String], widths: &[u16], rows: &[Vec<String>]) -> Table {
    let widths = twips(widths);
    let mut drawn = vec![head_row(header.iter().zip(&widths))];
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(text, width)| {
            let run = broken(Run::new().size(TABLE), text);
            ruled_cell(Paragraph::new().add_run(run), *width, VAlignType::Top)
        });
        drawn.push(TableRow::new(cells.collect()).cant_split());
    }
    ruled_table(drawn, widths)
}

/// Widths in any unit as twentieths of a point that fill the text area.
fn twips(widths: &[u16]) -> Vec<usize> {
    let asked: usize = widths.iter().copied().map(usize::from).sum();
    let mut twips: Vec<usize> = widths
        .iter()
        .map(|width| usize::from(*width) * TEXT_WIDTH / asked.max(1))
        .collect();
    let rest = TEXT_WIDTH.saturating_sub(twips.iter().sum());
    if let Some(last) = twips.last_mut() {
        *last += rest;
    }
    twips
}

/// One signer stands beside the recipients; several stand above them, two in a row or three.
fn add_signature(file: Docx, form: &RecordForm) -> Docx {
    let mut file = file.add_paragraph(Paragraph::new());
    let recipients = recipients(form);
    if let [signer] = form.signers.as_slice() {
        let half = TEXT_WIDTH / 2;
        return file.add_table(bare_table(vec![
            (recipients, half),
            (signature(form.layout, signer), half),
        ]));
    }
    let in_a_row = if form.signers.len() == 4 { 2 } else { 3 };
    for signers in form.signers.chunks(in_a_row) {
        let width = TEXT_WIDTH / signers.len();
        let columns = signers
            .iter()
            .map(|signer| (signature(form.layout, signer), width));
        file = file
            .add_table(bare_table(columns.collect()))
            .add_paragraph(Paragraph::new());
    }
    recipients.into_iter().fold(file, Docx::add_paragraph)
}

/// At least one paragraph, because a cell of a Word table cannot be empty.
fn recipients(form: &RecordForm) -> Vec<Paragraph> {
    if form.recipients.is_empty() {
        return vec![Paragraph::new()];
    }
    let title = Run::new().add_text("Nơi nhận:");
    let (title, size) = match form.layout {
        Layout::State => (title.size(24).bold().italic(), 22),
        Layout::Party => (title.size(28).underline("single"), 24),
    };
    let mut lines = vec![Paragraph::new().add_run(title)];
    lines.extend(form.recipients.iter().map(|recipient| {
        let run = broken(Run::new().size(size), &format!("- {recipient}"));
        Paragraph::new().add_run(run)
    }));
    lines
}

fn signature(layout: Layout, signer: &Signer) -> Vec<Paragraph> {
    let roles: Vec<&str> = signer.role.split('\n').collect();
    let last = roles.len().saturating_sub(1);
    let mut lines: Vec<Paragraph> = roles
        .into_iter()
        .enumerate()
        .map(|(index, role)| {
            let run = Run::new().add_text(role.to_uppercase());
            let plain = layout == Layout::Party && index == last;
            centred(if plain { run } else { run.bold() })
        })
        .collect();
    if signer.name.is_empty() {
        let hint = Run::new().add_text("(Ký, ghi rõ họ tên)");
        lines.push(centred(hint.size(24).italic()));
    }
    lines.extend((0..4).map(|_| Paragraph::new()));
    lines.push(centred(Run::new().add_text(&signer.name).bold()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_text_area_and_keep_their_shares() {
        for widths in [&[1][..], &[1, 1, 1], &[10, 35, 20, 100], &[u16::MAX; 16]] {
            let twips = twips(widths);
            assert_eq!(
                (twips.len(), twips.iter().sum::<usize>()),
                (widths.len(), TEXT_WIDTH)
            );
        }
        assert_eq!(twips(&[10, 30])[0] * 3 / 100, twips(&[10, 30])[1] / 100);
    }

    #[test]
    fn an_empty_value_is_dots() {
        assert_eq!(fact("Mục đích:", "in"), "Mục đích: in");
        assert!(fact("Mục đích", "").ends_with("……"));
    }
}
