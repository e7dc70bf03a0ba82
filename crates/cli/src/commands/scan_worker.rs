//! `khien scan-worker`: the process that reads foreign files, started by the other commands.

use patrol::worker::{self, AskParent, Walls};
use scan::stamps::{Ask, Cascade};
use scan::{Limits, Markers, Scanner};

/// How pictures are looked at.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum Pictures {
    /// Not at all: each is reported as not read.
    Off,
    /// By the networks alone.
    #[default]
    Alone,
    /// With a second reader, which the parent has, where the networks are in doubt.
    Undecided,
    /// With a second reader wherever the gate fired.
    Always,
}

impl Pictures {
    fn cascade(self, limits: Limits) -> Option<Cascade> {
        let cascade = Cascade::new(limits);
        let seconded = |ask| cascade.seconded(Box::new(AskParent), ask);
        match self {
            Self::Off => None,
            Self::Alone => Some(Cascade::new(limits)),
            Self::Undecided => Some(seconded(Ask::Undecided)),
            Self::Always => Some(seconded(Ask::Always)),
        }
    }
}

/// Answers its parent until the pipe ends. Called before any other thread is there.
pub fn run(unlocked: bool, pictures: Pictures) -> anyhow::Result<u8> {
    let limits = Limits::default();
    let stamps = pictures.cascade(limits);
    let scanner = Scanner::new(
        Markers::built_in()?,
        stamps.map(|cascade| Box::new(cascade) as _),
    );
    let walls = if unlocked {
        Walls::Waived
    } else {
        Walls::Required
    };
    worker::serve(walls, &mut |request, bytes, out| {
        scanner.scan(&request.name, bytes, &limits, out);
    })?;
    Ok(0)
}
