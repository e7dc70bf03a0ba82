//! The end of a document: recipients, signature block, annexes.

use super::document::{Recipient, Signer};
use super::kinds;
use crate::text::{fold, is_capitals};

/// Longest signature block, in lines.
const SIGNER_LINES_MAX: usize = 12;

/// What stands after the body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Closing {
    /// Lines of the body.
    pub body: Vec<String>,
    pub recipients: Vec<Recipient>,
    pub signer: Option<Signer>,
    /// Lines after the signature.
    pub annex: Vec<String>,
}

/// Parts the lines after the header.
pub(crate) fn part(lines: &[String]) -> Closing {
    let list_at = lines
        .iter()
        .position(|line| fold(line).starts_with("noi nhan"));
    let end_at = lines
        .iter()
        .position(|line| line.ends_with("./."))
        .map(|at| at + 1);
    let signer_from = end_at
        .or(list_at)
        .unwrap_or_else(|| lines.len().saturating_sub(SIGNER_LINES_MAX));
    let sign_at = lines
        .iter()
        .enumerate()
        .skip(signer_from)
        .find(|(_, line)| is_authority(line))
        .map(|(at, _)| at);
    let body_end = [list_at, end_at, sign_at]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(lines.len());
    let mut closing = Closing {
        body: lines.get(..body_end).unwrap_or(lines).to_vec(),
        ..Closing::default()
    };
    let mut done = body_end;
    if let Some(at) = list_at {
        let (recipients, after) = recipients(lines, at);
        closing.recipients = recipients;
        done = done.max(after);
    }
    if let Some(at) = sign_at {
        let (signer, after) = signer(lines, at);
        closing.signer = Some(signer);
        done = done.max(after);
    }
    closing.annex = lines.get(done..).unwrap_or(&[]).to_vec();
    closing
}

/// Reads the dashes after `Nơi nhận`; returns the index after them.
fn recipients(lines: &[String], at: usize) -> (Vec<Recipient>, usize) {
    let mut items: Vec<String> = Vec::new();
    let mut next = at + 1;
    let mut gap = false;
    while let Some(line) = lines.get(next) {
        let dashed = line.strip_prefix(['-', '–', '+', '•']).map(str::trim);
        if line.is_empty() {
            gap = true;
        } else if let Some(item) = dashed {
            items.push(item.to_owned());
            gap = false;
        } else {
            let open = items.last().is_some_and(|item| !item.ends_with([';', '.']));
            let archive = items
                .last()
                .is_some_and(|item| fold(item).starts_with("luu"));
            if gap || !open || archive || is_capitals(line) {
                break;
            }
            if let Some(item) = items.last_mut() {
                item.push(' ');
                item.push_str(line);
            }
        }
        next += 1;
    }
    (items.iter().map(|item| recipient(item)).collect(), next)
}

/// `Cục A03-BCA (b/c);` or `Lưu: VT, PCNC.`
fn recipient(item: &str) -> Recipient {
    let item = item.trim_end_matches([';', '.', ',', ' ']);
    if let Some((name, rest)) = item.rsplit_once('(')
        && let Some(purpose) = rest.strip_suffix(')')
        && !name.trim().is_empty()
    {
        let purpose = purpose.trim();
        return Recipient {
            name: name.trim().to_owned(),
            purpose: (!purpose.is_empty()).then(|| purpose.to_owned()),
        };
    }
    let archive = fold(item).starts_with("luu");
    Recipient {
        name: item.to_owned(),
        purpose: archive.then(|| "lưu".to_owned()),
    }
}

/// Starts of a line of authority or of a post in capitals.
fn is_authority(line: &str) -> bool {
    const STARTS: [&str; 20] = [
        "TM.",
        "T/M",
        "KT.",
        "K/T",
        "TL.",
        "T/L",
        "TUQ.",
        "Q.",
        "CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "BÍ THƯ",
        "PHÓ BÍ THƯ",
        "BỘ TRƯỞNG",
        "THỨ TRƯỞNG",
        "CỤC TRƯỞNG",
        "CHÁNH VĂN PHÒNG",
        "TRƯỞNG",
        "THỦ TRƯỞNG",
    ];
    is_capitals(line)
        && line.chars().count() < 60
        && STARTS.iter().any(|start| line.starts_with(start))
}

fn signer(lines: &[String], at: usize) -> (Signer, usize) {
    let mut authority: Vec<String> = Vec::new();
    let mut title: Vec<String> = Vec::new();
    let mut name = None;
    let mut next = at;
    let mut after = at;
    while let Some(line) = lines.get(next).filter(|_| next < at + SIGNER_LINES_MAX) {
        let signed = fold(line).trim_matches(['(', ')']).starts_with("da ky");
        if line.is_empty() || signed {
            next += 1;
            continue;
        }
        if is_person(line) {
            name = Some(line.clone());
            after = next + 1;
            break;
        }
        if !is_capitals(line) || kinds::code(line).is_some() {
            break;
        }
        if ["TM.", "T/M", "KT.", "K/T", "TL.", "T/L", "TUQ."]
            .iter()
            .any(|start| line.starts_with(start))
        {
            authority.push(line.clone());
        } else {
            title.push(line.clone());
        }
        next += 1;
        after = next;
    }
    let join = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(", "));
    (
        Signer {
            authority: join(authority),
            title: join(title),
            name,
        },
        after,
    )
}

/// A person's name: two to six words, each with a capital, perhaps after a rank.
pub(crate) fn is_person(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    (2..=7).contains(&words.len())
        && line.chars().count() <= 50
        && !is_capitals(line)
        && words.iter().all(|word| {
            word.chars().next().is_some_and(char::is_uppercase)
                && word.chars().all(|c| c.is_alphabetic() || c == '.')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Closing {
        part(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_end_is_parted() {
        let got = read(
            "IV. TỔ CHỨC\n1. Công an tỉnh theo dõi./.\nNơi nhận:\n- Bộ Công an (b/c);\n- UBND các huyện,\nthành phố;\n- Lưu: VT.\n\nTM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Đã ký)\nPhạm Văn Mẫu\n\nPHỤ LỤC\nBảng",
        );
        assert_eq!(got.body.len(), 2);
        assert_eq!(got.recipients.len(), 3);
        assert_eq!(
            got.recipients[0],
            Recipient {
                name: "Bộ Công an".into(),
                purpose: Some("b/c".into())
            }
        );
        assert_eq!(got.recipients[2].purpose.as_deref(), Some("lưu"));
        let signer = got.signer.unwrap();
        assert_eq!(
            signer.authority.as_deref(),
            Some("TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH")
        );
        assert_eq!(signer.title.as_deref(), Some("PHÓ CHỦ TỊCH"));
        assert_eq!(signer.name.as_deref(), Some("Phạm Văn Mẫu"));
        assert_eq!(got.annex, ["", "PHỤ LỤC", "Bảng"]);
    }

    #[test]
    fn a_signature_may_stand_before_the_list() {
        let got = read("Nội dung./.\nGIÁM ĐỐC\nTrần Thị Mẫu\nNơi nhận:\n- Như trên;");
        assert_eq!(
            got.signer.and_then(|signer| signer.title).as_deref(),
            Some("GIÁM ĐỐC")
        );
        assert_eq!(got.recipients.len(), 1);
        assert!(got.annex.is_empty());
    }
}
