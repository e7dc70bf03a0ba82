//! One Rust file as the checks need it: tokens without comments, paths with `use` trees written out,
//! functions with their length, and which lines are test code.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::tree::Tree;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Ident(String),
    Punct(char),
    /// The value of a string literal.
    Text(String),
    Other,
    Open,
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

#[derive(Default)]
pub(crate) struct RustFile {
    /// Tokens in order with their line. Comments and documentation are not tokens.
    pub(crate) tokens: Vec<(Token, usize)>,
    /// Paths such as `std::fs::read` with their line; `use std::{fs, io}` gives `std::fs` and `std::io`.
    pub(crate) paths: Vec<(Vec<String>, usize)>,
    pub(crate) functions: Vec<Function>,
    /// Does a documentation comment hold an example that would be run?
    pub(crate) has_doc_example: bool,
    test_lines: Vec<RangeInclusive<usize>>,
    test_modules: Vec<String>,
    is_test: bool,
}

impl RustFile {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let stream: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
        let file: syn::File = syn::parse2(stream.clone()).map_err(|error| error.to_string())?;
        let mut facts = Self {
            has_doc_example: has_doc_example(text),
            ..Self::default()
        };
        facts.flatten(stream);
        facts.collect_paths();
        facts.visit_file(&file);
        facts
            .paths
            .sort_by(|one, other| (one.1, &one.0).cmp(&(other.1, &other.0)));
        facts.paths.dedup();
        Ok(facts)
    }

    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|range| range.contains(&line))
    }

    /// String literals with their line.
    pub(crate) fn strings(&self) -> impl Iterator<Item = (&str, usize)> {
        self.tokens.iter().filter_map(|(token, line)| match token {
            Token::Text(value) => Some((value.as_str(), *line)),
            _ => None,
        })
    }

    fn flatten(&mut self, stream: TokenStream) {
        let mut after_hash = false;
        for tree in stream {
            let line = tree.span().start().line;
            match tree {
                TokenTree::Group(group) if after_hash && is_documentation(&group) => {
                    after_hash = false;
                }
                TokenTree::Group(group) => {
                    after_hash = false;
                    self.tokens.push((Token::Open, line));
                    self.flatten(group.stream());
                    self.tokens
                        .push((Token::Close, group.span_close().start().line));
                }
                TokenTree::Ident(ident) => {
                    after_hash = false;
                    self.tokens.push((Token::Ident(ident.to_string()), line));
                }
                TokenTree::Punct(punct) => {
                    after_hash = punct.as_char() == '#' || (after_hash && punct.as_char() == '!');
                    self.tokens.push((Token::Punct(punct.as_char()), line));
                }
                TokenTree::Literal(literal) => {
                    after_hash = false;
                    let token = match syn::Lit::new(literal) {
                        syn::Lit::Str(text) => Token::Text(text.value()),
                        _ => Token::Other,
                    };
                    self.tokens.push((token, line));
                }
            }
        }
    }

    /// Runs of `ident :: ident` in the tokens.
    fn collect_paths(&mut self) {
        let mut current: Vec<String> = Vec::new();
        let mut first_line = 0;
        let mut colons = 0;
        let mut found = Vec::new();
        for (token, line) in &self.tokens {
            match token {
                Token::Punct(':') => colons += 1,
                Token::Ident(name) => {
                    if colons != 2 || current.is_empty() {
                        found.push((std::mem::take(&mut current), first_line));
                        first_line = *line;
                    }
                    current.push(name.clone());
                    colons = 0;
                }
                _ => {
                    found.push((std::mem::take(&mut current), first_line));
                    colons = 0;
                }
            }
        }
        found.push((current, first_line));
        self.paths
            .extend(found.into_iter().filter(|(path, _)| !path.is_empty()));
    }

    fn note_attributes(
        &mut self,
        attributes: &[syn::Attribute],
        first: usize,
        last: usize,
    ) -> bool {
        let test = attributes.iter().any(is_test_attribute);
        if test {
            self.test_lines.push(first..=last);
        }
        test
    }

    fn note_function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let line = signature.span().start().line;
        let last = block.brace_token.span.close().end().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: last.saturating_sub(line) + 1,
        });
    }
}

impl<'ast> Visit<'ast> for RustFile {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let span = item.span();
        let test = self.note_attributes(&item.attrs, span.start().line, span.end().line);
        if test && item.content.is_none() {
            self.test_modules.push(item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let span = item.span();
        self.note_attributes(&item.attrs, span.start().line, span.end().line);
        self.note_function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let span = item.span();
        self.note_attributes(&item.attrs, span.start().line, span.end().line);
        visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let span = item.span();
        self.note_attributes(&item.attrs, span.start().line, span.end().line);
        self.note_function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.note_function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let span = item.span();
        self.note_attributes(&item.attrs, span.start().line, span.end().line);
        write_out(&item.tree, &mut Vec::new(), &mut self.paths);
    }
}

fn write_out(tree: &syn::UseTree, prefix: &mut Vec<String>, into: &mut Vec<(Vec<String>, usize)>) {
    match tree {
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            write_out(&path.tree, prefix, into);
            prefix.pop();
        }
        syn::UseTree::Name(syn::UseName { ident, .. })
        | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
            let mut whole = prefix.clone();
            whole.push(ident.to_string());
            into.push((whole, ident.span().start().line));
        }
        syn::UseTree::Glob(glob) => into.push((prefix.clone(), glob.span().start().line)),
        syn::UseTree::Group(group) => {
            for item in &group.items {
                write_out(item, prefix, into);
            }
        }
    }
}

