//! Which paragraphs charge somebody, with what, and until when.

use super::actors::{partners, subject};
use super::deadlines::{deadlines, is_fixed};
use super::document::{Deadline, DeadlineKind, Duty};
use super::markers::Rank;
use super::sections::Node;
use crate::text::fold;

/// Shortest aside, in words, that may be a duty of its own.
const ASIDE_WORDS_MIN: usize = 8;

/// Longest heading, in words, that may say that its section assigns.
const HEADING_WORDS_MAX: usize = 14;

/// What a section takes over from those above it.
#[derive(Debug, Clone, Default)]
struct Context {
    /// Whether the section assigns.
    assigns: bool,
    actors: Vec<String>,
    with: Vec<String>,
}

/// Duties of a state or Party document. `directive` says that every numbered section charges, as
/// in a Party directive or a letter; `default` is who the preamble charges.
pub(crate) fn collect(nodes: &[Node], directive: bool, default: &[String]) -> Vec<Duty> {
    let grouped = nodes
        .iter()
        .any(|node| matches!(node.rank, Some(Rank::Roman | Rank::Capital | Rank::Part)));
    let mut out = Vec::new();
    let context = Context {
        assigns: directive && !grouped,
        actors: default.to_vec(),
        with: Vec::new(),
    };
    for node in nodes {
        // Paragraphs before the first mark speak of reasons.
        if node.label == "0" {
            continue;
        }
        let closing = node.label.starts_with("end.");
        let context = if closing {
            Context {
                assigns: true,
                ..Context::default()
            }
        } else {
            context.clone()
        };
        walk(node, &context, &mut out);
    }
    out
}

fn walk(node: &Node, above: &Context, out: &mut Vec<Duty>) {
    let mut context = above.clone();
    let lead = node.heading.clone().or_else(|| {
        node.paragraphs
            .first()
            .filter(|text| text.ends_with(':'))
            .cloned()
    });
    if let Some(lead) = &lead {
        context.assigns = verdict(lead).unwrap_or(context.assigns);
        take_over(lead, &mut context);
    } else if node.rank == Some(Rank::Article) {
        context.assigns |= node
            .paragraphs
            .first()
            .is_some_and(|text| fold(text).contains("chiu trach nhiem"));
    }
    if plan_item(node, &context, out) {
        return;
    }
    for text in &node.paragraphs {
        if node.children.is_empty() || !text.ends_with(':') {
            paragraph(node, text, &mut context, out);
        }
    }
    for child in &node.children {
        walk(child, &context, out);
    }
}

/// A heading that names bodies charges what stands below it.
fn take_over(lead: &str, context: &mut Context) {
    let Some(found) = subject(lead) else { return };
    context.actors = found.actors;
    context.with = partners(lead);
}

/// Whether a heading says that its section assigns, or that it does not.
fn verdict(heading: &str) -> Option<bool> {
    const NO: [&str; 14] = [
        "muc dich",
        "yeu cau",
        "thanh phan",
        "doi tuong",
        "pham vi",
        "noi dung kiem tra",
        "danh gia",
        "quan diem",
        "muc tieu",
        "tinh hinh",
        "ket qua",
        "can cu",
        "noi dung trong tam",
        "nhiem vu trong tam",
    ];
    const YES: [&str; 8] = [
        "phan cong",
        "to chuc thuc hien",
        "trach nhiem",
        "phuong phap",
        "trinh tu",
        "tien do",
        "giao nhiem vu",
        "thoi gian thuc hien",
    ];
    let folded = fold(heading);
    if NO.iter().any(|words| folded.contains(words)) {
        return Some(false);
    }
    let short = folded.split(' ').count() <= HEADING_WORDS_MAX;
    (short && YES.iter().any(|words| folded.contains(words))).then_some(true)
}

