//! The smallest browser: one kept connection, one cookie.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::Context as _;

/// Largest answer that is read.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    cookie: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Client {
    pub fn connect(host: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host: host.to_owned(),
            cookie: String::new(),
        })
    }

    pub fn get(&mut self, address: &str) -> anyhow::Result<Answer> {
        self.send("GET", address, "")
    }

    pub fn post(&mut self, address: &str, form: &str) -> anyhow::Result<Answer> {
        self.send("POST", address, form)
    }

    fn send(&mut self, method: &str, address: &str, form: &str) -> anyhow::Result<Answer> {
        let request = format!(
            "{method} {address} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.host,
            self.cookie,
            form.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let status = status
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .context("no status")?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').context("no header")?;
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => anyhow::bail!("answer in pieces"),
                "set-cookie" => {
                    value
                        .trim()
                        .split(';')
                        .next()
                        .unwrap_or_default()
                        .clone_into(&mut self.cookie);
                }
                _ => {}
            }
        }
        anyhow::ensure!(length <= BODY_BYTES_MAX, "answer of {length} bytes");
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        anyhow::ensure!(!line.is_empty(), "the server hung up");
        Ok(line.trim_end().to_owned())
    }
}
