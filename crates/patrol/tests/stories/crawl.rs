//! Portals that lead outside, in circles, or nowhere.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use patrol::crawl::{self, Fetches, Plan};
use patrol::run::Summary;
use scan::{FileReport, Reason, Verdict};
use tempfile::TempDir;

use crate::stand_in::pool;
use crate::web::{Page, Pages, Server, wait_for};

fn server(pages: impl Fn(&str) -> Page + Send + Sync + 'static) -> Server {
    let pages: Pages = Arc::new(move |path, _| pages(path));
    Server::start(pages)
}

struct Crawled {
    reports: Vec<FileReport>,
    summary: Summary,
    fetches: Fetches,
    warc: Vec<u8>,
}

fn crawl(server: &Server, change: impl FnOnce(&mut Plan)) -> Crawled {
    crawl_from(server.address("/"), change)
}

fn crawl_from(start: String, change: impl FnOnce(&mut Plan)) -> Crawled {
    let out = tempfile::tempdir().unwrap();
    let mut plan = Plan::new(vec![start], out.path());
    plan.rate = 1_000.0;
    change(&mut plan);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let now = || Timestamp::from_second(1_800_000_000).unwrap();
    let mut reports = Vec::new();
    let mut take = |report: &FileReport, _: &Summary| {
        reports.push(report.clone());
        Ok(())
    };
    let crawled = runtime.block_on(crawl::crawl(&plan, Arc::new(pool()), &now, &mut take));
    let (summary, fetches, warc) = crawled.unwrap();
    assert_eq!(warc.file_name().unwrap(), "khien-20270115080000-000.warc");
    let warc = std::fs::read(warc).unwrap();
    Crawled {
        reports,
        summary,
        fetches,
        warc,
    }
}

pub fn only_the_own_host_is_fetched_as_robots_allow() {
    let outside = server(|_| Page::html("MARK"));
    let there = outside.address("/secret");
    let home = server(move |path| match path {
        "/robots.txt" => Page::Answer(
            200,
            String::new(),
            b"User-agent: *\nDisallow: /private\n".to_vec(),
        ),
        "/" => Page::html(format!(
            "<a href=/a#x>a</a><a href=/a>a</a><a href='{there}'>b</a><a href=/out>c</a><a href=/private/x>d</a><a href=/round>e</a><a href=/circle/>f</a><a href=mailto:x@y>g</a>"
        )),
        "/a" => Page::html("<a href=/>back</a> MARK"),
        "/out" => Page::to(&there),
        "/round" => Page::to("/round"),
        _ if path.starts_with("/circle") => Page::html("<a href=next/circle/>on</a>"),
        _ => Page::Answer(404, String::new(), Vec::new()),
    });
    let found = crawl(&home, |_| {});
    assert!(outside.seen().is_empty(), "{:?}", outside.seen());
    let seen = home.seen();
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");
    assert!(!seen.contains_key("/private/x"), "{seen:?}");
    assert!(seen.len() < 20, "a circle ends: {seen:?}");
    assert_eq!(
        (
            found.fetches.outside,
            found.fetches.robots,
            found.fetches.failed
        ),
        (2, 1, 0)
    );
    let marked: Vec<_> = found
        .reports
        .iter()
        .filter(|report| report.verdict == Verdict::Marked)
        .collect();
    assert_eq!(marked.len(), 1);
    assert_eq!(marked[0].path, home.address("/a"));
    assert_eq!(crawl::exit_code(&found.summary, &found.fetches), 1);
    let kept = records(&found.warc);
    // One answer and one request for each address, and the record about the file.
    assert_eq!(kept.len(), 1 + 2 * seen.len());
    assert!(
        kept.iter()
            .any(|record| record.contains("WARC-Type: response") && record.contains("MARK"))
    );
}

/// Splits a WARC file by its announced lengths; a wrong one leads astray.
fn records(warc: &[u8]) -> Vec<String> {
    let mut records = Vec::new();
    let mut rest = warc;
    while !rest.is_empty() {
        assert!(rest.starts_with(b"WARC/1.1\r\n"));
        let head_end = rest
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap()
            + 4;
        let head = std::str::from_utf8(&rest[..head_end]).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .unwrap();
        let end = head_end + length.parse::<usize>().unwrap();
        assert_eq!(&rest[end..end + 4], b"\r\n\r\n");
        records.push(String::from_utf8_lossy(&rest[..end]).into_owned());
        rest = &rest[end + 4..];
    }
    records
}

