//! Addresses: which are ours, and which wind without end.

use reqwest::Url;

use crate::error::PatrolError;
use crate::limits::{ADDRESS_BYTES_MAX, ADDRESS_PARTS_MAX};

/// A starting point as the operator wrote it.
pub(super) fn start(text: &str) -> Result<Url, PatrolError> {
    let wrong = |why: &str| PatrolError::Path {
        path: crate::names::plain(text),
        why: why.to_owned(),
    };
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("only addresses that begin with http:// or https://"));
    }
    Ok(plain(url))
}

/// A link of a page; `None` for what is no address of the web.
pub(super) fn join(base: &Url, link: &str) -> Option<Url> {
    let url = base.join(link.trim()).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    web.then(|| plain(url))
}

/// Without what never reaches the server, or never should.
fn plain(mut url: Url) -> Url {
    url.set_fragment(None);
    // These fail only for addresses without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// Same name and same port; both on their usual port count as one host, whatever the scheme.
pub(super) fn same_host(one: &Url, other: &Url) -> bool {
    let usual = |url: &Url| url.port().is_none();
    one.host_str() == other.host_str()
        && (one.port_or_known_default() == other.port_or_known_default()
            || (usual(one) && usual(other)))
}

/// Key of a host.
pub(super) fn host(url: &Url) -> String {
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// Whether an address is one of those that a page without end makes: long, deep, or going in circles.
pub(super) fn winds(url: &Url) -> bool {
    let parts: Vec<&str> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let again = |part: &&str| parts.iter().filter(|other| *other == part).count() > 4;
    url.as_str().len() > ADDRESS_BYTES_MAX
        || parts.len() > ADDRESS_PARTS_MAX
        || parts.iter().any(again)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        start(text).unwrap()
    }

    #[test]
    fn another_port_or_name_is_another_host() {
        let ours = url("http://cong.vn/x");
        assert!(same_host(&ours, &url("https://CONG.vn/y#z")));
        assert!(!same_host(&ours, &url("http://cong.vn:8080/")));
        assert!(!same_host(&ours, &url("http://cong.vn.khac.vn/")));
        assert!(!same_host(&ours, &url("http://cong.vn@khac.vn/")));
        assert!(!same_host(
            &url("http://[::1]:80/"),
            &url("http://127.0.0.1/")
        ));
    }

    #[test]
    fn links_lose_fragment_and_user_and_stay_on_the_web() {
        let base = url("http://cong.vn/a/b");
        assert_eq!(
            join(&base, " ../c?d=1#e ").unwrap().as_str(),
            "http://cong.vn/c?d=1"
        );
        assert_eq!(
            join(&base, "//u:p@khac.vn/").unwrap().as_str(),
            "http://khac.vn/"
        );
        for link in [
            "javascript:x()",
            "mailto:a@b.vn",
            "file:///etc/passwd",
            "data:text/html,x",
            "http://",
        ] {
            assert!(join(&base, link).is_none(), "{link}");
        }
        assert!(start("ftp://cong.vn").is_err() && start("cong.vn").is_err());
    }

    #[test]
    fn circles_and_depth_are_seen() {
        assert!(winds(&url("http://a.vn/x/y/x/y/x/y/x/y/x/y")));
        assert!(winds(&url(&format!("http://a.vn/?{}", "a".repeat(3_000)))));
        assert!(!winds(&url("http://a.vn/van-ban/2026/11/22/ke-hoach.pdf")));
    }
}
