//! Records of a BIFF8 stream: kind, length, content, and continuations.

const CONTINUE: u16 = 0x003c;

/// A record with its continuations.
pub(super) struct Record<'a> {
    pub kind: u16,
    /// Content of the record, then of each continuation.
    pub parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// The content of the record itself.
    fn own(&self) -> &'a [u8] {
        self.parts.first().copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.own().len()
    }

    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.own().get(at..at.checked_add(N)?)?.try_into().ok()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.own().get(at).copied()
    }

    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        self.bytes(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        self.bytes(at).map(u32::from_le_bytes)
    }

    pub(super) fn f64(&self, at: usize) -> Option<f64> {
        self.bytes(at)
            .map(f64::from_le_bytes)
            .filter(|number| number.is_finite())
    }
}

/// The records from an offset on; ends where the stream ends or is cut.
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(super) fn new(stream: &'a [u8], offset: usize) -> Self {
        Self {
            rest: stream.get(offset..).unwrap_or_default(),
        }
    }

    fn one(&self) -> Option<(u16, &'a [u8], &'a [u8])> {
        let (head, rest) = self.rest.split_first_chunk::<4>()?;
        let [kind_low, kind_high, len_low, len_high] = *head;
        let len = usize::from(u16::from_le_bytes([len_low, len_high]));
        let (content, rest) = rest.split_at_checked(len)?;
        Some((u16::from_le_bytes([kind_low, kind_high]), content, rest))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, content, rest) = self.one()?;
        self.rest = rest;
        let mut parts = vec![content];
        while let Some((CONTINUE, content, rest)) = self.one() {
            parts.push(content);
            self.rest = rest;
        }
        Some(Record { kind, parts })
    }
}
