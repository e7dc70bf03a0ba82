//! One message: header fields, text in every form, attachments, forwarded messages.

use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::formats;
use crate::limits::{ELEMENT_DEPTH_MAX, Limits};
use crate::report::Reason;
use aho_corasick::AhoCorasick;
use mail_parser::{
    Address, Header, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders,
    PartType,
};

/// Most header fields of one message.
const FIELDS_MAX: usize = 2_000;
/// Longest header field that is handed on, in bytes.
const FIELD_BYTES_MAX: usize = 64 * 1024;
/// Messages within one another: the parser keeps each inside the other.
const FORWARDS_MAX: usize = 32;

/// Reads a message.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let marks = Marks::of(bytes);
    if marks.forwards > FORWARDS_MAX || marks.boundaries > ELEMENT_DEPTH_MAX {
        sink.missed(Reason::Nesting, "");
        return Ok(());
    }
    let Some(message) = MessageParser::default().parse(bytes) else {
        sink.missed(Reason::Damaged, "");
        return Ok(());
    };
    fields(message.headers(), sink)?;
    for (index, part) in message.parts.iter().enumerate() {
        let part = Part {
            message: &message,
            bytes,
            part,
            number: index + 1,
        };
        part.read(limits, sink)?;
    }
    Ok(())
}

/// How often the words stand that nest parts in parts.
struct Marks {
    forwards: usize,
    boundaries: usize,
}

impl Marks {
    fn of(bytes: &[u8]) -> Self {
        let mut marks = Self {
            forwards: 0,
            boundaries: 0,
        };
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build([
            "message/rfc822",
            "message/global",
            "boundary=",
        ]);
        if let Ok(finder) = finder {
            for found in finder.find_iter(bytes) {
                if found.pattern().as_usize() == 2 {
                    marks.boundaries += 1;
                } else {
                    marks.forwards += 1;
                }
            }
        }
        marks
    }
}

