//! Starts a real PostgreSQL in a temporary folder. It listens on a socket in that folder only, and
//! stops when the handle is dropped or the test process dies.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Oldest server that the program supports.
const MAJOR_MIN: u32 = 15;
const PROGRAMS: &str = "/usr/lib/postgresql";
const SCRIPT: &str = include_str!("server.sh");

/// How the server runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether commits reach the disk. Off only where a test measures something else.
    pub fsync: bool,
    /// Further settings, each `name=value`.
    pub settings: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fsync: true,
            settings: Vec::new(),
        }
    }
}

/// Why there is no server. The text ends with what to do.
#[derive(Debug)]
pub struct Missing(String);

impl fmt::Display for Missing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// A running server.
pub struct Postgres {
    server: Child,
    folder: PathBuf,
    programs: PathBuf,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts a server that writes to disk like a real one.
    ///
    /// # Errors
    /// [`Missing`] with the remedy if PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self, Missing> {
        Self::start_with(&Options::default())
    }

    /// As [`Postgres::start`], with settings.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub fn start_with(options: &Options) -> Result<Self, Missing> {
        let programs = programs()?;
        let mut settings = vec![format!(
            "fsync={}",
            if options.fsync { "on" } else { "off" }
        )];
        settings.extend(options.settings.iter().cloned());
        let settings: Vec<String> = settings.iter().map(|set| format!("-c {set}")).collect();
        let mut server = as_owner("sh")
            .args(["-c", SCRIPT, "server.sh"])
            .arg(&programs)
            .arg(std::env::temp_dir())
            .arg(settings.join(" "))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C goes to the test; the server follows when its input ends.
            .process_group(0)
            .spawn()
            .map_err(|error| Missing(format!("cannot start a shell for PostgreSQL: {error}")))?;
        let mut said = String::new();
        let mut output = server.stdout.take().map(BufReader::new);
        if let Some(output) = &mut output {
            // A server that says nothing is reported below.
            let _ = output.read_line(&mut said);
        }
        if let Some(folder) = said.trim_end().strip_prefix("ready ") {
            return Ok(Self {
                server,
                folder: PathBuf::from(folder),
                programs,
                databases: AtomicU32::new(0),
            });
        }
        if let Some(output) = &mut output {
            let _ = output.read_to_string(&mut said);
        }
        let _ = server.wait();
        Err(Missing(format!(
            "PostgreSQL did not start: {}; help: as root the user `postgres` must exist and be able to write to the \
             temporary folder",
            said.trim_end()
        )))
    }

    /// Creates an empty database and gives its address.
    ///
    /// # Errors
    /// [`Missing`] with what the server said.
    pub fn database(&self) -> Result<String, Missing> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("khien{number}");
        let made = as_owner(self.programs.join("createdb"))
            .args(["-U", "khien", "-T", "template0", "-h"])
            .arg(&self.folder)
            .arg(&name)
            .current_dir("/")
            .output()
            .map_err(|error| Missing(format!("cannot run createdb: {error}")))?;
        if made.status.success() {
            Ok(self.url(&name))
        } else {
            let said = String::from_utf8_lossy(&made.stderr).into_owned();
            Err(Missing(format!("no database `{name}`: {said}")))
        }
    }

    /// Address of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://khien@localhost/{database}?host={}",
            self.folder.display()
        )
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        // The script stops the server and removes the folder before it ends.
        let _ = self.server.wait();
    }
}

/// Folder with the programs of the newest installed server that is new enough.
fn programs() -> Result<PathBuf, Missing> {
    let missing = || {
        Missing(format!(
            "PostgreSQL {MAJOR_MIN} or newer is not installed; help: run `make deps` (Debian package `postgresql`)"
        ))
    };
    let majors = std::fs::read_dir(PROGRAMS).map_err(|_| missing())?;
    majors
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|major| *major >= MAJOR_MIN)
        .map(|major| {
            (
                major,
                Path::new(PROGRAMS).join(major.to_string()).join("bin"),
            )
        })
        .filter(|(_, folder)| folder.join("initdb").exists())
        .max()
        .map(|(_, folder)| folder)
        .ok_or_else(missing)
}

/// A command as a user whom PostgreSQL accepts: it refuses to run as root.
fn as_owner(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let root = std::os::unix::fs::MetadataExt::uid(&match std::fs::metadata("/proc/self") {
        Ok(found) => found,
        Err(_) => return Command::new(program),
    }) == 0;
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_gives_databases_and_leaves_nothing_behind() {
        let server = Postgres::start().unwrap();
        let (one, two) = (server.database().unwrap(), server.database().unwrap());
        assert_ne!(one, two);
        let folder = server.folder.clone();
        assert!(folder.join("data/postmaster.pid").exists());
        drop(server);
        assert!(!folder.exists());
    }
}