/// One paragraph of a section: parted into duties where the subject or the deadline changes.
fn paragraph(node: &Node, text: &str, context: &mut Context, out: &mut Vec<Duty>) {
    let text = text
        .strip_suffix("/.")
        .unwrap_or(text)
        .trim()
        .trim_end_matches(';');
    if context.assigns {
        if !is_contact(text) {
            assigned(&node.label, text, context, out);
        }
        return;
    }
    // Outside the assigning parts only a paragraph with a deadline of its own charges.
    if deadlines(text)
        .iter()
        .any(|deadline| is_fixed(deadline) || deadline.days.is_some())
    {
        let before = out.len();
        assigned(&node.label, text, &mut context.clone(), out);
        let mut index = 0;
        out.retain(|duty| {
            index += 1;
            index <= before || duty.deadline.is_some()
        });
    }
}

/// A sentence that only tells whom to ask.
fn is_contact(text: &str) -> bool {
    let folded = fold(text);
    folded.contains("lien he") && subject(text).is_none()
}

fn assigned(at: &str, text: &str, context: &mut Context, out: &mut Vec<Duty>) {
    let (main, asides) = take_asides(text);
    let first = out.len();
    let mut open: Option<Draft> = None;
    for sentence in sentences(&main) {
        let found = subject(sentence).filter(|found| found.has_verb);
        let dues = same_time(sentence, open.as_ref()).unwrap_or_else(|| deadlines(sentence));
        let other = found.as_ref().is_some_and(|found| {
            open.as_ref()
                .is_some_and(|draft| draft.actors != found.actors)
        });
        let late = dues.iter().any(is_fixed)
            && open
                .as_ref()
                .is_some_and(|draft| draft.dues.iter().any(is_fixed));
        if (other || late)
            && let Some(draft) = open.take()
        {
            draft.push(at, out);
        }
        if let Some(found) = found {
            if open.is_none() && found.actors != context.actors {
                context.with.clear();
            }
            context.actors = found.actors;
        }
        match &mut open {
            Some(draft) => draft.add(sentence, dues),
            None => {
                open = Some(Draft {
                    actors: context.actors.clone(),
                    with: context.with.clone(),
                    text: sentence.to_owned(),
                    dues,
                })
            }
        }
    }
    if let Some(draft) = open {
        draft.push(at, out);
    }
    for aside in asides {
        push_aside(at, &aside, first, context, out);
    }
}

/// "theo mốc thời gian trên": the deadline of the sentence before.
fn same_time(sentence: &str, before: Option<&Draft>) -> Option<Vec<Deadline>> {
    const WORDS: [&str; 6] = [
        "theo mốc thời gian trên",
        "theo móc thời gian trên",
        "thời gian nêu trên",
        "thời gian trên",
        "thời hạn nêu trên",
        "thời hạn trên",
    ];
    let words = WORDS.iter().find(|words| sentence.contains(**words))?;
    let dues = before?
        .dues
        .iter()
        .map(|due| Deadline {
            text: (*words).to_owned(),
            ..due.clone()
        })
        .collect::<Vec<_>>();
    (!dues.is_empty()).then_some(dues)
}

/// An aside with a deadline of its own is a duty; it may name who is charged by the sentence
/// around it.
fn push_aside(at: &str, aside: &str, first: usize, context: &Context, out: &mut Vec<Duty>) {
    let found = subject(aside)
        .or_else(|| aside.split_once(", ").and_then(|(_, rest)| subject(rest)))
        .filter(|found| found.has_verb);
    let actors = found.map_or_else(|| context.actors.clone(), |found| found.actors);
    for duty in out
        .iter_mut()
        .skip(first)
        .filter(|duty| duty.actors.is_empty())
    {
        duty.actors.clone_from(&actors);
    }
    Draft {
        actors,
        with: Vec::new(),
        text: aside.to_owned(),
        dues: deadlines(aside),
    }
    .push(at, out);
}

