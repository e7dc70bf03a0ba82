#![no_main]

use libfuzzer_sys::fuzz_target;
use scan::formats;
use scan::{Incomplete, Limits, Member, Picture, Piece, Sink, Stop};

/// Counts what a reader hands on, and has enough at some point, as the engine does.
#[derive(Default)]
struct Counted {
    bytes: u64,
}

impl Counted {
    fn more(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes += bytes as u64;
        if self.bytes > 64 << 20 { Err(Stop) } else { Ok(()) }
    }
}

impl Sink for Counted {
    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.more(piece.text.len())
    }
    fn picture(&mut self, _: Picture) -> Result<(), Stop> {
        self.more(1)
    }
    fn member(&mut self, member: Member) -> Result<(), Stop> {
        self.more(member.bytes.len())
    }
    fn inflate(&mut self, bytes: u64) -> Result<(), Stop> {
        self.more(usize::try_from(bytes).unwrap_or(usize::MAX))
    }
    fn incomplete(&mut self, _: Incomplete) {}
}

type Reader = fn(&[u8], &Limits, &mut dyn Sink) -> Result<(), Stop>;

fn told(bytes: &[u8], read: Reader) {
    let _ = read(bytes, &Limits::default(), &mut Counted::default());
}

fuzz_target!(|bytes: &[u8]| {
    told(bytes, formats::pst::read);
});
