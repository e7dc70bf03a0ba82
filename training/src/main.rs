//! Draws stamped and ordinary pages, trains the stamp gate and reader on them, measures them.

fn main() {}
