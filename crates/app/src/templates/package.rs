//! The zip container of a Word template: opened under limits, refused when it brings
//! macros or foreign content, written back with its text parts filled.

use std::io::{Cursor, Read as _, Write as _};

use domain::Refusal;
use quick_xml::Reader;
use quick_xml::events::Event;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::fill::{self, Names, Values, Wrong};
use crate::limits::{TEMPLATE_BYTES_MAX, TEMPLATE_INFLATED_BYTES_MAX, TEMPLATE_PARTS_MAX};

/// A part and its bytes, in the order of the container.
type Part = (String, Vec<u8>);

const BODY: &str = "word/document.xml";
/// What a Word document without macros says of its body.
const BODY_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// Judges an uploaded template.
///
/// # Errors
/// `TPL-01` no Word document; `TPL-02` too large; `TPL-03` macros; `TPL-04` content
/// from elsewhere; `TPL-05` an unknown placeholder; `TPL-06` a list outside a table row;
/// `TPL-07` braces that do not close; `TPL-10` damaged.
pub fn check(file_name: &str, bytes: &[u8], names: &Names) -> Result<(), Refusal> {
    let lower = file_name.to_lowercase();
    if lower.ends_with(".docm") || lower.ends_with(".dotm") {
        return Err(macros(file_name));
    }
    let parts = open(bytes)?;
    for (name, part) in &parts {
        sound(name, part)?;
    }
    for (name, part) in &parts {
        if is_text(name) {
            fill::check(utf8(name, part)?, names).map_err(|wrong| refusal(name, wrong))?;
        }
    }
    Ok(())
}

/// Fills a template that [`check`] has let through.
pub fn filled(bytes: &[u8], values: &Values) -> Result<Vec<u8>, Refusal> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, part) in open(bytes)? {
        let written = if is_text(&name) {
            let text = fill::fill(utf8(&name, &part)?, values);
            text.map_err(|wrong| refusal(&name, wrong))?.into_bytes()
        } else {
            part
        };
        zip.start_file(name.as_str(), options)
            .map_err(|_| damaged(&name))?;
        zip.write_all(&written).map_err(|_| damaged(&name))?;
    }
    let made = zip.finish().map_err(|_| damaged(BODY))?;
    Ok(made.into_inner())
}

fn open(bytes: &[u8]) -> Result<Vec<Part>, Refusal> {
    if bytes.len() > TEMPLATE_BYTES_MAX {
        return Err(too_large());
    }
    let none = |_| Refusal::new("TPL-01").on("file");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(none)?;
    if archive.len() > TEMPLATE_PARTS_MAX {
        return Err(too_large());
    }
    let mut left = u64::try_from(TEMPLATE_INFLATED_BYTES_MAX).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| damaged("zip"))?;
        let name = part.name().map_err(|_| damaged("zip"))?.into_owned();
        if part.is_dir() {
            continue;
        }
        let mut inflated = Vec::new();
        part.take(left + 1)
            .read_to_end(&mut inflated)
            .map_err(|_| damaged(&name))?;
        left = u64::try_from(inflated.len())
            .ok()
            .and_then(|len| left.checked_sub(len))
            .ok_or_else(too_large)?;
        parts.push((name, inflated));
    }
    if !parts.iter().any(|(name, _)| name == BODY) {
        return Err(Refusal::new("TPL-01").on("file"));
    }
    Ok(parts)
}

/// Body, headers, footers and notes: where placeholders may stand.
fn is_text(name: &str) -> bool {
    let in_word = name
        .strip_prefix("word/")
        .filter(|rest| !rest.contains('/'));
    in_word.is_some_and(|rest| {
        let kinds = ["document", "header", "footer", "footnotes", "endnotes"];
        rest.ends_with(".xml") && kinds.iter().any(|kind| rest.starts_with(kind))
    })
}

/// Refuses macros and content that comes from elsewhere.
fn sound(name: &str, part: &[u8]) -> Result<(), Refusal> {
    let lower = name.to_lowercase();
    if lower.contains("vbaproject") || lower.contains("vbadata") {
        return Err(macros(name));
    }
    let brings = ["embeddings/", "activex/", "afchunk"];
    if brings.iter().any(|part| lower.contains(part)) {
        return Err(foreign(name, name));
    }
    if lower == "[content_types].xml" {
        let text = utf8(name, part)?;
        if text.contains("macroEnabled") {
            return Err(macros(name));
        }
        if !text.contains(BODY_TYPE) {
            return Err(Refusal::new("TPL-01").on("file"));
        }
    }
    if lower.ends_with(".rels") {
        relationships(name, utf8(name, part)?)?;
    }
    if is_text(&lower) {
        fields(name, utf8(name, part)?)?;
    }
    Ok(())
}

