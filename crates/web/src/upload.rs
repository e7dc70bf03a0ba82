//! A form with a file: the session's token first, then the fields, the file last.

use std::collections::BTreeMap;

use axum::extract::Multipart;
use axum::extract::multipart::Field;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use app::AppError;

use crate::guard;

/// Longest text field of such a form.
const FIELD_BYTES_MAX: usize = 8 * 1024;
/// Most text fields of such a form.
const FIELDS_MAX: usize = 40;

/// What a form sent.
#[derive(Debug, Default)]
pub struct Upload {
    pub fields: BTreeMap<String, String>,
    /// Name and bytes; `None` when no file was chosen.
    pub file: Option<(String, Vec<u8>)>,
}

impl Upload {
    /// A field; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// Why an upload is not used.
pub enum Wrong {
    /// The form is not of this session.
    Token,
    Input(&'static str),
}

impl Wrong {
    /// The answer to a foreign form, or the error that the form shows.
    pub fn sort(self, bytes_max: usize) -> Result<AppError, Box<Response>> {
        match self {
            Self::Token => {
                let answer = (
                    StatusCode::FORBIDDEN,
                    "CSRF: the form's token is not this session's",
                );
                Err(Box::new(answer.into_response()))
            }
            Self::Input(code) => Ok(AppError::Input {
                code,
                what: (bytes_max / (1024 * 1024)).to_string(),
            }),
        }
    }
}

/// Reads a form; without the session's token before anything else, nothing is read.
pub async fn read(mut form: Multipart, csrf: &str, bytes_max: usize) -> Result<Upload, Wrong> {
    let cut_short = |_| Wrong::Input("PLAN-FILE");
    let first = form
        .next_field()
        .await
        .map_err(cut_short)?
        .ok_or(Wrong::Token)?;
    if first.name() != Some("csrf") {
        return Err(Wrong::Token);
    }
    let token = taken(first, FIELD_BYTES_MAX).await?;
    if !guard::same_secret(&String::from_utf8_lossy(&token), csrf) {
        return Err(Wrong::Token);
    }
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(cut_short)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = field.file_name().unwrap_or_default().to_owned();
            let bytes = taken(field, bytes_max).await?;
            if !file.is_empty() {
                upload.file = Some((file, bytes));
            }
        } else if upload.fields.len() < FIELDS_MAX {
            let bytes = taken(field, FIELD_BYTES_MAX).await?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            upload.fields.insert(name, text);
        }
    }
    Ok(upload)
}

/// The bytes of a field. What goes beyond the limit is read and forgotten, so
/// that the browser gets to see the answer.
async fn taken(mut field: Field<'_>, bytes_max: usize) -> Result<Vec<u8>, Wrong> {
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) => {
                total = total.saturating_add(chunk.len());
                if total <= bytes_max {
                    bytes.extend_from_slice(&chunk);
                }
            }
            Ok(None) if total > bytes_max => return Err(Wrong::Input("PLAN-SIZE")),
            Ok(None) => return Ok(bytes),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Wrong::Input("PLAN-SIZE"));
            }
            Err(_) => return Err(Wrong::Input("PLAN-FILE")),
        }
    }
}
