//! The worker's side: lock, say so, answer requests until the pipe ends.

use std::io::{BufWriter, Error, Read, Write};
use std::os::fd::AsFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use scan::FileReport;
use scan::stamps::{SecondReader, Strip};

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

/// Asks the parent for a second opinion while a file is read. It goes round the buffers of the pipes, which are empty
/// then: the request was read whole, and what was said before has left.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskParent;

impl SecondReader for AskParent {
    fn read(&self, strip: &Strip) -> Option<String> {
        let (width, height) = (strip.width.try_into().ok()?, strip.height.try_into().ok()?);
        wire::write(&mut Pipes, &Answer::Ask { width, height }).ok()?;
        Pipes.write_all(&strip.pixels).ok()?;
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
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    wire::write(&mut out, &hello)?;
    out.flush()?;
    if stop {
        return Ok(());
    }
    answer_all(&mut std::io::stdin().lock(), &mut out, reader)
}

fn answer_all(
    from: &mut impl Read,
    out: &mut impl Write,
    reader: &mut Reader,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    while let Some(request) = wire::read::<Request>(from)? {
        bytes.clear();
        let read = from.take(request.bytes).read_to_end(&mut bytes)?;
        if (read as u64) < request.bytes {
            return Ok(());
        }
        let panicked = answer(&request, &bytes, out, reader)?;
        let end = if panicked {
            Answer::Panicked
        } else {
            Answer::Done
        };
        wire::write(out, &end)?;
        out.flush()?;
        if panicked {
            return Ok(());
        }
        // One large file must not stay in memory for the worker's life.
        bytes.shrink_to(1 << 20);
    }
    Ok(())
}

/// Whether the reader panicked. Reports of inner files leave at once: what was found before a crash is not
/// lost. The outermost one leaves with the end of the answer.
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