fn relationships(name: &str, text: &str) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| damaged(name))? {
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err(damaged(name)),
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|_| damaged(name))?;
                    let value = attribute.value.into_owned();
                    let key: &str = attribute.key.as_ref();
                    let kind = value.rsplit('/').next().unwrap_or_default();
                    let types = [
                        "oleObject",
                        "aFChunk",
                        "attachedTemplate",
                        "control",
                        "frame",
                    ];
                    let external = key == "TargetMode" && value == "External";
                    if external || (key == "Type" && types.contains(&kind)) {
                        return Err(foreign(name, kind));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Field codes that fetch from elsewhere when the paper is opened.
fn fields(name: &str, text: &str) -> Result<(), Refusal> {
    let fetch = [
        "DDEAUTO",
        "DDE ",
        "INCLUDETEXT",
        "INCLUDEPICTURE",
        "LINK ",
        "IMPORT ",
    ];
    for code in text.split("<w:instrText").skip(1) {
        let code = code.split('<').next().unwrap_or_default().to_uppercase();
        let code = code
            .split_once('>')
            .map_or("", |(_, code)| code)
            .trim_start();
        if let Some(found) = fetch.iter().find(|word| code.starts_with(**word)) {
            return Err(foreign(name, found.trim()));
        }
    }
    Ok(())
}

fn utf8<'a>(name: &str, part: &'a [u8]) -> Result<&'a str, Refusal> {
    let part = part.strip_prefix(b"\xef\xbb\xbf").unwrap_or(part);
    std::str::from_utf8(part).map_err(|_| damaged(name))
}

fn macros(what: &str) -> Refusal {
    Refusal::new("TPL-03").on("file").arg("part", short(what))
}

fn foreign(name: &str, what: &str) -> Refusal {
    Refusal::new("TPL-04")
        .on("file")
        .arg("part", short(name))
        .arg("what", short(what))
}

fn damaged(name: &str) -> Refusal {
    Refusal::new("TPL-10").on("file").arg("part", short(name))
}

fn too_large() -> Refusal {
    Refusal::new("TPL-02")
        .on("file")
        .arg("max", TEMPLATE_BYTES_MAX / (1024 * 1024))
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn refusal(part: &str, wrong: Wrong) -> Refusal {
    let at = |code: &'static str, name: &str, paragraph: usize| {
        Refusal::new(code)
            .on("file")
            .arg("name", short(name))
            .arg("part", place(part))
            .arg("paragraph", paragraph)
    };
    match wrong {
        Wrong::Damaged | Wrong::DocType => damaged(part),
        Wrong::Open { paragraph } => at("TPL-07", OPEN_BRACES, paragraph),
        Wrong::Unknown { name, paragraph } => at("TPL-05", &name, paragraph),
        Wrong::NotInRow { name, paragraph } => at("TPL-06", &name, paragraph),
        Wrong::TooLarge => too_large(),
        Wrong::Foreign { element } => foreign(part, &element),
    }
}

/// The place as a clerk sees it in Word.
fn place(part: &str) -> &'static str {
    match part.strip_prefix("word/").unwrap_or_default() {
        name if name.starts_with("header") => "đầu trang",
        name if name.starts_with("footer") => "chân trang",
        name if name.starts_with("footnotes") || name.starts_with("endnotes") => "chú thích",
        _ => "thân văn bản",
    }
}

