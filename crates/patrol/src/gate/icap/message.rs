//! The head of an ICAP request and the HTTP headers that it carries (RFC 3507, 4.3 and 4.4).

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _};

use super::Over;
use crate::limits::ICAP_HEAD_BYTES_MAX;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Method {
    Options,
    Reqmod,
    Respmod,
    Other,
}

/// A request up to its body.
#[derive(Debug)]
pub(super) struct Head {
    pub method: Method,
    /// Path of the service, with its slash.
    pub service: String,
    pub allows_204: bool,
    /// Bytes of the body that the client shows before it waits.
    pub preview: Option<usize>,
    pub has_body: bool,
    pub closes: bool,
    /// Header of the HTTP request, as it came.
    pub request: Vec<u8>,
    /// Header of the HTTP response, as it came.
    pub response: Vec<u8>,
    /// Address in the HTTP request.
    pub address: String,
}

impl Head {
    /// The header that stands above the body.
    pub(super) fn of_body(&self) -> &[u8] {
        match self.method {
            Method::Respmod => &self.response,
            _ => &self.request,
        }
    }

    pub(super) fn content_type(&self) -> &str {
        field(self.of_body(), "content-type").unwrap_or_default()
    }

    pub(super) fn content_length(&self) -> Option<u64> {
        field(self.of_body(), "content-length")?.parse().ok()
    }
}

/// Reads one head; `None` when the client has nothing more to say.
pub(super) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Head>, Over> {
    let mut text = Vec::new();
    loop {
        let start = text.len();
        line(stream, &mut text).await?;
        let read = text.get(start..).unwrap_or_default();
        match read {
            // The end of the connection between two requests is a good end.
            [] if start == 0 => return Ok(None),
            [] => return Err(Over::Gone),
            b"\r\n" | b"\n" if start == 0 => text.clear(),
            b"\r\n" | b"\n" => break,
            _ => {}
        }
    }
    let mut head = parse(&text)?;
    if head.method != Method::Options {
        carried(stream, &text, &mut head).await?;
    }
    Ok(Some(head))
}

async fn line(stream: &mut (impl AsyncBufRead + Unpin), text: &mut Vec<u8>) -> Result<(), Over> {
    let left = (ICAP_HEAD_BYTES_MAX + 1).saturating_sub(text.len());
    let mut limited = stream.take(left as u64);
    limited.read_until(b'\n', text).await?;
    if text.len() > ICAP_HEAD_BYTES_MAX {
        return Err(Over::Bad("400 Bad Request"));
    }
    Ok(())
}

fn parse(text: &[u8]) -> Result<Head, Over> {
    let bad = || Over::Bad("400 Bad Request");
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = std::str::from_utf8(first).map_err(|_| bad())?;
    let words: Vec<&str> = first.split_ascii_whitespace().collect();
    let [method, address, version] = words.as_slice() else {
        return Err(bad());
    };
    if !version.starts_with("ICAP/1.") {
        return Err(Over::Bad("505 ICAP Version Not Supported"));
    }
    let has = |name: &str, word: &str| {
        let value = field(text, name).unwrap_or_default().to_ascii_lowercase();
        value.split(',').any(|one| one.trim() == word)
    };
    let path = address.split_once("://").map_or(*address, |(_, rest)| rest);
    let service = path
        .find('/')
        .and_then(|slash| path.get(slash..))
        .unwrap_or("/");
    Ok(Head {
        method: match *method {
            "OPTIONS" => Method::Options,
            "REQMOD" => Method::Reqmod,
            "RESPMOD" => Method::Respmod,
            _ => Method::Other,
        },
        service: service.to_owned(),
        allows_204: has("allow", "204"),
        preview: match field(text, "preview") {
            None => None,
            Some(value) => Some(value.parse().map_err(|_| bad())?),
        },
        has_body: false,
        closes: has("connection", "close"),
        request: Vec::new(),
        response: Vec::new(),
        address: String::new(),
    })
}

