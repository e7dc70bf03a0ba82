//! Rebuilds the crate when a file of the law pack changes, because the pack is compiled into it.

fn main() {
    println!("cargo:rerun-if-changed=../../law/acts");
    println!("cargo:rerun-if-changed=../../law/rules");
    println!("cargo:rerun-if-changed=../../law/catalogues");
}
