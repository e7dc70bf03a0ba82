//! A sink that keeps everything, for the tests of readers.

use crate::content::{Member, Picture, Piece, Sink, Stop};
use crate::report::{Incomplete, Reason};

/// What a reader handed on.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub pieces: Vec<Piece>,
    pub pictures: Vec<Picture>,
    pub members: Vec<Member>,
    pub incomplete: Vec<Incomplete>,
    pub inflated: u64,
    /// Nobody looks at pictures.
    pub blind: bool,
}

impl Collected {
    /// The texts of all pieces.
    pub fn texts(&self) -> Vec<&str> {
        self.pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect()
    }

    /// The reasons of all parts that were not read.
    pub fn reasons(&self) -> Vec<Reason> {
        self.incomplete.iter().map(|part| part.reason).collect()
    }
}

impl Sink for Collected {
    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.pieces.push(piece);
        Ok(())
    }

    fn looks_at_pictures(&self) -> bool {
        !self.blind
    }

    fn picture(&mut self, picture: Picture) -> Result<(), Stop> {
        self.pictures.push(picture);
        Ok(())
    }

    fn member(&mut self, member: Member) -> Result<(), Stop> {
        self.members.push(member);
        Ok(())
    }

    fn inflate(&mut self, bytes: u64) -> Result<(), Stop> {
        self.inflated += bytes;
        if self.inflated > 64 << 20 {
            return Err(Stop);
        }
        Ok(())
    }

    fn incomplete(&mut self, incomplete: Incomplete) {
        self.incomplete.push(incomplete);
    }
}
