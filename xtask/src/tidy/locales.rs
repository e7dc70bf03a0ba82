//! Words on the screen: `locales/vi` and `locales/en` have the same keys with the same variables; every key that
//! templates and code ask for exists, and no key is idle.
//!
//! A key is asked for as a whole string literal (`t.get("book-di-title")`, `t!("...")`, `{{ t.s("...") }}`), or by
//! a literal that ends in a dash or goes on in braces (`format!("level-{code}")`), which uses every key beginning so.
//! A refusal asks for its own sentence: `Refusal::new("BOOK-04")` for `refusal-book-04`.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::rust::{RustFile, Sources, Token};
use crate::tree::Tree;

const CHECK: &str = "locales";
const FIRST: &str = "locales/vi/";
const SECOND: &str = "locales/en/";
/// The receiver of a translation in code and templates.
const RECEIVER: &str = "t";
const REFUSAL: &str = "refusal-";

#[derive(Debug, Default, PartialEq, Eq)]
struct Message {
    path: String,
    line: usize,
    variables: BTreeSet<String>,
    /// Other messages and terms it contains.
    mentions: BTreeSet<String>,
}

type Messages = BTreeMap<String, Message>;

/// What code and templates say: keys asked for by a call, every literal, and beginnings of keys.
#[derive(Default)]
struct Uses {
    asked: Vec<(String, String, usize)>,
    literals: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

pub(crate) fn check(tree: &Tree, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let vietnamese = messages(tree, FIRST, &mut findings);
    let english = messages(tree, SECOND, &mut findings);
    findings.extend(missing(&vietnamese, &english, "locales/en"));
    findings.extend(missing(&english, &vietnamese, "locales/vi"));
    findings.extend(other_variables(&vietnamese, &english));
    let uses = uses(tree, sources);
    for (key, path, line) in &uses.asked {
        if !vietnamese.contains_key(key) {
            findings.push(Finding::new(
                CHECK,
                path,
                *line,
                key,
                format!("key `{key}` is not in locales/vi"),
            ));
        }
    }
    for (key, message) in &vietnamese {
        let mentioned = vietnamese
            .values()
            .any(|other| other.mentions.contains(key));
        let begun = uses
            .beginnings
            .iter()
            .any(|beginning| key.starts_with(beginning));
        if !mentioned && !begun && !uses.literals.contains(key) {
            let text = format!("key `{key}` is used nowhere");
            findings.push(Finding::new(CHECK, &message.path, message.line, key, text));
        }
    }
    findings
}

/// Keys of one language that the other does not have.
fn missing(these: &Messages, those: &Messages, missing_in: &str) -> Vec<Finding> {
    these
        .iter()
        .filter(|(key, _)| !those.contains_key(*key))
        .map(|(key, message)| {
            let text = format!("key `{key}` is missing in {missing_in}");
            Finding::new(CHECK, &message.path, message.line, key, text)
        })
        .collect()
}

/// Shared keys whose variables differ.
fn other_variables(these: &Messages, those: &Messages) -> Vec<Finding> {
    these
        .iter()
        .filter(|(key, message)| {
            those
                .get(*key)
                .is_some_and(|other| other.variables != message.variables)
        })
        .map(|(key, message)| {
            let text = format!("key `{key}` has other variables in locales/en");
            Finding::new(CHECK, &message.path, message.line, key, text)
        })
        .collect()
}

fn messages(tree: &Tree, folder: &str, findings: &mut Vec<Finding>) -> Messages {
    let mut messages = Messages::new();
    for (path, text) in tree
        .under(folder)
        .filter(|(path, _)| path.ends_with(".ftl"))
    {
        let mut current = String::new();
        for (number, line) in text.lines().enumerate() {
            if let Some((key, _)) = line
                .split_once('=')
                .filter(|(key, _)| is_key(key.trim_end()))
            {
                key.trim_end().clone_into(&mut current);
                let message = Message {
                    path: path.to_owned(),
                    line: number + 1,
                    ..Message::default()
                };
                if messages.insert(current.clone(), message).is_some() {
                    let text = format!("key `{current}` stands twice");
                    findings.push(Finding::new(CHECK, path, number + 1, &current, text));
                }
            }
            let goes_on = line.starts_with([' ', '\t', '}']) || line.starts_with(&current);
            if let Some(message) = messages.get_mut(&current).filter(|_| goes_on) {
                note_placeables(line, message);
            }
        }
    }
    messages
}

/// `{ $count }` is a variable; `{ other-key }` and `{ -term }` are mentions.
fn note_placeables(line: &str, message: &mut Message) {
    for inner in line.split('{').skip(1) {
        let word = inner
            .trim_start()
            .trim_start_matches("NUMBER(")
            .trim_start_matches("DATETIME(");
        let name: String = word
            .chars()
            .enumerate()
            .take_while(|(at, letter)| {
                letter.is_ascii_alphanumeric()
                    || "_-".contains(*letter)
                    || (*at == 0 && *letter == '$')
            })
            .map(|(_, letter)| letter)
            .collect();
        if let Some(variable) = name.strip_prefix('$') {
            message.variables.insert(variable.to_owned());
        } else if !name.is_empty() {
            message.mentions.insert(name);
        }
    }
}

fn is_key(text: &str) -> bool {
    let name = text.strip_prefix('-').unwrap_or(text);
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
}

fn uses(tree: &Tree, sources: &Sources) -> Uses {
    let mut uses = Uses::default();
    for (path, file) in sources
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("crates/"))
    {
        for (text, _) in file.strings() {
            uses.note_literal(text);
        }
        for (key, line) in asked_in(file) {
            uses.asked.push((key, path.clone(), line));
        }
    }
    for (key, _, _) in &uses.asked {
        uses.literals.insert(key.clone());
    }
    for (path, text) in tree
        .under("crates/")
        .filter(|(path, _)| path.contains("/templates/"))
    {
        for (number, line) in text.lines().enumerate() {
            for literal in line
                .split('"')
                .chain(line.split('\''))
                .filter(|part| !part.contains(['<', ' ']))
            {
                uses.note_literal(literal);
            }
            for key in asked_in_template(line) {
                uses.asked
                    .push((key.to_owned(), path.to_owned(), number + 1));
            }
        }
    }
    uses
}

