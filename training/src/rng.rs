//! The only chance in here: a seeded generator, the same on every machine.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, but not, 1.
    pub fn part(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.part()
    }

    /// Between minus and plus `most`.
    pub fn spread(&mut self, most: f32) -> f32 {
        self.range(-most, most)
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    pub fn chance(&mut self, part: f32) -> bool {
        self.part() < part
    }

    /// Nearly normal: mean 0, deviation 1.
    pub fn normal(&mut self) -> f32 {
        let four: f32 = (0..4).map(|_| self.part()).sum();
        (four - 2.0) * 1.732
    }

    /// The same out of one drawing: for every pixel of a page.
    pub fn quick_normal(&mut self) -> f32 {
        let bits = self.next();
        let four = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
        (four as f32 / 65_536.0 - 2.0) * 1.732
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        let at = self.below(from.len());
        from.get(at)
            .copied()
            .unwrap_or_else(|| unreachable!("`pick` from an empty list"))
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
    }
}
