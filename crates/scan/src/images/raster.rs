//! Picture files of one page.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Bitmap, admit, exif};
use crate::limits::Limits;
use crate::report::Reason;

/// Scans of a progressive JPEG; each passes over every block of the picture.
const SCANS_MAX: usize = 64;

pub(super) fn jpeg(bytes: &[u8], limits: &Limits) -> Result<Bitmap, Reason> {
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    // The header's own limit is 16 bit a side; ours is on the area.
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(SCANS_MAX)
        .set_strict_mode(true);
    decoder.set_options(options);
    decoder.decode_headers().map_err(|_| Reason::Damaged)?;
    let info = decoder.info().ok_or(Reason::Damaged)?;
    admit(u64::from(info.width), u64::from(info.height), limits)?;
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let colours = if grey {
        ColorSpace::Luma
    } else {
        ColorSpace::RGB
    };
    decoder.set_options(options.jpeg_set_out_colorspace(colours));
    let orientation = decoder.exif().map_or(1, |block| exif::orientation(block));
    let pixels = decoder.decode().map_err(|_| Reason::Damaged)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let bitmap = if grey {
        Bitmap::grey(width, height, pixels)
    } else {
        Bitmap::rgb(width, height, pixels)
    };
    bitmap
        .map(|bitmap| bitmap.oriented(orientation))
        .ok_or(Reason::Damaged)
}

/// PNG, BMP, GIF (its first frame) and WebP.
pub(super) fn other(bytes: &[u8], limits: &Limits) -> Result<Bitmap, Reason> {
    if bytes.get(4..8) == Some(b"ftyp") {
        // A picture that needs a decoder of films.
        return Err(Reason::UnknownType);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| Reason::Damaged)?;
    if reader.format().is_none() {
        return Err(Reason::UnknownType);
    }
    let mut room = image::Limits::default();
    room.max_alloc = Some(limits.pixels.saturating_mul(8));
    reader.limits(room);
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let (width, height) = decoder.dimensions();
    admit(u64::from(width), u64::from(height), limits)?;
    let orientation = decoder
        .exif_metadata()
        .ok()
        .flatten()
        .map_or(1, |block| exif::orientation(&block));
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    flat(picture)
        .map(|bitmap| bitmap.oriented(orientation))
        .ok_or(Reason::Damaged)
}

fn reason(error: &image::ImageError) -> Reason {
    match error {
        image::ImageError::Limits(_) => Reason::TooLarge,
        image::ImageError::Unsupported(_) => Reason::UnknownType,
        _ => Reason::Damaged,
    }
}

/// On white paper, without transparency.
fn flat(picture: DynamicImage) -> Option<Bitmap> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let transparent = picture.color().has_alpha();
    if !picture.color().has_color() && !transparent {
        return Bitmap::grey(width, height, picture.into_luma8().into_raw());
    }
    if !transparent {
        return Bitmap::rgb(width, height, picture.into_rgb8().into_raw());
    }
    let pixels = picture
        .into_rgba8()
        .pixels()
        .flat_map(|pixel| {
            let [red, green, blue, alpha] = pixel.0;
            [red, green, blue].map(|value| over_white(value, alpha))
        })
        .collect();
    Bitmap::rgb(width, height, pixels)
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}
