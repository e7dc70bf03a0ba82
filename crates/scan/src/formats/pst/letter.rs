//! An item of a store as a message in the form of the internet, which has its reader: so every message
//! is judged and reported on its own, with its attachments.

use super::item::{Item, Property};
use super::store::{Node, Store};
use crate::content::{Member, Picture, Piece, Sink, Stop};
use crate::formats;
use crate::formats::archive::Fault;
use crate::formats::ole::unpacked_rtf;
use crate::kind::Kind;
use crate::limits::Limits;
use crate::report::{Incomplete, Reason};

const SUBJECT: u16 = 0x0037;
const HEADERS: u16 = 0x007d;
const BODY: u16 = 0x1000;
const RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;
const CODE_PAGE: u16 = 0x3fde;
const CONTENT: u16 = 0x3701;
const METHOD: u16 = 0x3705;
/// Names of an attachment, the best first.
const NAMES: [u16; 3] = [0x3707, 0x3704, 0x3001];
/// Identifiers and addresses in a program's own form, and what is written elsewhere.
const MUTE: [u16; 9] = [
    SUBJECT, HEADERS, BODY, HTML, 0x001a, 0x0c1e, 0x3002, 0x0064, 0x0075,
];
/// The kind of a node that is an attachment.
const ATTACHMENT: u32 = 5;
/// An attachment that is a message.
const METHOD_MESSAGE: u32 = 5;
/// Longest text of a property that becomes a header field, in bytes.
const FIELD_BYTES_MAX: usize = 16 * 1024;
const BOUNDARY: &str = "khien-part";

/// Writes messages; says where it is when something was not read.
pub(super) struct Writer<'a, 'b> {
    pub store: &'a Store<'b>,
    pub limits: &'a Limits,
    pub sink: &'a mut dyn Sink,
}

impl Writer<'_, '_> {
    /// The message of a node; `place` names it in the report.
    ///
    /// # Errors
    /// [`Stop`] when the sink has had enough.
    pub fn message(&mut self, node: Node, place: &str, depth: u32) -> Result<Vec<u8>, Stop> {
        let mut letter = Letter::default();
        match Item::open(self.store, node, self.limits.file_bytes, self.sink) {
            Ok(item) => {
                let mut fields = Fields::default();
                let done = self.fields(&item, &mut fields);
                letter.head(&fields);
                self.noted(done, place, &mut letter)?;
                for long in &fields.long {
                    letter.part("text/plain; charset=utf-8", None, long.as_bytes());
                }
                for id in [BODY, HTML, RTF] {
                    if let Some(property) = item.find(id) {
                        let done = self.body(&item, property, &mut letter);
                        self.noted(done, place, &mut letter)?;
                    }
                }
                for below in item.under.iter().filter(|node| node.kind() == ATTACHMENT) {
                    let done = self.attachment(*below, place, depth, &mut letter);
                    self.noted(done, place, &mut letter)?;
                }
            }
            Err(fault) => {
                letter.head(&Fields::default());
                self.noted(Err(fault), place, &mut letter)?;
            }
        }
        Ok(letter.close())
    }

    /// A fault is told in the report of the store, and leaves the message open at its end, so that it
    /// is not whole either.
    fn noted(
        &mut self,
        done: Result<(), Fault>,
        place: &str,
        letter: &mut Letter,
    ) -> Result<(), Stop> {
        let Err(fault) = done else { return Ok(()) };
        letter.broken = true;
        fault.note(place, self.sink)
    }

    /// Every property that is text.
    fn fields(&mut self, item: &Item<'_, '_>, fields: &mut Fields) -> Result<(), Fault> {
        fields.subject = item.text_of(SUBJECT, self.sink)?;
        fields.headers = item.text_of(HEADERS, self.sink)?;
        for property in &item.properties {
            if MUTE.contains(&property.id) {
                continue;
            }
            let Some(text) = item.text(*property, self.sink)? else {
                continue;
            };
            if text.len() > FIELD_BYTES_MAX {
                fields.long.push(text);
            } else if !text.trim().is_empty() {
                fields.short.push((property.id, text));
            }
        }
        Ok(())
    }