const OPEN_BRACES: &str = "{{";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    const TYPES: &str = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    const PLAIN: &str =
        "<w:document><w:body><w:p><w:r><w:t>{{nam}}</w:t></w:r></w:p></w:body></w:document>";

    fn container(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, SimpleFileOptions::default())
                .expect("a part");
            zip.write_all(text.as_bytes()).expect("written");
        }
        zip.finish().expect("a container").into_inner()
    }

    fn names() -> Names {
        Names {
            fields: BTreeSet::from(["nam".to_owned()]),
            lists: BTreeMap::new(),
        }
    }

    fn refused(file_name: &str, parts: &[(&str, &str)]) -> (&'static str, String) {
        let all: Vec<(&str, &str)> = [("[Content_Types].xml", TYPES), (BODY, PLAIN)]
            .into_iter()
            .filter(|(name, _)| !parts.iter().any(|(own, _)| own == name))
            .chain(parts.iter().copied())
            .collect();
        let refusal = check(file_name, &container(&all), &names()).expect_err("a refusal");
        let told = |name: &str| refusal.args.get(name).cloned();
        let place =
            told("name").map(|name| format!("{name}, {}", told("part").unwrap_or_default()));
        (refusal.code, place.or(told("part")).unwrap_or_default())
    }

    #[test]
    fn a_plain_template_is_taken_and_filled_the_same_every_time() {
        let bytes = container(&[("[Content_Types].xml", TYPES), (BODY, PLAIN)]);
        check("mau.docx", &bytes, &names()).expect("taken");
        let values = Values {
            fields: BTreeMap::from([("nam".to_owned(), "2026".to_owned())]),
            lists: BTreeMap::new(),
        };
        let made = filled(&bytes, &values).expect("filled");
        assert_eq!(made, filled(&bytes, &values).expect("filled"));
        let body = open(&made).expect("a container").remove(1).1;
        assert!(String::from_utf8_lossy(&body).contains(">2026<"));
    }

    #[test]
    fn macros_and_content_from_elsewhere_are_refused_by_name() {
        assert_eq!(refused("mau.docm", &[]).0, "TPL-03");
        assert_eq!(
            refused("mau.docx", &[("word/vbaProject.bin", "x")]).0,
            "TPL-03"
        );
        let enabled = TYPES.replace(
            BODY_TYPE,
            "application/vnd.ms-word.document.macroEnabled.main+xml",
        );
        assert_eq!(
            refused("mau.docx", &[("[Content_Types].xml", &enabled)]).0,
            "TPL-03"
        );
        let rel = |attributes: &str| {
            format!("<Relationships><Relationship {attributes}/></Relationships>")
        };
        for attributes in [
            "Type=\"http://x/hyperlink\" Target=\"http://example.invalid\" TargetMode=\"External\"",
            "Type=\"http://x/oleObject\" Target=\"a.bin\"",
            "Type=\"http://x/aFChunk\" Target=\"a.html\"",
            "Type=\"http://x/attachedTemplate\" Target=\"a.dotm\"",
        ] {
            let found = refused(
                "mau.docx",
                &[("word/_rels/document.xml.rels", &rel(attributes))],
            );
            assert_eq!(found, ("TPL-04", "word/_rels/document.xml.rels".to_owned()));
        }
        assert_eq!(
            refused("mau.docx", &[("word/embeddings/a.bin", "x")]).0,
            "TPL-04"
        );
        let field = PLAIN.replace("{{nam}}", "a</w:t><w:instrText xml:space=\"preserve\"> INCLUDETEXT \"c:\\\\a\"</w:instrText><w:t>");
        assert_eq!(refused("mau.docx", &[(BODY, &field)]).0, "TPL-04");
        let chunk = PLAIN.replace("<w:body>", "<w:body><w:altChunk r:id=\"a\"/>");
        assert_eq!(refused("mau.docx", &[(BODY, &chunk)]).0, "TPL-04");
    }

    #[test]
    fn placeholders_are_looked_for_in_headers_too() {
        let header = "<w:hdr><w:p><w:r><w:t>{{so_mat}}</w:t></w:r></w:p></w:hdr>";
        assert_eq!(
            refused("mau.docx", &[("word/header1.xml", header)]),
            ("TPL-05", "so_mat, đầu trang".to_owned())
        );
    }

    #[test]
    fn what_is_no_word_file_or_too_large_is_refused() {
        let code = |bytes: &[u8]| {
            check("a.docx", bytes, &names())
                .expect_err("a refusal")
                .code
        };
        assert_eq!(code(b"not a container"), "TPL-01");
        assert_eq!(code(&container(&[("a.txt", "x")])), "TPL-01");
        assert_eq!(code(&vec![0; TEMPLATE_BYTES_MAX + 1]), "TPL-02");
        let bomb = " ".repeat(TEMPLATE_INFLATED_BYTES_MAX + 1);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(BODY, options).expect("a part");
        zip.write_all(bomb.as_bytes()).expect("written");
        let bomb = zip.finish().expect("a container").into_inner();
        assert!(bomb.len() < TEMPLATE_BYTES_MAX);
        assert_eq!(code(&bomb), "TPL-02");
        assert_eq!(refused("a.docx", &[(BODY, "<w:p>")]).0, "TPL-10");
    }
}
