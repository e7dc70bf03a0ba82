//! TIFF, every page: what office scanners and fax machines write.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

use super::{Bitmap, admit};
use crate::limits::Limits;
use crate::report::Reason;

/// Largest decompressed strip or tile together with the decoder's own buffers, in bytes a pixel that is allowed.
const BYTES_A_PIXEL: u64 = 8;

pub(super) fn each_page(
    bytes: &[u8],
    limits: &Limits,
    take: &mut dyn FnMut(Result<Bitmap, Reason>) -> bool,
) {
    let mut room = tiff::decoder::Limits::default();
    let most = limits.pixels.saturating_mul(BYTES_A_PIXEL);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    room.decoding_buffer_size = most;
    room.intermediate_buffer_size = most;
    let Ok(decoder) = Decoder::new(Cursor::new(bytes)) else {
        take(Err(Reason::Damaged));
        return;
    };
    let mut decoder = decoder.with_limits(room);
    let mut pixels_left = limits.inflated_bytes;
    for _ in 0..limits.pages {
        let page = page(&mut decoder, limits, &mut pixels_left);
        let ended = page == Err(Reason::TooLarge) && pixels_left == 0;
        if !take(page) || ended || !decoder.more_images() {
            return;
        }
        if decoder.next_image().is_err() {
            take(Err(Reason::Damaged));
            return;
        }
    }
    take(Err(Reason::TooLarge));
}

/// `left` is what all pages of the file together may still unpack, in pixels.
fn page(
    decoder: &mut Decoder<Cursor<&[u8]>>,
    limits: &Limits,
    left: &mut u64,
) -> Result<Bitmap, Reason> {
    let (width, height) = decoder.dimensions().map_err(|_| Reason::Damaged)?;
    admit(u64::from(width), u64::from(height), limits)?;
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    let Some(rest) = left.checked_sub(pixels) else {
        *left = 0;
        return Err(Reason::TooLarge);
    };
    *left = rest;
    let colour = decoder.colortype().map_err(|error| reason(&error))?;
    let orientation = decoder
        .find_tag_unsigned::<u16>(Tag::Orientation)
        .ok()
        .flatten()
        .unwrap_or(1);
    let image = decoder.read_image().map_err(|error| reason(&error))?;
    let samples = match image {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.iter().map(|sample| high(*sample)).collect(),
        _ => return Err(Reason::UnknownType),
    };
    flat(width as usize, height as usize, colour, &samples)
        .map(|bitmap| bitmap.oriented(orientation))
        .ok_or(Reason::UnknownType)
}

fn high(sample: u16) -> u8 {
    let [high, _] = sample.to_be_bytes();
    high
}

fn reason(error: &tiff::TiffError) -> Reason {
    match error {
        tiff::TiffError::LimitsExceeded => Reason::TooLarge,
        tiff::TiffError::UnsupportedError(_) => Reason::UnknownType,
        _ => Reason::Damaged,
    }
}

fn flat(width: usize, height: usize, colour: ColorType, samples: &[u8]) -> Option<Bitmap> {
    match colour {
        ColorType::Gray(1) => Bitmap::grey(width, height, bits(width, height, samples)),
        ColorType::Gray(8 | 16) => Bitmap::grey(width, height, samples.to_vec()),
        ColorType::RGB(8 | 16) => Bitmap::rgb(width, height, samples.to_vec()),
        ColorType::GrayA(8 | 16) => {
            let grey = samples
                .chunks_exact(2)
                .filter_map(|pair| pair.first().copied());
            Bitmap::grey(width, height, grey.collect())
        }
        ColorType::RGBA(8 | 16) => {
            let colours = samples
                .chunks_exact(4)
                .flat_map(|four| four.iter().take(3).copied());
            Bitmap::rgb(width, height, colours.collect())
        }
        ColorType::YCbCr(8) => Bitmap::rgb(width, height, samples.to_vec()),
        ColorType::CMYK(8) => {
            let colours = samples.chunks_exact(4).flat_map(|four| {
                let black = four.get(3).copied().unwrap_or_default();
                four.iter().take(3).map(move |ink| {
                    let light = u16::from(255 - ink) * u16::from(255 - black) / 255;
                    u8::try_from(light).unwrap_or(u8::MAX)
                })
            });
            Bitmap::rgb(width, height, colours.collect())
        }
        _ => None,
    }
}

/// One bit a pixel, rows padded to whole bytes; the decoder has made 1 white.
fn bits(width: usize, height: usize, samples: &[u8]) -> Vec<u8> {
    let stride = width.div_ceil(8).max(1);
    let mut pixels = Vec::with_capacity(width * height);
    for row in samples.chunks_exact(stride).take(height) {
        let lights = row
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| byte << bit & 0x80));
        pixels.extend(lights.take(width).map(|bit| if bit == 0 { 0 } else { 255 }));
    }
    pixels
}
