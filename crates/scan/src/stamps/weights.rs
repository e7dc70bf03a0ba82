//! The trained weights, in the program itself: half precision numbers: gate, closer gate, readers.

use std::sync::LazyLock;

use super::net::{CLOSER_GATE, GATE, READER, Shape};

/// Written by `cargo run --release -p training -- train`.
static STORED: &[u8] = include_bytes!("weights.bin");

/// Weights of the networks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    pub gate: Vec<f32>,
    pub closer_gate: Vec<f32>,
    /// Readers of one shape, trained apart: the mean of what they read is right more often than each.
    pub readers: Vec<Vec<f32>>,
}

impl Weights {
    /// Reads what [`Weights::encode`] wrote; `None` if the length is not that of both gates and some readers.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let numbers: Vec<f32> = bytes
            .chunks_exact(2)
            .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
            .map(|pair| from_half(u16::from_le_bytes(pair)))
            .collect();
        let (gate, numbers) = numbers.split_at_checked(GATE.weights())?;
        let (closer_gate, numbers) = numbers.split_at_checked(CLOSER_GATE.weights())?;
        let readers = numbers.chunks_exact(READER.weights());
        let whole = readers.remainder().is_empty() && readers.len() > 0;
        let readers = readers.map(<[f32]>::to_vec).collect();
        whole.then_some(Self {
            gate: gate.to_vec(),
            closer_gate: closer_gate.to_vec(),
            readers,
        })
    }

    /// Two bytes a weight.
    pub fn encode(&self) -> Vec<u8> {
        let gates = self.gate.iter().chain(&self.closer_gate);
        let all = gates.chain(self.readers.iter().flatten());
        all.flat_map(|value| to_half(*value).to_le_bytes())
            .collect()
    }

    /// Weights of a network that knows nothing, of the right number.
    pub fn empty() -> Self {
        let none = |shape: &Shape| vec![0.0; shape.weights()];
        Self {
            gate: none(&GATE),
            closer_gate: none(&CLOSER_GATE),
            readers: vec![none(&READER)],
        }
    }

    /// The weights in the program.
    pub fn stored() -> &'static Self {
        static DECODED: LazyLock<Weights> =
            LazyLock::new(|| Weights::decode(STORED).unwrap_or_else(Weights::empty));
        &DECODED
    }
}

/// IEEE 754 half precision; what is too small becomes zero, too large the largest.
fn to_half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) & 0x8000;
    let magnitude = bits & 0x7FFF_FFFF;
    let half = if magnitude < 0x3880_0000 {
        0
    } else if magnitude >= 0x477F_E000 {
        0x7BFF
    } else {
        (magnitude + 0x1000 - 0x3800_0000) >> 13
    };
    u16::try_from(sign | half.min(0x7BFF)).unwrap_or_default()
}

fn from_half(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let magnitude = u32::from(half & 0x7FFF);
    if magnitude == 0 {
        return 0.0;
    }
    f32::from_bits(sign | ((magnitude << 13) + 0x3800_0000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_weights_fit_the_networks() {
        let stored = Weights::decode(STORED).unwrap();
        assert!(Weights::decode(&stored.encode()) == Some(stored.clone()));
        for reader in &stored.readers {
            assert!(reader.iter().any(|weight| *weight != 0.0));
        }
        assert!(Weights::decode(STORED.get(2..).unwrap()).is_none());
    }

    #[test]
    fn half_precision_keeps_eleven_bits() {
        for value in [1.0_f32, -0.333_33, 12.5, 0.001, -7.77, 0.0] {
            let back = from_half(to_half(value));
            assert!(
                (back - value).abs() <= value.abs() / 1_900.0,
                "{value} {back}"
            );
        }
        assert_eq!(from_half(to_half(1e9)), 65_504.0);
    }
}
