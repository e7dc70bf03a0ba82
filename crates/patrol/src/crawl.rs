//! Fetches a portal that the agency owns: one host, as its robots.txt allows, slowly; keeps what came as WARC
//! and gives every body to the workers.

mod address;
mod fetch;
mod links;
pub mod warc;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use scan::{FileReport, Reason};
use texting_robots::Robot;
use tokio::time::Instant;

use crate::error::PatrolError;
use crate::limits::{
    CRAWL_BYTES_MAX, CRAWL_DELAY_MAX, CRAWL_PAGES_MAX, CRAWL_QUEUE_MAX, CRAWL_VARIANTS_MAX,
    LINK_BYTES_MAX, PAGE_BYTES_MAX, PAGE_WALL, REDIRECTS_MAX, ROBOTS_BYTES_MAX,
};
use crate::pool::{Pool, unread};
use crate::run::Summary;
use crate::source::Body;
use fetch::{Client, Fetched};
use warc::Warc;

/// The name that robots.txt may speak to.
pub const AGENT: &str = "khien";

/// What to fetch, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    pub starts: Vec<String>,
    pub out: PathBuf,
    pub pages_max: u64,
    /// Requests a second.
    pub rate: f64,
    /// Further certificates in PEM beside the system's.
    pub ca_file: Option<PathBuf>,
    /// One body; the rest is cut off, and said so.
    pub page_bytes_max: usize,
    /// Time of one request from its start to its last byte.
    pub page_wall: Duration,
}

impl Plan {
    /// One request a second into this folder.
    #[must_use]
    pub fn new(starts: Vec<String>, out: &Path) -> Self {
        Self {
            starts,
            out: out.to_owned(),
            pages_max: CRAWL_PAGES_MAX,
            rate: 1.0,
            ca_file: None,
            page_bytes_max: PAGE_BYTES_MAX,
            page_wall: PAGE_WALL,
        }
    }
}

/// What was fetched and what was not.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Serialize)]
pub struct Fetches {
    /// Answers that were kept and scanned.
    pub pages: u64,
    /// Links and redirects to other hosts.
    pub outside: u64,
    /// Addresses that robots.txt forbids.
    pub robots: u64,
    /// Addresses known but not fetched: the number of pages, bytes or variants of a page was reached.
    pub left: u64,
    /// Addresses that gave no answer, or not a whole one.
    pub failed: u64,
}

/// A crawl in progress.
struct Crawl<'a> {
    pool: Arc<Pool>,
    client: Client,
    warc: Warc,
    plan: &'a Plan,
    now: &'a (dyn Fn() -> Timestamp + Sync),
    robots: BTreeMap<String, Rules>,
    hosts: Vec<Url>,
    queue: VecDeque<Url>,
    seen: BTreeSet<String>,
    variants: BTreeMap<String, u32>,
    next: Option<Instant>,
    bytes: u64,
    fetches: Fetches,
    summary: Summary,
}

/// What robots.txt of a host says.
enum Rules {
    Open,
    /// The host could not say; nothing is fetched (RFC 9309, 2.3.1.4).
    Closed,
    Robot(Box<Robot>),
}

impl Rules {
    fn allow(&self, url: &Url) -> bool {
        match self {
            Self::Open => true,
            Self::Closed => false,
            Self::Robot(robot) => robot.allowed(url.as_str()),
        }
    }
}

/// Takes reports as they come, inner files first.
pub type Take<'a> = dyn FnMut(&FileReport, &Summary) -> Result<(), PatrolError> + 'a;

