//! The level (độ mật) as people write it.

use law::Level;

use crate::Refusal;

/// Letters that mark the envelopes of the three levels (NĐ 26/2020/NĐ-CP Điều 4:
/// A Tuyệt mật, B Tối mật, C Mật) and the short forms clerks use beside them.
const WORDS: [(&str, Level); 17] = [
    ("tuyệt mật", Level::TuyetMat),
    ("tuyet mat", Level::TuyetMat),
    ("tuyet_mat", Level::TuyetMat),
    ("tuyệtm", Level::TuyetMat),
    ("tuyệt m", Level::TuyetMat),
    ("a", Level::TuyetMat),
    ("tối mật", Level::ToiMat),
    ("toi mat", Level::ToiMat),
    ("toi_mat", Level::ToiMat),
    ("tốim", Level::ToiMat),
    ("tốm", Level::ToiMat),
    ("tom", Level::ToiMat),
    ("b", Level::ToiMat),
    ("mật", Level::Mat),
    ("mat", Level::Mat),
    ("m", Level::Mat),
    ("c", Level::Mat),
];

/// Short forms that stand for two levels at once: Tối mật or Tuyệt mật.
const AMBIGUOUS: [&str; 2] = ["tm", "t mật"];

/// Reads a level in any of its usual forms: code, full words in any case, with
/// marks or without any, `M`, `TốM`, or the envelope letter. Several forms in
/// one text (`Mật (C)`) have to agree. A word with other marks (`Mất` is
/// "lost") is not a level.
///
/// ```
/// use domain::book::level_from_text;
/// assert_eq!(level_from_text(" MẬT ").ok(), Some(law::Level::Mat));
/// assert_eq!(level_from_text("Tuyệt mật (A)").ok(), Some(law::Level::TuyetMat));
/// assert!(level_from_text("TM").is_err());
/// ```
///
/// # Errors
/// `BOOK-16` a short form that means Tối mật as well as Tuyệt mật; `BOOK-11` a
/// work secret, which has no level; `BOOK-03` anything else that is not a level.
pub fn level_from_text(text: &str) -> Result<Level, Refusal> {
    let refuse = |code: &'static str| Refusal::new(code).on("level").arg("text", text.trim());
    let folded = vanban::text::fold(text);
    if folded.contains("cong tac") || folded == "bmct" {
        return Err(refuse("BOOK-11"));
    }
    let lower = vanban::text::nfc(&vanban::text::nfc(text).to_lowercase()).replace('.', "");
    let mut found: Option<Level> = None;
    let said = lower.rsplit(':').next().unwrap_or(&lower);
    for part in said.split(['(', ')', '[', ']', '/', ',', ';', '"', '-']) {
        let part = vanban::text::squeeze(part);
        if part.is_empty() {
            continue;
        }
        if AMBIGUOUS.contains(&part.as_str()) {
            return Err(refuse("BOOK-16"));
        }
        let level = WORDS
            .iter()
            .find(|(word, _)| *word == part.as_str())
            .map(|(_, level)| *level);
        match (found, level) {
            (None, Some(level)) => found = Some(level),
            (Some(before), Some(level)) if before == level => {}
            _ => return Err(refuse("BOOK-03")),
        }
    }
    found.ok_or_else(|| refuse("BOOK-03"))
}
