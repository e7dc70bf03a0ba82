//! Stores of Outlook (MS-PST): `.pst` of every version, and `.ost` of the same forms. Each item of a
//! store, deleted ones that are still listed too, goes on as a message of its own.

mod cipher;
mod item;
mod letter;
mod store;

use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::limits::Limits;
use crate::report::Reason;
use item::Item;
use letter::Writer;
use std::collections::BTreeMap;
use store::Store;

const FOLDER: u32 = 2;
const MESSAGE: u32 = 4;
/// A message that a program keeps in a folder for itself.
const SETTINGS: u32 = 8;
const DISPLAY_NAME: u16 = 0x3001;
/// Folders within folders that a name shows.
const FOLDERS_MAX: usize = 16;

/// Reads a store.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let store = match Store::open(bytes) {
        Ok(store) => store,
        Err(fault) => return fault.note("", sink),
    };
    if store.crooked {
        sink.missed(Reason::Damaged, "directory");
    }
    let folders = folders(&store, limits, sink)?;
    let mut number = 0u32;
    for node in &store.nodes {
        if !matches!(node.kind(), MESSAGE | SETTINGS) {
            continue;
        }
        number += 1;
        let name = format!("{}{number:04}.eml", path(&folders, node.parent));
        let mut writer = Writer {
            store: &store,
            limits,
            sink,
        };
        let bytes = writer.message(*node, &name, 1)?;
        sink.member(Member { name, bytes })?;
    }
    Ok(())
}

/// Name and parent of every folder.
type Folders = BTreeMap<u32, (String, u32)>;

fn folders(store: &Store<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Folders, Stop> {
    let mut folders = Folders::new();
    for node in store.nodes.iter().filter(|node| node.kind() == FOLDER) {
        let name = Item::open(store, *node, limits.file_bytes, sink)
            .and_then(|item| item.text_of(DISPLAY_NAME, sink));
        match name {
            Ok(name) => {
                sink.piece(Piece::new(Place::Label, name.as_str()))?;
                folders.insert(node.id, (name, node.parent));
            }
            Err(fault) => fault.note("folder", sink)?,
        }
    }
    Ok(folders)
}

/// The folders above, outermost first, each with a stroke behind it.
fn path(folders: &Folders, parent: u32) -> String {
    let mut path = String::new();
    let mut parent = parent;
    for _ in 0..FOLDERS_MAX {
        let Some((name, above)) = folders.get(&parent) else {
            break;
        };
        let plain = name.replace(['/', '\\'], "_");
        if !plain.trim().is_empty() {
            path.insert_str(0, &format!("{plain}/"));
        }
        if *above == parent {
            break;
        }
        parent = *above;
    }
    path
}