/// Fetches and scans. Leaves a WARC file in the folder of the plan.
///
/// # Errors
/// An address that is none, a folder that cannot be written, workers that cannot be started.
pub async fn crawl(
    plan: &Plan,
    pool: Arc<Pool>,
    now: &(dyn Fn() -> Timestamp + Sync),
    take: &mut Take<'_>,
) -> Result<(Summary, Fetches, PathBuf), PatrolError> {
    let mut hosts = Vec::new();
    for start in &plan.starts {
        hosts.push(address::start(start)?);
    }
    std::fs::create_dir_all(&plan.out).map_err(|error| PatrolError::path(&plan.out, error))?;
    let (warc, place) = Warc::create(&plan.out, now())?;
    let mut crawl = Crawl {
        pool,
        client: Client::new(plan)?,
        warc,
        plan,
        now,
        robots: BTreeMap::new(),
        hosts: hosts.clone(),
        queue: VecDeque::new(),
        seen: BTreeSet::new(),
        variants: BTreeMap::new(),
        next: None,
        bytes: 0,
        fetches: Fetches::default(),
        summary: Summary::default(),
    };
    for host in hosts {
        crawl.ask_robots(&host, take).await?;
        crawl.offer(host);
    }
    crawl.run(take).await?;
    Ok((crawl.summary, crawl.fetches, place))
}

