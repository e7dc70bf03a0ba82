//! What a run leaves: lines of JSON, a page for people, SARIF, CSV.

pub mod csv;
pub mod html;
pub mod sarif;

use scan::{FileReport, Finding, How, Incomplete, Level, Reason, Verdict};
use serde::Serialize;
use serde_json::Value;

use crate::limits::REPORTED_FILES_MAX;
use crate::run::Summary;

/// What stands above a report.
#[derive(Clone, Debug)]
pub struct Head {
    /// What was scanned, as the caller named it.
    pub subject: Vec<String>,
    /// When, as `YYYY-MM-DD HH:MM` with its zone.
    pub when: String,
    /// Program, version, rules.
    pub tool: String,
    /// Scanned without the walls around workers, as the operator accepted.
    pub unlocked: bool,
}

/// The files a person has to look at; clean ones are only counted.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    pub files: Vec<FileReport>,
    /// Further ones beyond the limit of a report; they are in the JSON lines.
    pub left_out: u64,
}

impl Collected {
    /// Keeps a report that is not clean.
    pub fn add(&mut self, report: &FileReport) {
        if report.verdict == Verdict::Clean {
            return;
        }
        if self.files.len() < REPORTED_FILES_MAX {
            self.files.push(report.clone());
        } else {
            self.left_out += 1;
        }
    }
}

/// A run as one document.
pub struct Report<'a> {
    pub head: &'a Head,
    pub summary: &'a Summary,
    pub collected: &'a Collected,
}

/// One file as the object of `scan --jsonl`: a report whose digest is `null` where it is not known.
#[derive(Clone, Debug, Serialize)]
pub struct Object<'a> {
    path: &'a str,
    member: Option<&'a str>,
    sha256: Option<&'a str>,
    bytes: u64,
    #[serde(rename = "type")]
    kind: &'a str,
    verdict: Verdict,
    level: Option<Level>,
    findings: &'a [Finding],
    incomplete: &'a [Incomplete],
    ms: u64,
}

impl<'a> From<&'a FileReport> for Object<'a> {
    fn from(report: &'a FileReport) -> Self {
        Self {
            path: &report.path,
            member: report.member.as_deref(),
            sha256: Some(report.sha256.as_str()).filter(|digest| !digest.is_empty()),
            bytes: report.bytes,
            kind: &report.kind,
            verdict: report.verdict,
            level: report.level,
            findings: &report.findings,
            incomplete: &report.incomplete,
            ms: report.ms,
        }
    }
}

/// One line of `scan --jsonl`, without its end.
#[must_use]
pub fn line(report: &FileReport) -> String {
    serde_json::to_string(&Object::from(report)).unwrap_or_default()
}

/// A level in the words of the law.
#[must_use]
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Mat => "Mật",
        Level::ToiMat => "Tối mật",
        Level::TuyetMat => "Tuyệt mật",
    }
}

/// The name of a rule as the web application shows it; its code where an agency made the rule itself.
#[must_use]
pub fn rule(code: &str) -> &str {
    const WORDS: &str = include_str!("../../../locales/vi/watch.ftl");
    let key = code.replace(['.', '_'], "-");
    WORDS
        .lines()
        .filter_map(|line| line.strip_prefix("watch-rule-")?.split_once(" = "))
        .find(|(rule, _)| *rule == key)
        .map_or(code, |(_, name)| name)
}

/// Where evidence was read.
#[must_use]
pub fn how(how: How) -> &'static str {
    match how {
        How::Text => "chữ trong tệp",
        How::Image => "hình ảnh",
        How::Metadata => "thuộc tính tệp",
        How::Name => "tên tệp",
    }
}

