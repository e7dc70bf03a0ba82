//! The gate over ICAP, spoken by hand.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use patrol::gate::icap;
use patrol::{Pool, Settings};

use crate::gate::open;
use crate::stand_in::{pool, settings};
use crate::web::{connect, talk};

pub fn gate(pool: Pool) -> u16 {
    open(
        |listener, gate| async { icap::serve(listener, gate).await.unwrap() },
        pool,
    )
}

/// A REQMOD with further header lines and the text of its chunks.
fn upload(lines: &str, http: &str, chunks: &str) -> Vec<u8> {
    format!(
        "REQMOD icap://gate/reqmod ICAP/1.0\r\nHost: gate\r\n{lines}Encapsulated: req-hdr=0, req-body={}\r\n\r\n{http}{chunks}",
        http.len()
    )
    .into_bytes()
}

const POST: &str =
    "POST /dang/k%E1%BA%BF.txt HTTP/1.1\r\nHost: cong.example\r\nContent-Type: text/plain\r\n\r\n";

pub fn uploads_and_pages_pass_or_are_refused() {
    let port = gate(pool());
    let options = talk(
        port,
        b"OPTIONS icap://gate/respmod ICAP/1.0\r\nHost: gate\r\n\r\n",
    );
    assert!(
        options.starts_with("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n"),
        "{options}"
    );
    assert!(
        options.contains("Allow: 204\r\n") && options.contains("Preview: "),
        "{options}"
    );

    let allowed = talk(
        port,
        &upload("Allow: 204\r\n", POST, "7\r\nnothing\r\n0\r\n\r\n"),
    );
    assert!(
        allowed.starts_with("ICAP/1.0 204 No Content\r\n"),
        "{allowed}"
    );
    let echoed = talk(
        port,
        &upload("", POST, "3\r\nnot\r\n4\r\nhing\r\n0\r\n\r\n"),
    );
    let expected = format!(
        "Encapsulated: req-hdr=0, req-body={}\r\n\r\n{POST}7\r\nnothing\r\n0\r\n\r\n",
        POST.len()
    );
    assert!(
        echoed.starts_with("ICAP/1.0 200 OK\r\n") && echoed.ends_with(&expected),
        "{echoed}"
    );

    let blocked = talk(
        port,
        &upload("Allow: 204\r\n", POST, "4\r\nMARK\r\n0\r\n\r\n"),
    );
    assert!(
        blocked.contains("Encapsulated: res-hdr=0, res-body="),
        "{blocked}"
    );
    assert!(
        blocked.contains("HTTP/1.1 403 Forbidden\r\n")
            && blocked.contains("X-Khien-Decision: block\r\n"),
        "{blocked}"
    );
    assert!(
        blocked.contains("“kế.txt”: dấu hiệu bí mật nhà nước, Tuyệt mật."),
        "{blocked}"
    );
    assert!(
        !blocked.contains("MARK"),
        "nothing of the body goes back: {blocked}"
    );
    let review = talk(
        port,
        &upload("Allow: 204\r\n", POST, "5\r\nABORT\r\n0\r\n\r\n"),
    );
    assert!(review.contains("X-Khien-Decision: review\r\n"), "{review}");
}

pub fn forms_pages_and_strange_requests_are_answered() {
    let port = gate(pool());
    let form = "POST /x HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=e\r\n\r\n";
    let body = "--e\r\nContent-Disposition: form-data; name=\"f\"; filename=\"b.txt\"\r\n\r\nMARK\r\n--e--\r\n";
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert!(talk(port, &upload("", form, &chunks)).contains("“b.txt”"));

    let (asked, answered) = ("GET /a.txt HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
    let page = |text: &str| {
        let end = asked.len() + answered.len();
        let text = format!(
            "RESPMOD icap://gate/respmod ICAP/1.0\r\nAllow: 204\r\nEncapsulated: req-hdr=0, res-hdr={}, res-body={end}\r\n\r\n{asked}{answered}{:x}\r\n{text}\r\n0\r\n\r\n",
            asked.len(),
            text.len()
        );
        talk(port, text.as_bytes())
    };
    assert!(page("nothing").starts_with("ICAP/1.0 204"));
    assert!(page("MARK").contains("“a.txt”"));
    let get = format!(
        "REQMOD icap://gate/reqmod ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body={}\r\n\r\n{asked}",
        asked.len()
    );
    assert!(
        talk(port, get.as_bytes()).ends_with(asked),
        "a request without a body passes as it is"
    );
    assert!(talk(port, b"GET / HTTP/1.1\r\n\r\n").starts_with("ICAP/1.0 505"));
    assert!(
        talk(
            port,
            b"LOOK icap://gate/ ICAP/1.0\r\nEncapsulated: null-body=0\r\n\r\n"
        )
        .starts_with("ICAP/1.0 405")
    );
}

pub fn a_preview_is_continued_or_whole() {
    let port = gate(pool());
    let mut line = connect(port);
    line.write_all(&upload("Preview: 4\r\n", POST, "4\r\nnoth\r\n0\r\n\r\n"))
        .unwrap();
    let mut go_on = [0; 25];
    line.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"ICAP/1.0 100 Continue\r\n\r\n");
    line.write_all(b"8\r\ning MARK\r\n0\r\n\r\n").unwrap();
    // On the same connection, a preview that is all there is.
    line.write_all(&upload(
        "Preview: 40\r\n",
        POST,
        "7\r\nnothing\r\n0; ieof\r\n\r\n",
    ))
    .unwrap();
    line.shutdown(Shutdown::Write).unwrap();
    let mut rest = String::new();
    line.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("X-Khien-Decision: block"), "{rest}");
    assert!(rest.contains("ICAP/1.0 204 No Content"), "{rest}");
    assert!(!rest.contains("100 Continue"), "{rest}");
}

pub fn clients_that_stop_half_way_leave_the_gate_working() {
    let limits = scan::Limits {
        file_bytes: 100_000,
        ..scan::Limits::default()
    };
    let port = gate(
        Pool::start(Settings {
            limits,
            ..settings()
        })
        .unwrap(),
    );
    let whole = upload("Allow: 204\r\n", POST, "4\r\nMARK\r\n0\r\n\r\n");
    // Cut at every place: either gone without a word, or refused; never let through.
    for end in 1..whole.len() {
        let said = talk(port, &whole[..end]);
        assert!(!said.contains("204 No Content"), "cut at {end}: {said}");
    }
    let mut large = upload("", POST, "");
    for _ in 0..200 {
        large.extend_from_slice(b"1000\r\n");
        large.extend_from_slice(&[b'x'; 0x1000]);
        large.extend_from_slice(b"\r\n");
    }
    talk(port, &large);
    large.extend_from_slice(b"0\r\n\r\n");
    let refused = talk(port, &large);
    assert!(refused.contains("X-Khien-Decision: review"), "{refused}");
    assert!(refused.contains("vượt giới hạn kích thước"), "{refused}");
    assert!(
        talk(
            port,
            &upload("Allow: 204\r\n", POST, "7\r\nnothing\r\n0\r\n\r\n")
        )
        .starts_with("ICAP/1.0 204")
    );
}