/// A duty that may still grow by sentences.
struct Draft {
    actors: Vec<String>,
    with: Vec<String>,
    text: String,
    dues: Vec<Deadline>,
}

impl Draft {
    fn add(&mut self, sentence: &str, dues: Vec<Deadline>) {
        self.text.push(' ');
        self.text.push_str(sentence);
        if self.dues.is_empty() || dues.iter().any(is_fixed) {
            self.dues = dues;
        }
    }

    /// One duty, or one for each day where several are named.
    fn push(self, at: &str, out: &mut Vec<Duty>) {
        let mut with = self.with;
        for partner in partners(&self.text) {
            if !with.contains(&partner) && !self.actors.contains(&partner) {
                with.push(partner);
            }
        }
        let dues: Vec<Option<Deadline>> = if self.dues.is_empty() {
            vec![None]
        } else {
            self.dues.into_iter().map(Some).collect()
        };
        for deadline in dues {
            out.push(Duty {
                at: at.to_owned(),
                actors: self.actors.clone(),
                with: with.clone(),
                text: self.text.clone(),
                deadline,
            });
        }
    }
}

/// Takes the long asides with a deadline out of a text.
fn take_asides(text: &str) -> (String, Vec<String>) {
    let mut asides = Vec::new();
    let mut main = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open);
        let Some(close) = balanced(from) else { break };
        let inner = from.get(1..close).unwrap_or("");
        let own = inner.split(' ').count() >= ASIDE_WORDS_MIN
            && deadlines(inner)
                .iter()
                .any(|due| is_fixed(due) || due.kind == DeadlineKind::DaysBefore);
        main.push_str(before);
        if own {
            while main.ends_with(' ') {
                main.pop();
            }
            asides.push(inner.trim().to_owned());
        } else {
            main.push_str(from.get(..=close).unwrap_or(""));
        }
        rest = from.get(close + 1..).unwrap_or("");
    }
    main.push_str(rest);
    (main, asides)
}

