//! HEIC: the pictures of telephones, coded as one frame of a film.

use heic_rs::{DecodeOptions, Error, PixelLayout};

use super::{Bitmap, admit};
use crate::limits::Limits;
use crate::report::Reason;

/// Names in the `ftyp` box of such pictures; AV1 pictures have the same box.
const BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1"];

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
        && bytes
            .get(8..12)
            .is_some_and(|brand| BRANDS.contains(&brand))
}

/// The main picture of the file, turned as it means to be seen.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Bitmap, Reason> {
    let info = heic_rs::probe(bytes).map_err(|error| reason(&error))?;
    admit(u64::from(info.width), u64::from(info.height), limits)?;
    let options = DecodeOptions::default()
        .with_layout(PixelLayout::Rgb8)
        .with_alpha(false)
        .with_max_pixels(Some(limits.pixels));
    let picture = heic_rs::decode(bytes, &options).map_err(|error| reason(&error))?;
    let (width, height) = (picture.width as usize, picture.height as usize);
    Bitmap::rgb(width, height, picture.data).ok_or(Reason::Damaged)
}

fn reason(error: &Error) -> Reason {
    match error {
        Error::Unsupported(_) => Reason::UnknownType,
        Error::PixelLimit { .. } => Reason::TooLarge,
        _ => Reason::Damaged,
    }
}
