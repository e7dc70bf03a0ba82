//! The `khien` binary: reads the command line, wires the rooms together, and
//! turns their answers into text and exit codes.
//!
//! Exit codes: 0 done and nothing to report; 1 done, something found or refused;
//! 2 wrong use or unreadable input; 3 done but not everything could be checked.
//! Data goes to stdout, everything else to stderr.

mod commands;
mod open;
mod real;
mod say;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Bảo vệ bí mật nhà nước: sổ sách, nhiệm vụ, kiểm tra, chứng thực, không cần mạng.
#[derive(Parser)]
#[command(name = "khien", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A fictional province in an encrypted folder, served; prints address and accounts.
    #[command(after_help = "Example:\n  khien demo --listen 127.0.0.1:8470")]
    Demo {
        #[arg(long, default_value = "127.0.0.1:8470")]
        listen: String,
        /// Folder of the demonstration; made when absent.
        #[arg(long, default_value = "demo-data")]
        data: PathBuf,
        /// Make the data and stop before serving.
        #[arg(long)]
        no_serve: bool,
        /// Keep the rows in PostgreSQL instead of the folder.
        #[arg(long)]
        database_url: Option<String>,
    },
    /// A new installation; prints the one-time set-up code.
    #[command(
        after_help = "Example:\n  khien init --data so-nv --role unit --name \"Sở Nội vụ\" --code SNV"
    )]
    Init {
        #[arg(long)]
        data: PathBuf,
        #[arg(long, value_parser = ["unit", "province", "watch"])]
        role: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        code: Option<String>,
        #[command(flatten)]
        secret: open::Secret,
    },
    /// The web application.
    #[command(
        after_help = "Example:\n  khien serve --data so-nv --passphrase-file /media/usb/cau-mat-khau.txt"
    )]
    Serve {
        #[command(flatten)]
        place: open::Place,
        #[arg(long, default_value = "127.0.0.1:8470")]
        listen: String,
    },
    /// Checks database, ledger, books, keys, clock, disk, fonts and network; one line each.
    Doctor {
        #[command(flatten)]
        place: open::Place,
        #[arg(long)]
        json: bool,
    },
    /// An encrypted, signed copy of an installation, verified before and after.
    Backup {
        #[command(flatten)]
        place: open::Place,
        #[arg(long)]
        out: PathBuf,
    },
    /// A backup into an empty folder.
    Restore {
        file: PathBuf,
        #[arg(long)]
        data: PathBuf,
        #[command(flatten)]
        secret: open::Secret,
    },
    /// Brings an installation's schema up to date; makes a backup in its folder first.
    Upgrade {
        #[command(flatten)]
        place: open::Place,
    },
    /// The law pack: check it, ask it.
    #[command(subcommand)]
    Law(commands::law::Law),
    /// Vietnamese administrative documents.
    #[command(subcommand)]
    Vanban(commands::vanban::Vanban),
    /// Evidence, also offline with the public key alone.
    #[command(subcommand)]
    Ledger(commands::ledger::Ledger),
    /// Kept Excel books and plans.
    #[command(subcommand)]
    Import(commands::import::Import),
    /// Any book page, report or task list as a file.
    #[command(
        after_help = "Forms: book, report, tasks.\nExamples:\n  khien print book --data d --as vanthu.snv --book di --year 2026 --out so-di.pdf\n  khien print report --data d --as thutruong.snv --out bao-cao.docx\n  khien print tasks --data d --as canbo.pa03 --plan 1 --out nhiem-vu.xlsx"
    )]
    Print(commands::print::Print),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say::failed(&anyhow::Error::new(error).context("cannot start")),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => say::failed(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Demo {
            listen,
            data,
            no_serve,
            database_url,
        } => commands::demo::run(&listen, &data, database_url, no_serve).await,
        Command::Init {
            data,
            role,
            name,
            code,
            secret,
        } => commands::init::run(&data, &role, &name, code.as_deref(), &secret).await,
        Command::Serve { place, listen } => commands::serve::run(&place, &listen).await,
        Command::Doctor { place, json } => commands::doctor::run(&place, json).await,
        Command::Backup { place, out } => commands::backup::backup(&place, &out).await,
        Command::Restore { file, data, secret } => {
            commands::backup::restore(&file, &data, &secret).await
        }
        Command::Upgrade { place } => commands::backup::upgrade(&place).await,
        Command::Law(law) => commands::law::run(law),
        Command::Vanban(vanban) => commands::vanban::run(vanban),
        Command::Ledger(ledger) => commands::ledger::run(ledger).await,
        Command::Import(import) => commands::import::run(import).await,
        Command::Print(print) => commands::print::run(print).await,
    }
}
