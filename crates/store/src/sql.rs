//! Names every statement, so that a test prepares each of them on both
//! databases.

/// Declares statements as constants and lists them under their names.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub const $name: &str = $sql;)*
        /// Every statement of this module with its name.
        pub const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

statements! {
    /// Next number of a gapless series.
    COUNTER_NEXT = "INSERT INTO counter (name, n) VALUES ($1, 1)
        ON CONFLICT (name) DO UPDATE SET n = counter.n + 1 RETURNING n";
    /// Last number given by a series.
    COUNTER_NOW = "SELECT n FROM counter WHERE name = $1";
    /// Reserves many numbers at once (import): the answer is the last of them.
    COUNTER_TAKE = "INSERT INTO counter (name, n) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET n = counter.n + $2 RETURNING n";
}

/// Every named statement of the store: (module, name, text).
pub fn all() -> Vec<(&'static str, &'static str, &'static str)> {
    let modules = [
        ("sql", STATEMENTS),
        ("accounts", crate::accounts::STATEMENTS),
        ("batches", crate::batches::STATEMENTS),
        ("book_years", crate::book_years::STATEMENTS),
        ("books", crate::books::STATEMENTS),
        ("cases", crate::cases::STATEMENTS),
        ("doctor", crate::doctor::STATEMENTS),
        ("documents", crate::documents::STATEMENTS),
        ("dossiers", crate::dossiers::STATEMENTS),
        ("findings", crate::findings::STATEMENTS),
        ("holdings", crate::holdings::STATEMENTS),
        ("jobs", crate::jobs::STATEMENTS),
        ("library", crate::library::STATEMENTS),
        ("log", crate::log::STATEMENTS),
        ("papers", crate::papers::STATEMENTS),
        ("plans", crate::plans::STATEMENTS),
        ("search", crate::search::STATEMENTS),
        ("watch", crate::watch::STATEMENTS),
        ("unit_papers", crate::unit_papers::STATEMENTS),
    ];
    modules
        .into_iter()
        .flat_map(|(module, list)| list.iter().map(move |(name, text)| (module, *name, *text)))
        .collect()
}
