//! Plain text: UTF-8 with or without mark, UTF-16 with mark.

use super::{Kind, Source};
use crate::error::ReadError;

/// Lines of a plain text.
///
/// # Errors
/// [`ReadError::Encoding`] if the bytes are not Unicode text.
pub fn source(bytes: &[u8]) -> Result<Source, ReadError> {
    let text = decode(bytes)?;
    let lines = text.lines().map(str::to_owned).collect();
    Ok(Source {
        kind: Kind::Txt,
        lines,
        notes: Vec::new(),
    })
}

/// Decodes UTF-8 or, with a byte order mark, UTF-16.
///
/// # Errors
/// [`ReadError::Encoding`] for other bytes, and for text that holds binary zeros.
pub fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let text = if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        std::str::from_utf8(rest)
            .map_err(|_| ReadError::Encoding)?
            .to_owned()
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        utf16(rest, u16::from_le_bytes)?
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        utf16(rest, u16::from_be_bytes)?
    } else {
        std::str::from_utf8(bytes)
            .map_err(|_| ReadError::Encoding)?
            .to_owned()
    };
    if text.contains('\0') {
        return Err(ReadError::Encoding);
    }
    Ok(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ReadError::Damaged {
            kind: "txt",
            detail: "odd number of bytes in UTF-16".to_owned(),
        });
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| ReadError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_choose_the_encoding() {
        let text = "Số: 37/KH-UBND\nKẾ HOẠCH";
        let little: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let big: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        let marked: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
        for bytes in [little.as_slice(), &big, &marked, text.as_bytes()] {
            assert_eq!(decode(bytes).unwrap(), text);
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(decode(b"B\xfd m\xcbt").unwrap_err().code(), "READ-ENCODING");
        assert_eq!(decode(b"a\0b").unwrap_err().code(), "READ-ENCODING");
        assert_eq!(decode(b"\xff\xfea").unwrap_err().code(), "READ-DAMAGED");
    }
}
