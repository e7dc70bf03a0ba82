//! What the ICAP server says.

use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::Over;
use super::message::{Head, Method};
use crate::gate::{Decision, Outcome};
use crate::limits::ICAP_CONNECTIONS_MAX;
use crate::report::html::escape;

/// Changes with the program, so that clients forget what they kept of its answers.
const ISTAG: &str = concat!("ISTag: \"khien-", env!("CARGO_PKG_VERSION"), "\"\r\n");

type Out<'a> = dyn AsyncWrite + Unpin + Send + 'a;

pub(super) async fn options(out: &mut Out<'_>, head: &Head) -> Result<(), Over> {
    let method = if head.service.to_ascii_lowercase().contains("respmod") {
        "RESPMOD"
    } else {
        "REQMOD"
    };
    let text = format!(
        "ICAP/1.0 200 OK\r\nMethods: {method}\r\nService: khien publication gate\r\n{ISTAG}Max-Connections: {ICAP_CONNECTIONS_MAX}\r\nOptions-TTL: 3600\r\nAllow: 204\r\nPreview: 1024\r\nTransfer-Preview: *\r\nEncapsulated: null-body=0\r\n\r\n"
    );
    send(out, &[text.as_bytes()]).await
}

pub(super) async fn go_on(out: &mut Out<'_>) -> Result<(), Over> {
    send(out, &[b"ICAP/1.0 100 Continue\r\n\r\n"]).await
}

/// An end of the conversation.
pub(super) async fn status(out: &mut Out<'_>, status: &str) -> Result<(), Over> {
    let text = format!(
        "ICAP/1.0 {status}\r\n{ISTAG}Connection: close\r\nEncapsulated: null-body=0\r\n\r\n"
    );
    send(out, &[text.as_bytes()]).await
}

/// The message goes on as it is: 204 where the client takes that, else the message itself.
pub(super) async fn pass(
    out: &mut Out<'_>,
    head: &Head,
    no_content: bool,
    body: Option<&[u8]>,
) -> Result<(), Over> {
    if no_content {
        let text = format!("ICAP/1.0 204 No Content\r\n{ISTAG}Encapsulated: null-body=0\r\n\r\n");
        return send(out, &[text.as_bytes()]).await;
    }
    let (header, kind) = match head.method {
        Method::Respmod => (&head.response, "res"),
        _ => (&head.request, "req"),
    };
    let end = header.len();
    let carried = match body {
        Some(_) => format!("{kind}-hdr=0, {kind}-body={end}"),
        None => format!("{kind}-hdr=0, null-body={end}"),
    };
    let text = format!("ICAP/1.0 200 OK\r\n{ISTAG}Encapsulated: {carried}\r\n\r\n");
    let chunk = body.map(chunked).unwrap_or_default();
    send(out, &[text.as_bytes(), header, &chunk]).await
}

/// A page instead of the message.
pub(super) async fn refuse(out: &mut Out<'_>, outcome: &Outcome) -> Result<(), Over> {
    let page = page(outcome);
    let header = format!(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\nX-Khien-Decision: {}\r\nConnection: close\r\n\r\n",
        page.len(),
        outcome.decision.as_str(),
    );
    let text = format!(
        "ICAP/1.0 200 OK\r\n{ISTAG}Encapsulated: res-hdr=0, res-body={}\r\n\r\n",
        header.len()
    );
    let body = chunked(page.as_bytes());
    send(out, &[text.as_bytes(), header.as_bytes(), &body]).await
}

fn page(outcome: &Outcome) -> String {
    let (title, advice) = match outcome.decision {
        Decision::Block => (
            "Tệp này không được đăng",
            "Cổng kiểm tra thấy dấu hiệu bí mật nhà nước. Không gửi lại bằng cách khác; báo người có trách nhiệm bảo vệ bí mật nhà nước của đơn vị.",
        ),
        _ => (
            "Tệp này phải có người xem trước khi đăng",
            "Cổng kiểm tra không đọc được toàn bộ tệp nên không kết luận. Chuyển tệp cho người có trách nhiệm kiểm tra trước khi đăng.",
        ),
    };
    let grounds: String = outcome
        .grounds
        .iter()
        .map(|ground| format!("<li>{}</li>\n", escape(&ground.text)))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<p>{advice}</p>\n<ul>\n{grounds}</ul>\n</body>\n</html>\n"
    )
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len() + 32);
    if !body.is_empty() {
        text.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        text.extend_from_slice(body);
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"0\r\n\r\n");
    text
}

async fn send(out: &mut Out<'_>, parts: &[&[u8]]) -> Result<(), Over> {
    for part in parts {
        out.write_all(part).await?;
    }
    out.flush().await?;
    Ok(())
}
