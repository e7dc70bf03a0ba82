//! HTML and XML: the text of block elements, with what a page hides from its reader: comments,
//! scripts, hidden elements, alternative texts, files inside `data:` addresses.

use std::cell::RefCell;

use html5ever::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use vanban::encodings;

use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::limits::{ELEMENT_DEPTH_MAX, Limits};
use crate::report::Reason;

/// Elements that do not end a line.
const INLINE: [&str; 34] = [
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
    "var",
    "wbr",
    "w:r",
    "w:t",
    "w:rpr",
    "w:rfonts",
    "text:span",
    "text:s",
    "tspan",
];

/// Elements without an end, on which nothing can be open.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Whether the start of a text looks like HTML.
#[must_use]
pub fn looks_like(start: &str) -> bool {
    let head = start
        .get(..start.floor_char_boundary(1024))
        .unwrap_or(start)
        .to_ascii_lowercase();
    head.starts_with('<')
        && [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<div",
            "<p>",
            "<p ",
            "<table",
            "<meta",
        ]
        .iter()
        .any(|tag| head.contains(tag))
}

/// Reads a page into its blocks.
///
/// # Errors
/// [`Stop`] when the sink had enough.
pub fn read(bytes: &[u8], _limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let encoding = encodings::detect(bytes);
    // Legacy letters are decoded where their font is known, and line by line by the rules.
    let text = match encoding {
        encodings::Encoding::Viqr => String::from_utf8_lossy(bytes).into_owned(),
        encodings::Encoding::Tcvn3 | encodings::Encoding::Vni => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encodings::as_western(bytes),
        },
        encoding => encodings::decode(bytes, encoding).text,
    };
    let page = Page {
        state: RefCell::new(State::new(sink)),
    };
    let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    let queue = BufferQueue::default();
    for part in parts(&text) {
        queue.push_back(StrTendril::from(part));
        let _ = tokenizer.feed(&queue);
        if tokenizer.sink.state.borrow().stopped {
            return Err(Stop);
        }
    }
    tokenizer.end();
    let mut state = tokenizer.sink.state.borrow_mut();
    state.flush();
    if state.deep {
        state.sink.missed(Reason::Nesting, "");
    }
    if state.stopped { Err(Stop) } else { Ok(()) }
}

/// Parts short enough to stop in between.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    const PART_BYTES: usize = 64 * 1024;
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, next) = rest.split_at(rest.ceil_char_boundary(PART_BYTES.min(rest.len())));
        rest = next;
        Some(part)
    })
}

/// An open element that changes how its text is read.
struct Open {
    name: String,
    font: Option<String>,
    hidden: bool,
}

struct State<'s> {
    sink: &'s mut dyn Sink,
    line: String,
    open: Vec<Open>,
    place: Place,
    /// Name of the element whose raw text comes now.
    raw: Option<Place>,
    files: u32,
    deep: bool,
    stopped: bool,
}

impl<'s> State<'s> {
    fn new(sink: &'s mut dyn Sink) -> Self {
        Self {
            sink,
            line: String::new(),
            open: Vec::new(),
            place: Place::Body,
            raw: None,
            files: 0,
            deep: false,
            stopped: false,
        }
    }