pub fn pages_without_end_or_answer_are_not_clean() {
    let home = server(|path| match path {
        "/robots.txt" => Page::Answer(404, String::new(), Vec::new()),
        "/" => Page::html("<a href=/huge>1</a><a href=/slow>2</a><a href=/ill>3</a>"),
        "/huge" => Page::Answer(200, String::new(), vec![b' '; 300_000]),
        "/slow" => Page::Silence,
        _ => Page::Answer(503, String::new(), Vec::new()),
    });
    let found = crawl(&home, |plan| {
        plan.page_bytes_max = 100_000;
        plan.page_wall = Duration::from_millis(500);
    });
    let told: Vec<_> = found
        .reports
        .iter()
        .map(|report| {
            (
                report.path.rsplit('/').next().unwrap(),
                report.incomplete.first().map(|missed| missed.reason),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("", None),
            ("huge", Some(Reason::TooLarge)),
            ("slow", Some(Reason::Timeout)),
            ("ill", Some(Reason::Damaged))
        ]
    );
    assert_eq!(found.reports[1].bytes, 100_000);
    assert_eq!(found.fetches.failed, 3);
    assert_eq!(crawl::exit_code(&found.summary, &found.fetches), 3);
    let cut: Vec<_> = records(&found.warc)
        .into_iter()
        .filter(|record| record.contains("WARC-Truncated: "))
        .collect();
    assert_eq!(cut.len(), 2);

    // A host whose rules are not to be had is not fetched.
    let ill = server(|path| {
        if path == "/robots.txt" {
            Page::Answer(500, String::new(), Vec::new())
        } else {
            Page::html("MARK")
        }
    });
    let nothing = crawl(&ill, |_| {});
    assert_eq!(nothing.reports.len(), 1);
    assert_eq!(nothing.reports[0].incomplete[0].place, "HTTP 500");
    assert_eq!(ill.seen().len(), 1, "{:?}", ill.seen());
    assert_eq!(crawl::exit_code(&nothing.summary, &nothing.fetches), 3);
}

pub fn the_number_of_pages_is_a_limit_that_is_told() {
    let home = server(|path| match path {
        "/robots.txt" => Page::Answer(200, String::new(), b"Sitemap: /map.xml\n".to_vec()),
        "/map.xml" => Page::Answer(
            200,
            String::new(),
            b"<urlset><loc>/from-map</loc></urlset>".to_vec(),
        ),
        "/from-map" => Page::html("MARK"),
        // A calendar: each page leads to the next.
        _ => Page::html(format!(
            "<a href='{path}?d=1'>next</a><a href='/n{}'>n</a>",
            path.len()
        )),
    });
    let found = crawl(&home, |plan| plan.pages_max = 10);
    assert_eq!(found.fetches.pages, 10);
    assert!(found.fetches.left > 0);
    assert_eq!(found.summary.marked, 1, "the site map was read");
}

/// OpenSSL's own server with a certificate of the day, over a folder with one marked page.
struct Portal {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Portal {
    /// `name` is what its certificate says it is.
    fn start(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "MARK").unwrap();
        std::fs::write(folder.path().join("robots.txt"), "").unwrap();
        let made = openssl(folder.path())
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
            .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=cong.vi-du", "-keyout", "key.pem"])
            .args(["-out", "certificate.pem", "-addext"])
            .arg(format!("subjectAltName={name}"))
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = openssl(folder.path())
            .args(["s_server", "-WWW", "-quiet", "-key", "key.pem", "-cert"])
            .args(["certificate.pem", "-accept"])
            .arg(format!("127.0.0.1:{port}"))
            .spawn()
            .unwrap();
        wait_for(port);
        Self {
            child,
            folder,
            port,
        }
    }

    fn crawl(&self, certificate: bool) -> Crawled {
        let start = format!("https://127.0.0.1:{}/index.html", self.port);
        let file = self.folder.path().join("certificate.pem");
        crawl_from(start, |plan| plan.ca_file = certificate.then_some(file))
    }
}

fn openssl(folder: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Clocks: the crawl's own is a fixed one, certificates are judged by the machine's.
pub fn a_portal_over_tls_shows_a_certificate_that_is_known() {
    let portal = Portal::start("IP:127.0.0.1");
    let found = portal.crawl(true);
    assert_eq!((found.fetches.pages, found.summary.marked), (1, 1));
    let unknown = portal.crawl(false);
    assert_eq!((unknown.fetches.pages, unknown.fetches.failed), (0, 1));
    let unread = &unknown.reports[0].incomplete[0];
    assert_eq!(unread.reason, Reason::Damaged);
    assert!(unread.place.contains("certificate"), "{}", unread.place);
    // It names another host.
    let other = Portal::start("DNS:khac.vi-du").crawl(true);
    assert_eq!((other.fetches.pages, other.fetches.failed), (0, 1));
    assert_eq!(crawl::exit_code(&other.summary, &other.fetches), 3);
}
