//! html
use super::Source;
use crate::error::ReadError;
/// x
pub fn source(_bytes: &[u8]) -> Result<Source, ReadError> { Err(ReadError::Empty) }
/// x
pub fn looks_like(_head: &[u8]) -> bool { false }
