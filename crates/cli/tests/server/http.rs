//! As much of a browser as these tests need.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// A complete answer of the server.
pub struct Answer {
    pub status: u16,
    /// Where a redirect leads.
    pub location: String,
    pub cookie: String,
    pub body: String,
}

/// Sends one request and reads the whole answer; a cut answer is an error.
pub fn send(address: &str, request: &str, cookie: &str, form: &str) -> io::Result<Answer> {
    let mut line = TcpStream::connect(address)?;
    line.set_read_timeout(Some(Duration::from_secs(60)))?;
    let kind = if form.is_empty() {
        ""
    } else {
        "Content-Type: application/x-www-form-urlencoded\r\n"
    };
    write!(
        line,
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: {cookie}\r\n{kind}Content-Length: {}\r\n\r\n{form}",
        form.len()
    )?;
    let mut text = String::new();
    line.read_to_string(&mut text)?;
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let header = |name: &str| {
        let found = head.lines().filter_map(|line| line.split_once(": "));
        let mut found = found.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map_or("", |(_, value)| value).to_owned()
    };
    let cookie = header("set-cookie");
    Ok(Answer {
        status: head[9..12].parse().unwrap(),
        location: header("location"),
        cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
        body: body.to_owned(),
    })
}

/// Fields as a browser sends them; values are ASCII letters, digits and `/-_`.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('/', "%2F")))
        .collect();
    pairs.join("&")
}
