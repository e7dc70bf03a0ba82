//! WARC: what a crawler fetched. Every record with content is an inner file under its address.

use crate::content::{Member, Sink, Stop};
use crate::formats::archive::{Fault, drain};
use crate::limits::Limits;
use crate::report::Reason;
use flate2::bufread::GzDecoder;
use flate2::read::ZlibDecoder;

/// Longest head of a record or of a response, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Reads an archive of web pages.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(head) = Head::read(rest).filter(|head| head.first.starts_with("WARC/")) else {
            sink.missed(Reason::Damaged, "record");
            return Ok(());
        };
        let length = head
            .field("content-length")
            .and_then(|length| length.parse::<usize>().ok());
        let body = rest.get(head.bytes..).unwrap_or(&[]);
        let whole = length.and_then(|length| body.get(..length));
        let record = whole.unwrap_or(body);
        let address = head.field("warc-target-uri").unwrap_or_default();
        let name = name(address.trim_matches(['<', '>']));
        if whole.is_none() {
            sink.missed(Reason::Damaged, &name);
        }
        content(&head, record, &name, limits, sink)?;
        if whole.is_none() {
            return Ok(());
        }
        let after = body.get(record.len()..).unwrap_or(&[]);
        rest = after.trim_ascii_start();
    }
    Ok(())
}

/// The path of an address as the name of a file.
fn name(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let path = path.split_once("://").map_or(path, |(_, path)| path);
    if path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_owned()
    }
}

fn content(
    head: &Head,
    record: &[u8],
    name: &str,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    let kind = head.field("warc-type").unwrap_or_default();
    let is_http = head
        .field("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/http"));
    let body = match kind {
        "response" | "resource" | "conversion" | "continuation" => record,
        // What was asked for may have carried a file to an upload form.
        "request" if is_http => record,
        _ => return Ok(()),
    };
    if kind == "continuation" {
        sink.missed(Reason::Damaged, name);
    }
    let bytes = if is_http {
        match http(body, limits, sink) {
            Ok(bytes) => bytes,
            Err(fault) => return fault.note(name, sink),
        }
    } else {
        body.to_vec()
    };
    if bytes.is_empty() {
        return Ok(());
    }
    sink.member(Member {
        name: name.to_owned(),
        bytes,
    })
}

/// The body of a response, out of its chunks and its compression.
fn http(message: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<Vec<u8>, Fault> {
    let head = Head::read(message).ok_or(Fault::Damaged)?;
    let body = message.get(head.bytes..).unwrap_or(&[]);
    let is = |field: &str, value: &str| {
        head.field(field)
            .is_some_and(|found| found.to_ascii_lowercase().contains(value))
    };
    let body = if is("transfer-encoding", "chunked") {
        // Some crawlers keep the field and drop the chunks.
        chunks(body).unwrap_or_else(|| body.to_vec())
    } else {
        body.to_vec()
    };
    let mut out = Vec::new();
    if is("content-encoding", "gzip") && body.starts_with(b"\x1f\x8b") {
        drain(
            &mut GzDecoder::new(body.as_slice()),
            limits.file_bytes,
            &mut out,
            sink,
        )?;
    } else if is("content-encoding", "deflate") {
        drain(
            &mut ZlibDecoder::new(body.as_slice()),
            limits.file_bytes,
            &mut out,
            sink,
        )?;
    } else if is("content-encoding", "br") || is("content-encoding", "zstd") {
        return Err(Fault::UnknownType);
    } else {
        out = body;
    }
    Ok(out)
}

/// Joins the chunks of a body; none if it has none.
fn chunks(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let line = rest.get(..rest.len().min(80))?;
        let end = line.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(line.get(..end)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        let from = end + 2;
        out.extend_from_slice(rest.get(from..from.checked_add(size)?)?);
        rest = rest.get(from + size..)?;
        rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
    }
}

/// Lines of a head: the first one, then fields, up to an empty one.
struct Head {
    first: String,
    fields: Vec<(String, String)>,
    /// Bytes of the head with its empty line.
    bytes: usize,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let near = bytes.get(..bytes.len().min(HEAD_BYTES_MAX))?;
        let end = near.windows(4).position(|four| four == b"\r\n\r\n");
        let (end, gap) = match end {
            Some(end) => (end, 4),
            None => (near.windows(2).position(|two| two == b"\n\n")?, 2),
        };
        let text = String::from_utf8_lossy(near.get(..end)?).into_owned();
        let mut lines = text.lines();
        let first = lines.next()?.to_owned();
        let fields = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Self {
            first,
            fields,
            bytes: end + gap,
        })
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Collected;

    fn record(kind: &str, content_type: &str, body: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://congbao.example/van-ban/1.html\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}\r\n\r\n",
            body.len()
        )
    }

    #[test]
    fn responses_are_members() {
        let page = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>M\u{1eac}\r\n5\r\nT</p>\r\n0\r\n\r\n".replace("5\r\n<p>", "7\r\n<p>");
        let file = record("warcinfo", "application/warc-fields", "software: khien\r\n")
            + &record("response", "application/http; msgtype=response", &page);
        let mut sink = Collected::default();
        read(file.as_bytes(), &Limits::default(), &mut sink).unwrap();
        assert_eq!(sink.members.len(), 1);
        assert_eq!(sink.members[0].name, "congbao.example/van-ban/1.html");
        assert_eq!(
            String::from_utf8_lossy(&sink.members[0].bytes),
            "<p>MẬT</p>"
        );
        assert!(sink.incomplete.is_empty());
        let cut = &file.as_bytes()[..file.len() - 20];
        let mut sink = Collected::default();
        read(cut, &Limits::default(), &mut sink).unwrap();
        assert_eq!(sink.reasons(), [Reason::Damaged]);
    }
}
