//! Names of files, which strangers choose: any bytes, line breaks, characters that turn the text around.

use std::fmt::Write as _;
use std::path::Path;

/// A path as text: itself where it is Unicode, else with every foreign byte as `\xNN`.
#[must_use]
pub fn of(path: &Path) -> String {
    if let Some(text) = path.to_str() {
        return text.to_owned();
    }
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}

/// A text for the eye: control characters and characters that turn, hide or join the text around them are
/// written out.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_unseen(c) {
            plain.extend(c.escape_unicode());
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Cuts a text of a stranger.
pub(crate) fn cut(text: &mut String, chars: usize) {
    if let Some((end, _)) = text.char_indices().nth(chars) {
        text.truncate(end);
    }
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_of_foreign_bytes_is_written_out() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(OsStr::from_bytes(b"m\xe1\xba\xadt\xa0.pdf"));
        assert_eq!(of(path), "mật\\xA0.pdf");
        assert_eq!(of(Path::new("bình thường.pdf")), "bình thường.pdf");
    }

    #[test]
    fn what_is_not_seen_is_written_out() {
        assert_eq!(plain("a\u{202e}fdp.exe\n"), "a\\u{202e}fdp.exe\\u{a}");
        assert_eq!(plain("Kế hoạch số 37"), "Kế hoạch số 37");
    }
}
