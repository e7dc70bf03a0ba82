//! Styles of a Word document, as far as they change what a text says: old fonts, hidden text, weight.

use crate::formats::legacy_font::{self, Encoding};
use crate::formats::xml::{Fault, Walk, attribute, is_on};
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;

/// Longest chain of styles that are based on one another.
const CHAIN_MAX: usize = 16;
/// Size of letters where nothing says otherwise, in half points.
pub(super) const SIZE_DEFAULT: u32 = 26;

/// How a run looks; what is not said is inherited.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// Whether a font was named, and its encoding if it is an old one.
    pub font: Option<Option<Encoding>>,
    pub bold: Option<bool>,
    pub hidden: Option<bool>,
    pub white: Option<bool>,
    /// In half points.
    pub size: Option<u32>,
}

impl Look {
    /// Takes one element of the run properties.
    pub fn take(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "rFonts" => {
                let mut named = None;
                for key in ["ascii", "hAnsi", "cs", "eastAsia"] {
                    if let Some(font) = attribute(element, key) {
                        let encoding = legacy_font::encoding(&font);
                        named = Some(named.flatten().or(encoding));
                    }
                }
                self.font = named.or(self.font);
            }
            "b" => self.bold = Some(is_on(element)),
            "vanish" | "webHidden" => self.hidden = Some(is_on(element)),
            "color" => {
                let white = attribute(element, "val")
                    .is_some_and(|value| value.eq_ignore_ascii_case("ffffff"));
                self.white = Some(white);
            }
            "sz" => {
                self.size = attribute(element, "val").and_then(|value| value.parse().ok());
            }
            _ => {}
        }
    }

    /// What is said here, and the rest as `base` says.
    pub fn over(self, base: Self) -> Self {
        Self {
            font: self.font.or(base.font),
            bold: self.bold.or(base.bold),
            hidden: self.hidden.or(base.hidden),
            white: self.white.or(base.white),
            size: self.size.or(base.size),
        }
    }
}

#[derive(Debug, Default)]
struct Style {
    base: Option<String>,
    look: Look,
}

/// All styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    defaults: Look,
    styles: BTreeMap<String, Style>,
    /// The paragraph style of a paragraph that names none.
    normal: Option<String>,
    open: Option<String>,
    in_defaults: bool,
    in_run: bool,
}

impl Styles {
    /// The look of text under a paragraph style.
    pub fn paragraph(&self, style: Option<&str>) -> Look {
        self.named(style.or(self.normal.as_deref()))
            .over(self.defaults)
    }

    /// What a style and those it is based on say.
    pub fn named(&self, style: Option<&str>) -> Look {
        let mut look = Look::default();
        let mut next = style;
        for _ in 0..CHAIN_MAX {
            let Some(style) = next.and_then(|name| self.styles.get(name)) else {
                break;
            };
            look = look.over(style.look);
            next = style.base.as_deref();
        }
        look
    }

    /// The size of letters in most of the document, in half points.
    pub fn usual_size(&self) -> u32 {
        self.paragraph(None).size.unwrap_or(SIZE_DEFAULT)
    }
}

impl Walk for Styles {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        match name {
            "style" => {
                let id = attribute(element, "styleId").unwrap_or_default();
                let is_default = attribute(element, "default").is_some_and(|value| value == "1");
                let is_paragraph =
                    attribute(element, "type").is_some_and(|value| value == "paragraph");
                if is_default && is_paragraph {
                    self.normal = Some(id.clone());
                }
                self.styles.insert(id.clone(), Style::default());
                self.open = Some(id);
            }
            "rPrDefault" => self.in_defaults = true,
            "rPr" => self.in_run = true,
            "basedOn" => {
                if let Some(style) = self.open.as_ref().and_then(|id| self.styles.get_mut(id)) {
                    style.base = attribute(element, "val");
                }
            }
            _ if self.in_run && self.in_defaults => self.defaults.take(name, element),
            _ if self.in_run => {
                if let Some(style) = self.open.as_ref().and_then(|id| self.styles.get_mut(id)) {
                    style.look.take(name, element);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        match name {
            "style" => self.open = None,
            "rPrDefault" => self.in_defaults = false,
            "rPr" => self.in_run = false,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}
