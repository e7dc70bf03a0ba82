//! The section tree.

use super::document::Section;
use super::markers::{Marker, Rank};
use super::paragraphs::Paragraph;
use crate::text;

/// A section while it is built.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub label: String,
    pub rank: Option<Rank>,
    pub heading: Option<String>,
    /// Own paragraphs without the heading.
    pub paragraphs: Vec<String>,
    pub children: Vec<Node>,
}

impl Node {
    /// A section without children.
    pub fn leaf(label: String, paragraph: String) -> Self {
        Self {
            label,
            rank: None,
            heading: None,
            paragraphs: vec![paragraph],
            children: Vec::new(),
        }
    }

    /// The public form.
    pub fn section(&self) -> Section {
        Section {
            label: self.label.clone(),
            heading: self.heading.clone(),
            text: self.paragraphs.join("\n"),
            children: self.children.iter().map(Self::section).collect(),
        }
    }
}

/// Longest heading, in characters.
const HEADING_CHARS_MAX: usize = 250;

/// Words that open a closing paragraph: one that speaks of the whole document.
const CLOSERS: [&str; 16] = [
    "giao ",
    "trong quá trình",
    "quá trình",
    "yêu cầu",
    "chỉ thị này",
    "kế hoạch này",
    "công văn này",
    "quyết định này",
    "trên đây",
    "nhận được",
    "đề nghị",
    "căn cứ ",
    "ủy ban nhân dân",
    "ubnd ",
    "ban thường vụ",
    "thường trực",
];

/// Builds the tree. `prefix` stands before every label, as for an annex.
pub(crate) fn tree(paragraphs: &[Paragraph], prefix: &str) -> Vec<Node> {
    let last_mark = paragraphs
        .iter()
        .rposition(|paragraph| paragraph.marker.is_some());
    let mut builder = Builder {
        stack: vec![Open::root(prefix)],
    };
    for (at, paragraph) in paragraphs.iter().enumerate() {
        match &paragraph.marker {
            Some(marker) => builder.open(marker, &paragraph.text),
            None if last_mark.is_none_or(|mark| at > mark) && is_closer(&paragraph.text) => {
                builder.close_with(&paragraph.text)
            }
            None => builder.append(&paragraph.text),
        }
    }
    builder.finish()
}

fn is_closer(text: &str) -> bool {
    let low = text.to_lowercase();
    CLOSERS.iter().any(|words| low.starts_with(words))
}

struct Open {
    node: Node,
    counts: [usize; 3],
}

impl Open {
    fn root(prefix: &str) -> Self {
        Self::new(prefix.to_owned(), None)
    }

    fn new(label: String, rank: Option<Rank>) -> Self {
        Self {
            node: Node {
                label,
                rank,
                heading: None,
                paragraphs: Vec::new(),
                children: Vec::new(),
            },
            counts: [0; 3],
        }
    }

    fn count(&mut self, which: usize) -> usize {
        match self.counts.get_mut(which) {
            Some(count) => {
                *count += 1;
                *count
            }
            None => 0,
        }
    }
}

struct Builder {
    stack: Vec<Open>,
}

impl Builder {
    fn open(&mut self, marker: &Marker, text: &str) {
        let same = self
            .stack
            .iter()
            .rposition(|open| open.node.rank == Some(marker.rank));
        match same {
            Some(at) => self.pop_to(at),
            None => {
                while self.stack.len() > 1
                    && self
                        .stack
                        .last()
                        .is_some_and(|open| open.node.rank > Some(marker.rank))
                {
                    self.pop_to(self.stack.len() - 1);
                }
            }
        }
        let Some(parent) = self.stack.last_mut() else {
            return;
        };
        let part = match marker.rank {
            Rank::Dash => format!("-{}", parent.count(0)),
            Rank::Plus => format!("+{}", parent.count(1)),
            _ => marker.part.clone(),
        };
        let label = label(&parent.node, &part);
        let mut open = Open::new(label, Some(marker.rank));
        open.node.paragraphs.push(text.to_owned());
        self.stack.push(open);
    }

    /// Closes every section from depth `at` on.
    fn pop_to(&mut self, at: usize) {
        while self.stack.len() > at.max(1) {
            let Some(open) = self.stack.pop() else { return };
            let mut node = open.node;
            take_heading(&mut node);
            if let Some(parent) = self.stack.last_mut() {
                parent.node.children.push(node);
            }
        }
    }

    fn append(&mut self, text: &str) {
        if let Some(open) = self.stack.last_mut() {
            open.node.paragraphs.push(text.to_owned());
        }
    }

