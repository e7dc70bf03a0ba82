//! The files under a path, in the order of their names. Links are not followed, so a walk neither leaves
//! its tree nor runs in a circle; hidden and ignored files are files like any other.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// What stands at a place of the tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Entry {
    File(PathBuf),
    /// A link below the starting point. What it leads to is scanned where it really stands, if that is in the tree.
    Link(PathBuf),
    /// A pipe, socket or device.
    Special(PathBuf),
    /// A folder or file that the system does not let be read, with its words.
    Unreadable(PathBuf, String),
}

/// Walks one starting point; `skip` is a folder of ours that stands in the tree.
pub fn walk(root: &Path, skip: Option<&Path>) -> impl Iterator<Item = Entry> + use<> {
    let skip = skip.and_then(|path| path.canonicalize().ok());
    let mut builder = WalkBuilder::new(root);
    builder
        .standard_filters(false)
        .follow_links(false)
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(move |entry| {
            let ours = skip.as_deref().is_some_and(|skip| {
                entry.file_name() == skip.file_name().unwrap_or_default()
                    && entry.path().canonicalize().is_ok_and(|path| path == skip)
            });
            !ours
        });
    let root = root.to_owned();
    builder.build().filter_map(move |step| match step {
        Ok(entry) => {
            let kind = entry.file_type()?;
            let linked_root = entry.depth() == 0 && kind.is_symlink();
            let kind = if linked_root {
                std::fs::metadata(entry.path()).ok()?.file_type()
            } else {
                kind
            };
            let path = entry.into_path();
            if kind.is_dir() {
                None
            } else if kind.is_file() {
                Some(Entry::File(if linked_root {
                    path.canonicalize().unwrap_or(path)
                } else {
                    path
                }))
            } else if kind.is_symlink() {
                Some(Entry::Link(path))
            } else {
                Some(Entry::Special(path))
            }
        }
        Err(error) => {
            let path = path_of(&error).unwrap_or(&root).to_owned();
            let why = error
                .io_error()
                .map_or_else(|| error.to_string(), std::string::ToString::to_string);
            Some(Entry::Unreadable(path, why))
        }
    })
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}
