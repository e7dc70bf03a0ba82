//! OpenDocument text, sheets and slides: content, heads and feet, notes, comments, what tracked changes
//! took out, properties, pictures, embedded objects.

mod content;

use super::archive::Fault;
use super::archive::zip::{self, Zip};
use super::xml;
use crate::content::{Member, Picture, PictureData, Piece, Place, Sink, Stop};
use crate::limits::{Limits, PART_BYTES_MAX};

/// Reads a document.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let package = Zip::open(bytes);
    zip::faults(&package, sink);
    if !package.comment.trim().is_empty() {
        sink.piece(Piece::new(Place::Property, package.comment.trim()))?;
    }
    let mut parts: Vec<_> = package
        .entries
        .iter()
        .filter(|entry| !entry.is_folder())
        .map(|entry| {
            let path = entry.name.replace('\\', "/");
            (order(&path), path, entry)
        })
        .collect();
    parts.sort_by(|one, two| (one.0, &one.1).cmp(&(two.0, &two.1)));
    let mut fonts = content::Looks::default();
    for (_, path, entry) in parts {
        let name = path
            .rsplit_once('/')
            .map_or(path.as_str(), |(_, name)| name);
        if is_mute(&path, name) {
            continue;
        }
        let is_xml = name.ends_with(".xml") || name.ends_with(".rdf");
        let limit = if is_xml {
            PART_BYTES_MAX
        } else {
            limits.file_bytes
        };
        let data = match package.data(entry, limit, sink) {
            Ok(data) => data,
            Err(Fault::Stop) => return Err(Stop),
            Err(fault) => {
                fault.note(&entry.name, sink)?;
                continue;
            }
        };
        match name {
            "manifest.xml" if path.starts_with("META-INF/") => {
                if contains(&data, b"encryption-data") {
                    Fault::Encrypted.note("", sink)?;
                    return Ok(());
                }
            }
            "content.xml" | "styles.xml" => {
                let done = content::read(&data, &mut fonts, sink);
                xml::note(done, &path, sink)?;
            }
            _ if is_xml => xml::all_text(&data, Place::Property, sink)?,
            _ => inner(path, data, sink)?,
        }
    }
    Ok(())
}

/// Whether XML is a document of OpenDocument in one file.
#[must_use]
pub fn is_flat(bytes: &[u8]) -> bool {
    contains(bytes.get(..1024).unwrap_or(bytes), b"<office:document ")
}

/// Reads a document that is one XML file.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read_flat(bytes: &[u8], _limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let done = content::read(bytes, &mut content::Looks::default(), sink);
    xml::note(done, "", sink)
}

/// The manifest says whether anything can be read; styles come before the text that uses them.
fn order(path: &str) -> u8 {
    match path {
        "META-INF/manifest.xml" => 0,
        "styles.xml" => 1,
        "content.xml" => 2,
        _ => 3,
    }
}

fn is_mute(path: &str, name: &str) -> bool {
    path == "mimetype"
        || name == "settings.xml"
        || path.starts_with("Configurations2/")
        || name == "layout-cache"
        // A page of 256 dots: nothing on it can be read.
        || path.starts_with("Thumbnails/")
        || path.ends_with("manifest.rdf")
        || path.starts_with("Fonts/")
}

fn inner(path: String, data: Vec<u8>, sink: &mut dyn Sink) -> Result<(), Stop> {
    let lower = path.to_lowercase();
    let extension = lower
        .rsplit_once('.')
        .map_or("", |(_, extension)| extension);
    match extension {
        "png" | "jpg" | "jpeg" | "gif" | "bmp" | "tif" | "tiff" | "webp" | "jp2" => {
            sink.picture(Picture {
                page: None,
                bbox_mm: None,
                data: PictureData::Encoded(data),
            })
        }
        "emf" | "wmf" => super::metafile::read(&data, &path, sink),
        // Previews of embedded objects have no extension.
        _ if path.starts_with("ObjectReplacements/") => {
            super::metafile::read(gdi(&data), &path, sink)
        }
        "svg" => xml::all_text(&data, Place::TextBox, sink),
        "svm" => Ok(()),
        _ => sink.member(Member {
            name: path,
            bytes: data,
        }),
    }
}

/// The bytes of a preview; those of LibreOffice's own drawing format say what the object says.
fn gdi(data: &[u8]) -> &[u8] {
    if data.starts_with(b"VCLMTF") {
        &EMPTY_METAFILE
    } else {
        data
    }
}

/// A metafile that draws nothing: a header of eighteen bytes and the end.
const EMPTY_METAFILE: [u8; 24] = [
    1, 0, 9, 0, 0, 3, 12, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0,
];

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