/// Header fields that say something: not the way of the message, not its signatures.
fn fields(headers: &[Header<'_>], sink: &mut dyn Sink) -> Result<(), Stop> {
    if headers.len() > FIELDS_MAX {
        sink.missed(Reason::TooLarge, "header");
    }
    for header in headers.iter().take(FIELDS_MAX) {
        let Some(value) = field(header) else { continue };
        if value.len() > FIELD_BYTES_MAX {
            sink.missed(Reason::TooLarge, header.name());
            continue;
        }
        let text = match header.name {
            HeaderName::Subject | HeaderName::Comments | HeaderName::Keywords => value,
            _ => format!("{}: {value}", header.name()),
        };
        sink.piece(Piece::new(Place::Property, text))?;
    }
    Ok(())
}

fn field(header: &Header<'_>) -> Option<String> {
    let mute = matches!(
        header.name,
        HeaderName::Received
            | HeaderName::MessageId
            | HeaderName::References
            | HeaderName::InReplyTo
            | HeaderName::Date
            | HeaderName::MimeVersion
            | HeaderName::DkimSignature
            | HeaderName::ArcSeal
            | HeaderName::ArcMessageSignature
            | HeaderName::ArcAuthenticationResults
            | HeaderName::ContentTransferEncoding
            | HeaderName::ContentId
    );
    if mute {
        return None;
    }
    let text = match &header.value {
        HeaderValue::Text(text) => text.to_string(),
        HeaderValue::TextList(texts) => texts.join(", "),
        HeaderValue::Address(Address::List(list)) => people(list),
        HeaderValue::Address(Address::Group(groups)) => groups
            .iter()
            .map(|group| {
                let name = group.name.as_deref().unwrap_or_default();
                format!("{name} {}", people(&group.addresses))
            })
            .collect::<Vec<_>>()
            .join("; "),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn people(list: &[mail_parser::Addr<'_>]) -> String {
    list.iter()
        .map(|one| {
            let name = one.name.as_deref().unwrap_or_default();
            let address = one.address.as_deref().unwrap_or_default();
            format!("{name} <{address}>").trim_start().to_owned()
        })
        .collect::<Vec<_>>()
        .join(", ")
}

struct Part<'m> {
    message: &'m Message<'m>,
    bytes: &'m [u8],
    part: &'m MessagePart<'m>,
    number: usize,
}

impl Part<'_> {
    fn name(&self) -> String {
        match self.part.attachment_name() {
            Some(name) => name.to_owned(),
            None => format!("part-{}", self.number),
        }
    }

    fn is_attached(&self) -> bool {
        self.part.attachment_name().is_some()
            || self
                .part
                .content_disposition()
                .is_some_and(|disposition| disposition.is_attachment())
    }

    fn read(&self, limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
        if self.is_encrypted() {
            sink.missed(Reason::Encrypted, &self.name());
            return Ok(());
        }
        let is_base64 = self
            .part
            .content_transfer_encoding()
            .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
        if self.part.is_encoding_problem {
            sink.missed(Reason::Damaged, &self.name());
            if is_base64 {
                return self.member(&from_base64(self.raw()), sink);
            }
        }
        match &self.part.body {
            PartType::Text(text) if !self.is_attached() => {
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    sink.piece(Piece::new(Place::Body, line))?;
                }
                Ok(())
            }
            PartType::Html(html) if !self.is_attached() => {
                formats::html::read(html.as_bytes(), limits, sink)
            }
            PartType::Text(text) | PartType::Html(text) => self.member(text.as_bytes(), sink),
            PartType::Binary(data) | PartType::InlineBinary(data) => self.member(data, sink),
            PartType::Message(inner) => {
                let name = match self.part.attachment_name() {
                    Some(name) => name.to_owned(),
                    None => format!("part-{}.eml", self.number),
                };
                sink.member(Member {
                    name,
                    bytes: self.inner(inner).to_vec(),
                })
            }
            PartType::Multipart(_) => self.closed(sink),
        }
    }

    /// The bytes of a forwarded message.
    fn inner<'a>(&'a self, inner: &'a Message<'_>) -> &'a [u8] {
        let is_plain = matches!(self.part.encoding, mail_parser::Encoding::None);
        match self.raw() {
            raw if is_plain && !raw.is_empty() => raw,
            _ => inner.raw_message(),
        }
    }

    fn member(&self, data: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
        if data.is_empty() {
            return Ok(());
        }
        sink.member(Member {
            name: self.name(),
            bytes: data.to_vec(),
        })
    }

    fn is_encrypted(&self) -> bool {
        self.part.content_type().is_some_and(|kind| {
            let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
            let is_cms = subtype.ends_with("pkcs7-mime");
            let smime = kind.attribute("smime-type").unwrap_or_default();
            is_cms && !smime.eq_ignore_ascii_case("signed-data")
                || kind.ctype().eq_ignore_ascii_case("multipart") && subtype == "encrypted"
        })
    }

    /// The part as it stands in the message.
    fn raw(&self) -> &[u8] {
        let from = usize::try_from(self.part.offset_body).unwrap_or(usize::MAX);
        let to = usize::try_from(self.part.offset_end).unwrap_or(usize::MAX);
        self.bytes.get(from..to).unwrap_or(&[])
    }

    /// Notes a list of parts whose last line is missing: the message was cut.
    fn closed(&self, sink: &mut dyn Sink) -> Result<(), Stop> {
        let Some(boundary) = self
            .part
            .content_type()
            .and_then(|kind| kind.attribute("boundary"))
        else {
            return Ok(());
        };
        let last = format!("--{boundary}--");
        let from = usize::try_from(self.part.offset_body).unwrap_or(0);
        let is_closed = AhoCorasick::new([last])
            .is_ok_and(|finder| finder.is_match(self.bytes.get(from..).unwrap_or(&[])));
        if !is_closed && self.message.parts.len() > 1 {
            sink.missed(Reason::Damaged, &self.name());
        }
        Ok(())
    }
}

/// Base64 with everything skipped that does not belong there.
fn from_base64(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in raw {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).unwrap_or(0));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Collected;

    fn collect(bytes: &[u8]) -> Collected {
        let mut sink = Collected::default();
        read(bytes, &Limits::default(), &mut sink).unwrap();
        sink
    }

    #[test]
    fn fields_text_and_attachments_are_read() {
        let sink = collect(
            b"From: =?UTF-8?B?Tmd1eeG7hW4gQW4=?= <an@donvi.example>\r\nTo: binh@donvi.example\r\nSubject: =?UTF-8?Q?T=E1=BB=91i_m=E1=BA=ADt?=\r\nX-Label: MAT\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nXin ch\xc3\xa0o\r\n--b\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\nTeG6rFQ=\r\n--b--\r\n",
        );
        assert_eq!(
            sink.texts(),
            [
                "From: Nguyễn An <an@donvi.example>",
                "To: <binh@donvi.example>",
                "Tối mật",
                "X-Label: MAT",
                "Xin chào"
            ]
        );
        assert_eq!(sink.members[0].name, "a.bin");
        assert_eq!(sink.members[0].bytes, "MẬT".as_bytes());
        assert!(sink.incomplete.is_empty());
    }

    #[test]
    fn what_is_cut_or_closed_is_said() {
        let cut = collect(b"Subject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nText");
        assert_eq!(cut.reasons(), [Reason::Damaged; 2]);
        assert!(cut.texts().contains(&"Text"));
        let closed = collect(b"Subject: a\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHA6CA\r\n");
        assert_eq!(closed.reasons(), [Reason::Encrypted]);
    }

    #[test]
    fn base64_survives_strange_signs() {
        assert_eq!(from_base64(b"TeG6\r\n!!rFQ="), "MẬT".as_bytes());
    }
}
