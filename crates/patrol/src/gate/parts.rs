//! What a body holds: the parts of a form, or itself.

use axum::body::Body as HttpBody;
use axum::extract::{FromRequest as _, Multipart};
use axum::http::{Request, header};

use super::Part;
use crate::limits::{PARTS_MAX, WORDS_CHARS_MAX};
use crate::names::cut;

/// A form that does not read as one.
#[derive(Debug)]
pub(super) struct BadForm;

/// Whether a body of this type is a form with parts.
pub(super) fn is_form(content_type: &str) -> bool {
    content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
}

/// All parts of a form, fields included: an article is typed into a field.
pub(super) async fn of_form(content_type: &str, body: HttpBody) -> Result<Vec<Part>, BadForm> {
    let request = Request::builder()
        .header(header::CONTENT_TYPE, content_type)
        .body(body)
        .map_err(|_| BadForm)?;
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| BadForm)?;
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| BadForm)? {
        if parts.len() >= PARTS_MAX {
            return Err(BadForm);
        }
        let name = field.file_name().or(field.name()).unwrap_or("field");
        let name = named(name);
        let bytes = field.bytes().await.map_err(|_| BadForm)?;
        parts.push(Part {
            name,
            bytes: bytes.into(),
        });
    }
    Ok(parts)
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
