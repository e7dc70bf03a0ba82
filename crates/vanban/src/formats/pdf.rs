//! pdf
use super::Source;
use crate::error::ReadError;
/// x
pub fn source(_bytes: &[u8]) -> Result<Source, ReadError> { Err(ReadError::Empty) }
/// x
pub fn pages(_bytes: &[u8]) -> Result<Vec<String>, ReadError> { Err(ReadError::Empty) }
