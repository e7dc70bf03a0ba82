//! The one thread that starts workers and watches them. It lives as long as the pool: the system ends a
//! worker together with the thread that started it.

use std::io::Read as _;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;

use scan::Reason;

use super::{Settings, held};
use crate::error::PatrolError;
use crate::limits;
use crate::worker::Walls;

/// SIGXCPU and SIGKILL as the kernel's CPU limit sends them: first, and a second later.
const CPU_SIGNAL: i32 = 24;
/// What the runtime writes before it gives up for want of memory.
const OUT_OF_MEMORY: &[u8] = b"memory allocation of";

/// One worker process.
pub(super) struct Life {
    child: Mutex<Child>,
    stderr: Mutex<Option<ChildStderr>>,
    /// Until when the file at hand must be answered.
    deadline: Mutex<Option<Instant>>,
    /// Why the keeper ended it.
    ended: Mutex<Option<Reason>>,
    pid: u32,
}

type Hired = (Arc<Life>, ChildStdin, ChildStdout);
type Reply = Sender<std::io::Result<Hired>>;

/// The door to the thread.
pub(super) struct Keeper(Mutex<Sender<Reply>>);

impl Keeper {
    pub(super) fn start(settings: &Settings) -> Result<Self, PatrolError> {
        let (sender, receiver) = channel();
        let settings = settings.clone();
        std::thread::Builder::new()
            .name("worker keeper".to_owned())
            .spawn(move || keep(&settings, &receiver))
            .map_err(|error| PatrolError::Start(error.to_string()))?;
        Ok(Self(Mutex::new(sender)))
    }

    pub(super) fn hire(&self) -> Result<Hired, PatrolError> {
        let (sender, receiver) = channel();
        let gone = |_| PatrolError::Start("its keeper is gone".to_owned());
        held(&self.0).send(sender).map_err(|_| gone(()))?;
        receiver
            .recv()
            .map_err(|_| gone(()))?
            .map_err(|error| PatrolError::Start(error.to_string()))
    }
}

fn keep(settings: &Settings, requests: &Receiver<Reply>) {
    let mut lives: Vec<Weak<Life>> = Vec::new();
    let mut looked = Instant::now();
    loop {
        match requests.recv_timeout(limits::WATCH_EVERY) {
            Ok(reply) => {
                let hired = hire(settings);
                if let Ok((life, ..)) = &hired {
                    lives.push(Arc::downgrade(life));
                }
                // The asker is gone: its worker is dropped, and ends with its pipes.
                let _ = reply.send(hired);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if looked.elapsed() >= limits::WATCH_EVERY {
            looked = Instant::now();
            lives.retain(|life| {
                life.upgrade()
                    .is_some_and(|life| life.watch(looked, settings.rss_bytes_max))
            });
        }
    }
}

fn hire(settings: &Settings) -> std::io::Result<Hired> {
    let mut command = Command::new(&settings.program);
    command
        .args(&settings.arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if settings.walls == Walls::Waived {
        command.arg("--unlocked");
    }
    let mut child = command.spawn()?;
    let missing = || std::io::Error::other("no pipe");
    let stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let life = Life {
        stderr: Mutex::new(child.stderr.take()),
        pid: child.id(),
        child: Mutex::new(child),
        deadline: Mutex::new(None),
        ended: Mutex::new(None),
    };
    Ok((Arc::new(life), stdin, stdout))
}

impl Life {
    pub(super) fn begin(&self, deadline: Instant) {
        *held(&self.deadline) = Some(deadline);
    }

    pub(super) fn rest(&self) {
        *held(&self.deadline) = None;
    }

    /// Ends the process and takes it off the system's list.
    pub(super) fn kill(&self) {
        let mut child = held(&self.child);
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
        self.rest();
    }

    /// Looks at a running worker; false when it needs no more looking at.
    fn watch(&self, now: Instant, rss_bytes_max: u64) -> bool {
        let late = held(&self.deadline).is_some_and(|deadline| deadline < now);
        let reason = if late {
            Reason::Timeout
        } else if self.rss_bytes() > rss_bytes_max {
            Reason::TooLarge
        } else {
            return true;
        };
        let mut child = held(&self.child);
        // After its end its number may belong to another process; `Child` knows, and sends nothing.
        if matches!(child.try_wait(), Ok(None)) {
            *held(&self.ended) = Some(reason);
            let _ = child.kill();
        }
        false
    }

    /// Resident memory; 0 for a process that is gone.
    pub(super) fn rss_bytes(&self) -> u64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.pid));
        let pages = statm.ok().and_then(|text| {
            let pages = text.split_ascii_whitespace().nth(1)?;
            pages.parse::<u64>().ok()
        });
        pages
            .unwrap_or(0)
            .saturating_mul(rustix::param::page_size() as u64)
    }

    /// What the end of this worker says about the file it was reading. Called after [`Life::kill`].
    pub(super) fn why(&self) -> Reason {
        if let Some(reason) = *held(&self.ended) {
            return reason;
        }
        let status = held(&self.child).wait().ok();
        let signal =
            status.and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status));
        if signal == Some(CPU_SIGNAL) {
            return Reason::Timeout;
        }
        let mut words = Vec::new();
        if let Some(stderr) = held(&self.stderr).take() {
            let _ = stderr
                .take(limits::LAST_WORDS_BYTES_MAX)
                .read_to_end(&mut words);
        }
        let starved = words
            .windows(OUT_OF_MEMORY.len())
            .any(|window| window == OUT_OF_MEMORY);
        if starved {
            Reason::TooLarge
        } else {
            Reason::Crash
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.kill();
    }
}
