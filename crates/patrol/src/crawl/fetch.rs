//! One request at a time, without following redirects, with limits of time and size.

use reqwest::{Url, redirect};
use scan::Reason;

use super::{Failed, Plan, read_certificates};
use crate::error::PatrolError;
use crate::limits::{CONNECT_WALL, HEADERS_BYTES_MAX};

/// What a server answered.
pub(super) struct Fetched {
    pub status: u16,
    /// Status line and headers as HTTP/1.1 would write them.
    pub head: String,
    pub content_type: String,
    /// Where the answer sends its reader.
    pub redirect: Option<String>,
    pub body: Vec<u8>,
    /// Why the body is not whole, in the words of WARC.
    pub truncated: Option<&'static str>,
    pub address: Option<String>,
}

impl Fetched {
    /// What this answer leaves unread.
    pub(super) fn missed(&self) -> Option<(Reason, String)> {
        match self.truncated {
            Some("length") => return Some((Reason::TooLarge, "page".to_owned())),
            Some("time") => return Some((Reason::Timeout, "page".to_owned())),
            Some(_) => return Some((Reason::Damaged, "connection broken off".to_owned())),
            None => {}
        }
        let ill = self.status >= 500 || self.status == 429;
        ill.then(|| (Reason::Damaged, format!("HTTP {}", self.status)))
    }

    /// Whether links are looked for.
    pub(super) fn may_link(&self) -> bool {
        let kind = self.content_type.to_ascii_lowercase();
        self.redirect.is_none()
            && (kind.contains("html")
                || kind.contains("xml")
                || self.body.trim_ascii_start().starts_with(b"<"))
    }
}

pub(super) struct Client {
    client: reqwest::Client,
    page_bytes_max: usize,
}

impl Client {
    pub(super) fn new(plan: &Plan) -> Result<Self, PatrolError> {
        // Another part of the program may have chosen it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("khien/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_WALL)
            .timeout(plan.page_wall);
        if let Some(path) = &plan.ca_file {
            builder = builder.tls_certs_merge(read_certificates(path)?);
        }
        let client = builder
            .build()
            .map_err(|error| PatrolError::Start(words(&error)))?;
        Ok(Self {
            client,
            page_bytes_max: plan.page_bytes_max,
        })
    }

    pub(super) async fn get(&self, url: &Url) -> Result<Fetched, Failed> {
        let mut response = self
            .client
            .get(url.clone())
            .send()
            .await
            .map_err(|error| Failed {
                reason: if error.is_timeout() {
                    Reason::Timeout
                } else {
                    Reason::Damaged
                },
                why: words(&error),
            })?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let status = response.status();
        let mut fetched = Fetched {
            status: status.as_u16(),
            head: String::new(),
            content_type: header("content-type").unwrap_or_default(),
            redirect: header("location").filter(|_| status.is_redirection()),
            body: Vec::new(),
            truncated: None,
            address: response
                .remote_addr()
                .map(|address| address.ip().to_string()),
        };
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = self.page_bytes_max.saturating_sub(fetched.body.len());
                    fetched
                        .body
                        .extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if chunk.len() > room {
                        fetched.truncated = Some("length");
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    fetched.truncated = Some(if error.is_timeout() {
                        "time"
                    } else {
                        "disconnect"
                    });
                    break;
                }
            }
        }
        fetched.head = head(&response, fetched.body.len());
        Ok(fetched)
    }
}

/// The header of the answer, with the length of what was kept: the body came in chunks or cut short.
fn head(response: &reqwest::Response, bytes: usize) -> String {
    let status = response.status();
    let mut text = format!(
        "HTTP/1.1 {} {}\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    );
    for (name, value) in response.headers() {
        let ours = matches!(name.as_str(), "content-length" | "transfer-encoding");
        if !ours && text.len() < HEADERS_BYTES_MAX {
            let value = String::from_utf8_lossy(value.as_bytes());
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    text.push_str(&format!("content-length: {bytes}\r\n\r\n"));
    text
}

/// An error with its causes, without the address that stands beside it anyway.
fn words(error: &reqwest::Error) -> String {
    let mut text = if error.is_connect() {
        "no connection"
    } else {
        "no answer"
    }
    .to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
