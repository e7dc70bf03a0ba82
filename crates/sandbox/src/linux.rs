//! The four walls on Linux, in the order in which they can still be built.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetStatus, Scope,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};

use crate::{Landlock, Limits, LockError, syscalls};

/// Standard input, output and error; no further descriptor can be opened.
const DESCRIPTORS: u64 = 3;

pub(crate) fn limit(limits: &Limits) -> Result<(), LockError> {
    for (resource, name, value) in [
        (Resource::As, "address space", limits.address_bytes),
        (Resource::Cpu, "CPU time", limits.cpu_s),
        (Resource::Fsize, "file size", 0),
        (Resource::Core, "core dump", 0),
        (Resource::Nproc, "processes", 0),
    ] {
        set(resource, name, value)?;
    }
    // A worker must not outlive the one who kills it when its time is over.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| refused("end with the parent", error))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| refused("no memory dump", error))
}

pub(crate) fn lock(limits: &Limits) -> Result<Landlock, LockError> {
    limit(limits)?;
    rustix::thread::set_no_new_privs(true)
        .map_err(|error| LockError::Privileges(error.to_string()))?;
    let landlock = landlock()?;
    // Only now: a Landlock ruleset is itself a descriptor.
    set(Resource::Nofile, "descriptors", DESCRIPTORS)?;
    syscalls::restrict()?;
    Ok(landlock)
}

/// Handles every right that this kernel knows, and grants none.
fn landlock() -> Result<Landlock, LockError> {
    let failed = |error: landlock::RulesetError| LockError::Landlock(error.to_string());
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V6))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V6)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(failed)?;
    match status.ruleset {
        RulesetStatus::FullyEnforced => Ok(Landlock::Full),
        RulesetStatus::PartiallyEnforced => Ok(Landlock::Partial),
        RulesetStatus::NotEnforced => Err(LockError::Landlock("not enforced".to_owned())),
    }
}

fn set(resource: Resource, what: &'static str, value: u64) -> Result<(), LockError> {
    let both = Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    rustix::process::setrlimit(resource, both).map_err(|error| refused(what, error))
}

fn refused(what: &'static str, error: rustix::io::Errno) -> LockError {
    LockError::Limit {
        what,
        why: error.to_string(),
    }
}
