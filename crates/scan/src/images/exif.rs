//! The one EXIF value that matters here: which way up the picture is.

const ORIENTATION: u16 = 0x0112;
const ENTRIES_MAX: usize = 512;

/// Orientation, 1 to 8, out of an EXIF block (with or without its `Exif` name); 1 if there is none.
pub(super) fn orientation(block: &[u8]) -> u16 {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    read(tiff)
        .filter(|turn| (1..=8).contains(turn))
        .unwrap_or(1)
}

fn read(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let two = |at: usize| -> Option<u16> {
        let pair = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    let four = |at: usize| -> Option<u32> {
        let quad = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little {
            u32::from_le_bytes(quad)
        } else {
            u32::from_be_bytes(quad)
        })
    };
    let first = usize::try_from(four(4)?).ok()?;
    let count = usize::from(two(first)?).min(ENTRIES_MAX);
    (0..count)
        .filter_map(|entry| first.checked_add(2 + entry * 12))
        .find(|at| two(*at) == Some(ORIENTATION))
        .and_then(|at| two(at.checked_add(8)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_are_read_and_nonsense_is_upright() {
        let little = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
        assert_eq!((orientation(little), orientation(big)), (6, 3));
        assert_eq!(
            (orientation(b""), orientation(b"II*\0\xff\xff\xff\xff")),
            (1, 1)
        );
    }
}
