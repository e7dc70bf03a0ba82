//! Reading and writing of length-prefixed bytes. All integers are big-endian.

/// A part that could not be read, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub at: usize,
    pub why: &'static str,
}

/// Reads from the front of a slice and remembers how far it came.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn cut(&self, why: &'static str) -> Cut {
        Cut { at: self.at, why }
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Cut> {
        let (head, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| self.cut("truncated"))?;
        self.rest = rest;
        self.at = self.at.saturating_add(length);
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Cut> {
        let cut = self.cut("truncated");
        self.take(N)?.try_into().map_err(|_| cut)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Cut> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Cut> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Cut> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// UTF-8 text behind a 16-bit length.
    pub(crate) fn text(&mut self) -> Result<&'a str, Cut> {
        let length = usize::from(self.u16()?);
        let cut = self.cut("not UTF-8");
        std::str::from_utf8(self.take(length)?).map_err(|_| cut)
    }

    /// Refuses bytes behind the last part.
    pub(crate) fn end(&self) -> Result<(), Cut> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.cut("bytes behind the end"))
        }
    }
}

/// Appends text behind a 16-bit length; `None` if it is longer than that length can say.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let length = u16::try_from(text.len()).ok()?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(text.as_bytes());
    Some(())
}