impl Uses {
    fn note_literal(&mut self, text: &str) {
        let beginning = text.split('{').next().unwrap_or(text);
        let goes_on = beginning.len() < text.len() || text.ends_with('-');
        if goes_on
            && beginning != REFUSAL
            && beginning.len() > 1
            && beginning.ends_with('-')
            && is_key(beginning)
        {
            self.beginnings.insert(beginning.to_owned());
        } else if is_refusal_code(text) {
            let key = format!("{REFUSAL}{}", text.to_ascii_lowercase());
            self.literals.insert(key);
        } else if is_key(text) {
            self.literals.insert(text.to_owned());
        }
    }
}

/// `COPY-01`: a code that is handed on before it becomes a refusal.
fn is_refusal_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(letters, digits)| {
        !letters.is_empty()
            && letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.len() == 2
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// `t.anything("key"`, `t!("key"` and `Refusal::new("CODE"` outside tests.
fn asked_in(file: &RustFile) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, (token, line)) in file.tokens.iter().enumerate() {
        let Token::Ident(name) = token else { continue };
        if file.is_test_line(*line) {
            continue;
        }
        let rest = file.tokens.get(at + 1..).unwrap_or_default();
        let next: Vec<&Token> = rest.iter().take(5).map(|(token, _)| token).collect();
        let key = match (name.as_str(), next.as_slice()) {
            (
                RECEIVER,
                [
                    Token::Punct('.'),
                    Token::Ident(_),
                    Token::Open,
                    Token::Text(key),
                    ..,
                ],
            )
            | (RECEIVER, [Token::Punct('!'), Token::Open, Token::Text(key), ..]) => key.clone(),
            (
                "Refusal",
                [
                    Token::Punct(':'),
                    Token::Punct(':'),
                    Token::Ident(_),
                    Token::Open,
                    Token::Text(code),
                ],
            ) => format!("{REFUSAL}{}", code.to_ascii_lowercase()),
            _ => continue,
        };
        if is_key(&key) && !key.ends_with('-') {
            found.push((key, *line));
        }
    }
    found
}

