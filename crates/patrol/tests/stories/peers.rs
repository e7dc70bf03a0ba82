//! The programs that agencies run: Debian's squid as a proxy that asks our gate, and c-icap's own client.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use crate::icap::gate;
use crate::stand_in::pool;
use crate::web::{Page, Pages, Server, ask, post, wait_for};

struct Squid {
    child: Child,
    port: u16,
}

impl Drop for Squid {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A proxy that gives every upload and every page to the gate.
fn squid(gate: u16) -> Squid {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let text = format!(
        "http_port 127.0.0.1:{port}\nvisible_hostname localhost\nhttp_access allow all\ncache deny all\naccess_log none\ncache_log /dev/null\ncache_store_log none\npid_filename none\nnetdb_filename none\npinger_enable off\nshutdown_lifetime 0 seconds\ncoredump_dir none\nicap_enable on\nicap_preview_enable on\nicap_service up reqmod_precache icap://127.0.0.1:{gate}/reqmod bypass=off\nicap_service down respmod_precache icap://127.0.0.1:{gate}/respmod bypass=off\nadaptation_access up allow all\nadaptation_access down allow all\n"
    );
    let config = folder.path().join("squid.conf");
    std::fs::write(&config, text).unwrap();
    let mut child = Command::new("squid")
        .args(["-N", "-d", "1", "-f"])
        .arg(&config)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let ready = lines.by_ref().map_while(Result::ok).any(|line| {
        said.push_str(&line);
        said.push('\n');
        line.contains("Accepting HTTP Socket connections")
    });
    assert!(ready, "squid did not start:\n{said}");
    // It says so a moment before it listens.
    wait_for(port);
    // Its further words are read and dropped, or it would wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    Squid { child, port }
}

pub fn squid_and_its_gate() {
    let pages: Pages = Arc::new(|path, body| match path {
        "/marked" => Page::html("MARK"),
        "/clean" => Page::html("nothing at all"),
        _ => Page::html(format!("took {} bytes", body.len())),
    });
    let portal = Server::start(pages);
    let squid = squid(gate(pool()));
    let get = |path: &str| {
        let text = format!(
            "GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            portal.address(path)
        );
        ask(squid.port, text.as_bytes())
    };
    assert!(
        get("/clean").contains("nothing at all"),
        "{}",
        get("/clean")
    );
    let refused = get("/marked");
    assert!(
        refused.contains("403 Forbidden") && refused.contains("X-Khien-Decision: block"),
        "{refused}"
    );
    let send = |body: &[u8]| {
        ask(
            squid.port,
            &post(
                &portal.address("/upload"),
                "Content-Type: text/plain\r\n",
                body,
            ),
        )
    };
    // Longer than a preview.
    let long = vec![b'x'; 200_000];
    assert!(send(&long).contains("took 200000 bytes"), "{}", send(&long));
    let mut marked = long;
    marked.extend_from_slice(b" MARK");
    let refused = send(&marked);
    assert!(
        refused.contains("403 Forbidden") && refused.contains("X-Khien-Decision: block"),
        "{refused}"
    );
    let uploads = portal.seen().get("/upload").copied();
    assert_eq!(uploads, Some(1), "a marked upload never reaches the portal");
}

pub fn c_icap_client_and_our_gate() {
    let port = gate(pool()).to_string();
    let folder = tempfile::tempdir().unwrap();
    let run = |service: &str, text: &str, more: &[&str]| {
        let file = folder.path().join("file.txt");
        std::fs::write(&file, text).unwrap();
        let out = folder.path().join("out");
        let _ = std::fs::remove_file(&out);
        let ended = Command::new("c-icap-client")
            .args(["-i", "127.0.0.1", "-p", &port, "-s", service, "-v"])
            .arg("-f")
            .arg(&file)
            .arg("-o")
            .arg(&out)
            .args(more)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned()
            + &String::from_utf8_lossy(&ended.stderr);
        let got = std::fs::read_to_string(&out).unwrap_or_default();
        (said, got)
    };
    for more in [&[][..], &["-nopreview"][..]] {
        let (said, got) = run("respmod", "nothing", more);
        assert!(said.contains("204") || got == "nothing", "{said}\n{got}");
        let (said, got) = run("respmod", "MARK", more);
        assert!(got.contains("Tệp này không được đăng"), "{said}\n{got}");
        let long = format!("{} MARK", "x".repeat(50_000));
        let (said, got) = run("respmod", &long, more);
        assert!(got.contains("Tệp này không được đăng"), "{said}\n{got}");
    }
    let (said, got) = run(
        "reqmod",
        "MARK",
        &["-method", "POST", "-req", "http://cong.example/dang"],
    );
    assert!(got.contains("Tệp này không được đăng"), "{said}\n{got}");
}
