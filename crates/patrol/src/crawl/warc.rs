//! WARC 1.1 (ISO 28500:2017): what was asked and what came, record by record, to be kept as evidence.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reqwest::Url;
use sha2::{Digest as _, Sha256};

use super::fetch::Fetched;
use crate::error::PatrolError;
use crate::source::hex;

/// A file of records.
pub struct Warc {
    out: BufWriter<File>,
    number: u64,
}

impl Warc {
    /// A new file in a folder, named by its time. One that is there is never written again.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(folder: &Path, now: Timestamp) -> Result<(Self, PathBuf), PatrolError> {
        let stamp = now.strftime("%Y%m%d%H%M%S").to_string();
        let mut made = None;
        for number in 0..1_000 {
            let path = folder.join(format!("khien-{stamp}-{number:03}.warc"));
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
            {
                Ok(file) => {
                    made = Some((file, path));
                    break;
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(PatrolError::path(&path, error)),
            }
        }
        let (file, path) =
            made.ok_or_else(|| PatrolError::path(folder, "too many files of this second"))?;
        let mut warc = Self {
            out: BufWriter::new(file),
            number: 0,
        };
        let about = format!(
            "software: khien/{}\r\nformat: WARC File Format 1.1\r\nrobots: obey\r\n",
            env!("CARGO_PKG_VERSION")
        );
        let fields = [("Content-Type", "application/warc-fields".to_owned())];
        warc.record("warcinfo", now, &fields, &[about.as_bytes()])?;
        warc.out.flush()?;
        Ok((warc, path))
    }

    /// Keeps a request and its answer.
    pub(super) fn keep(
        &mut self,
        now: Timestamp,
        url: &Url,
        fetched: &Fetched,
    ) -> Result<(), PatrolError> {
        let target = ("WARC-Target-URI", url.to_string());
        let mut fields = vec![
            target.clone(),
            (
                "Content-Type",
                "application/http;msgtype=response".to_owned(),
            ),
            ("WARC-Payload-Digest", digest(&[&fetched.body])),
        ];
        fields.extend(
            fetched
                .address
                .clone()
                .map(|address| ("WARC-IP-Address", address)),
        );
        fields.extend(
            fetched
                .truncated
                .map(|why| ("WARC-Truncated", why.to_owned())),
        );
        let block = [fetched.head.as_bytes(), &fetched.body];
        let answer = self.record("response", now, &fields, &block)?;
        let query = url
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let asked = format!(
            "GET {}{query} HTTP/1.1\r\nhost: {}{port}\r\nuser-agent: khien/{}\r\naccept: */*\r\n\r\n",
            url.path(),
            url.host_str().unwrap_or_default(),
            env!("CARGO_PKG_VERSION")
        );
        let fields = [
            target,
            (
                "Content-Type",
                "application/http;msgtype=request".to_owned(),
            ),
            ("WARC-Concurrent-To", answer),
        ];
        self.record("request", now, &fields, &[asked.as_bytes()])?;
        // What was fetched so far is on the disk, whatever comes.
        self.out.flush()?;
        Ok(())
    }

    /// Writes one record and answers with its identifier.
    fn record(
        &mut self,
        kind: &str,
        now: Timestamp,
        fields: &[(&str, String)],
        block: &[&[u8]],
    ) -> std::io::Result<String> {
        let block_digest = digest(block);
        let identifier = self.identifier(kind, now, &block_digest);
        let bytes: usize = block.iter().map(|part| part.len()).sum();
        let date = now.strftime("%Y-%m-%dT%H:%M:%S%.6fZ");
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {identifier}\r\nWARC-Date: {date}\r\nWARC-Block-Digest: {block_digest}\r\nContent-Length: {bytes}\r\n"
        );
        for (name, value) in fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.out.write_all(head.as_bytes())?;
        for part in block {
            self.out.write_all(part)?;
        }
        self.out.write_all(b"\r\n\r\n")?;
        Ok(identifier)
    }

    /// A UUID of version 8 (RFC 9562) out of what the record is: number, time, kind and content.
    fn identifier(&mut self, kind: &str, now: Timestamp, block_digest: &str) -> String {
        self.number += 1;
        let text = format!(
            "{}\0{}\0{kind}\0{block_digest}",
            self.number,
            now.as_nanosecond()
        );
        let mut digits: Vec<char> = hex(&Sha256::digest(text)).chars().take(32).collect();
        for (place, digit) in [(12, '8'), (16, '8')] {
            if let Some(old) = digits.get_mut(place) {
                *old = digit;
            }
        }
        let part = |from: usize, to: usize| -> String {
            digits.iter().skip(from).take(to - from).collect()
        };
        format!(
            "<urn:uuid:{}-{}-{}-{}-{}>",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        )
    }
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    format!("sha256:{}", hex(&hasher.finalize()))
}
