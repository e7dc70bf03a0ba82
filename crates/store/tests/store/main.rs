//! The store against real databases: SQLite files and a PostgreSQL server of its own. One program,
//! because linking is the slow part.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod clerks;
#[cfg(test)]
mod common;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod full;
#[cfg(test)]
mod install;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod search;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod story;
#[cfg(test)]
mod watch;
