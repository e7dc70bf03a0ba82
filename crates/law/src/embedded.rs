//! The pack that is compiled into the program.

use std::{collections::BTreeMap, sync::OnceLock};

use include_dir::{Dir, include_dir};

use crate::{diagnostic::Diagnostic, pack::Pack};

static ACTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../law/acts");
static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../law/rules");
static CATALOGUES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../law/catalogues");

/// The compiled-in files by path inside the pack.
#[must_use]
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    gather(&ACTS, "acts", &mut files);
    gather(&RULES, "rules", &mut files);
    gather(&CATALOGUES, "catalogues", &mut files);
    files
}

fn gather(dir: &Dir<'_>, prefix: &str, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            files.insert(
                format!(
                    "{prefix}/{}",
                    file.path().to_string_lossy().replace('\\', "/")
                ),
                text.to_owned(),
            );
        }
    }
    for inner in dir.dirs() {
        gather(inner, prefix, files);
    }
}

impl Pack {
    /// The compiled-in pack, loaded once.
    ///
    /// # Errors
    /// The diagnostics of a pack that does not load; the tests of this crate
    /// prove that the one compiled in does.
    pub fn embedded() -> Result<&'static Self, &'static [Diagnostic]> {
        static PACK: OnceLock<Result<Pack, Vec<Diagnostic>>> = OnceLock::new();
        PACK.get_or_init(|| Self::load(&files()))
            .as_ref()
            .map_err(Vec::as_slice)
    }
}
