//! `khien vanban read` and `khien vanban recode`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::Value;
use vanban::encodings::{self, Encoding};

use crate::say;

#[derive(Subcommand)]
pub enum Vanban {
    /// An administrative document as structure.
    #[command(after_help = "Example:\n  khien vanban read ke-hoach.docx --json")]
    Read {
        file: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Text in a legacy encoding as Unicode (NFC, UTF-8) on standard output.
    #[command(
        after_help = "Examples:\n  khien vanban recode bao-cao-1998.txt > bao-cao.txt\n  khien vanban recode --from tcvn3 cong-van.txt"
    )]
    Recode {
        file: PathBuf,
        /// Encoding of the file; `auto` judges it by the syllables that each one gives.
        #[arg(long, default_value = "auto", value_parser = ["auto", "utf8", "utf16", "tcvn3", "vni", "viqr", "viscii", "cp1258"])]
        from: String,
    },
}

/// Runs a document command.
pub fn run(command: Vanban) -> anyhow::Result<u8> {
    match command {
        Vanban::Read { file, json } => read(&file, json),
        Vanban::Recode { file, from } => recode(&file, &from),
    }
}

fn read(file: &Path, json: bool) -> anyhow::Result<u8> {
    let bytes = super::import::read_file(file)?;
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let document = vanban::reader::read(&bytes, &name)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let value = vanban::json::document(&document);
    if json {
        say::data(&serde_json::to_string_pretty(&value)?)?;
    } else {
        say::data(&outline(&value))?;
    }
    Ok(0)
}

/// Answers 3 where some bytes were no text in that encoding: they are U+FFFD in the output.
fn recode(file: &Path, from: &str) -> anyhow::Result<u8> {
    let bytes = super::import::read_file(file)?;
    let encoding = Encoding::named(from).unwrap_or_else(|| encodings::detect(&bytes));
    let decoded = encodings::decode(&bytes, encoding);
    say::data(&decoded.text)?;
    if from == "auto" {
        say::note(&format!("read as {}", encoding.as_str()));
    }
    if decoded.broken == 0 {
        return Ok(0);
    }
    say::note(&format!(
        "{} places are not text in {}",
        decoded.broken,
        encoding.as_str()
    ));
    Ok(3)
}

/// The document for a person: head, duties, warnings.
fn outline(value: &Value) -> String {
    let text = |of: &Value, key: &str| {
        of.get(key)
            .and_then(Value::as_str)
            .unwrap_or("–")
            .to_owned()
    };
    let list = |of: &Value, key: &str| {
        of.get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let mut lines = vec![
        format!("{} {}", text(value, "type"), text(value, "number")),
        format!(
            "{} · {} · {}",
            text(value, "issuer"),
            text(value, "place"),
            text(value, "date")
        ),
        text(value, "title"),
        String::new(),
    ];
    for duty in list(value, "duties") {
        let actors: Vec<String> = list(&duty, "actors")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let due = duty
            .get("deadline")
            .and_then(|due| due.get("text"))
            .and_then(Value::as_str);
        let due = due.map(|due| format!(" [{due}]")).unwrap_or_default();
        lines.push(format!("{}  {}{due}", text(&duty, "at"), actors.join("; ")));
        lines.push(format!("    {}", text(&duty, "text")));
    }
    for warning in list(value, "warnings") {
        lines.push(format!(
            "! {} {}",
            text(&warning, "code"),
            text(&warning, "text")
        ));
    }
    lines.join("\n")
}
