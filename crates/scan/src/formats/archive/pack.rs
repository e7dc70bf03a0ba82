//! Files that were compressed alone: gzip, bzip2, xz, LZMA and Zstandard. All members of one file are
//! one stream, as the programs that unpack them have it.

use super::{DICTIONARY_BYTES_MAX, Fault, drain, name};
use crate::content::{Member, Sink, Stop};
use crate::limits::Limits;
use ::bzip2::bufread::MultiBzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

/// Reads gzip.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn gzip(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut out = Vec::new();
    let mut inner = None;
    let mut rest = bytes;
    let mut done = Ok(());
    // Zeros may fill the file up to a block of a tape.
    while done.is_ok() && rest.iter().any(|byte| *byte != 0) {
        let mut decoder = GzDecoder::new(rest);
        done = drain(&mut decoder, limits.file_bytes, &mut out, sink);
        if inner.is_none() {
            inner = decoder
                .header()
                .and_then(|header| header.filename())
                .map(name);
        }
        rest = decoder.into_inner();
    }
    finish(done, inner, out, sink)
}

/// Reads Zstandard.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn zstd(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut out = Vec::new();
    let done = frames(bytes, limits.file_bytes, &mut out, sink);
    finish(done, None, out, sink)
}

/// Reads bzip2.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn bzip2(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut out = Vec::new();
    let done = drain(
        &mut MultiBzDecoder::new(bytes),
        limits.file_bytes,
        &mut out,
        sink,
    );
    finish(done, None, out, sink)
}

/// Memory for one dictionary and what stands around it, in KiB.
fn memory_kib_max() -> u32 {
    u32::try_from((DICTIONARY_BYTES_MAX + (8 << 20)) >> 10).unwrap_or(u32::MAX)
}

/// Reads xz.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn xz(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut out = Vec::new();
    let mut reader = XzReader::new_mem_limit(bytes, true, memory_kib_max());
    let done = drain(&mut reader, limits.file_bytes, &mut out, sink);
    finish(done, None, out, sink)
}

/// Reads LZMA data with its short header.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn lzma(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut out = Vec::new();
    let done = match LzmaReader::new_mem_limit(bytes, memory_kib_max(), None) {
        Ok(mut reader) => {
            let done = drain(&mut reader, limits.file_bytes, &mut out, sink);
            // The data says where it ends: what follows was never unpacked.
            let (rest, ahead) = reader.into_parts();
            if done.is_ok() && !(rest.is_empty() && ahead.is_empty()) {
                Err(Fault::Damaged)
            } else {
                done
            }
        }
        Err(error) => Err(Fault::from(&error)),
    };
    finish(done, None, out, sink)
}

fn finish(
    done: Result<(), Fault>,
    inner: Option<String>,
    out: Vec<u8>,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    let name = inner.unwrap_or_else(|| "content".to_owned());
    if let Err(fault) = done {
        fault.note(&name, sink)?;
    }
    if out.is_empty() {
        return Ok(());
    }
    sink.member(Member { name, bytes: out })
}

/// All frames of Zstandard data.
///
/// # Errors
/// [`Fault`] as for every entry.
pub fn frames(
    bytes: &[u8],
    limit: u64,
    out: &mut Vec<u8>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let mut ahead = rest;
        match StreamingDecoder::new(&mut ahead) {
            Ok(mut decoder) => drain(&mut decoder, limit, out, sink)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = usize::try_from(length).map_err(|_| Fault::Damaged)?;
                ahead = ahead.get(length..).ok_or(Fault::Damaged)?;
            }
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => return Err(Fault::TooLarge),
            Err(_) => return Err(Fault::Damaged),
        }
        if ahead.len() == rest.len() {
            return Err(Fault::Damaged);
        }
        rest = ahead;
    }
    Ok(())
}
