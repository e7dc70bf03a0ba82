//! Rebuilds the crate when a file of the law pack changes, because the pack is compiled into it.

#[expect(
    clippy::print_stdout,
    reason = "cargo reads build script instructions from stdout"
)]
fn main() {
    println!("cargo:rerun-if-changed=../../law/acts");
    println!("cargo:rerun-if-changed=../../law/rules");
}
