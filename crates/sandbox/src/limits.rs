//! What a worker may use.

/// Limits of one worker process over its whole life.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Address space; an allocation beyond it ends the worker.
    pub address_bytes: u64,
    /// CPU time of the whole life. The wall-clock limit of a file is the parent's; this one ends a
    /// worker whose parent is gone.
    pub cpu_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address_bytes: 3 << 30,
            cpu_s: 900,
        }
    }
}
