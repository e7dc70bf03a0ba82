use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::report::Reason;

/// Dark left half, white right half, 40 wide, 20 high.
fn halves() -> image::GrayImage {
    image::GrayImage::from_fn(40, 20, |x, _| image::Luma([if x < 20 { 20 } else { 255 }]))
}

fn encoded(format: image::ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = image::DynamicImage::ImageLuma8(halves());
    let picture = if matches!(format, image::ImageFormat::WebP | image::ImageFormat::Gif) {
        image::DynamicImage::ImageRgb8(picture.to_rgb8())
    } else {
        picture
    };
    picture.write_to(&mut out, format).expect("writes");
    out.into_inner()
}

/// A JPEG with an EXIF block that asks for `orientation`.
fn turned_jpeg(orientation: u8) -> Vec<u8> {
    let plain = encoded(image::ImageFormat::Jpeg);
    let mut block = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut out = plain[..2].to_vec();
    out.extend([0xFF, 0xE1]);
    out.extend(u16::try_from(block.len() + 2).expect("short").to_be_bytes());
    out.extend(block);
    out.extend(&plain[2..]);
    out
}

/// Uncompressed grey pages, one directory each.
fn tiff_of(pages: &[(u32, u32)]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut encoder = ::tiff::encoder::TiffEncoder::new(&mut out).expect("starts");
    for (number, (width, height)) in pages.iter().enumerate() {
        let light = u8::try_from(number * 40).expect("few pages");
        let pixels = vec![light; (width * height) as usize];
        encoder
            .write_image::<::tiff::encoder::colortype::Gray8>(*width, *height, &pixels)
            .expect("writes");
    }
    out.into_inner()
}

fn pages(bytes: &[u8], limits: &Limits) -> Vec<Result<(usize, usize), Reason>> {
    let mut found = Vec::new();
    each_page(bytes, limits, &mut |page| {
        found.push(page.map(|bitmap| (bitmap.width(), bitmap.height())));
        true
    });
    found
}

#[test]
fn each_format_is_read() {
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    for format in [Bmp, Gif, Jpeg, Png, WebP] {
        let bitmap = first_page(&encoded(format), &Limits::default()).expect("reads");
        assert_eq!((bitmap.width(), bitmap.height()), (40, 20), "{format:?}");
        let row = bitmap.row(10);
        assert!(row[0] < 60 && row[row.len() - 1] > 230, "{format:?}");
    }
}

#[test]
fn exif_turns_the_picture() {
    let dark_corner = |orientation: u8| {
        let bitmap = first_page(&turned_jpeg(orientation), &Limits::default()).expect("reads");
        let (top, bottom) = (bitmap.row(2), bitmap.row(bitmap.height() - 3));
        let dark = |value: u8| value < 100;
        let corners = [
            dark(top[2]),
            dark(top[top.len() - 3]),
            dark(bottom[2]),
            dark(bottom[bottom.len() - 3]),
        ];
        (bitmap.width(), corners)
    };
    assert_eq!(dark_corner(1), (40, [true, false, true, false]));
    assert_eq!(dark_corner(3), (40, [false, true, false, true]));
    assert_eq!(dark_corner(6), (20, [true, true, false, false]));
    assert_eq!(dark_corner(8), (20, [false, false, true, true]));
}

#[test]
fn two_turns_of_opposite_sense_are_none() {
    let pixels: Vec<u8> = (0..6).collect();
    let bitmap = Bitmap::grey(3, 2, pixels).expect("fits");
    for (there, back) in [(2, 2), (3, 3), (4, 4), (5, 5), (6, 8), (7, 7)] {
        assert_ne!(bitmap.clone().oriented(there), bitmap);
        assert_eq!(bitmap.clone().oriented(there).oriented(back), bitmap);
    }
}

#[test]
fn every_page_of_a_tiff_is_handed_on() {
    let file = tiff_of(&[(30, 20), (10, 40), (7, 9)]);
    assert_eq!(
        pages(&file, &Limits::default()),
        [Ok((30, 20)), Ok((10, 40)), Ok((7, 9))]
    );
    let few = Limits {
        pages: 2,
        ..Limits::default()
    };
    assert_eq!(pages(&file, &few).last(), Some(&Err(Reason::TooLarge)));
    let small = Limits {
        inflated_bytes: 700,
        ..Limits::default()
    };
    assert_eq!(pages(&file, &small), [Ok((30, 20)), Err(Reason::TooLarge)]);
}

#[test]
fn a_size_beyond_the_limit_is_refused_before_memory_is_asked_for() {
    let mut png = encoded(image::ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(first_page(&png, &Limits::default()), Err(Reason::TooLarge));

    let mut jpeg = encoded(image::ImageFormat::Jpeg);
    let at = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .expect("has a frame");
    jpeg[at + 5..at + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(first_page(&jpeg, &Limits::default()), Err(Reason::TooLarge));

    let mut bmp = encoded(image::ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0x50, 0xC3, 0, 0, 0x50, 0xC3, 0, 0]);
    assert_eq!(first_page(&bmp, &Limits::default()), Err(Reason::TooLarge));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 * (sum & 1))
        })
    })
}

#[test]
fn a_cut_off_file_is_damaged() {
    use image::ImageFormat::{Bmp, Jpeg, Png};
    for format in [Bmp, Jpeg, Png] {
        let whole = encoded(format);
        let cut = &whole[..whole.len() * 2 / 3];
        assert_eq!(
            first_page(cut, &Limits::default()),
            Err(Reason::Damaged),
            "{format:?}"
        );
    }
    let tiff = tiff_of(&[(200, 200)]);
    assert_eq!(
        pages(&tiff[..tiff.len() / 2], &Limits::default()),
        [Err(Reason::Damaged)]
    );
}

#[test]
fn films_and_unknown_bytes_are_of_no_known_type() {
    let avif = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif".as_slice();
    assert_eq!(
        first_page(avif, &Limits::default()),
        Err(Reason::UnknownType)
    );
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice();
    assert_eq!(first_page(heic, &Limits::default()), Err(Reason::Damaged));
    assert_eq!(
        first_page(b"plain words", &Limits::default()),
        Err(Reason::UnknownType)
    );
    assert_eq!(
        first_page(b"", &Limits::default()),
        Err(Reason::UnknownType)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_make_it_panic(
        kind in 0_usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        keep in any::<prop::sample::Index>(),
    ) {
        use image::ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
        let mut file = match kind {
            0 => tiff_of(&[(9, 7), (5, 5)]),
            at => encoded([Bmp, Gif, Jpeg, Png, WebP][at - 1]),
        };
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        file.truncate(file.len() / 2 + keep.index(file.len() / 2 + 1));
        let limits = Limits { pixels: 1 << 20, ..Limits::default() };
        let mut calls = 0;
        each_page(&file, &limits, &mut |_| { calls += 1; calls < 20 });
        prop_assert!(calls > 0);
    }
}
