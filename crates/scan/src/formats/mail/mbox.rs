//! Mailboxes: messages one after another, each behind a line that starts with `From `.

use crate::content::{Member, Sink, Stop};
use crate::limits::Limits;
use crate::report::Reason;
use aho_corasick::AhoCorasick;

/// Hands on every message as an inner file.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let Ok(finder) = AhoCorasick::new(["\nFrom "]) else {
        return Ok(());
    };
    let mut starts = vec![0];
    starts.extend(
        finder
            .find_iter(bytes)
            .map(|found| found.start() + 1)
            .filter(|start| begins_message(bytes, *start)),
    );
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
        let whole = bytes.get(*start..end).unwrap_or(&[]);
        // The line itself is the mailbox's, not the message's.
        let message = match whole.iter().position(|byte| *byte == b'\n') {
            Some(line) if whole.starts_with(b"From ") => whole.get(line + 1..).unwrap_or(&[]),
            _ => whole,
        };
        let name = format!("{:04}.eml", index + 1);
        if message.len() as u64 > limits.file_bytes {
            sink.missed(Reason::TooLarge, &name);
        } else if !message.is_empty() {
            sink.member(Member {
                name,
                bytes: message.to_vec(),
            })?;
        }
    }
    Ok(())
}

/// Whether a message begins here: text that only starts a paragraph with "From " is followed by prose.
fn begins_message(bytes: &[u8], start: usize) -> bool {
    let rest = bytes.get(start..).unwrap_or(&[]);
    let mut lines = rest.split(|byte| *byte == b'\n');
    let envelope = lines.next().unwrap_or(&[]);
    let has_clock = envelope.windows(3).any(|three| {
        matches!(three, [before, b':', after] if before.is_ascii_digit() && after.is_ascii_digit())
    });
    let field = lines.next().unwrap_or(&[]);
    let colon = field.iter().position(|byte| *byte == b':');
    let is_field = colon.is_some_and(|colon| {
        colon > 0
            && field
                .get(..colon)
                .is_some_and(|name| name.iter().all(|byte| byte.is_ascii_graphic()))
    });
    has_clock || is_field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Collected;

    #[test]
    fn messages_are_parted() {
        let bytes = b"From an@donvi.example Mon Jan  5 08:00:00 2026\nSubject: one\n\nText\nFrom here on prose\n\nFrom binh@donvi.example Mon Jan  5 09:00:00 2026\nSubject: two\n\nText\n";
        let mut sink = Collected::default();
        read(bytes, &Limits::default(), &mut sink).unwrap();
        let names: Vec<&str> = sink
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        assert_eq!(names, ["0001.eml", "0002.eml"]);
        assert!(sink.members[0].bytes.ends_with(b"prose\n\n"));
        assert!(sink.members[1].bytes.starts_with(b"Subject: two"));
    }
}
