//! What the targets share: a taker of everything a reader hands on, and the scanner as it ships.

use std::sync::LazyLock;

use scan::{Incomplete, Limits, Markers, Member, Picture, Piece, Scanner, Sink, Stop, Verdict};

const ENOUGH_BYTES: u64 = 64 << 20;

/// Counts what it is given, and has enough at some point, as the engine does.
#[derive(Default)]
struct Counted {
    bytes: u64,
}

impl Counted {
    fn more(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes += bytes as u64;
        if self.bytes > ENOUGH_BYTES { Err(Stop) } else { Ok(()) }
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

/// A reader of one format.
pub type Reader = fn(&[u8], &Limits, &mut dyn Sink) -> Result<(), Stop>;

/// Reads `bytes` with the limits that the program ships with.
pub fn told(bytes: &[u8], read: Reader) {
    let _ = read(bytes, &Limits::default(), &mut Counted::default());
}

static SCANNER: LazyLock<Scanner> =
    LazyLock::new(|| Scanner::new(Markers::built_in().expect("built-in rules load"), None));

/// Scans `bytes` as a file of this name: clean is said exactly of what holds no finding and was read whole.
pub fn scanned(name: &str, bytes: &[u8]) {
    SCANNER.scan(name, bytes, &Limits::default(), &mut |report| {
        let nothing = report.findings.is_empty() && report.incomplete.is_empty();
        assert_eq!(report.verdict == Verdict::Clean, nothing);
    });
}
