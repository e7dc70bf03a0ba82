//! The gate over HTTP and between folders.

use std::path::Path;
use std::sync::Arc;

use patrol::gate::folder::Watch;
use patrol::gate::{Decision, Gate, http};
use patrol::{Pool, Settings};
use tokio::net::TcpListener;

use crate::stand_in::{pool, settings};
use crate::web::{ask, post, talk};

/// Serves a door on a runtime of its own, for as long as the story goes on.
pub fn open<F>(serve: impl FnOnce(TcpListener, Gate) -> F + Send + 'static, pool: Pool) -> u16
where
    F: Future<Output = ()>,
{
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap().port()).unwrap();
            serve(listener, Gate::new(Arc::new(pool))).await;
        });
    });
    receiver.recv().unwrap()
}

fn over_http(pool: Pool) -> u16 {
    open(
        |listener, gate| async { http::serve(listener, gate).await.unwrap() },
        pool,
    )
}

pub fn raw_bodies_and_forms_are_decided_on() {
    let port = over_http(pool());
    let said =
        |path: &str, headers: &str, body: &str| ask(port, &post(path, headers, body.as_bytes()));
    let allowed = said("/check?name=k%E1%BA%BF.txt", "", "nothing");
    assert!(allowed.starts_with("HTTP/1.1 200"), "{allowed}");
    assert!(allowed.contains("x-khien-decision: allow"), "{allowed}");
    assert!(
        allowed.contains(r#"{"decision":"allow","reasons":[],"report":[{"path":"kế.txt""#),
        "{allowed}"
    );
    let blocked = said("/check", "X-Filename: a.txt\r\n", "MARK");
    assert!(blocked.contains(r#"{"decision":"block","reasons":[{"code":"test","text":"“a.txt”: dấu hiệu bí mật nhà nước, Tuyệt mật."}]"#), "{blocked}");
    let review = said("/check", "", "PANIC");
    assert!(
        review.contains(r#""decision":"review","reasons":[{"code":"incomplete.crash""#),
        "{review}"
    );

    let form = |parts: &[(&str, &str)]| {
        let mut body = String::new();
        for (name, text) in parts {
            body.push_str(&format!("--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n{text}\r\n"));
        }
        body.push_str("--edge--\r\n");
        said(
            "/check",
            "Content-Type: multipart/form-data; boundary=edge\r\n",
            &body,
        )
    };
    assert!(form(&[("a", "nothing"), ("b", "nothing")]).contains(r#""decision":"allow""#));
    let mixed = form(&[("a", "nothing"), ("../b", "MARK"), ("c", "ABORT")]);
    assert!(
        mixed.contains(r#""decision":"block""#) && mixed.contains(r#""path":"b""#),
        "{mixed}"
    );
    let long = form(&[("long", &"x".repeat(5_000_000)), ("end", "MARK")]);
    assert!(long.contains(r#""decision":"block""#), "{long}");
    let broken = said(
        "/check",
        "Content-Type: multipart/form-data; boundary=edge\r\n",
        "--edge\r\nno form",
    );
    assert!(
        broken.starts_with("HTTP/1.1 400") && broken.contains(r#""decision":"review""#),
        "{broken}"
    );
    let health = ask(
        port,
        b"GET /healthz HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n",
    );
    assert!(health.ends_with("ok\n"), "{health}");
}

pub fn what_is_too_large_is_refused_and_the_gate_goes_on() {
    let limits = scan::Limits {
        file_bytes: 1_000,
        ..scan::Limits::default()
    };
    let port = over_http(
        Pool::start(Settings {
            limits,
            ..settings()
        })
        .unwrap(),
    );
    let announced = ask(port, b"POST /check HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n");
    assert!(announced.starts_with("HTTP/1.1 413"), "{announced}");
    assert!(
        announced.contains(r#""decision":"review","reasons":[{"code":"incomplete.too_large""#),
        "{announced}"
    );
    let over = ask(port, &post("/check", "", &[b'x'; 2_000]));
    assert!(
        over.contains(r#""decision":"review""#) && over.contains("too_large"),
        "{over}"
    );
    // A sender that stops half way is gone; the next one is served.
    talk(
        port,
        b"POST /check HTTP/1.1\r\nHost: g\r\nContent-Length: 500\r\n\r\nhalf",
    );
    assert!(ask(port, &post("/check", "", b"nothing")).contains(r#""decision":"allow""#));
}

pub fn a_folder_passes_on_what_was_scanned() {
    let root = tempfile::tempdir().unwrap();
    let (from, to) = (root.path().join("from"), root.path().join("to"));
    std::fs::create_dir_all(from.join("sub")).unwrap();
    let put = |name: &str, text: &str| std::fs::write(from.join(name), text).unwrap();
    put("sub/clean.txt", "nothing");
    put("marked.txt", "MARK");
    put("odd\n\u{202e}.txt", "ABORT");
    std::os::unix::fs::symlink("/etc/hostname", from.join("link")).unwrap();
    let pool = pool();
    let mut watch = Watch::new(&pool, &from, &to).unwrap();
    assert!(
        watch.look().unwrap().is_empty(),
        "a file seen once may still be written"
    );
    put("marked.txt", "MARK again");
    let moved = watch.look().unwrap();
    let decisions: Vec<Decision> = moved.iter().map(|one| one.outcome.decision).collect();
    assert_eq!(decisions, [Decision::Review, Decision::Allow]);
    let moved = watch.look().unwrap();
    assert_eq!(moved.len(), 1);
    assert_eq!(read(&to.join("blocked/marked.txt")), "MARK again");
    assert_eq!(read(&to.join("allowed/sub/clean.txt")), "nothing");
    let beside = read(&to.join("blocked/marked.txt.khien.json"));
    assert!(beside.starts_with(r#"{"decision":"block""#), "{beside}");
    assert!(to.join("review/odd\n\u{202e}.txt.khien.json").exists());
    let left: Vec<_> = std::fs::read_dir(&from)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(
        left.len(),
        2,
        "the link and the empty folder stay: {left:?}"
    );
    assert_eq!(std::fs::read_dir(to.join(".checking")).unwrap().count(), 0);

    // A second file of the name takes a place of its own.
    put("marked.txt", "MARK once more");
    assert!(watch.look().unwrap().is_empty());
    assert_eq!(
        watch.look().unwrap()[0].to,
        to.canonicalize().unwrap().join("blocked/marked.txt.2")
    );
    assert_eq!(read(&to.join("blocked/marked.txt")), "MARK again");
    assert!(
        Watch::new(&pool, root.path(), &to).is_err(),
        "a folder inside the other"
    );
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