/// Reads the headers that `Encapsulated` announces, up to the body.
async fn carried(
    stream: &mut (impl AsyncRead + Unpin),
    text: &[u8],
    head: &mut Head,
) -> Result<(), Over> {
    let bad = || Over::Bad("400 Bad Request");
    let list = field(text, "encapsulated").ok_or_else(bad)?;
    let mut before: Option<(&str, usize)> = None;
    for one in list.split(',') {
        let (name, offset) = one.trim().split_once('=').ok_or_else(bad)?;
        let offset: usize = offset.trim().parse().map_err(|_| bad())?;
        if let Some((header, start)) = before {
            let bytes = offset.checked_sub(start).ok_or_else(bad)?;
            if bytes > ICAP_HEAD_BYTES_MAX {
                return Err(bad());
            }
            let mut header_bytes = vec![0; bytes];
            stream.read_exact(&mut header_bytes).await?;
            match header {
                "req-hdr" => head.request = header_bytes,
                "res-hdr" => head.response = header_bytes,
                _ => return Err(bad()),
            }
        } else if offset != 0 {
            return Err(bad());
        }
        before = Some((name, offset));
    }
    head.has_body = match before {
        Some(("req-body" | "res-body", _)) => true,
        Some(("null-body", _)) => false,
        _ => return Err(bad()),
    };
    head.address = address(&head.request);
    Ok(())
}

/// The address of a request line.
fn address(request: &[u8]) -> String {
    let line = request
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.split_ascii_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}

/// The value of a field of a header, which may be in any case.
fn field<'a>(header: &'a [u8], name: &str) -> Option<&'a str> {
    header
        .split(|byte| *byte == b'\n')
        .skip(1)
        .find_map(|line| {
            let (key, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Result<Option<Head>, Over> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(read(&mut text.as_bytes()))
    }

    #[test]
    fn a_request_with_its_carried_headers_is_read() {
        let http = "POST /u/k%E1%BA%BF.txt HTTP/1.1\r\ncontent-TYPE: text/plain\r\nContent-Length: 12\r\n\r\n";
        let text = format!(
            "REQMOD icap://gate:1344/reqmod ICAP/1.0\r\nHost: gate\r\nAllow: trailers, 204\r\nPreview: 0\r\nEncapsulated: req-hdr=0, req-body={}\r\n\r\n{http}",
            http.len()
        );
        let head = read_all(&text).unwrap().unwrap();
        assert_eq!(
            (head.method, head.service.as_str()),
            (Method::Reqmod, "/reqmod")
        );
        assert!(head.allows_204 && head.has_body && !head.closes);
        assert_eq!(head.preview, Some(0));
        assert_eq!(
            (head.content_type(), head.content_length()),
            ("text/plain", Some(12))
        );
        assert_eq!(head.address, "/u/k%E1%BA%BF.txt");
        assert!(read_all("").unwrap().is_none());
    }

    #[test]
    fn what_is_no_icap_is_refused_and_takes_no_memory() {
        for text in [
            "GET / HTTP/1.1\r\n\r\n",
            "REQMOD\r\n\r\n",
            "REQMOD icap://g/ ICAP/1.0\r\n\r\n",
            "REQMOD icap://g/ ICAP/1.0\r\nEncapsulated: req-hdr=0, req-body=99999999999\r\n\r\n",
            "REQMOD icap://g/ ICAP/1.0\r\nEncapsulated: req-hdr=5, req-body=2\r\n\r\n",
            "REQMOD icap://g/ ICAP/1.0\r\nEncapsulated: req-hdr=0, opt-body=0\r\n\r\n",
            "REQMOD icap://g/ ICAP/1.0\r\nPreview: -1\r\nEncapsulated: null-body=0\r\n\r\n",
            &"x".repeat(70_000),
        ] {
            assert!(matches!(read_all(text), Err(Over::Bad(_))), "{text:.60}");
        }
        let half = "REQMOD icap://g/ ICAP/1.0\r\nHost: g";
        assert!(matches!(read_all(half), Err(Over::Gone)));
    }
}
