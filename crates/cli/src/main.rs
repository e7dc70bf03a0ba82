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
mod watching;

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
    /// Leak scan of files, folders, archives, mailboxes.
    #[command(
        long_about = "Leak scan of files, folders, archives, mailboxes.\n\nEvery file is read by a locked worker process and gets one of three verdicts: marked, clean, or incomplete (not read whole, with the reason). A file that was not read whole is never called clean.\nExit codes: 0 all clean; 1 something marked; 2 wrong use; 3 nothing marked, but not everything could be checked.",
        after_help = "Examples:\n  khien scan /srv/cong-thong-tin --jsonl > ket-qua.jsonl\n  khien scan /srv/chia-se --html ket-qua.html --csv ket-qua.csv --cache /var/tmp/khien-cache\n  khien scan ho-so.zip thu.eml --sarif ket-qua.sarif --jobs 4"
    )]
    Scan(commands::scan::Scan),
    /// Fetches a portal the agency owns into WARC and scans it.
    #[command(
        long_about = "Fetches a portal the agency owns into WARC and scans it.\n\nOnly the hosts named are fetched, redirects included; robots.txt is obeyed; one request a second unless told otherwise. This is the one command that calls out.\nExit codes: as for scan; 3 also if an address gave no answer or was left out by a limit.",
        after_help = "Examples:\n  khien crawl https://songthanh.example/ --out dot-quet-11\n  khien crawl https://songthanh.example/van-ban --out dot-quet-11 --max-pages 500 --rate 0.5 --html ket-qua.html"
    )]
    Crawl(commands::crawl::Crawl),
    /// Publication gate: one file, HTTP, ICAP, or a folder.
    #[command(
        long_about = "Publication gate: one file, HTTP, ICAP, or a folder.\n\nA marking blocks; a file that could not be read whole is for a person to review; only what was read whole without a finding is allowed. Bodies are held until the verdict.\nExit codes for FILE: 0 allow; 1 block; 2 wrong use; 3 review.",
        after_help = "Examples:\n  khien gate bao-cao.docx --json\n  khien gate --listen 127.0.0.1:8471\n    curl -F tep=@bao-cao.docx http://127.0.0.1:8471/check\n  khien gate --icap 127.0.0.1:1344\n    squid: icap_service khien reqmod_precache icap://127.0.0.1:1344/reqmod bypass=off\n  khien gate --watch /srv/cho-dang --to /srv/da-kiem-tra"
    )]
    Gate(commands::gate::Gate),
    /// Takes scan jobs from a shared PostgreSQL queue; run as many as wanted on as many machines.
    #[command(
        after_help = "Example:\n  khien worker --database-url postgres://khien@db/khien --jobs 4\nFolders of the sources must be mounted at the same path on every machine."
    )]
    Worker(commands::worker::Worker),
    /// Reads foreign files for the other commands.
    #[command(hide = true)]
    ScanWorker {
        #[arg(long)]
        unlocked: bool,
        #[arg(long, value_enum, default_value_t)]
        pictures: commands::scan_worker::Pictures,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A worker locks itself while it has one thread only: before the runtime, and without a log.
    if let Command::ScanWorker { unlocked, pictures } = cli.command {
        return match commands::scan_worker::run(unlocked, pictures) {
            Ok(code) => ExitCode::from(code),
            Err(error) => say::failed(&error),
        };
    }
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
        Command::Scan(scan) => commands::scan::run(&scan),
        Command::Crawl(crawl) => commands::crawl::run(&crawl).await,
        Command::Gate(gate) => commands::gate::run(&gate).await,
        Command::Worker(worker) => commands::worker::run(&worker).await,
        Command::ScanWorker { unlocked, pictures } => {
            commands::scan_worker::run(unlocked, pictures)
        }
    }
}
