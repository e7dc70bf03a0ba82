//! Names of inner files, made safe to show and to join: they come from strangers.

/// Longest name shown, in characters.
pub const NAME_CHARS_MAX: usize = 200;

/// A member's name as a relative path of plain characters: no drive, no `..`, no control or
/// direction characters, odd blanks made plain. Never empty.
///
/// ```
/// assert_eq!(scan::names::safe("..\\..\\etc/\u{202e}txt.exe"), "etc/txt.exe");
/// ```
#[must_use]
pub fn safe(name: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in name.split(['/', '\\']) {
        let plain: String = part
            .chars()
            .filter(|c| !c.is_control() && !is_direction(*c))
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .collect();
        let plain = plain.trim();
        let drive = plain.len() == 2 && plain.ends_with(':');
        if !(plain.is_empty() || drive || plain.chars().all(|c| c == '.')) {
            parts.push(plain.to_owned());
        }
    }
    let joined = parts.join("/");
    if joined.is_empty() {
        return "_".to_owned();
    }
    let count = joined.chars().count();
    // The end of a long name tells more than its start.
    joined
        .chars()
        .skip(count.saturating_sub(NAME_CHARS_MAX))
        .collect()
}

/// Characters that turn, hide or join the text around them.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
