//! As much of a web as the stories need: a server that answers from a table and counts, and a client.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub type Pages = Arc<dyn Fn(&str, &[u8]) -> Page + Send + Sync>;

/// What a server does with a request.
pub enum Page {
    /// Status, further header lines, body.
    Answer(u16, String, Vec<u8>),
    /// Headers and a part of the body, and then nothing until the client goes.
    Silence,
}

impl Page {
    pub fn html(text: impl Into<String>) -> Self {
        Self::Answer(
            200,
            "Content-Type: text/html\r\n".to_owned(),
            text.into().into_bytes(),
        )
    }

    pub fn to(place: &str) -> Self {
        Self::Answer(302, format!("Location: {place}\r\n"), Vec::new())
    }
}

pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Server {
    pub fn start(pages: Pages) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let counts = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, counts) = (Arc::clone(&pages), Arc::clone(&counts));
                // A client that goes away ends its own connection only.
                std::thread::spawn(move || drop(answer(stream, &pages, &counts)));
            }
        });
        Self { port, seen }
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// How often each path was asked for.
    pub fn seen(&self) -> BTreeMap<String, u32> {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(
    stream: TcpStream,
    pages: &Pages,
    counts: &Mutex<BTreeMap<String, u32>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let target = first.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    *counts.lock().unwrap().entry(target.clone()).or_default() += 1;
    match pages(&target, &body) {
        Page::Answer(status, headers, body) => {
            write!(
                out,
                "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            out.write_all(&body)
        }
        Page::Silence => {
            write!(out, "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf")?;
            reader.read_to_end(&mut Vec::new()).map(drop)
        }
    }
}

/// Sends bytes, ends its own side, and reads until the other side ends.
pub fn talk(port: u16, text: &[u8]) -> String {
    let mut line = connect(port);
    line.write_all(text).unwrap();
    line.shutdown(Shutdown::Write).unwrap();
    heard(line)
}

/// Sends a request that asks the other side to close, and reads until it does. A client that ends its own
/// side early counts as gone for HTTP servers.
pub fn ask(port: u16, text: &[u8]) -> String {
    let mut line = connect(port);
    line.write_all(text).unwrap();
    heard(line)
}

fn heard(mut line: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A server that closes with our bytes unread resets the line; what it said before is what counts.
    let _ = line.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Until a server listens; gives up after 20 seconds.
pub fn wait_for(port: u16) {
    for _ in 0..400 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nobody listens at port {port}");
}

pub fn connect(port: u16) -> TcpStream {
    let line = TcpStream::connect(("127.0.0.1", port)).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    line
}

/// A request with a body.
pub fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    text.extend_from_slice(body);
    text
}
