//! Base 45 (RFC 9285): bytes in the alphabet that a QR code stores in 5.5 bits a character.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Two bytes become three characters, a last single byte two; least significant digit first.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(2).saturating_mul(3));
    for chunk in bytes.chunks(2) {
        let mut value = chunk
            .iter()
            .fold(0_usize, |value, byte| value * 256 + usize::from(*byte));
        for _ in 0..=chunk.len() {
            out.push(
                ALPHABET
                    .get(value % 45)
                    .map_or('0', |digit| char::from(*digit)),
            );
            value /= 45;
        }
    }
    out
}

/// Reads back exactly what [`encode`] writes; `None` for everything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for chunk in text.as_bytes().chunks(3) {
        let value = chunk.iter().rev().try_fold(0_u32, |value, character| {
            let digit = ALPHABET.iter().position(|known| known == character)?;
            Some(value * 45 + u32::try_from(digit).ok()?)
        })?;
        match chunk.len() {
            3 => out.extend_from_slice(&u16::try_from(value).ok()?.to_be_bytes()),
            2 => out.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn examples_of_rfc_9285() {
        for (bytes, text) in [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("ietf!", "QED8WEX0"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
    }

    #[test]
    fn refuses_what_no_encoder_writes() {
        for text in ["GGW", ":::", "::", "A", "BB8A", "bb8", "BB\u{e9}"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("FGW"), Some(vec![255, 255]));
        assert_eq!(decode(""), Some(vec![]));
    }
}
