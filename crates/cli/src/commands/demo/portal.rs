//! The fictional portal of the demonstration: a handful of pages of a body that does not exist, with three planted leaks.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// A file that was planted: address on the portal.
pub const TEXT: &str = "/van-ban/thong-bao.docx";
pub const SCAN: &str = "/van-ban/quet-cong-van.jpg";
pub const MAIL: &str = "/luu/thu-moi-hop.eml";
/// In the demonstration's folder once the scan was taken down.
const TAKEN_DOWN: &str = "portal-taken-down.txt";

/// The portal of one demonstration folder.
#[derive(Clone)]
pub struct Portal {
    taken_down: PathBuf,
}

impl Portal {
    pub fn new(data: &Path) -> Self {
        Self {
            taken_down: data.join(TAKEN_DOWN),
        }
    }

    /// What its editors do when they are asked: the scan is gone, for good.
    pub fn take_down(&self) -> std::io::Result<()> {
        std::fs::write(&self.taken_down, SCAN)
    }

    /// Its pages.
    pub fn router(self) -> Router {
        Router::new().fallback(page).with_state(self)
    }
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const HTML: &str = "text/html; charset=utf-8";

async fn page(State(portal): State<Portal>, uri: Uri) -> Response {
    let gone = portal.taken_down.exists();
    let (kind, body): (&str, Vec<u8>) = match uri.path() {
        "/robots.txt" => (
            "text/plain",
            b"User-agent: *\nDisallow: /noi-bo/\n".to_vec(),
        ),
        "/" => (HTML, home(gone).into_bytes()),
        "/noi-bo/lich.html" => (
            HTML,
            html("Lịch", "Trang này không dành cho máy đọc.").into_bytes(),
        ),
        TEXT => (DOCX, include_bytes!("portal/thong-bao.docx").to_vec()),
        SCAN if !gone => (
            "image/jpeg",
            include_bytes!("portal/quet-cong-van.jpg").to_vec(),
        ),
        MAIL => (
            "message/rfc822",
            include_bytes!("portal/thu-moi-hop.eml").to_vec(),
        ),
        path => match path
            .strip_prefix("/tin/")
            .and_then(|rest| rest.strip_suffix(".html"))
            .and_then(|number| NEWS.get(number.parse::<usize>().ok()?))
        {
            Some((title, text)) => (HTML, html(title, text).into_bytes()),
            None => return (StatusCode::NOT_FOUND, "không có trang này").into_response(),
        },
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Ordinary news; two of them speak about secrets, which is no leak.
const NEWS: [(&str, &str); 5] = [
    (
        "Lịch tiếp công dân tháng 3",
        "Sở Tư pháp tiếp công dân vào sáng thứ Năm hằng tuần.",
    ),
    (
        "Tập huấn công tác bảo vệ bí mật nhà nước",
        "Lớp tập huấn giới thiệu Luật Bảo vệ bí mật nhà nước, ba độ mật Tuyệt mật, Tối mật, Mật và cách bảo quản.",
    ),
    (
        "Kết quả cải cách hành chính",
        "Tỷ lệ hồ sơ giải quyết đúng hạn đạt 99%.",
    ),
    (
        "Quy định về giải mật",
        "Bài viết giải thích thời hạn bảo vệ bí mật nhà nước và việc giải mật khi hết thời hạn.",
    ),
    (
        "Thông báo tuyển dụng",
        "Sở thông báo tuyển dụng 02 công chức, hồ sơ nhận đến hết ngày 30/3.",
    ),
];

fn home(gone: bool) -> String {
    let mut items: Vec<String> = NEWS
        .iter()
        .enumerate()
        .map(|(number, (title, _))| format!("<li><a href=\"/tin/{number}.html\">{title}</a></li>"))
        .collect();
    items.push(format!(
        "<li><a href=\"{TEXT}\">Thông báo (bản Word)</a></li>"
    ));
    if !gone {
        items.push(format!(
            "<li><a href=\"{SCAN}\">Công văn (bản quét)</a></li>"
        ));
    }
    items.push(format!("<li><a href=\"{MAIL}\">Thư mời họp</a></li>"));
    items.push("<li><a href=\"/noi-bo/lich.html\">Lịch nội bộ</a></li>".to_owned());
    html(
        "Cổng thông tin điện tử Sở Tư pháp tỉnh Sông Thanh (hư cấu)",
        &format!("<ul>{}</ul>", items.join("")),
    )
}

fn html(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1><div>{body}</div></body></html>"
    )
}
