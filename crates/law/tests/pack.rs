//! The compiled-in pack loads, and answers the examples of the contract.

#[test]
fn the_embedded_pack_loads() {
    if let Err(diagnostics) = law::Pack::embedded() {
        let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        panic!("{}", shown.join("\n"));
    }
}
