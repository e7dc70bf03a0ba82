//! The files of the project as git knows them (tracked, or new and not ignored), held in memory so that every
//! check is a pure function of this map and can be shown a bad example in a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// Larger files are data, not text to read line by line.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Tree {
    /// Text files by path relative to the root, `/` between the parts.
    pub(crate) texts: BTreeMap<String, String>,
    /// Every path, binary files included.
    pub(crate) paths: BTreeSet<String>,
}

impl Tree {
    pub(crate) fn load(root: &Path) -> anyhow::Result<Self> {
        let output = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root)
            .output()
            .context("failed to start git; help: install git")?;
        if !output.status.success() {
            bail!(
                "git did not list the files of `{}`; help: run inside a clone: {}",
                root.display(),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let mut tree = Self::default();
        for name in output
            .stdout
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty())
        {
            let path = String::from_utf8_lossy(name).into_owned();
            let Ok(facts) = std::fs::metadata(root.join(&path)) else {
                continue;
            };
            if facts.len() <= TEXT_BYTES_MAX
                && let Ok(text) =
                    String::from_utf8(std::fs::read(root.join(&path)).unwrap_or_default())
            {
                tree.texts.insert(path.clone(), text);
            }
            tree.paths.insert(path);
        }
        Ok(tree)
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.texts.insert((*path).to_owned(), (*text).to_owned());
            tree.paths.insert((*path).to_owned());
        }
        tree
    }

    pub(crate) fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// The crate a path belongs to: `crates/law/src/lib.rs` is of `law`; `xtask` and `bench` stand beside `crates`.
pub(crate) fn crate_of(path: &str) -> &str {
    let inner = path.strip_prefix("crates/").unwrap_or(path);
    inner.split('/').next().unwrap_or(inner)
}
