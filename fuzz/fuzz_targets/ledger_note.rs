//! Signed notes, checkpoints, keys and exports: no text panics, and none is signed by a key that never signed.

#![no_main]

use std::sync::LazyLock;

use ledger::checkpoint::Checkpoint;
use ledger::export::verify_export;
use ledger::note::{self, VerifierKey};
use libfuzzer_sys::fuzz_target;

/// A key whose private half was never kept.
static KEY: LazyLock<VerifierKey> = LazyLock::new(|| {
    "khien.example/fuzz+a4df6366+AUx8BZU5wjHp+aE2PjJCgEPVZ2E3hLl+UR8RkI+pc1mA"
        .parse()
        .expect("a good key")
});

fuzz_target!(|bytes: &[u8]| {
    assert!(verify_export(bytes, &KEY, &[]).is_err());
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    assert!(note::open(text, &KEY).is_err());
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert!(text.starts_with(&checkpoint.to_text()));
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
});
