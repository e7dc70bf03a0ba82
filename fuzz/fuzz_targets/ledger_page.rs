//! Page proofs from QR codes: what reads is written again as it was, and nothing verifies that was never signed.

#![no_main]

use std::sync::LazyLock;

use ledger::Frontier;
use ledger::note::VerifierKey;
use ledger::page::{PageProof, flow_digest};
use libfuzzer_sys::fuzz_target;

/// A key whose private half was never kept.
static KEY: LazyLock<VerifierKey> = LazyLock::new(|| {
    "khien.example/fuzz+a4df6366+AUx8BZU5wjHp+aE2PjJCgEPVZ2E3hLl+UR8RkI+pc1mA"
        .parse()
        .expect("a good key")
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frontier) = Frontier::from_bytes(bytes) {
        assert_eq!(frontier.to_bytes(), bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    for text in [format!("KHIEN1:{text}"), text.to_string()] {
        if let Ok(proof) = PageProof::parse(&text) {
            assert_eq!(proof.to_qr_text().as_deref(), Ok(text.as_str()));
            assert!(proof.verify(&KEY).is_err());
        }
    }
    assert_eq!(flow_digest(&text), flow_digest(&text.replace(' ', "")));
});