/// A fence in a documentation comment without a language, or with Rust's, opens an example that would be run.
fn has_doc_example(text: &str) -> bool {
    let mut inside = false;
    let lines = text.lines().map(str::trim_start);
    for fence in lines.filter_map(|line| {
        let comment = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"))?;
        comment.trim().strip_prefix("```")
    }) {
        if !inside
            && (fence.is_empty()
                || ["rust", "no_run", "should_panic", "compile_fail"]
                    .iter()
                    .any(|word| fence.starts_with(word)))
        {
            return true;
        }
        inside = !inside;
    }
    false
}

fn is_documentation(group: &proc_macro2::Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

fn is_test_attribute(attribute: &syn::Attribute) -> bool {
    if attribute.path().is_ident("test") {
        return true;
    }
    attribute.path().is_ident("cfg")
        && attribute.meta.require_list().is_ok_and(|list| {
            list.tokens
                .clone()
                .into_iter()
                .any(|token| matches!(token, TokenTree::Ident(name) if name == "test"))
        })
}

/// All Rust files of the tree. A file that does not parse is named with its reason.
pub(crate) struct Sources {
    pub(crate) files: BTreeMap<String, RustFile>,
    pub(crate) broken: BTreeMap<String, String>,
}

impl Sources {
    pub(crate) fn parse(tree: &Tree) -> Self {
        let mut sources = Self {
            files: BTreeMap::new(),
            broken: BTreeMap::new(),
        };
        for (path, text) in tree.texts.iter().filter(|(path, _)| path.ends_with(".rs")) {
            match RustFile::parse(text) {
                Ok(file) => sources.files.insert(path.clone(), file).map_or((), |_| ()),
                Err(reason) => sources
                    .broken
                    .insert(path.clone(), reason)
                    .map_or((), |_| ()),
            }
        }
        sources.mark_test_files();
        sources
    }

    fn mark_test_files(&mut self) {
        let roots: BTreeSet<String> = self
            .files
            .iter()
            .flat_map(|(path, file)| {
                let folder = module_folder(path);
                file.test_modules
                    .iter()
                    .map(move |name| format!("{folder}/{name}"))
            })
            .collect();
        for (path, file) in &mut self.files {
            let stem = path.trim_end_matches(".rs");
            file.is_test = is_test_path(path)
                || roots
                    .iter()
                    .any(|root| stem == root || stem.starts_with(&format!("{root}/")));
        }
    }
}

/// Where the child modules of a file live.
fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        other => format!("{folder}/{}", other.trim_end_matches(".rs")),
    }
}

fn is_test_path(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_out_and_comments_are_no_tokens() {
        let file = RustFile::parse(
            "//! std::net\n/// std::net\nuse std::{fs, io::Read};\nfn f() { a::b::c(1) }\n",
        )
        .unwrap();
        let paths: Vec<String> = file.paths.iter().map(|(path, _)| path.join("::")).collect();
        assert!(paths.contains(&"std::fs".to_owned()));
        assert!(paths.contains(&"std::io::Read".to_owned()));
        assert!(paths.contains(&"a::b::c".to_owned()));
        assert!(!paths.iter().any(|path| path.contains("net")));
    }

    #[test]
    fn a_function_is_measured_from_its_signature_to_its_brace() {
        let file = RustFile::parse("/// one\n/// two\nfn f() {\n    1;\n}\n").unwrap();
        assert_eq!(
            file.functions,
            [Function {
                name: "f".to_owned(),
                line: 3,
                lines: 3
            }]
        );
    }

    #[test]
    fn test_code_is_known_inline_and_in_its_own_file() {
        let tree = Tree::of(&[
            (
                "crates/law/src/term.rs",
                "fn a() {}\n#[cfg(test)]\nmod worked;\n#[cfg(test)]\nmod inner {\n    fn b() {}\n}\n",
            ),
            ("crates/law/src/term/worked.rs", "fn c() {}\n"),
        ]);
        let sources = Sources::parse(&tree);
        assert!(!sources.files["crates/law/src/term.rs"].is_test_line(1));
        assert!(sources.files["crates/law/src/term.rs"].is_test_line(6));
        assert!(sources.files["crates/law/src/term/worked.rs"].is_test_line(1));
    }

    #[test]
    fn documentation_examples_are_noticed() {
        assert!(
            RustFile::parse("/// ```\n/// 1;\n/// ```\nfn a() {}\n")
                .unwrap()
                .has_doc_example
        );
        assert!(
            !RustFile::parse("/// plain\nfn a() {}\n")
                .unwrap()
                .has_doc_example
        );
    }
}
