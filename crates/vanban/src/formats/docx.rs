//! docx
use super::Source;
use crate::error::ReadError;
/// x
pub fn source(_bytes: &[u8]) -> Result<Source, ReadError> { Err(ReadError::Empty) }
