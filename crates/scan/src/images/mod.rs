//! Picture files into pixels: JPEG, PNG, TIFF (every page, CCITT included), BMP, GIF, WebP and HEIC. The size that the
//! header claims is held against the limits before memory is asked for; what cannot be read is a [`Reason`].

mod exif;
mod heic;
mod raster;
mod tiff;

#[cfg(test)]
mod tests;

use crate::limits::Limits;
use crate::report::Reason;

/// Pixels of one picture, one or three bytes each, rows from the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    channels: usize,
    pixels: Vec<u8>,
}

impl Bitmap {
    /// A picture with one byte a pixel, 0 is black; `None` if the number of bytes does not fit the size.
    pub fn grey(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        Self::new(width, height, 1, pixels)
    }

    /// A picture with red, green and blue bytes a pixel; `None` if the number of bytes does not fit the size.
    pub fn rgb(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        Self::new(width, height, 3, pixels)
    }

    fn new(width: usize, height: usize, channels: usize, pixels: Vec<u8>) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(channels)?;
        (bytes == pixels.len() && bytes > 0).then_some(Self {
            width,
            height,
            channels,
            pixels,
        })
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    /// 1 for grey, 3 for colour.
    pub fn channels(&self) -> usize {
        self.channels
    }

    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Row `y` from the top; empty below the last one.
    pub fn row(&self, y: usize) -> &[u8] {
        let stride = self.width * self.channels;
        let start = y.saturating_mul(stride);
        self.pixels
            .get(start..start.saturating_add(stride))
            .unwrap_or_default()
    }

    /// The picture as its EXIF orientation (1 to 8) means it to be seen; any other number changes nothing.
    #[must_use]
    pub fn oriented(self, orientation: u16) -> Self {
        match orientation {
            2 => self.mapped(false, |x, y, w, _| (w - 1 - x, y)),
            3 => self.mapped(false, |x, y, w, h| (w - 1 - x, h - 1 - y)),
            4 => self.mapped(false, |x, y, _, h| (x, h - 1 - y)),
            5 => self.mapped(true, |x, y, _, _| (y, x)),
            6 => self.mapped(true, |x, y, _, h| (y, h - 1 - x)),
            7 => self.mapped(true, |x, y, w, h| (w - 1 - y, h - 1 - x)),
            8 => self.mapped(true, |x, y, w, _| (w - 1 - y, x)),
            _ => self,
        }
    }

    /// A new picture whose pixel at `x`, `y` is the old one at `from(x, y, old width, old height)`.
    fn mapped(
        self,
        swapped: bool,
        from: impl Fn(usize, usize, usize, usize) -> (usize, usize),
    ) -> Self {
        let (width, height) = if swapped {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            for x in 0..width {
                let (old_x, old_y) = from(x, y, self.width, self.height);
                let start = (old_y * self.width + old_x) * self.channels;
                let pixel = self.pixels.get(start..start + self.channels);
                pixels.extend_from_slice(pixel.unwrap_or_default());
            }
        }
        Self {
            width,
            height,
            channels: self.channels,
            pixels,
        }
    }
}

/// Decodes every page of the picture file `bytes` and hands each to `take`, in order: a bitmap, or why the page was
/// not read. `take` answers `false` when it has had enough. There is one call at least.
pub fn each_page(
    bytes: &[u8],
    limits: &Limits,
    take: &mut dyn FnMut(Result<Bitmap, Reason>) -> bool,
) {
    if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") || bytes.starts_with(b"II+\0") {
        tiff::each_page(bytes, limits, take);
    } else {
        take(first_page(bytes, limits));
    }
}

/// Decodes a picture file of one page.
///
/// # Errors
/// Too large for the limits, damaged or cut off, or of a type that is not read here (AVIF among them).
pub fn first_page(bytes: &[u8], limits: &Limits) -> Result<Bitmap, Reason> {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        raster::jpeg(bytes, limits)
    } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        let mut first = Err(Reason::Damaged);
        tiff::each_page(bytes, limits, &mut |page| {
            first = page;
            false
        });
        first
    } else if heic::is(bytes) {
        heic::read(bytes, limits)
    } else {
        raster::other(bytes, limits)
    }
}

/// Holds a size that a header claims against the limits, before memory is asked for.
fn admit(width: u64, height: u64, limits: &Limits) -> Result<(), Reason> {
    if width == 0 || height == 0 {
        return Err(Reason::Damaged);
    }
    match width.checked_mul(height) {
        Some(pixels) if pixels <= limits.pixels => Ok(()),
        _ => Err(Reason::TooLarge),
    }
}