/// `t.anything("key"` where `t` is a word of its own.
fn asked_in_template(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("t.") {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        if before.is_some_and(|letter| letter.is_alphanumeric() || "_.-\"".contains(letter)) {
            continue;
        }
        let call = line
            .get(at + RECEIVER.len() + 1..)
            .and_then(|rest| rest.split_once("(\""));
        if let Some((method, rest)) = call
            && method
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && let Some(key) = rest
                .split('"')
                .next()
                .filter(|key| is_key(key) && !key.ends_with('-'))
        {
            found.push(key);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "fn f() { t.get(\"book-title\"); t.with(\"due-in\", 3); let key = format!(\"level-{code}\"); }";
    const WORDS: &str = "book-title = { -brand }\ndue-in = { $days }\n    ngày\nlevel-mat = M\n-brand = K\nhome = H\n";

    fn findings(vietnamese: &str, english: &str, code: &str, template: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("locales/vi/main.ftl", vietnamese),
            ("locales/en/main.ftl", english),
            ("crates/web/src/a.rs", code),
            ("crates/web/templates/a.html", template),
        ]);
        check(&tree, &Sources::parse(&tree))
            .into_iter()
            .map(|finding| finding.text)
            .collect()
    }

    #[test]
    fn keys_that_agree_and_are_used_pass() {
        assert_eq!(
            findings(WORDS, WORDS, CODE, "<p>{{ t.s(\"home\") }}</p>"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_key_of_one_language_only_is_found() {
        let found = findings(
            WORDS,
            &WORDS.replace("home = H\n", ""),
            CODE,
            "{{ t.s(\"home\") }}",
        );
        assert_eq!(found, ["key `home` is missing in locales/en"]);
    }

    #[test]
    fn other_variables_are_found() {
        let found = findings(
            WORDS,
            &WORDS.replace("$days", "$tage"),
            CODE,
            "{{ t.s(\"home\") }}",
        );
        assert_eq!(found, ["key `due-in` has other variables in locales/en"]);
    }

    #[test]
    fn a_key_that_does_not_exist_is_found_in_code_and_templates() {
        let code = CODE
            .replace("book-title", "book-titel")
            .replace("let key", "t!(\"nowhere\", 1); let key");
        let found = findings(
            WORDS,
            WORDS,
            &code,
            "{{ t.s(\"home\") }} {{ t.s(\"hom\") }}",
        );
        assert_eq!(
            found,
            [
                "key `book-titel` is not in locales/vi",
                "key `nowhere` is not in locales/vi",
                "key `hom` is not in locales/vi",
                "key `book-title` is used nowhere"
            ]
        );
    }

    #[test]
    fn every_refusal_has_its_sentence_and_no_sentence_is_left_over() {
        let words = format!("{WORDS}refusal-book-04 = x\nrefusal-book-99 = y\n");
        let code = CODE.replace(
            "let key",
            "Refusal::new(\"BOOK-04\"); Refusal::new(\"BOOK-05\"); format!(\"refusal-{}\", 1); let key",
        );
        let found = findings(&words, &words, &code, "{{ t.s(\"home\") }}");
        assert_eq!(
            found,
            [
                "key `refusal-book-05` is not in locales/vi",
                "key `refusal-book-99` is used nowhere"
            ]
        );
    }

    #[test]
    fn an_idle_key_and_one_twice_are_found() {
        let words = format!("{WORDS}idle-one = x\nhome = again\n");
        let found = findings(&words, &words, CODE, "{{ t.s(\"home\") }}");
        assert!(found.contains(&"key `idle-one` is used nowhere".to_owned()));
        assert!(found.contains(&"key `home` stands twice".to_owned()));
    }
}
