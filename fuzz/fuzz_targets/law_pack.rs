//! Law packs and questions: no file of a pack panics the loader, and every question
//! gets an answer that is JSON or a refusal with a remedy.

#![no_main]

use std::collections::BTreeMap;

use law::{Pack, ask, embedded};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for path in ["rules/fuzz.toml", "acts/fuzz.toml"] {
        let alone = BTreeMap::from([(path.to_owned(), text.to_owned())]);
        let refusals = Pack::load(&alone).expect_err("one file is never a whole pack");
        assert!(
            refusals
                .iter()
                .all(|refusal| refusal.to_string().contains("= help: "))
        );
    }
    // Laid over the real pack only when it parses: that load is slower.
    if text.contains("subject") {
        let mut files = embedded::files();
        files.insert("rules/fuzz.toml".to_owned(), text.to_owned());
        let _ = Pack::load(&files).map_err(|refusals| refusals.len());
    }
    let pack = Pack::embedded().expect("the embedded pack loads");
    match ask::answer(pack, text) {
        Ok(answer) => assert!(answer.starts_with("{\"answer\":")),
        Err(error) => assert!(error.code().starts_with("ASK-") && !error.help().is_empty()),
    }
});
