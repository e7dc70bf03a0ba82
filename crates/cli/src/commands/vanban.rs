//! `khien vanban read`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::Value;

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
}

/// Runs a document command.
pub fn run(command: Vanban) -> anyhow::Result<u8> {
    let Vanban::Read { file, json } = command;
    let bytes = super::import::read_file(&file)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
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

/// The document for a person: head, duties, warnings.
fn outline(value: &Value) -> String {
    let text = |key: &str| value[key].as_str().unwrap_or("–").to_owned();
    let mut lines = vec![
        format!("{} {}", text("type"), text("number")),
        format!("{} · {} · {}", text("issuer"), text("place"), text("date")),
        text("title"),
        String::new(),
    ];
    for duty in value["duties"].as_array().into_iter().flatten() {
        let actors: Vec<&str> = duty["actors"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let due = duty["deadline"]["text"].as_str().map(|due| format!(" [{due}]")).unwrap_or_default();
        lines.push(format!("{}  {}{due}", duty["at"].as_str().unwrap_or("–"), actors.join("; ")));
        lines.push(format!("    {}", duty["text"].as_str().unwrap_or_default()));
    }
    for warning in value["warnings"].as_array().into_iter().flatten() {
        lines.push(format!(
            "! {} {}",
            warning["code"].as_str().unwrap_or_default(),
            warning["text"].as_str().unwrap_or_default()
        ));
    }
    lines.join("\n")
}
