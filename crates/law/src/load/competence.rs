//! Rules of competence: who may permit an act at a level.

use super::{
    posts::Posts,
    source::{Node, Text, choose},
    value::{Context, Loaded, citations, dated},
};
use crate::{
    citation::Citation,
    diagnostic::Diagnostic,
    rules::{Competence, Delegate, Grant, Verdict},
    terms_of_art::{Act, Evidence, Level, Rank, Tier},
};

/// Values of competence by act and level.
pub type Values = Vec<((Act, Level), Loaded<Competence>)>;

/// Reads a file with `subject = "competence"`.
pub fn read(root: &Node<'_>, posts: &Posts, context: &mut Context<'_>, values: &mut Values) {
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.code()).collect();
    let act = root.word("act", Act::parse, &acts, context.log);
    for node in root.tables_some("value", context.log) {
        let levels = levels(&node, context);
        let loaded = dated(&node, context, |context, because| {
            competence(&node, because, posts, context)
        });
        node.finish(context.log);
        let (Some(act), Some(loaded)) = (act, loaded) else {
            continue;
        };
        for level in levels {
            values.push(((act, level), loaded.clone()));
        }
    }
}

fn levels(node: &Node<'_>, context: &mut Context<'_>) -> Vec<Level> {
    let codes: Vec<&str> = Level::ALL.iter().map(|level| level.code()).collect();
    let texts = node.texts("levels", context.log);
    if texts.is_empty() {
        context.log.push(Diagnostic::new(
            "LAW-LEVEL",
            &node.place(),
            "the value names no level".to_owned(),
            "add `levels = [\"tuyet_mat\", \"toi_mat\", \"mat\"]`",
        ));
    }
    texts
        .iter()
        .filter_map(|text| choose(text, "level", Level::parse, &codes, context.log))
        .collect()
}

fn competence(
    node: &Node<'_>,
    because: &[Citation],
    posts: &Posts,
    context: &mut Context<'_>,
) -> Option<Competence> {
    let mut rule = Competence::default();
    if let Some(clause) = node.text_opt("delegate_clause", context.log) {
        let first = because.first()?;
        rule.delegate_because = vec![Citation {
            clause: Some(clause.value),
            point: None,
            ..first.clone()
        }];
    }
    if let Some(same) = node.table("same_as", context.log) {
        rule.same_as = same_as(&same, context);
    }
    for grant in node.tables("grant", context.log) {
        read_grant(&grant, because, posts, &mut rule, context);
    }
    if let Some(others) = node.table("others", context.log) {
        read_others(&others, &mut rule, context);
    }
    // `missing` was read with the head of the value; it settles unknown tiers too.
    let named = rule
        .posts
        .values()
        .chain(rule.ranks.values())
        .map(|grant| grant.verdict);
    let unknown = named
        .chain(rule.others.values().copied())
        .any(|verdict| verdict == Verdict::Unknown);
    rule.missing = node.text_opt("missing", context.log).map(|text| text.value);
    if unknown && rule.missing.is_none() {
        let help = "name the text that would settle them: add `missing = \"...\"`";
        context.log.push(Diagnostic::new(
            "LAW-UNKNOWN",
            &node.place_of("id"),
            "some posts are unknown but no missing text is named".to_owned(),
            help,
        ));
    }
    check_tiers(node, &rule, context);
    Some(rule)
}

fn same_as(node: &Node<'_>, context: &mut Context<'_>) -> Option<(Act, Option<Level>)> {
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.code()).collect();
    let codes: Vec<&str> = Level::ALL.iter().map(|level| level.code()).collect();
    let act = node.word("act", Act::parse, &acts, context.log);
    let level = node.text_opt("level", context.log);
    let level = level.and_then(|text| choose(&text, "level", Level::parse, &codes, context.log));
    node.finish(context.log);
    Some((act?, level))
}

fn read_others(node: &Node<'_>, rule: &mut Competence, context: &mut Context<'_>) {
    let verdicts = ["no", "unknown"];
    for tier in Tier::ALL {
        if let Some(text) = node.text_opt(tier.code(), context.log) {
            let verdict = choose(
                &text,
                "answer",
                |code| Verdict::parse(code).filter(|verdict| *verdict != Verdict::Yes),
                &verdicts,
                context.log,
            );
            if let Some(verdict) = verdict {
                rule.others.insert(*tier, verdict);
            }
        }
    }
    node.finish(context.log);
}

