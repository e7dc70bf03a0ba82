//! Links of a page and of a site map.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use reqwest::Url;

use super::address::join;
use crate::limits::PAGE_LINKS_MAX;

/// Addresses that a page leads to, each once, in the order of the page.
pub(super) fn links(url: &Url, body: &[u8]) -> Vec<Url> {
    let text = String::from_utf8_lossy(body);
    let sink = Sink::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(&text));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let base = tokenizer.sink.base.take().and_then(|base| join(url, &base));
    let base = base.as_ref().unwrap_or(url);
    let mut found: Vec<Url> = Vec::new();
    let texts = tokenizer.sink.links.take();
    for link in texts.iter().map(String::as_str).chain(site_map(&text)) {
        if let Some(link) = join(base, link)
            && !found.contains(&link)
        {
            found.push(link);
        }
    }
    found
}

#[derive(Default)]
struct Sink {
    links: RefCell<Vec<String>>,
    base: RefCell<Option<String>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else {
            return TokenSinkResult::Continue;
        };
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        self.tag(&tag);
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Sink {
    fn tag(&self, tag: &Tag) {
        let value = |name: &str| {
            let mut attributes = tag.attrs.iter();
            let found = attributes.find(|attribute| &*attribute.name.local == name)?;
            Some(found.value.to_string())
        };
        let link = match &*tag.name {
            "a" | "area" => value("href"),
            "iframe" | "frame" | "embed" | "img" | "source" | "video" | "audio" => value("src"),
            "object" => value("data"),
            "meta" => value("content").and_then(|content| refresh(&content)),
            "base" => {
                let mut base = self.base.borrow_mut();
                *base = base.take().or_else(|| value("href"));
                None
            }
            _ => None,
        };
        let mut links = self.links.borrow_mut();
        if let Some(link) = link
            && links.len() < PAGE_LINKS_MAX
        {
            links.push(link);
        }
    }
}

/// `0; url=/new` of a page that sends its readers on.
fn refresh(content: &str) -> Option<String> {
    let (delay, rest) = content.split_once(';')?;
    delay.trim().parse::<f32>().ok()?;
    let (key, target) = rest.split_once('=')?;
    let target = target.trim().trim_matches(['"', '\'']);
    key.trim()
        .eq_ignore_ascii_case("url")
        .then(|| target.to_owned())
}

/// `<loc>` of a site map.
fn site_map(text: &str) -> impl Iterator<Item = &str> {
    let is_map = text.contains("<urlset") || text.contains("<sitemapindex");
    let places = text.split("<loc>").skip(1).take(PAGE_LINKS_MAX);
    places
        .filter(move |_| is_map)
        .filter_map(|rest| rest.split('<').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let url = Url::parse("http://cong.vn/tin/").unwrap();
        links(&url, text.as_bytes())
            .iter()
            .map(Url::to_string)
            .collect()
    }

    #[test]
    fn links_of_all_kinds_are_found_once_and_scripts_are_not_read() {
        let page = r#"<a href="a?x=1&amp;y=2">1</a><A HREF='a?x=1&y=2#z'>2</A><img src=/h.png>
            <script>document.write('<a href="/no">')</script><iframe src="//khac.vn/"></iframe>
            <meta http-equiv=refresh content="3; URL='/di'"><meta name=description content="a; b=c"><!-- <a href=/no> -->"#;
        assert_eq!(
            found(page),
            [
                "http://cong.vn/tin/a?x=1&y=2",
                "http://cong.vn/h.png",
                "http://khac.vn/",
                "http://cong.vn/di"
            ]
        );
    }

    #[test]
    fn a_base_and_a_site_map_are_understood() {
        assert_eq!(
            found("<base href=/goc/><a href=b>"),
            ["http://cong.vn/goc/b"]
        );
        let map = "<?xml version='1.0'?><urlset><url><loc>http://cong.vn/1</loc></url><url><loc>/2</loc></url></urlset>";
        assert_eq!(found(map), ["http://cong.vn/1", "http://cong.vn/2"]);
    }
}
