//! `khien crawl`: a portal that the agency owns, into WARC and through the scan.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use patrol::crawl::{self, Plan};
use patrol::limits::CRAWL_PAGES_MAX;

use super::scan::Workers;
use super::scan::output::{Output, Sink};
use crate::real::RealClock;
use crate::say;

#[derive(Args)]
pub struct Crawl {
    /// Where to begin; only these hosts are fetched.
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// Folder of the WARC file and of `findings.jsonl`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[arg(long, value_name = "N", default_value_t = CRAWL_PAGES_MAX)]
    max_pages: u64,
    /// Requests a second; a longer Crawl-delay of the host counts.
    #[arg(long, value_name = "R", default_value_t = 1.0, value_parser = rate)]
    rate: f64,
    /// Certificates in PEM beside the system's.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    workers: Workers,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1_000.0 => Ok(rate),
        _ => Err("a number above 0, at most 1000".to_owned()),
    }
}

/// Fetches, scans, and answers with the exit code.
pub async fn run(command: &Crawl) -> anyhow::Result<u8> {
    let plan = Plan {
        pages_max: command.max_pages,
        rate: command.rate,
        ca_file: command.ca_file.clone(),
        ..Plan::new(command.urls.clone(), &command.out)
    };
    std::fs::create_dir_all(&plan.out)
        .with_context(|| format!("cannot make `{}`", plan.out.display()))?;
    let mut sink = Sink::open(
        &command.output,
        plan.starts.clone(),
        command.workers.unlocked(),
    )?;
    let findings = plan.out.join("findings.jsonl");
    let file = std::fs::File::create(&findings)
        .with_context(|| format!("cannot write `{}`", findings.display()))?;
    sink.keep_lines(file);
    let pool = Arc::new(command.workers.pool()?);
    let now = || app::Clock::now(&RealClock);
    let (summary, fetches, warc) = crawl::crawl(&plan, pool, &now, &mut |report, summary| {
        sink.take(report, summary)
    })
    .await?;
    sink.finish(&summary)?;
    say::note(&format!(
        "{} fetched into `{}`; not fetched: {} on other hosts, {} by robots.txt, {} beyond the limits; {} failed",
        fetches.pages,
        warc.display(),
        fetches.outside,
        fetches.robots,
        fetches.left,
        fetches.failed
    ));
    Ok(crawl::exit_code(&summary, &fetches))
}