/// Offset of the parenthesis that closes the one at offset 0.
fn balanced(from: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in from.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Sentences: a full stop, a blank, a capital letter; never inside parentheses.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut depth = 0usize;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (index, (at, c)) in chars.iter().enumerate() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                let next = chars.get(index + 1).map(|(_, c)| *c);
                let after = chars.get(index + 2).map(|(_, c)| *c);
                if next == Some(' ') && after.is_some_and(char::is_uppercase) {
                    out.push(text.get(start..=*at).unwrap_or("").trim());
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
    out.push(text.get(start..).unwrap_or("").trim());
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// An item whose children say who leads, who helps and until when, as plans write them:
/// "Đơn vị chủ trì: ...", "Đơn vị phối hợp: ...", "Thời gian thực hiện: ...".
fn plan_item(node: &Node, context: &Context, out: &mut Vec<Duty>) -> bool {
    let mut actors = Vec::new();
    let mut with = Vec::new();
    let mut dues = Vec::new();
    let mut rest: Vec<&str> = Vec::new();
    let own = node.paragraphs.iter().map(|text| (text.as_str(), true));
    let below = node.children.iter().flat_map(|child| {
        child
            .paragraphs
            .iter()
            .map(move |text| (text.as_str(), child.children.is_empty()))
    });
    for (text, leaf) in own.chain(below) {
        match item_line(text).filter(|_| leaf) {
            Some((Item::Lead, value)) => actors.extend(listed(value)),
            Some((Item::Help, value)) => with.extend(listed(value)),
            Some((Item::Time, value)) => dues.extend(deadlines(&format!("Thời gian: {value}"))),
            None => rest.push(text),
        }
    }
    if actors.is_empty() || rest.len() > node.paragraphs.len() + 2 {
        return false;
    }
    let mut text: Vec<&str> = node.heading.iter().map(String::as_str).collect();
    text.extend(rest);
    let actors = if actors.is_empty() {
        context.actors.clone()
    } else {
        actors
    };
    let dues: Vec<Option<Deadline>> = if dues.is_empty() {
        vec![None]
    } else {
        dues.into_iter().map(Some).collect()
    };
    for deadline in dues {
        out.push(Duty {
            at: node.label.clone(),
            actors: actors.clone(),
            with: with.clone(),
            text: text.join(" "),
            deadline,
        });
    }
    true
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Lead,
    Help,
    Time,
}

fn item_line(text: &str) -> Option<(Item, &str)> {
    const LINES: [(&str, Item); 17] = [
        ("don vi chu tri", Item::Lead),
        ("co quan chu tri", Item::Lead),
        ("chu tri thuc hien", Item::Lead),
        ("chu tri", Item::Lead),
        ("don vi thuc hien", Item::Lead),
        ("co quan thuc hien", Item::Lead),
        ("don vi phoi hop", Item::Help),
        ("co quan phoi hop", Item::Help),
        ("co quan, don vi phoi hop", Item::Help),
        ("phoi hop thuc hien", Item::Help),
        ("phoi hop", Item::Help),
        ("thoi gian thuc hien", Item::Time),
        ("thoi gian hoan thanh", Item::Time),
        ("thoi han hoan thanh", Item::Time),
        ("thoi han", Item::Time),
        ("thoi gian", Item::Time),
        ("hoan thanh", Item::Time),
    ];
    let (name, value) = text.split_once(':')?;
    let folded = fold(name);
    LINES
        .iter()
        .find(|(words, _)| *words == folded)
        .map(|(_, item)| (*item, value.trim()))
}

/// Names of a list line; a list that the grammar of names does not know stays one name.
fn listed(value: &str) -> Vec<String> {
    let value = value.trim_end_matches(['.', ';']);
    match subject(value).filter(|found| !found.has_verb) {
        Some(found) => found.actors,
        None if value.is_empty() => Vec::new(),
        None => vec![value.to_owned()],
    }
}

/// Duties of a news page: paragraphs that ask, and those that go on asking.
pub(crate) fn of_page(nodes: &[Node]) -> Vec<Duty> {
    const GOES_ON: [&str; 5] = [
        "cung voi do",
        "ngoai ra",
        "ben canh do",
        "dong thoi",
        "cung do",
    ];
    let mut out: Vec<Duty> = Vec::new();
    let mut actors: Vec<String> = Vec::new();
    for node in nodes {
        for text in &node.paragraphs {
            let text = text.strip_suffix("/.").unwrap_or(text);
            let found = subject(text).filter(|found| found.has_verb);
            let tells = fold(text);
            let issued = [
                "moi co cong van",
                "vua ban hanh",
                "da ban hanh",
                "moi ban hanh",
                "co cong van so",
                "ban hanh cong van",
            ]
            .iter()
            .any(|words| tells.contains(words));
            let goes_on =
                !actors.is_empty() && GOES_ON.iter().any(|words| tells.starts_with(words));
            if issued || (found.is_none() && !goes_on) {
                continue;
            }
            let charged = found.map_or_else(|| actors.clone(), |found| found.actors);
            if actors.is_empty() {
                actors.clone_from(&charged);
            }
            Draft {
                actors: charged,
                with: Vec::new(),
                text: text.to_owned(),
                dues: deadlines(text),
            }
            .push(&node.label, &mut out);
        }
    }
    out
}

/// Who the last sentence of the preamble charges: "... yêu cầu các cấp ủy, ... thực hiện:".
pub(crate) fn charged_by(preamble: &[String]) -> Vec<String> {
    for text in preamble.iter().rev() {
        for words in ["yêu cầu ", "đề nghị ", "giao "] {
            if let Some((_, rest)) = text.rsplit_once(words)
                && let Some(found) = subject(rest).filter(|found| found.has_verb)
            {
                return found.actors;
            }
        }
    }
    Vec::new()
}
