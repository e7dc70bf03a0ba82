//! The real program as another process: start, memory, lists and searches over
//! HTTP by a person who may only read.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::client::Client;
use crate::house::{self, PASSPHRASE, PASSWORD, READER};
use crate::lists::{KINDS, READS};
use crate::tell::{memory_mib, ms, say, spread};
use crate::text::Dice;

const STARTS: usize = 5;
/// Readers at once in the last round.
const READERS: usize = 4;

struct Server {
    process: Child,
    host: String,
    /// Kept open: a server that cannot complain ends.
    _complaints: BufReader<std::process::ChildStderr>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program beside the bench, from the same build.
fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("khien");
    anyhow::ensure!(
        program.exists(),
        "no program beside the bench; build it with the same profile: cargo build -p cli"
    );
    Ok(program)
}

fn start(data: &Path, passphrase: &Path) -> anyhow::Result<Server> {
    let mut process = Command::new(program()?)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .arg("--passphrase-file")
        .arg(passphrase)
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = process.stderr.take().context("no stderr")?;
    let mut stderr = BufReader::new(stderr);
    let mut said = String::new();
    loop {
        let mut line = String::new();
        if stderr.read_line(&mut line)? == 0 {
            break;
        }
        if let Some((_, host)) = line.trim_end().split_once("http://") {
            return Ok(Server {
                process,
                host: host.trim_end_matches('/').to_owned(),
                _complaints: stderr,
            });
        }
        said.push_str(&line);
    }
    let _ = process.wait();
    anyhow::bail!("the server did not start: {said}")
}

pub async fn measure(folder: &Path, entries: i64) -> anyhow::Result<()> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || measure_blocking(&folder, entries)).await?
}

fn measure_blocking(folder: &Path, entries: i64) -> anyhow::Result<()> {
    let data = house::place(folder);
    let passphrase = folder.join("passphrase.txt");
    std::fs::write(&passphrase, PASSPHRASE)?;
    say(&format!(
        "program: {} MB; database: {} MB",
        house::megabytes(&program()?)?,
        house::megabytes(&data.join(store::install::DATABASE))?
    ));
    let mut derived = Vec::new();
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        store::keys::Keys::open(&data, PASSPHRASE)?;
        derived.push(started.elapsed());
        let started = Instant::now();
        let server = start(&data, &passphrase)?;
        let page = Client::connect(&server.host)?.get("/login")?;
        times.push(started.elapsed());
        anyhow::ensure!(page.status == 200, "sign-in page: {}", page.status);
    }
    say(&format!("start to first page: {}", spread(&mut times)?));
    say(&format!(
        "of which the key out of the passphrase (256 MiB, 3 passes, slow on purpose): {}",
        spread(&mut derived)?
    ));
    let server = start(&data, &passphrase)?;
    let id = server.process.id().to_string();
    let mut client = Client::connect(&server.host)?;
    client.get("/login")?;
    say(&format!(
        "resident memory, idle: {} MiB",
        memory_mib(&id, "VmRSS")?
    ));
    sign_in(&mut client)?;
    say(&format!(
        "resident memory, one person signed in: {} MiB (the password hash takes most for a moment)",
        memory_mib(&id, "VmRSS")?
    ));
    kinds(&mut client, entries)?;
    say(&format!(
        "resident memory, after all lists and searches: {} MiB",
        memory_mib(&id, "VmRSS")?
    ));
    together(&server.host, entries)?;
    say(&format!(
        "resident memory, after {READERS} readers at once: {} MiB, highest {} MiB",
        memory_mib(&id, "VmRSS")?,
        memory_mib(&id, "VmHWM")?
    ));
    Ok(())
}

fn sign_in(client: &mut Client) -> anyhow::Result<()> {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect::<String>()
    };
    let form = format!("login={READER}&password={}&language=vi", encode(PASSWORD));
    let started = Instant::now();
    let answer = client.post("/login", &form)?;
    anyhow::ensure!(answer.status == 303, "sign-in: {}", answer.status);
    say(&format!("sign-in: {:.0} ms", ms(started.elapsed())));
    Ok(())
}

fn kinds(client: &mut Client, entries: i64) -> anyhow::Result<()> {
    let mut all = Vec::new();
    let mut home = Vec::new();
    for _ in 0..READS / 10 {
        home.push(page(client, "/")?.0);
    }
    say(&format!("HTTP, own start page: {}", spread(&mut home)?));
    for (name, make) in KINDS {
        let mut dice = Dice::new(4_711);
        let mut times = Vec::with_capacity(READS);
        let mut bytes = 0;
        for _ in 0..READS {
            let (time, size) = page(client, &make(&mut dice, entries).address())?;
            times.push(time);
            bytes += size;
        }
        all.extend_from_slice(&times);
        say(&format!(
            "HTTP, {name}: {} ({} KiB a page)",
            spread(&mut times)?,
            bytes / READS / 1_024
        ));
    }
    say(&format!("HTTP, all of them: {}", spread(&mut all)?));
    Ok(())
}

fn page(client: &mut Client, address: &str) -> anyhow::Result<(Duration, usize)> {
    let started = Instant::now();
    let answer = client.get(address)?;
    anyhow::ensure!(answer.status == 200, "{address}: {}", answer.status);
    Ok((started.elapsed(), answer.body.len()))
}

/// Some readers at once, each with every kind in turn.
fn together(host: &str, entries: i64) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut readers = Vec::new();
    for reader in 0..READERS {
        let mut client = Client::connect(host)?;
        sign_in(&mut client)?;
        readers.push(std::thread::spawn(move || {
            let mut dice = Dice::new(i64::try_from(reader)? + 5_000);
            let mut times = Vec::new();
            for _ in 0..READS / 10 {
                for (_, make) in KINDS {
                    times.push(page(&mut client, &make(&mut dice, entries).address())?.0);
                }
            }
            anyhow::Ok(times)
        }));
    }
    let mut times = Vec::new();
    for reader in readers {
        let read = reader
            .join()
            .map_err(|_| anyhow::anyhow!("a reader ended early"))?;
        times.extend(read?);
    }
    say(&format!(
        "HTTP, {READERS} readers at once, all kinds in turn: {}; {:.1} s in all",
        spread(&mut times)?,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}
