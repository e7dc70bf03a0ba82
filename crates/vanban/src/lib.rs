//! vanban
