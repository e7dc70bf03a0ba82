//! Chunked bodies, which in ICAP are always chunked (RFC 3507, 4.4.1), and the end of a preview (4.5).

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

use super::Over;

/// Longest line of a chunk's size or of a trailer.
const LINE_BYTES_MAX: u64 = 4_096;
/// Largest piece given at once.
const PIECE_BYTES_MAX: u64 = 256 << 10;

/// How a run of chunks ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ended {
    /// `0`: the end of the body, or of the preview.
    Open,
    /// `0; ieof`: the preview was the whole body.
    Whole,
}

pub(super) enum Step {
    Piece(Vec<u8>),
    End(Ended),
}

/// Reads chunk after chunk.
#[derive(Default)]
pub(super) struct Chunks {
    /// Bytes of the current chunk that are still to come.
    left: u64,
}

impl Chunks {
    pub(super) async fn next(
        &mut self,
        stream: &mut (impl AsyncBufRead + Unpin),
    ) -> Result<Step, Over> {
        if self.left == 0 {
            let size = line(stream).await?;
            let mut words = size.split(';');
            let digits = words.next().unwrap_or_default().trim();
            self.left =
                u64::from_str_radix(digits, 16).map_err(|_| Over::Bad("400 Bad Request"))?;
            if self.left == 0 {
                let whole = words.any(|word| word.trim().eq_ignore_ascii_case("ieof"));
                // Trailers, if there are any.
                while !line(stream).await?.is_empty() {}
                return Ok(Step::End(if whole { Ended::Whole } else { Ended::Open }));
            }
        }
        let piece = self.left.min(PIECE_BYTES_MAX);
        let mut bytes = vec![0; usize::try_from(piece).unwrap_or(0)];
        stream.read_exact(&mut bytes).await?;
        self.left -= piece;
        if self.left == 0 && !line(stream).await?.is_empty() {
            return Err(Over::Bad("400 Bad Request"));
        }
        Ok(Step::Piece(bytes))
    }
}

/// One line without its end.
async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<String, Over> {
    let mut bytes = Vec::new();
    stream
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut bytes)
        .await?;
    if bytes.last() != Some(&b'\n') {
        return Err(if bytes.len() as u64 == LINE_BYTES_MAX {
            Over::Bad("400 Bad Request")
        } else {
            Over::Gone
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| Over::Bad("400 Bad Request"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<(String, Ended), Over> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut stream = text.as_bytes();
            let mut chunks = Chunks::default();
            let mut body = Vec::new();
            loop {
                match chunks.next(&mut stream).await? {
                    Step::Piece(piece) => body.extend(piece),
                    Step::End(ended) => return Ok((String::from_utf8(body).unwrap(), ended)),
                }
            }
        })
    }

    #[test]
    fn chunks_end_open_or_whole() {
        assert_eq!(
            all("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap(),
            ("abcde".to_owned(), Ended::Open)
        );
        assert_eq!(
            all("3\r\nabc\r\n0; ieof\r\n\r\n").unwrap(),
            ("abc".to_owned(), Ended::Whole)
        );
        assert_eq!(
            all("0\r\nTrailer: x\r\n\r\n").unwrap(),
            (String::new(), Ended::Open)
        );
    }

    #[test]
    fn broken_chunks_are_refused_and_half_ones_are_gone() {
        for bad in ["zz\r\n", "-1\r\n", "3\r\nabcd\r\n0\r\n\r\n", "\r\n"] {
            assert!(matches!(all(bad), Err(Over::Bad(_))), "{bad:?}");
        }
        for half in ["", "5", "5\r\nab", "5\r\nabcde", "0\r\n"] {
            assert!(matches!(all(half), Err(Over::Gone)), "{half:?}");
        }
        // The announced size is not taken from memory before it comes.
        assert!(matches!(all("ffffffffffffffff\r\nabc"), Err(Over::Gone)));
    }
}
