//! Bytes that read as an event are the one encoding of that event.

#![no_main]

use ledger::Event;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((event, salt)) = Event::decode(bytes) {
        assert_eq!(event.encode(&salt).as_deref(), Ok(bytes));
    }
});