    fn push(&mut self, place: Place, text: &str) {
        if !self.stopped && !text.trim().is_empty() {
            self.stopped = self.sink.piece(Piece::new(place, text)).is_err();
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        let hidden = self.open.iter().any(|open| open.hidden);
        let place = if hidden { Place::Hidden } else { self.place };
        self.push(place, &line);
    }

    fn text(&mut self, text: &str) {
        if let Some(place) = self.raw {
            self.push(place, text);
            return;
        }
        let font = self.open.iter().rev().find_map(|open| open.font.as_deref());
        let decoded = font.and_then(|font| encodings::decode_by_font(font, text));
        let text = decoded.as_deref().unwrap_or(text);
        let kept = self.open.iter().any(|open| open.name == "pre");
        for c in text.chars() {
            match c {
                '\n' | '\r' if kept => self.flush(),
                '\n' | '\r' | '\t' | ' ' if !kept => {
                    if !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                c => self.line.push(c),
            }
        }
        /// A block without an end is handed on in parts.
        const LINE_BYTES_MAX: usize = 64 * 1024;
        if self.line.len() > LINE_BYTES_MAX {
            self.flush();
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        self.raw = None;
        let inline = INLINE.contains(&name);
        if !inline {
            self.flush();
        }
        if tag.kind == TagKind::EndTag {
            self.close(name);
            return;
        }
        if matches!(name, "td" | "th" | "tr") {
            self.place = if name == "tr" {
                Place::Body
            } else {
                Place::TableCell
            };
        }
        self.attributes(name, &tag.attrs);
        if tag.self_closing || VOID.contains(&name) {
            return;
        }
        let style = value(&tag.attrs, "style")
            .map(str::to_ascii_lowercase)
            .unwrap_or_default();
        let font = value(&tag.attrs, "face")
            .map(str::to_owned)
            .or_else(|| font_of(&style));
        let hidden = value(&tag.attrs, "hidden").is_some() || is_hidden(&style);
        let changes = font.is_some() || hidden || name == "pre";
        let nested = self.open.iter().any(|open| open.name == name);
        if !changes && !nested {
            return;
        }
        if hidden {
            self.flush();
        }
        if self.open.len() < ELEMENT_DEPTH_MAX {
            self.open.push(Open {
                name: name.to_owned(),
                font,
                hidden,
            });
        } else {
            self.deep = true;
        }
    }

    fn close(&mut self, name: &str) {
        if matches!(name, "td" | "th" | "table") {
            self.place = Place::Body;
        }
        if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
            if self
                .open
                .get(at..)
                .is_some_and(|closed| closed.iter().any(|open| open.hidden))
            {
                self.flush();
            }
            self.open.truncate(at);
        }
    }

    fn attributes(&mut self, name: &str, attributes: &[Attribute]) {
        if name == "meta" {
            let key = value(attributes, "name").or_else(|| value(attributes, "property"));
            if let (Some(key), Some(content)) = (key, value(attributes, "content")) {
                let text = format!("{key}: {content}");
                self.push(Place::Property, &text);
            }
        }
        for attribute in attributes {
            let text: &str = &attribute.value;
            match &*attribute.name.local {
                "alt" | "title" => self.push(Place::Annotation, text),
                "value" if name == "input" => self.push(Place::Body, text),
                "src" | "href" | "data" | "poster" | "xlink:href" => self.file(text),
                _ => {}
            }
        }
    }

    /// A file inside a `data:` address.
    fn file(&mut self, address: &str) {
        let Some((head, body)) = address
            .trim_start()
            .strip_prefix("data:")
            .and_then(|rest| rest.split_once(','))
        else {
            return;
        };
        if self.stopped || !head.ends_with(";base64") {
            return;
        }
        self.files += 1;
        let end = head.split([';', '/']).nth(1).unwrap_or("bin");
        let name = format!("data-{}.{end}", self.files);
        let Some(bytes) = base64(body.as_bytes()) else {
            self.sink.missed(Reason::Damaged, &name);
            return;
        };
        self.stopped = self.sink.member(Member { name, bytes }).is_err();
    }
}

fn value<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

/// First family of a style's font.
fn font_of(style: &str) -> Option<String> {
    let (_, rest) = style.split_once("font-family")?;
    let family = rest
        .trim_start()
        .strip_prefix(':')?
        .split([';', ','])
        .next()?;
    Some(family.trim().trim_matches(['"', '\'']).to_owned())
}

fn is_hidden(style: &str) -> bool {
    let plain: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    [
        "display:none",
        "visibility:hidden",
        "font-size:0",
        "opacity:0;",
        ";color:white",
        ";color:#fff",
    ]
    .iter()
    .any(|hidden| plain.contains(hidden))
        || plain.starts_with("color:white")
        || plain.starts_with("color:#fff")
}

/// Base64 with or without line breaks and padding; `None` for other letters.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' | b'\n' | b'\r' | b' ' | b'\t' => continue,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(out)
}

struct Page<'s> {
    state: RefCell<State<'s>>,
}

impl TokenSink for Page<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return TokenSinkResult::Continue;
        };
        if state.stopped {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::CommentToken(text) => state.push(Place::Comment, &text),
            Token::TagToken(tag) => {
                state.tag(&tag);
                if tag.kind == TagKind::StartTag && !tag.self_closing {
                    return raw(&mut state, &tag.name);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements whose content is no markup.
fn raw(state: &mut State<'_>, name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => {
            state.raw = Some(Place::Comment);
            TokenSinkResult::RawData(RawKind::ScriptData)
        }
        "style" | "noembed" | "noframes" | "xmp" | "iframe" => {
            state.raw = Some(Place::Comment);
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "title" => {
            state.raw = Some(Place::Label);
            TokenSinkResult::RawData(RawKind::Rcdata)
        }
        "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}