    fn body(
        &mut self,
        item: &Item<'_, '_>,
        property: Property,
        letter: &mut Letter,
    ) -> Result<(), Fault> {
        let text = item.text(property, self.sink)?;
        match (property.id, text) {
            (BODY, Some(text)) => {
                letter.part("text/plain; charset=utf-8", None, text.as_bytes());
                letter.text = text;
            }
            (HTML, Some(text)) => {
                letter.part("text/html; charset=utf-8", None, text.as_bytes());
            }
            (HTML, None) => {
                let bytes = item.bytes(property, self.sink)?;
                let charset = charset(item.number(CODE_PAGE), &bytes);
                letter.part(&format!("text/html; charset={charset}"), None, &bytes);
            }
            (RTF, _) => {
                let packed = item.bytes(property, self.sink)?;
                let rtf = unpacked_rtf(&packed).ok_or(Fault::Damaged)?;
                self.sink.inflate(rtf.len() as u64)?;
                let mut lines = Lines {
                    sink: self.sink,
                    text: String::new(),
                };
                formats::read(Kind::Rtf, &rtf, self.limits, &mut lines)?;
                let text = lines.text;
                // Outlook keeps the same words twice.
                if !text.split_whitespace().eq(letter.text.split_whitespace()) {
                    letter.part("text/plain; charset=utf-8", None, text.as_bytes());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn attachment(
        &mut self,
        node: Node,
        place: &str,
        depth: u32,
        letter: &mut Letter,
    ) -> Result<(), Fault> {
        let item = Item::open(self.store, node, self.limits.file_bytes, self.sink)?;
        let mut name = String::new();
        for id in NAMES {
            if name.trim().is_empty() {
                name = item.text_of(id, self.sink)?;
            }
        }
        if name.trim().is_empty() {
            "attachment".clone_into(&mut name);
        }
        let method = item.number(METHOD);
        let Some(content) = item.find(CONTENT) else {
            // A link has its name only; anything else was left on the server.
            letter.part("text/plain; charset=utf-8", None, name.as_bytes());
            return match method {
                Some(1 | METHOD_MESSAGE | 6) => Err(Fault::Damaged),
                _ => Ok(()),
            };
        };
        if content.kind != 0x0d {
            let bytes = item.bytes(content, self.sink)?;
            letter.part("application/octet-stream", Some(&name), &bytes);
            return Ok(());
        }
        let object = item.bytes(content, self.sink)?;
        let inner = formats::archive::number::<4>(&object, 0)
            .and_then(|id| item.below(u32::try_from(id).ok()?))
            .ok_or(Fault::Damaged)?;
        if method != Some(METHOD_MESSAGE) {
            let bytes = item.data(inner, self.sink)?;
            letter.part("application/octet-stream", Some(&name), &bytes);
        } else if depth >= self.limits.depth {
            letter.broken = true;
            self.sink.missed(Reason::Nesting, place);
        } else {
            let bytes = self.message(inner, place, depth + 1)?;
            let name = format!("{name}.eml");
            letter.part("application/octet-stream", Some(&name), &bytes);
        }
        Ok(())
    }
}

/// What stands above the body.
#[derive(Default)]
struct Fields {
    subject: String,
    /// Header fields as they came over the internet.
    headers: String,
    short: Vec<(u16, String)>,
    long: Vec<String>,
}

/// A message that is being written.
#[derive(Default)]
struct Letter {
    out: Vec<u8>,
    text: String,
    broken: bool,
}

impl Letter {
    fn line(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    fn head(&mut self, fields: &Fields) {
        self.line("MIME-Version: 1.0");
        self.line(&format!(
            "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\""
        ));
        // Two characters before a subject tell where a prefix such as "Re: " ends.
        let subject: String = match fields.subject.strip_prefix('\u{1}') {
            Some(marked) => marked.chars().skip(1).collect(),
            None => fields.subject.clone(),
        };
        self.line(&format!("Subject: {}", encoded(&subject)));
        for (id, text) in &fields.short {
            let plain: String = text
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            self.line(&format!("X-Mapi-{id:04X}: {}", plain.trim()));
        }
        self.came(&fields.headers);
        self.line("");
    }

    /// Fields that came with the message, without those that describe its old form.
    fn came(&mut self, headers: &str) {
        let mut kept = false;
        for line in headers.lines() {
            if line.is_empty() {
                break;
            }
            if !line.starts_with([' ', '\t']) {
                let name = line.split(':').next().unwrap_or("").to_ascii_lowercase();
                let plain = line.contains(':') && name.bytes().all(|b| b.is_ascii_graphic());
                kept = plain
                    && !name.starts_with("content-")
                    && !matches!(name.as_str(), "mime-version" | "subject");
            }
            if kept {
                self.line(line);
            }
        }
    }

    fn part(&mut self, kind: &str, name: Option<&str>, bytes: &[u8]) {
        self.line(&format!("--{BOUNDARY}"));
        self.line(&format!("Content-Type: {kind}"));
        if let Some(name) = name {
            let name = encoded(name);
            self.line(&format!(
                "Content-Disposition: attachment; filename=\"{name}\""
            ));
        }
        self.line("Content-Transfer-Encoding: base64");
        self.line("");
        base64(bytes, &mut self.out);
        self.line("");
    }

    fn close(mut self) -> Vec<u8> {
        if !self.broken {
            self.line(&format!("--{BOUNDARY}--"));
        }
        self.out
    }
}

/// Text of a header field: plain where it is, else in words of base64 (RFC 2047).
fn encoded(text: &str) -> String {
    /// Bytes of text in one word, so that it stays below 76 characters.
    const WORD_BYTES: usize = 42;
    if text.len() <= 200
        && text
            .bytes()
            .all(|b| (b' '..=b'~').contains(&b) && b != b'"')
    {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if word.len() + c.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(if c.is_control() { ' ' } else { c });
    }
    words.push(word);
    let words: Vec<String> = words
        .iter()
        .map(|word| {
            let mut out = Vec::new();
            base64(word.as_bytes(), &mut out);
            let word: String = out.iter().copied().map(char::from).collect();
            format!("=?UTF-8?B?{}?=", word.trim_end())
        })
        .collect();
    words.join("\r\n ")
}

fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    out.reserve(bytes.len() / 3 * 4 + bytes.len() / 28 + 8);
    let sign = |bits: u32| {
        let index = usize::try_from(bits & 63).unwrap_or(0);
        SIGNS.get(index).copied().unwrap_or(b'=')
    };
    for (index, three) in bytes.chunks(3).enumerate() {
        if index > 0 && index % 19 == 0 {
            out.extend_from_slice(b"\r\n");
        }
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(sign(bits >> 18));
        out.push(sign(bits >> 12));
        out.push(if three.len() > 1 {
            sign(bits >> 6)
        } else {
            b'='
        });
        out.push(if three.len() > 2 { sign(bits) } else { b'=' });
    }
    out.extend_from_slice(b"\r\n");
}

/// The name of the code page that a message says it uses.
fn charset(code_page: Option<u32>, bytes: &[u8]) -> String {
    if std::str::from_utf8(bytes).is_ok() {
        return "utf-8".to_owned();
    }
    match code_page {
        Some(page @ 1250..=1258) => format!("windows-{page}"),
        Some(page @ 28591..=28605) => format!("iso-8859-{}", page - 28590),
        Some(932) => "shift_jis".to_owned(),
        Some(936) => "gb2312".to_owned(),
        Some(949) => "euc-kr".to_owned(),
        Some(950) => "big5".to_owned(),
        Some(20866) => "koi8-r".to_owned(),
        _ => "windows-1252".to_owned(),
    }
}

/// Keeps the lines of a body; all else goes on.
struct Lines<'s> {
    sink: &'s mut dyn Sink,
    text: String,
}

impl Sink for Lines<'_> {
    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.text.push_str(&piece.text);
        self.text.push('\n');
        Ok(())
    }

    fn picture(&mut self, picture: Picture) -> Result<(), Stop> {
        self.sink.picture(picture)
    }

    fn looks_at_pictures(&self) -> bool {
        self.sink.looks_at_pictures()
    }

    fn member(&mut self, member: Member) -> Result<(), Stop> {
        self.sink.member(member)
    }

    fn inflate(&mut self, bytes: u64) -> Result<(), Stop> {
        self.sink.inflate(bytes)
    }

    fn incomplete(&mut self, incomplete: Incomplete) {
        self.sink.incomplete(incomplete);
    }
}
