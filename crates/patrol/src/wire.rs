//! What crosses the pipes between the parent and a worker: frames of a 4-byte little-endian length and
//! that many bytes of JSON. After a frame of some [`Request`]s the bytes of their files follow as they are, in their order.

use std::io::{Read, Write};

use scan::FileReport;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::limits::FRAME_BYTES_MAX;

/// One file for a worker.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Request {
    /// Name of the file, without its folders.
    pub name: String,
    /// Number of its bytes.
    pub bytes: u64,
}

/// What the parent answers to [`Answer::Ask`].
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Opinion {
    /// `None`: the line was not read.
    pub text: Option<String>,
}

/// What a worker says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Once, before the first request.
    Hello {
        /// `None`: every wall stands. Else the missing one: code and reason.
        missing: Option<(String, String)>,
    },
    /// A file, inner files first, the outermost last.
    Report(Box<FileReport>),
    /// Asks for the text of a strip of a picture, because a worker cannot start another reader. As many bytes follow
    /// as the strip has pixels; an [`Opinion`] is the answer.
    Ask { width: u32, height: u32 },
    /// A request is answered; requests are answered in their order.
    Done,
    /// The reader gave up in the middle of the file; the worker ends.
    Panicked,
}

/// Writes one frame.
///
/// # Errors
/// Those of the pipe, and `InvalidData` for a frame beyond the limit.
pub fn write(out: &mut impl Write, value: &impl Serialize) -> std::io::Result<()> {
    let json = serde_json::to_vec(value)?;
    let length = u32::try_from(json.len())
        .ok()
        .filter(|_| json.len() <= FRAME_BYTES_MAX)
        .ok_or_else(|| invalid("frame too large"))?;
    // One write for both: a frame of a small file is one system call.
    let mut frame = Vec::with_capacity(json.len() + 4);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&json);
    out.write_all(&frame)
}

/// Reads one frame; `None` at the end of the stream.
///
/// # Errors
/// Those of the pipe, and `InvalidData` for what is no frame.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> std::io::Result<Option<T>> {
    let mut length = [0_u8; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > FRAME_BYTES_MAX {
        return Err(invalid("frame too large"));
    }
    let mut json = vec![0; length];
    from.read_exact(&mut json)?;
    Ok(Some(serde_json::from_slice(&json)?))
}

fn invalid(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_went() {
        let request = Request {
            name: "kế hoạch.txt".to_owned(),
            bytes: 7,
        };
        let mut pipe = Vec::new();
        write(&mut pipe, &request).unwrap();
        write(&mut pipe, &Answer::Done).unwrap();
        let mut pipe = pipe.as_slice();
        assert_eq!(read::<Request>(&mut pipe).unwrap(), Some(request));
        assert_eq!(read::<Answer>(&mut pipe).unwrap(), Some(Answer::Done));
        assert_eq!(read::<Answer>(&mut pipe).unwrap(), None);
    }

    #[test]
    fn a_frame_that_claims_four_gigabytes_takes_no_memory() {
        let error = read::<Answer>(&mut [0xff_u8; 8].as_slice()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    }
}
