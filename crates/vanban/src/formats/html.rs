//! HTML pages: the text of block elements, one line each.

use super::{Kind, Source, txt};
use crate::error::ReadError;
use crate::limits::{LINES_MAX, TEXT_BYTES_MAX};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// Elements that stand on lines of their own, with an empty line around them.
const BLOCKS: [&str; 33] = [
    "p",
    "div",
    "li",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "ul",
    "ol",
    "section",
    "article",
    "header",
    "main",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "hr",
    "center",
    "figure",
    "figcaption",
    "caption",
    "body",
    "tbody",
    "thead",
    "address",
];

/// Elements whose content is not text of the page.
const HIDDEN: [&str; 12] = [
    "script", "style", "noscript", "template", "head", "svg", "nav", "footer", "aside", "button",
    "select", "iframe",
];

/// Whether the first bytes of a file look like HTML.
#[must_use]
pub fn looks_like(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<')
        && [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<div",
            "<p>",
            "<p ",
        ]
        .iter()
        .any(|mark| text.contains(mark))
}

/// Lines of a page.
///
/// # Errors
/// [`ReadError::Encoding`] if the page is not Unicode, [`ReadError::NoText`] if nothing is left
/// after scripts and styles.
pub fn source(bytes: &[u8]) -> Result<Source, ReadError> {
    let text = txt::decode(bytes)?;
    let sink = Sink {
        state: RefCell::new(State::default()),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(text));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let mut state = tokenizer.sink.state.take();
    state.flush(true);
    if state.over {
        return Err(ReadError::Limit {
            kind: "html",
            what: "text",
            limit: TEXT_BYTES_MAX as u64,
        });
    }
    if state.lines.iter().all(String::is_empty) {
        return Err(ReadError::NoText {
            kind: "html",
            pages: 1,
        });
    }
    Ok(Source {
        kind: Kind::Html,
        lines: state.lines,
        notes: Vec::new(),
    })
}

#[derive(Default)]
struct State {
    lines: Vec<String>,
    line: String,
    bytes: usize,
    /// Open elements that keep their line breaks.
    kept: usize,
    /// Name and depth of the hidden element that is open.
    hidden: Option<(String, usize)>,
    over: bool,
}

impl State {
    /// Ends the line; `block` adds an empty one.
    fn flush(&mut self, block: bool) {
        if !self.line.trim().is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
        self.line.clear();
        if block && self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
        self.over |= self.lines.len() > LINES_MAX;
    }

    fn text(&mut self, text: &str) {
        self.bytes += text.len();
        self.over |= self.bytes > TEXT_BYTES_MAX;
        if self.hidden.is_some() || self.over {
            return;
        }
        for c in text.chars() {
            match c {
                '\n' if self.kept > 0 => self.flush(false),
                c if c.is_whitespace() => self.line.push(' '),
                c => self.line.push(c),
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        let start = tag.kind == TagKind::StartTag;
        if let Some((open, depth)) = &mut self.hidden {
            if open == name && !tag.self_closing {
                if start {
                    *depth += 1;
                } else {
                    *depth -= 1;
                }
                if *depth == 0 {
                    self.hidden = None;
                }
            } else if start && name == "body" {
                self.hidden = None;
            }
            return;
        }
        if HIDDEN.contains(&name) {
            self.flush(false);
            if start && !tag.self_closing {
                self.hidden = Some((name.to_owned(), 1));
            }
        } else if name == "br" {
            self.flush(false);
        } else if BLOCKS.contains(&name) {
            self.flush(true);
            if name == "pre" {
                self.kept = if start {
                    self.kept + 1
                } else {
                    self.kept.saturating_sub(1)
                };
            }
            if start && name == "li" {
                self.line.push_str("- ");
            }
        }
    }
}

struct Sink {
    state: RefCell<State>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return TokenSinkResult::Continue;
        };
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) => {
                state.tag(&tag);
                if tag.kind == TagKind::StartTag {
                    return match &*tag.name {
                        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                        "style" | "iframe" | "noembed" | "noframes" | "xmp" => {
                            TokenSinkResult::RawData(RawKind::Rawtext)
                        }
                        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                        _ => TokenSinkResult::Continue,
                    };
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(html: &str) -> Vec<String> {
        source(html.as_bytes())
            .unwrap()
            .lines
            .iter()
            .map(|line| crate::text::squeeze(line))
            .filter(|line| !line.is_empty())
            .collect()
    }

    #[test]
    fn blocks_are_lines_and_scripts_are_not() {
        let got = lines(
            "<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><nav><a>Menu</a></nav><p>Số:\n 37/KH&#45;UBND<br>Đà <b>Nẵng</b></p><script>if (a < b) {}</script><table><tr><td>Một</td><td>Hai &amp; ba</td></tr></table><ul><li>mục</ul><pre>một\nhai</pre></body></html>",
        );
        assert_eq!(
            got,
            [
                "Số: 37/KH-UBND",
                "Đà Nẵng",
                "Một",
                "Hai & ba",
                "- mục",
                "một",
                "hai"
            ]
        );
    }

    #[test]
    fn a_page_without_text_is_refused() {
        assert_eq!(
            source(b"<html><body><script>var a;</script></body></html>")
                .unwrap_err()
                .code(),
            "READ-NO-TEXT"
        );
    }
}
