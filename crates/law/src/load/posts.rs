//! Posts and named groups of posts.

use std::collections::BTreeMap;

use super::{
    source::{Log, Node, Text},
    value::EVIDENCE,
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    rules::Post,
    terms_of_art::{Evidence, Rank, Tier},
};

/// Posts and groups of the pack.
#[derive(Debug, Default)]
pub struct Posts {
    /// Posts by id.
    pub by_id: BTreeMap<String, Post>,
    groups: BTreeMap<String, Vec<Text>>,
    deputies: Vec<Text>,
}

impl Posts {
    /// Reads the posts of a file with `subject = "posts"`.
    pub fn read_posts(&mut self, root: &Node<'_>, log: &mut Log) {
        for node in root.tables_some("post", log) {
            let id = node.text("id", log);
            let post = self.post(&node, log);
            node.finish(log);
            let (Some(id), Some(mut post)) = (id, post) else {
                continue;
            };
            post.id.clone_from(&id.value);
            if self.by_id.insert(id.value.clone(), post).is_some() {
                let message = format!("the post `{}` is given twice", id.value);
                log.push(Diagnostic::new(
                    "LAW-DUP",
                    &id.place,
                    message,
                    "keep one entry for each post",
                ));
            }
        }
    }

    fn post(&mut self, node: &Node<'_>, log: &mut Log) -> Option<Post> {
        let label = node.text("label_vi", log);
        let tiers: Vec<&str> = Tier::ALL.iter().map(|tier| tier.code()).collect();
        let ranks: Vec<&str> = Rank::ALL.iter().map(|rank| rank.code()).collect();
        let tier = node.word("tier", Tier::parse, &tiers, log);
        let rank = node.word("rank", Rank::parse, &ranks, log);
        let deputy_of = node.text_opt("deputy_of", log);
        let valid_from = node.date_opt("valid_from", log);
        let valid_to = node.date_opt("valid_to", log);
        let evidence = node.word("evidence", Evidence::parse, EVIDENCE, log);
        let source = node.text("source", log);
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            let message = format!("the post ends on {to}, before it begins on {from}");
            log.push(Diagnostic::new(
                "LAW-ORDER",
                &node.place_of("valid_to"),
                message,
                "swap or correct the dates",
            ));
        }
        self.deputies.extend(deputy_of.clone());
        Some(Post {
            id: String::new(),
            label_vi: label?.value,
            tier: tier?,
            rank: rank?,
            deputy_of: deputy_of.map(|text| text.value),
            valid_from,
            valid_to,
            evidence: evidence?,
            source: source?.value,
        })
    }

    /// Reads the groups of a file with `subject = "post_groups"`.
    pub fn read_groups(&mut self, root: &Node<'_>, log: &mut Log) {
        for node in root.tables_some("group", log) {
            let id = node.text("id", log);
            node.text_opt("label_vi", log);
            let posts = node.texts("posts", log);
            node.finish(log);
            let Some(id) = id else { continue };
            if self.groups.insert(id.value.clone(), posts).is_some() {
                let message = format!("the group `{}` is given twice", id.value);
                log.push(Diagnostic::new(
                    "LAW-DUP",
                    &id.place,
                    message,
                    "keep one entry for each group",
                ));
            }
        }
    }

    /// Reports posts that groups or deputies name and nobody declares.
    pub fn check(&self, log: &mut Log) {
        for post in self.groups.values().flatten().chain(&self.deputies) {
            self.known(post, log);
        }
    }

    /// Whether the post is declared; reported if not.
    pub fn known(&self, post: &Text, log: &mut Log) -> bool {
        let known = self.by_id.contains_key(&post.value);
        if !known {
            let help = nearest(&post.value, self.by_id.keys().map(String::as_str)).map_or_else(
                || "declare it in `rules/posts.toml`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            log.push(Diagnostic::new(
                "LAW-POST",
                &post.place,
                format!("unknown post `{}`", post.value),
                help,
            ));
        }
        known
    }

    /// The posts of a group; an unknown group is reported.
    pub fn group(&self, group: &Text, log: &mut Log) -> Vec<Text> {
        let Some(posts) = self.groups.get(&group.value) else {
            let help = nearest(&group.value, self.groups.keys().map(String::as_str)).map_or_else(
                || "declare it in `rules/post-groups.toml`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            log.push(Diagnostic::new(
                "LAW-POST",
                &group.place,
                format!("unknown group of posts `{}`", group.value),
                help,
            ));
            return Vec::new();
        };
        posts
            .iter()
            .map(|post| Text {
                value: post.value.clone(),
                place: group.place.clone(),
            })
            .collect()
    }
}
