//! The worker's side: lock, say so, answer requests until the pipe ends.

use std::io::{Error, Read, Write};
use std::os::fd::AsFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use scan::FileReport;
use scan::stamps::{SecondReader, Strip};

use crate::limits::{HELD_BACK, HELD_BACK_BYTES};
use crate::wire::{self, Answer, Opinion, Request};

/// Reads one file: its request, its bytes, and where reports go, inner files first.
pub type Reader<'a> = dyn FnMut(&Request, &[u8], &mut dyn FnMut(FileReport)) + 'a;

/// Whether a worker reads foreign bytes without its walls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Walls {
    /// Without them it says what is missing, and ends.
    Required,
    /// The operator accepted to go on with what the system gives.
    Waived,
}

/// Asks the parent for a second opinion while a file is read. It goes round the buffer of standard input, which is empty
/// then: all files of a request were read before the first of them was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskParent;

impl SecondReader for AskParent {
    fn read(&self, strip: &Strip) -> Option<String> {
        let (width, height) = (strip.width.try_into().ok()?, strip.height.try_into().ok()?);
        wire::write(&mut Said, &Answer::Ask { width, height }).ok()?;
        Said.write_all(&strip.pixels).ok()?;
        Said.flush().ok()?;
        wire::read::<Opinion>(&mut Pipes).ok()??.text
    }
}

/// Standard input and output without their buffers and locks.
struct Pipes;

impl Read for Pipes {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        rustix::io::read(std::io::stdin().as_fd(), into).map_err(Error::from)
    }
}

impl Write for Pipes {
    fn write(&mut self, from: &[u8]) -> std::io::Result<usize> {
        rustix::io::write(std::io::stdout().as_fd(), from).map_err(Error::from)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is said and has not left yet.
static SAYING: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// All that a worker says: answers, and what is asked from within a reading, in one order.
struct Said;

impl Write for Said {
    fn write(&mut self, from: &[u8]) -> std::io::Result<usize> {
        let mut saying = SAYING.lock().unwrap_or_else(PoisonError::into_inner);
        saying.extend_from_slice(from);
        if saying.len() > HELD_BACK_BYTES {
            Pipes.write_all(&saying)?;
            saying.clear();
        }
        Ok(from.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let mut saying = SAYING.lock().unwrap_or_else(PoisonError::into_inner);
        Pipes.write_all(&saying)?;
        saying.clear();
        Ok(())
    }
}

/// The life of a worker. `reader` is made before (rules and networks are in memory by then); this locks
/// the process, which must have one thread.
///
/// # Errors
/// Those of the pipes: the parent is gone, and the worker has nothing left to do.
pub fn serve(walls: Walls, reader: &mut Reader) -> std::io::Result<()> {
    let missing = sandbox::lock(&sandbox::Limits::default()).err();
    let stop = missing.is_some() && walls == Walls::Required;
    let hello = Answer::Hello {
        missing: missing.map(|error| (error.code().to_owned(), error.to_string())),
    };
    wire::write(&mut Said, &hello)?;
    Said.flush()?;
    if stop {
        return Ok(());
    }
    answer_all(&mut std::io::stdin().lock(), &mut Said, reader)
}

fn answer_all(
    from: &mut impl Read,
    out: &mut impl Write,
    reader: &mut Reader,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    while let Some(requests) = wire::read::<Vec<Request>>(from)? {
        bytes.clear();
        let all = requests.iter().map(|request| request.bytes);
        let all = all.fold(0, u64::saturating_add);
        let read = from.take(all).read_to_end(&mut bytes)?;
        if (read as u64) < all {
            return Ok(());
        }
        let mut rest = bytes.as_slice();
        let mut left = Instant::now();
        for request in &requests {
            let here = usize::try_from(request.bytes).unwrap_or(usize::MAX);
            let Some((file, more)) = rest.split_at_checked(here) else {
                return Ok(());
            };
            rest = more;
            let panicked = answer(request, file, out, reader)?;
            let end = if panicked {
                Answer::Panicked
            } else {
                Answer::Done
            };
            wire::write(out, &end)?;
            if panicked {
                return out.flush();
            }
            if left.elapsed() > HELD_BACK {
                out.flush()?;
                left = Instant::now();
            }
        }
        out.flush()?;
        // One large file must not stay in memory for the worker's life.
        bytes.shrink_to(1 << 20);
    }
    Ok(())
}

/// Whether the reader panicked. Reports of inner files leave at once: what was found before a crash is not lost. The
/// outermost one may wait for answers about the next files.
fn answer(
    request: &Request,
    bytes: &[u8],
    out: &mut impl Write,
    reader: &mut Reader,
) -> std::io::Result<bool> {
    let started = Instant::now();
    let mut before = started;
    let mut failed = Ok(());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        reader(request, bytes, &mut |mut report| {
            let since = if report.member.is_some() {
                before
            } else {
                started
            };
            report.ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            before = Instant::now();
            let inner = report.member.is_some();
            if failed.is_ok() {
                failed = wire::write(out, &Answer::Report(Box::new(report)));
            }
            if inner && failed.is_ok() {
                failed = out.flush();
            }
        });
    }));
    failed.map(|()| outcome.is_err())
}