    /// Adds a closing paragraph below the open group.
    fn close_with(&mut self, text: &str) {
        let group = self
            .stack
            .iter()
            .position(|open| matches!(open.node.rank, Some(Rank::Roman | Rank::Capital)));
        self.pop_to(group.map_or(1, |at| at + 1));
        let Some(parent) = self.stack.last_mut() else {
            return;
        };
        let count = parent.count(2);
        let label = label(&parent.node, &format!("end.{count}"));
        parent
            .node
            .children
            .push(Node::leaf(label, text.to_owned()));
    }

    fn finish(mut self) -> Vec<Node> {
        self.pop_to(1);
        let Some(root) = self.stack.pop() else {
            return Vec::new();
        };
        let mut nodes = root.node.children;
        if !root.node.paragraphs.is_empty() {
            let label = if root.node.label.is_empty() {
                "0".to_owned()
            } else {
                format!("{}.0", root.node.label)
            };
            nodes.insert(
                0,
                Node {
                    label,
                    rank: None,
                    heading: None,
                    paragraphs: root.node.paragraphs,
                    children: Vec::new(),
                },
            );
        }
        nodes
    }
}

/// `III` and `5` give `III.5`; `4` and `4.1` give `4.1`.
fn label(parent: &Node, part: &str) -> String {
    let own = parent.label.rsplit('.').next().unwrap_or("");
    let tail = match parent.rank {
        Some(Rank::Number(_)) => part
            .strip_prefix(own)
            .filter(|rest| rest.starts_with('.'))
            .or_else(|| nested(&parent.label, part)),
        _ => None,
    };
    match tail {
        Some(tail) => format!("{}{tail}", parent.label),
        None if parent.label.is_empty() => part.to_owned(),
        None => format!("{}.{part}", parent.label),
    }
}

/// For a parent `II.2.1` and a part `2.1.3`, the tail `.3`.
fn nested<'a>(parent: &str, part: &'a str) -> Option<&'a str> {
    let at = part.rfind('.')?;
    let (head, tail) = part.split_at(at);
    (parent == head || parent.ends_with(&format!(".{head}"))).then_some(tail)
}

/// Decides whether the first paragraph of a finished section is its heading.
fn take_heading(node: &mut Node) {
    let Some(first) = node.paragraphs.first() else {
        return;
    };
    let more = node.paragraphs.len() > 1 || !node.children.is_empty();
    let short = first.chars().count() <= HEADING_CHARS_MAX;
    let ended = first.ends_with(['.', ';', '…']);
    let group = matches!(node.rank, Some(Rank::Part | Rank::Capital | Rank::Roman));
    let capitals = text::is_capitals(first);
    if short && (capitals || (group && !ended) || (more && (first.ends_with(':') || !ended))) {
        node.heading = Some(first.trim_end_matches(':').to_owned());
        node.paragraphs.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::markers::marker;

    fn labels(lines: &[&str]) -> Vec<String> {
        let paragraphs: Vec<Paragraph> = lines
            .iter()
            .map(|line| match marker(line) {
                Some((marker, rest)) => Paragraph {
                    marker: Some(marker),
                    text: rest.to_owned(),
                },
                None => Paragraph {
                    marker: None,
                    text: (*line).to_owned(),
                },
            })
            .collect();
        let mut out = Vec::new();
        for node in tree(&paragraphs, "") {
            walk(&node, &mut out);
        }
        out
    }

    fn walk(node: &Node, out: &mut Vec<String>) {
        out.push(node.label.clone());
        for child in &node.children {
            walk(child, out);
        }
    }

    #[test]
    fn labels_follow_the_nesting() {
        assert_eq!(
            labels(&[
                "I. MỤC ĐÍCH",
                "1. Một.",
                "2. Hai:",
                "a) A:",
                "- x;",
                "+ y;",
                "- z.",
                "b) B.",
                "II. HAI",
                "1. Ba.",
                "Giao Công an tỉnh."
            ]),
            [
                "I",
                "I.1",
                "I.2",
                "I.2.a",
                "I.2.a.-1",
                "I.2.a.-1.+1",
                "I.2.a.-2",
                "I.2.b",
                "II",
                "II.1",
                "II.end.1"
            ]
        );
        assert_eq!(
            labels(&[
                "4. Phân công:",
                "4.1. Ban.",
                "4.2. Sở.",
                "Giao Đảng ủy.",
                "Chỉ thị này phổ biến."
            ]),
            ["4", "4.1", "4.2", "end.1", "end.2"]
        );
        assert_eq!(
            labels(&["II. HAI", "2. Kết quả", "2.1. Một", "2.1.3. Ba"]),
            ["II", "II.2", "II.2.1", "II.2.1.3"]
        );
    }
}
