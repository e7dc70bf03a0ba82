//! Locks a worker process of this program, so that a parser taken over by a hostile file can do
//! nothing but answer on its pipe: limits of resources, no new privileges, Landlock without any
//! right, a seccomp allow-list that ends the process.
//!
//! [`lock`] is called once, by a process of one thread, before it reads the first foreign byte.
//! Afterwards the process reads descriptor 0, writes descriptors 1 and 2, and has memory; there is no
//! way back. Where the kernel cannot do this, [`LockError`] says what is missing; going on without it
//! is the operator's decision, never this crate's.

mod error;
pub mod limits;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod syscalls;

pub use error::LockError;
pub use limits::Limits;

/// How far Landlock covers what this program asks of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Landlock {
    /// Files, network, signals and abstract sockets.
    Full,
    /// An older kernel that knows a part of it; seccomp denies the calls of the rest.
    Partial,
}

/// Sets the limits of resources only.
///
/// # Errors
/// [`LockError::Limit`] when the system refuses one, [`LockError::Platform`] outside Linux.
pub fn limit(limits: &Limits) -> Result<(), LockError> {
    #[cfg(target_os = "linux")]
    return linux::limit(limits);
    #[cfg(not(target_os = "linux"))]
    return Err(LockError::platform(limits));
}

/// Locks this process for good.
///
/// # Errors
/// The first wall that could not be put up. The ones before it stand; the caller must not read foreign
/// bytes unless its operator accepted that.
pub fn lock(limits: &Limits) -> Result<Landlock, LockError> {
    #[cfg(target_os = "linux")]
    return linux::lock(limits);
    #[cfg(not(target_os = "linux"))]
    return Err(LockError::platform(limits));
}