impl Crawl<'_> {
    async fn run(&mut self, take: &mut Take<'_>) -> Result<(), PatrolError> {
        while let Some(url) = self.queue.pop_front() {
            let full = self.fetches.pages >= self.plan.pages_max || self.bytes >= CRAWL_BYTES_MAX;
            if full {
                self.fetches.left += 1 + self.queue.len() as u64;
                self.queue.clear();
                return Ok(());
            }
            self.visit(url, take).await?;
        }
        Ok(())
    }

    /// One address: fetch, keep, scan, follow.
    async fn visit(&mut self, url: Url, take: &mut Take<'_>) -> Result<(), PatrolError> {
        self.wait(&url).await;
        self.fetches.pages += 1;
        let fetched = match self.client.get(&url).await {
            Ok(fetched) => fetched,
            Err(failed) => {
                self.fetches.failed += 1;
                let report = unread(url.as_str(), 0, failed.reason, &failed.why);
                return self.tell(&report, take);
            }
        };
        self.bytes = self.bytes.saturating_add(fetched.body.len() as u64);
        self.warc.keep((self.now)(), &url, &fetched)?;
        if let Some(target) = fetched.redirect.as_deref() {
            if let Some(target) = address::join(&url, target) {
                self.offer(target);
            }
        } else {
            self.scan(&url, &fetched, take).await?;
        }
        self.follow(url, fetched).await;
        Ok(())
    }

    async fn scan(
        &mut self,
        url: &Url,
        fetched: &Fetched,
        take: &mut Take<'_>,
    ) -> Result<(), PatrolError> {
        let pool = Arc::clone(&self.pool);
        let (path, body) = (
            url.to_string(),
            Body::Memory(fetched.body.as_slice().into()),
        );
        let scanned = tokio::task::spawn_blocking(move || pool.scan(&path, &body));
        let mut reports = scanned
            .await
            .map_err(|error| PatrolError::Start(error.to_string()))??
            .reports;
        if let Some((reason, place)) = fetched.missed()
            && let Some(mut outermost) = reports.pop()
        {
            self.fetches.failed += 1;
            outermost
                .incomplete
                .push(scan::Incomplete::new(reason, place));
            reports.push(outermost.judged());
        }
        self.summary.read += 1;
        self.summary.scanned += 1;
        for report in &reports {
            self.tell(report, take)?;
        }
        Ok(())
    }

    fn tell(&mut self, report: &FileReport, take: &mut Take<'_>) -> Result<(), PatrolError> {
        self.summary.count(report);
        take(report, &self.summary)
    }

    /// Offers the links of a page. They are read aside: a page that breaks the reader costs its links only.
    async fn follow(&mut self, url: Url, fetched: Fetched) {
        if !fetched.may_link() {
            return;
        }
        let mut body = fetched.body;
        body.truncate(LINK_BYTES_MAX);
        let found = tokio::task::spawn_blocking(move || links::links(&url, &body)).await;
        for link in found.unwrap_or_default() {
            self.offer(link);
        }
    }

    /// Puts an address into the queue if it is one of ours, allowed, new, and not one variant too many.
    fn offer(&mut self, url: Url) {
        let Some(host) = self
            .hosts
            .iter()
            .find(|host| address::same_host(host, &url))
        else {
            self.fetches.outside += 1;
            return;
        };
        let rules = self.robots.get(&address::host(host));
        if !self.seen.insert(url.to_string()) {
            return;
        }
        if !rules.is_some_and(|rules| rules.allow(&url)) {
            self.fetches.robots += 1;
            return;
        }
        let variants = self.variants.entry(url.path().to_owned()).or_default();
        *variants += 1;
        let trap = *variants > CRAWL_VARIANTS_MAX || address::winds(&url);
        if trap || self.queue.len() >= CRAWL_QUEUE_MAX {
            self.fetches.left += 1;
            return;
        }
        self.queue.push_back(url);
    }

    /// Keeps the rate, or the longer delay that the host asks for.
    async fn wait(&mut self, url: &Url) {
        let mut delay =
            Duration::try_from_secs_f64(1.0 / self.plan.rate.max(0.001)).unwrap_or(CRAWL_DELAY_MAX);
        if let Some(Rules::Robot(robot)) = self.robots.get(&address::host(url))
            && let Some(asked) = robot.delay
        {
            delay = delay.max(Duration::try_from_secs_f32(asked).unwrap_or_default());
        }
        if let Some(next) = self.next {
            tokio::time::sleep_until(next).await;
        }
        self.next = Some(Instant::now() + delay.min(CRAWL_DELAY_MAX));
    }

    async fn ask_robots(&mut self, host: &Url, take: &mut Take<'_>) -> Result<(), PatrolError> {
        let key = address::host(host);
        if self.robots.contains_key(&key) {
            return Ok(());
        }
        let Some(mut url) = address::join(host, "/robots.txt") else {
            return Ok(());
        };
        let mut rules = Rules::Closed;
        let mut why = (Reason::Damaged, "too many redirects".to_owned());
        for _ in 0..REDIRECTS_MAX {
            self.wait(&url).await;
            let fetched = match self.client.get(&url).await {
                Ok(fetched) => fetched,
                Err(failed) => {
                    why = (failed.reason, failed.why);
                    break;
                }
            };
            self.warc.keep((self.now)(), &url, &fetched)?;
            let target = fetched.redirect.as_deref();
            let Some(target) = target.and_then(|to| address::join(&url, to)) else {
                why.1 = format!("HTTP {}", fetched.status);
                rules = rules_of(&fetched);
                break;
            };
            if !address::same_host(host, &target) {
                // Rules of another host are none of this one.
                rules = Rules::Open;
                break;
            }
            url = target;
        }
        let sitemaps = match &rules {
            Rules::Robot(robot) => robot.sitemaps.clone(),
            _ => Vec::new(),
        };
        if matches!(rules, Rules::Closed) {
            self.fetches.failed += 1;
            // Without its rules nothing of the host is fetched; the report says why.
            self.tell(&unread(url.as_str(), 0, why.0, &why.1), take)?;
        }
        self.robots.insert(key, rules);
        for sitemap in sitemaps.iter().filter_map(|text| address::join(host, text)) {
            self.offer(sitemap);
        }
        Ok(())
    }
}

fn rules_of(fetched: &Fetched) -> Rules {
    match fetched.status {
        200..=299 => {
            let text = fetched
                .body
                .get(..ROBOTS_BYTES_MAX)
                .unwrap_or(&fetched.body);
            Robot::new(AGENT, text).map_or(Rules::Closed, |robot| Rules::Robot(Box::new(robot)))
        }
        // No rules.
        400..=499 => Rules::Open,
        _ => Rules::Closed,
    }
}

/// Whether a run left something unread that it knew of.
#[must_use]
pub fn exit_code(summary: &Summary, fetches: &Fetches) -> u8 {
    match summary.exit_code() {
        0 if fetches.left > 0 || fetches.failed > 0 => 3,
        code => code,
    }
}

/// Why an address gave no answer.
struct Failed {
    reason: Reason,
    why: String,
}

/// Certificates beside the system's.
fn read_certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, PatrolError> {
    let pem = std::fs::read(path).map_err(|error| PatrolError::path(path, error))?;
    reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| PatrolError::path(path, error))
}
