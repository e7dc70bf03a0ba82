//! SARIF 2.1.0 (OASIS), for programs that gather findings. A marking is a result; a file that was not read
//! whole is a result of kind `review`, so that no reader of the log takes it for clean.

use std::collections::BTreeMap;

use scan::{FileReport, Finding, Incomplete};
use serde_json::{Value, json};

use super::{Report, reason, word};

/// The log of one run.
#[must_use]
pub fn log(report: &Report) -> Value {
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for file in &report.collected.files {
        for finding in &file.findings {
            rules.entry(finding.rule.clone()).or_insert_with(
                || json!({"id": finding.rule, "defaultConfiguration": {"level": "error"}}),
            );
            results.push(marked(file, finding));
        }
        for missed in &file.incomplete {
            let id = rule_of(missed);
            let text = reason(missed.reason);
            rules.entry(id.clone()).or_insert_with(
                || json!({"id": id, "shortDescription": {"text": text}, "defaultConfiguration": {"level": "warning"}}),
            );
            results.push(unread(file, missed));
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "khien",
                "version": env!("CARGO_PKG_VERSION"),
                "language": "vi",
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true}],
            "properties": {"summary": report.summary, "leftOut": report.collected.left_out},
            "results": results,
        }],
    })
}

fn rule_of(missed: &Incomplete) -> String {
    format!("incomplete.{}", word(missed.reason))
}

fn marked(file: &FileReport, finding: &Finding) -> Value {
    let level = finding.level.map_or("không rõ mức", super::level);
    json!({
        "ruleId": finding.rule,
        "kind": "fail",
        "level": "error",
        "message": {"text": format!("{level}: {}", finding.excerpt)},
        "locations": [location(file)],
        "fingerprints": fingerprints(file),
        "properties": {
            "secrecyLevel": finding.level, "page": finding.page, "bboxMm": finding.bbox_mm,
            "how": finding.how, "confidence": finding.confidence,
        },
    })
}

fn unread(file: &FileReport, missed: &Incomplete) -> Value {
    let place = if missed.place.is_empty() {
        String::new()
    } else {
        format!(" ({})", missed.place)
    };
    json!({
        "ruleId": rule_of(missed),
        "kind": "review",
        "level": "none",
        "message": {"text": format!("Chưa kiểm tra hết: {}{place}", reason(missed.reason))},
        "locations": [location(file)],
        "fingerprints": fingerprints(file),
    })
}

fn location(file: &FileReport) -> Value {
    let mut location = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&file.path)}}});
    if let (Some(member), Some(location)) = (&file.member, location.as_object_mut()) {
        let logical = json!([{"fullyQualifiedName": member, "kind": "member"}]);
        location.insert("logicalLocations".to_owned(), logical);
    }
    location
}

fn fingerprints(file: &FileReport) -> Value {
    if file.sha256.is_empty() {
        json!({})
    } else {
        json!({"sha256/v1": file.sha256})
    }
}

/// A path or address as a URI reference: everything but plain characters is percent-encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    if path.starts_with("http://") || path.starts_with("https://") {
        return path.to_owned();
    }
    let mut text = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn markings_fail_and_unread_files_ask_for_review() {
        examples::with_report(|report| {
            let log = log(report);
            let results = log["runs"][0]["results"].as_array().unwrap();
            let kinds: Vec<_> = results
                .iter()
                .map(|result| result["kind"].as_str().unwrap())
                .collect();
            assert_eq!(kinds, ["fail", "review", "review"]);
            assert_eq!(
                results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                "h%E1%BB%93%20s%C6%A1/%3Cb%3E%E2%80%AEfdp.exe"
            );
            let rules: Vec<_> = log["runs"][0]["tool"]["driver"]["rules"]
                .as_array()
                .unwrap()
                .iter()
                .map(|rule| rule["id"].as_str().unwrap())
                .collect();
            assert_eq!(
                rules,
                ["incomplete.encrypted", "incomplete.timeout", "stamp.level"]
            );
        });
    }
}
