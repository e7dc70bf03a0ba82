//! Drawn pages as picture files.

use anyhow::Context as _;
use image::ImageEncoder as _;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::page::Page;
use crate::rng::Rng;

/// JPEG of quality 30 to 90 with halved colour, as scanners write; PNG for pages of one bit.
pub fn encode(page: &Page, rng: &mut Rng) -> anyhow::Result<Vec<u8>> {
    encode_with(page, rng.range(30.0, 90.0) as u8)
}

pub fn encode_with(page: &Page, quality: u8) -> anyhow::Result<Vec<u8>> {
    let (width, height) = (page.canvas.width, page.canvas.height);
    let mut out = Vec::new();
    if page.bilevel {
        let lights: Vec<u8> = page
            .canvas
            .pixels
            .iter()
            .map(|[light, _, _]| *light)
            .collect();
        image::codecs::png::PngEncoder::new(&mut out).write_image(
            &lights,
            u32::try_from(width)?,
            u32::try_from(height)?,
            image::ExtendedColorType::L8,
        )?;
        return Ok(out);
    }
    let grey = page.canvas.pixels.iter().all(|[r, g, b]| r == g && g == b);
    let mut encoder = Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    let (w, h) = (u16::try_from(width)?, u16::try_from(height)?);
    if grey {
        let lights: Vec<u8> = page
            .canvas
            .pixels
            .iter()
            .map(|[light, _, _]| *light)
            .collect();
        encoder.encode(&lights, w, h, ColorType::Luma)
    } else {
        encoder.encode(page.canvas.pixels.as_flattened(), w, h, ColorType::Rgb)
    }
    .context("failed to write a JPEG")?;
    Ok(out)
}
