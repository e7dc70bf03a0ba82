//! `khien scan-worker`: the process that reads foreign files, started by the other commands.

use patrol::wire::Ocr;
use patrol::worker::{self, Walls};
use scan::stamps::Cascade;
use scan::{Limits, Markers, Scanner};

/// Answers its parent until the pipe ends. Called before any other thread is there.
pub fn run(unlocked: bool) -> anyhow::Result<u8> {
    let limits = Limits::default();
    let stamps = Box::new(Cascade::new(limits));
    let scanner = Scanner::new(Markers::built_in()?, Some(stamps));
    let text_only = Scanner::new(Markers::built_in()?, None);
    let walls = if unlocked {
        Walls::Waived
    } else {
        Walls::Required
    };
    worker::serve(walls, &mut |request, bytes, out| {
        let scanner = match request.ocr {
            Ocr::Off => &text_only,
            Ocr::Auto | Ocr::Always => &scanner,
        };
        scanner.scan(&request.name, bytes, &limits, out);
    })?;
    Ok(0)
}
