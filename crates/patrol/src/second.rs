//! Tesseract, where it is installed, as the second reader of strips that a worker is in doubt about.
//!
//! It runs as a child of the parent, because a locked worker cannot start anything. It sees grey pixels only, in a
//! format that this module writes itself: never a byte of a foreign file.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::limits::{SECOND_BYTES_MAX, SECOND_WALL, WATCH_EVERY};

const PROGRAM: &str = "tesseract";
const LANGUAGE: &str = "vie";

/// A tesseract that reads Vietnamese.
#[derive(Clone, Debug)]
pub struct Tesseract {
    version: String,
}

impl Tesseract {
    /// Asks the program of the search path for its languages; `None` if it is not there or knows no Vietnamese.
    #[must_use]
    pub fn find() -> Option<Self> {
        let said = |argument: &str| {
            let output = command().arg(argument).output().ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            output.status.success().then_some(text)
        };
        let languages = said("--list-langs")?;
        let version = said("--version")?;
        languages
            .lines()
            .any(|line| line.trim() == LANGUAGE)
            .then(|| Self {
                version: version.lines().next().unwrap_or(PROGRAM).to_owned(),
            })
    }

    /// Its name and number, as it says them.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The text of one line in grey pixels, 0 black; `None` if it failed or took too long.
    #[must_use]
    pub fn read(&self, width: u32, height: u32, pixels: &[u8]) -> Option<String> {
        let mut child = command()
            .args(["stdin", "stdout", "-l", LANGUAGE, "--psm", "7"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .inspect_err(|error| tracing::warn!(%error, "tesseract cannot be started"))
            .ok()?;
        let text = line(&mut child, width, height, pixels);
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
        text
    }
}

/// Without this program's surroundings, and on one processor: the workers use the others.
fn command() -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().env("OMP_THREAD_LIMIT", "1");
    for name in ["PATH", "TESSDATA_PREFIX"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

fn line(child: &mut Child, width: u32, height: u32, pixels: &[u8]) -> Option<String> {
    let deadline = Instant::now() + SECOND_WALL;
    let mut stdin = child.stdin.take()?;
    // Netpbm's binary grey map.
    write!(stdin, "P5\n{width} {height}\n255\n").ok()?;
    stdin.write_all(pixels).ok()?;
    drop(stdin);
    let mut wait = WATCH_EVERY / 10;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() > deadline {
            return None;
        }
        std::thread::sleep(wait);
        wait = (wait * 2).min(WATCH_EVERY);
    }
    let mut text = String::new();
    let stdout = child.stdout.take()?;
    stdout
        .take(SECOND_BYTES_MAX)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}
