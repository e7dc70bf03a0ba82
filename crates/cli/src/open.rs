//! Opens an installation for a command.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use app::accounts::PasswordCost;
use app::{App, AppError, Signer, Who};
use clap::Args;
use domain::access::Action;
use store::install::{Database, Install};

use crate::real::{RealClock, RealRandom};
use crate::say;

/// Longest passphrase file.
const PASSPHRASE_BYTES_MAX: u64 = 4_096;

/// Where the passphrase comes from.
#[derive(Args)]
pub struct Secret {
    /// First line of this file; without it the terminal asks.
    #[arg(long, env = "KHIEN_PASSPHRASE_FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Which installation.
#[derive(Args)]
pub struct Place {
    #[arg(long)]
    pub data: PathBuf,
    #[command(flatten)]
    pub secret: Secret,
    /// Rows in PostgreSQL instead of the folder.
    #[arg(long, env = "KHIEN_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

impl Secret {
    /// The passphrase, without the line's end.
    pub fn read(&self) -> anyhow::Result<String> {
        use std::io::Read as _;
        let mut text = String::new();
        if let Some(file) = &self.passphrase_file {
            std::fs::File::open(file)
                .and_then(|file| file.take(PASSPHRASE_BYTES_MAX).read_to_string(&mut text))
                .with_context(|| format!("cannot read the passphrase file `{}`", file.display()))?;
        } else {
            if std::io::stdin().is_terminal() {
                say::note("Passphrase:");
            }
            std::io::stdin().lock().read_line(&mut text)?;
        }
        let line = text.lines().next().unwrap_or_default().to_owned();
        if line.is_empty() {
            let help = say::Help("give it with --passphrase-file or type it".to_owned());
            return Err(anyhow::Error::new(help).context("no passphrase"));
        }
        Ok(line)
    }
}

impl Place {
    pub fn database(&self) -> Database {
        match &self.database_url {
            Some(url) => Database::Postgres(url.clone()),
            None => Database::Folder,
        }
    }

    /// Opens the installation beside a running server: no lock, no migration.
    pub async fn open_beside(&self) -> anyhow::Result<(Install, App)> {
        let passphrase = self.passphrase()?;
        let install = Install::open_beside(&self.data, &passphrase, &self.database())
            .await
            .with_context(|| format!("cannot open `{}`", self.data.display()))?;
        let app = application(&install)?;
        Ok((install, app))
    }

    pub fn passphrase(&self) -> anyhow::Result<String> {
        demo_passphrase(&self.data, &self.secret).map_or_else(|| self.secret.read(), Ok)
    }

    /// Opens the installation; the folder stays locked while it lives.
    pub async fn open(&self) -> anyhow::Result<(Install, App)> {
        let passphrase = self.passphrase()?;
        let install = Install::open(&self.data, &passphrase, &self.database())
            .await
            .with_context(|| format!("cannot open `{}`", self.data.display()))?;
        let app = application(&install)?;
        Ok((install, app))
    }
}

/// The use cases over an open installation.
pub fn application(install: &Install) -> anyhow::Result<App> {
    let law = law::Pack::embedded().map_err(|errors| {
        anyhow::anyhow!("the built-in law pack is damaged: {} errors", errors.len())
    })?;
    Ok(App {
        db: install.db.clone(),
        law,
        clock: Arc::new(RealClock),
        random: Arc::new(RealRandom),
        signer: Arc::new(Signer {
            key: ed25519_dalek::SigningKey::from_bytes(install.keys.signing_seed()),
            origin: install.keys.name().to_owned(),
        }),
        passwords: PasswordCost::default(),
    })
}

/// The demonstration's folder says so itself; its passphrase is no secret.
fn demo_passphrase(data: &Path, secret: &Secret) -> Option<String> {
    if secret.passphrase_file.is_some() {
        return None;
    }
    let text = std::fs::read_to_string(data.join(crate::commands::demo::PASSPHRASE_FILE)).ok()?;
    Some(text.trim().to_owned())
}

/// The account that a command acts for: the one named, or the first open one
/// that may do it.
pub async fn acting(app: &App, login: Option<&str>, action: Action) -> anyhow::Result<Who> {
    if let Some(login) = login {
        return app
            .acting(login)
            .await
            .with_context(|| format!("no open account `{login}`"));
    }
    for unit in app.db.units().await? {
        for account in app.db.accounts_of(unit.id).await? {
            match app.acting(&account.login).await {
                Ok(who) if who.may(action) => {
                    say::note(&format!("acting for `{}`, {}", who.login, who.unit.name));
                    return Ok(who);
                }
                Ok(_) | Err(AppError::Absent) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    let help = say::Help("add such an account on the page of units and accounts".to_owned());
    Err(anyhow::Error::new(help).context("no account of this installation may do this"))
}