/// Every tier of the state has an answer for posts that no grant names.
fn check_tiers(node: &Node<'_>, rule: &Competence, context: &mut Context<'_>) {
    let open: Vec<&str> = Tier::ALL
        .iter()
        .filter(|tier| !rule.others.contains_key(tier))
        .map(|tier| tier.code())
        .collect();
    if !open.is_empty() && rule.same_as.is_none() {
        let message = format!("posts not named are not covered for: {}", open.join(", "));
        let help = "add `others = { trung_uong = \"unknown\", tinh = \"no\", ... }` for every tier";
        context.log.push(Diagnostic::new(
            "LAW-COVER",
            &node.place_of("others"),
            message,
            help,
        ));
    }
}

fn read_grant(
    node: &Node<'_>,
    because: &[Citation],
    posts: &Posts,
    rule: &mut Competence,
    context: &mut Context<'_>,
) {
    let mut named: Vec<Text> = node.texts("posts", context.log);
    named.retain(|post| posts.known(post, context.log));
    for group in node.texts("groups", context.log) {
        named.extend(posts.group(&group, context.log));
    }
    let ranks: Vec<&str> = Rank::ALL.iter().map(|rank| rank.code()).collect();
    let rank_texts = node.texts("ranks", context.log);
    let rank_list: Vec<(Rank, Text)> = rank_texts
        .into_iter()
        .filter_map(|text| {
            Some((
                choose(&text, "rank", Rank::parse, &ranks, context.log)?,
                text,
            ))
        })
        .collect();
    let Some(grant) = grant(node, because, context) else {
        return;
    };
    if !["posts", "groups", "ranks"].iter().any(|key| node.has(key)) {
        context.log.push(Diagnostic::new(
            "LAW-MISSING",
            &node.place(),
            "the grant names nobody".to_owned(),
            "add `posts`, `groups` or `ranks`",
        ));
    }
    for (rank, text) in rank_list {
        if rule.ranks.insert(rank, grant.clone()).is_some() {
            conflict(&text, context);
        }
    }
    for post in named {
        if rule
            .posts
            .insert(post.value.clone(), grant.clone())
            .is_some()
        {
            conflict(&post, context);
        }
    }
}

fn conflict(text: &Text, context: &mut Context<'_>) {
    let message = format!("two grants of one value name `{}`", text.value);
    context.log.push(Diagnostic::new(
        "LAW-CONFLICT",
        &text.place,
        message,
        "name each post in one grant only",
    ));
}

fn grant(node: &Node<'_>, because: &[Citation], context: &mut Context<'_>) -> Option<Grant> {
    let verdict = node.text_opt("answer", context.log);
    let verdict = match verdict {
        Some(text) => choose(
            &text,
            "answer",
            Verdict::parse,
            &["yes", "no", "unknown"],
            context.log,
        )?,
        None => Verdict::Yes,
    };
    let delegate = node.text_opt("delegate", context.log);
    let delegate = delegate.and_then(|text| {
        let parse = |code: &str| {
            [Delegate::ToDeputy, Delegate::No]
                .into_iter()
                .find(|delegate| delegate.code() == code)
        };
        choose(&text, "delegate", parse, &["to_deputy", "no"], context.log)
    });
    let clause = node.text_opt("clause", context.log).map(|text| text.value);
    let point = node.text_opt("point", context.log).map(|text| text.value);
    let notes = node
        .texts("notes", context.log)
        .into_iter()
        .map(|note| note.value)
        .collect();
    let own = if node.has("cite") {
        citations(node, Evidence::Verified, context)
    } else {
        Vec::new()
    };
    node.finish(context.log);
    let because = if own.is_empty() {
        let mut cited = because.to_vec();
        if let Some(first) = cited.first_mut() {
            first.clause = clause.or_else(|| first.clause.take());
            first.point = point.or_else(|| first.point.take());
        }
        cited
    } else {
        own
    };
    Some(Grant {
        verdict,
        delegate,
        because,
        notes,
    })
}
