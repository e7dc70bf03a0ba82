//! Removes what a copy from a web page or an office program leaves between the words:
//! bookmarks, footnote marks, pipes, rules, Markdown stars, page numbers, odd blanks.

use crate::formats::Note;
use crate::limits::NOTES_MAX;
use crate::text;

/// Cleans the lines; an empty line separates. Footnotes found in the text are moved to `notes`.
pub(crate) fn clean(lines: &[String], notes: &mut Vec<Note>) -> Vec<String> {
    let mut out = Vec::with_capacity(lines.len());
    for line in &whole_notes(lines) {
        let line = take_notes(line, notes);
        let line = drop_bracketed(&line, "[bookmark:");
        let line = drop_bracketed(&line, "([footnoteRef:");
        let line = drop_bracketed(&line, "[footnoteRef:");
        let plain: String = line.chars().filter(|c| !text::is_invisible(*c)).collect();
        if plain.contains('|') {
            for cell in plain.split('|') {
                push_line(cell, &mut out);
                out.push(String::new());
            }
        } else {
            push_line(&plain, &mut out);
        }
    }
    out
}

/// Joins the lines of a footnote in brackets, so that it can be taken whole.
fn whole_notes(lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut open = 0;
    for line in lines {
        match out.last_mut().filter(|_| open > 0) {
            Some(last) => {
                last.push(' ');
                last.push_str(line.trim());
                open = if last.rfind('[').is_some_and(|at| is_open_note(last, at)) {
                    open - 1
                } else {
                    0
                };
            }
            None => {
                open = if line.rfind('[').is_some_and(|at| is_open_note(line, at)) {
                    NOTE_LINES_MAX
                } else {
                    0
                };
                out.push(line.clone());
            }
        }
    }
    out
}

/// Whether a footnote opens at byte `at` and does not close.
fn is_open_note(line: &str, at: usize) -> bool {
    let from = line.get(at..).unwrap_or("");
    let digits = from.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&digits)
        && from
            .get(digits + 1..)
            .is_some_and(|rest| rest.starts_with(':'))
        && !from.contains(']')
}

/// Longest footnote in brackets, in lines.
const NOTE_LINES_MAX: usize = 60;

fn push_line(line: &str, out: &mut Vec<String>) {
    let line = text::squeeze(&drop_stars(line));
    if is_page_number(&line) {
        return;
    }
    if is_rule(&line) {
        out.push(String::new());
        return;
    }
    for part in split_columns(&line) {
        out.push(part.to_owned());
    }
}

/// Markdown stars; one star and a blank at the start of a line stay, as a list mark.
fn drop_stars(line: &str) -> String {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("* ") {
        return format!("* {}", rest.replace('*', ""));
    }
    line.replace('*', "").trim_start_matches("# ").to_owned()
}

/// A line of nothing but rule characters.
fn is_rule(line: &str) -> bool {
    line.chars()
        .all(|c| matches!(c, '-' | '–' | '—' | '_' | '=' | '.' | '…' | '~' | ' '))
}

/// A line of at most four digits, perhaps between dashes.
fn is_page_number(line: &str) -> bool {
    let core = line.trim_matches(|c: char| matches!(c, '-' | '–' | ' '));
    !core.is_empty() && core.len() <= 4 && core.bytes().all(|b| b.is_ascii_digit())
}

/// Two header columns that a copy put on one line.
fn split_columns(line: &str) -> Vec<&str> {
    const RIGHT: [&str; 4] = [
        "CỘNG HÒA XÃ HỘI",
        "CỘNG HOÀ XÃ HỘI",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Độc lập - Tự do",
    ];
    if line.len() < 200 {
        for mark in RIGHT {
            if let Some(at) = line.find(mark).filter(|at| *at > 0) {
                let (left, right) = line.split_at(at);
                return vec![left.trim(), right];
            }
        }
    }
    vec![line]
}

/// Moves `[1: () text]` to the notes; the bracket may hold brackets.
fn take_notes(line: &str, notes: &mut Vec<Note>) -> String {
    if !line.contains('[') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    for (open, close) in pairs(line) {
        if open < done || notes.len() >= NOTES_MAX {
            continue;
        }
        if let Some(note) = line.get(open..=close).and_then(note) {
            out.push_str(line.get(done..open).unwrap_or(""));
            notes.push(note);
            done = close + 1;
        }
    }
    out.push_str(line.get(done..).unwrap_or(""));
    out
}

/// A note in its brackets.
fn note(bracketed: &str) -> Option<Note> {
    let (mark, text) = bracketed
        .strip_prefix('[')?
        .strip_suffix(']')?
        .split_once(':')?;
    if mark.is_empty() || mark.len() > 4 || !mark.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let text = text.trim();
    let text = text.strip_prefix("()").unwrap_or(text);
    Some(Note {
        mark: mark.to_owned(),
        text: text::squeeze(text),
    })
}

/// Offsets of brackets that belong together, by the opening one.
fn pairs(line: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut out = Vec::new();
    for (at, b) in line.bytes().enumerate() {
        match b {
            b'[' => open.push(at),
            b']' => out.extend(open.pop().map(|from| (from, at))),
            _ => {}
        }
    }
    out.sort_unstable();
    out
}

/// Removes every `open...]` (and the `)` that closes an opening parenthesis).
fn drop_bracketed(line: &str, open: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(open) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = from.find(']') else {
            out.push_str(from);
            return out;
        };
        rest = from.get(end + 1..).unwrap_or("");
        if open.starts_with('(') {
            rest = rest.strip_prefix(')').unwrap_or(rest);
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> (Vec<String>, Vec<Note>) {
        let mut notes = Vec::new();
        let lines = clean(&[line.to_owned()], &mut notes);
        (lines, notes)
    }

    #[test]
    fn marks_of_an_office_copy_are_dropped() {
        assert_eq!(run("[bookmark: muc_3]III. PHÂN CÔNG").0, ["III. PHÂN CÔNG"]);
        let (lines, notes) =
            run("của tỉnh([footnoteRef:1]); nâng cao. [1: () Quy định [cũ] số 58.] ");
        assert_eq!(lines, ["của tỉnh; nâng cao."]);
        assert_eq!(
            notes,
            [Note {
                mark: "1".to_owned(),
                text: "Quy định [cũ] số 58.".to_owned()
            }]
        );
    }

    #[test]
    fn rules_pipes_stars_and_page_numbers_are_dropped() {
        assert_eq!(run("––––––––––").0, [""]);
        assert_eq!(run("|").0, ["", "", "", ""]);
        assert_eq!(run("- 12 -").0, Vec::<String>::new());
        assert_eq!(run("**T/M BAN THƯỜNG VỤ").0, ["T/M BAN THƯỜNG VỤ"]);
        assert_eq!(run("(*USB,\u{a0}Ổ cứng,...*)").0, ["(USB, Ổ cứng,...)"]);
        assert_eq!(run("* Yêu cầu").0, ["* Yêu cầu"]);
    }

    #[test]
    fn columns_on_one_line_are_parted() {
        assert_eq!(
            run("UBND TỈNH A\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").0,
            ["UBND TỈNH A", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
        );
    }
}
