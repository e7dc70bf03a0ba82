//! What a body holds: the parts of a form, or itself.

use axum::body::Body as HttpBody;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart};
use axum::http::{Request, header};

use super::Part;
use crate::limits::{PARTS_MAX, WORDS_CHARS_MAX};
use crate::names::cut;

/// A form that does not read as one.
#[derive(Debug)]
pub(super) struct BadForm;

/// What is to be scanned of a body: the parts of a form, what was typed into fields, or the file itself.
pub(super) async fn split(
    content_type: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Vec<Part>, BadForm> {
    let kind = content_type.trim_start().to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        return of_form(content_type, HttpBody::from(bytes)).await;
    }
    let name = name.to_owned();
    let mut parts = vec![Part { name, bytes }];
    let typed = if kind.starts_with("application/x-www-form-urlencoded") {
        parts.pop().map(|part| fields(&part.bytes))
    } else if kind.starts_with("application/json") {
        // The text as it was sent stays a part: what is no JSON is still looked at.
        parts.last().and_then(|part| strings(&part.bytes))
    } else {
        None
    };
    parts.extend(typed.map(|text| Part {
        name: "fields.txt".to_owned(),
        bytes: text.into_bytes(),
    }));
    Ok(parts)
}

/// All parts of a form, fields included: an article is typed into a field.
async fn of_form(content_type: &str, body: HttpBody) -> Result<Vec<Part>, BadForm> {
    let mut request = Request::builder()
        .header(header::CONTENT_TYPE, content_type)
        .body(body)
        .map_err(|_| BadForm)?;
    // Its size was judged when it came.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| BadForm)?;
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| BadForm)? {
        if parts.len() >= PARTS_MAX {
            return Err(BadForm);
        }
        let name = named(field.file_name().or(field.name()).unwrap_or("field"));
        let bytes = field.bytes().await.map_err(|_| BadForm)?;
        parts.push(Part {
            name,
            bytes: bytes.into(),
        });
    }
    Ok(parts)
}

/// Fields of an urlencoded form, one a line.
fn fields(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('+', " ");
    let fields: Vec<String> = text.split('&').map(decoded).collect();
    fields.join("\n")
}

/// All strings of a JSON text, one a line, without their escapes.
fn strings(bytes: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let mut open = vec![&value];
    let mut text = String::new();
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(string) => {
                text.push_str(string);
                text.push('\n');
            }
            serde_json::Value::Array(values) => open.extend(values),
            serde_json::Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
    Some(text)
}

/// The last part of a name of a stranger.
pub(super) fn named(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut name = if last.is_empty() { "upload" } else { last }.to_owned();
    cut(&mut name, WORDS_CHARS_MAX);
    name
}

/// The name in an address: its last part, percent-decoded.
pub(super) fn name_of_address(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    named(&decoded(path))
}

/// Percent-decoding that leaves what is no escape as it is.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = escape {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(content_type: &str, body: &str) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let parts = runtime.block_on(split(content_type, "name", body.into()));
        let texts = parts.unwrap().into_iter().map(|part| part.bytes);
        texts
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect()
    }

    #[test]
    fn what_was_typed_is_read_without_its_escapes() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(
            typed(form, "t=T%E1%BB%90I+M%E1%BA%ACT&x=1"),
            ["t=TỐI MẬT\nx=1"]
        );
        let json = r#"{"a":["T\u1ed0I"],"b":7}"#;
        assert_eq!(typed("application/json", json), [json, "TỐI\n"]);
        assert_eq!(typed("application/json", "{no"), ["{no"]);
        assert_eq!(typed("text/plain", "a+b"), ["a+b"]);
    }

    #[test]
    fn names_of_strangers_lose_their_folders() {
        assert_eq!(named("C:\\Users\\x\\mật.docx"), "mật.docx");
        assert_eq!(named("../../etc/"), "upload");
        assert_eq!(
            name_of_address("http://a.vn/t%E1%BB%87p%20a.pdf?x=/y"),
            "tệp a.pdf"
        );
        assert_eq!(decoded("100%"), "100%");
    }
}