/// Why a part was not read, for the person who has to look.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Encrypted => "có mật khẩu hoặc mã hóa",
        Reason::Damaged => "hỏng hoặc không đọc được",
        Reason::UnknownType => "loại tệp chưa đọc được",
        Reason::TooLarge => "vượt giới hạn kích thước",
        Reason::Timeout => "quá thời gian đọc",
        Reason::OcrUnavailable => "hình ảnh chưa được đọc",
        Reason::Nesting => "lồng quá nhiều lớp",
        Reason::Crash => "trình đọc dừng đột ngột",
        Reason::NoText => "trang có nội dung nhưng không lấy được chữ",
        Reason::StampUnconfirmed => "có hình giống dấu mật, cần người xem",
    }
}

/// The word that the contract has for a level or a reason.
pub(crate) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
pub(crate) mod examples {
    use super::*;

    /// A stamp in a scan with a hostile name, and a broken archive.
    pub(crate) fn files() -> Vec<FileReport> {
        let mut stamped = crate::pool::unread("hồ sơ/<b>\u{202e}fdp.exe", 1_234, Reason::Crash, "");
        stamped.kind = "pdf".to_owned();
        stamped.sha256 = "ab".repeat(32);
        stamped.member = Some("trang/một.jpg".to_owned());
        stamped.incomplete.clear();
        stamped.findings = vec![Finding {
            rule: "stamp.level".to_owned(),
            level: Some(Level::ToiMat),
            page: Some(2),
            bbox_mm: Some([25.1, 48.0, 20.2, 8.1]),
            how: How::Image,
            confidence: 0.97,
            excerpt: "•••• \"TỐI MẬT\" & <i>".to_owned(),
        }];
        let mut broken = crate::pool::unread("=HYPERLINK(1).zip", 9, Reason::Encrypted, "a.doc");
        broken.incomplete.push(Incomplete::new(Reason::Timeout, ""));
        vec![stamped.judged(), broken.judged()]
    }

    pub(crate) fn with_report(check: impl FnOnce(&Report)) {
        let head = Head {
            subject: vec!["/srv/cổng".to_owned()],
            when: "2026-11-22 08:00 UTC".to_owned(),
            tool: "khien 0.1.0".to_owned(),
            unlocked: false,
        };
        let mut collected = Collected::default();
        let mut summary = Summary::default();
        for report in files() {
            collected.add(&report);
            summary.count(&report);
        }
        check(&Report {
            head: &head,
            summary: &summary,
            collected: &collected,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_a_name_or_keeps_its_code() {
        assert_eq!(rule("stamp.level"), "Dấu độ mật");
        assert_eq!(rule("copy.secret_copy"), "Bản sao bí mật nhà nước");
        assert_eq!(rule("own.unit_rule"), "own.unit_rule");
        assert_eq!(rule(""), "");
        examples::with_report(|report| {
            let page = html::page(report);
            assert!(page.contains("<td>Dấu độ mật<br><code>stamp.level</code></td>"));
        });
    }

    #[test]
    fn the_object_of_a_file_has_the_fields_of_the_contract() {
        let files = examples::files();
        assert_eq!(
            line(&files[0]).replace('\u{202e}', "|RLO|"),
            r#"{"path":"hồ sơ/<b>|RLO|fdp.exe","member":"trang/một.jpg","sha256":"abababababababababababababababababababababababababababababababab","bytes":1234,"type":"pdf","verdict":"marked","level":"toi_mat","findings":[{"rule":"stamp.level","level":"toi_mat","page":2,"bbox_mm":[25.1,48.0,20.2,8.1],"how":"image","confidence":0.97,"excerpt":"•••• \"TỐI MẬT\" & <i>"}],"incomplete":[],"ms":0}"#
        );
        assert_eq!(
            line(&files[1]),
            r#"{"path":"=HYPERLINK(1).zip","member":null,"sha256":null,"bytes":9,"type":"unknown","verdict":"incomplete","level":null,"findings":[],"incomplete":[{"reason":"encrypted","where":"a.doc"},{"reason":"timeout","where":""}],"ms":0}"#
        );
    }
}
