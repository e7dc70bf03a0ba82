//! What a character is, out of a table: every letter of every line near a needle is asked for it.

use std::sync::LazyLock;

/// Characters of the table: all Latin letters that Vietnamese has, Greek and Cyrillic ones too.
const TABLE_CHARS: u32 = 0x2000;

const ALPHABETIC: u32 = 1 << 24;
const ALPHANUMERIC: u32 = 1 << 25;
const SMALL: u32 = 1 << 26;
const CAPITAL: u32 = 1 << 27;
/// The low bits hold the small form.
const ONE_SMALL: u32 = 1 << 28;
const CODE: u32 = ALPHABETIC - 1;

static TABLE: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    (0..TABLE_CHARS)
        .filter_map(char::from_u32)
        .map(look)
        .collect()
});

/// What a character is, and its small form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Letter(u32);

/// Looks a character up.
pub fn of(c: char) -> Letter {
    let at = usize::try_from(u32::from(c)).unwrap_or(usize::MAX);
    TABLE.get(at).copied().unwrap_or_else(|| look(c))
}

impl Letter {
    pub const fn is_alphabetic(self) -> bool {
        self.0 & ALPHABETIC != 0
    }

    pub const fn is_alphanumeric(self) -> bool {
        self.0 & ALPHANUMERIC != 0
    }

    pub const fn is_small(self) -> bool {
        self.0 & SMALL != 0
    }

    pub const fn is_capital(self) -> bool {
        self.0 & CAPITAL != 0
    }

    /// Adds the small form of `c`, whose entry this is.
    pub fn push_small(self, c: char, out: &mut String) {
        match char::from_u32(self.0 & CODE) {
            Some(small) if self.0 & ONE_SMALL != 0 => out.push(small),
            _ => out.extend(c.to_lowercase()),
        }
    }
}

fn look(c: char) -> Letter {
    let mut small = c.to_lowercase();
    let one = match (small.next(), small.next()) {
        (Some(one), None) => ONE_SMALL | u32::from(one),
        _ => 0,
    };
    let flag = |is: bool, flag: u32| if is { flag } else { 0 };
    Letter(
        one | flag(c.is_alphabetic(), ALPHABETIC)
            | flag(c.is_alphanumeric(), ALPHANUMERIC)
            | flag(c.is_lowercase(), SMALL)
            | flag(c.is_uppercase(), CAPITAL),
    )
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_table_says_what_the_standard_library_says() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let letter = of(c);
            let mut small = String::new();
            letter.push_small(c, &mut small);
            assert_eq!(letter.is_alphabetic(), c.is_alphabetic(), "{c:?}");
            assert_eq!(letter.is_alphanumeric(), c.is_alphanumeric(), "{c:?}");
            assert_eq!(letter.is_small(), c.is_lowercase(), "{c:?}");
            assert_eq!(letter.is_capital(), c.is_uppercase(), "{c:?}");
            assert!(small.chars().eq(c.to_lowercase()), "{c:?}");
        }
    }
}
