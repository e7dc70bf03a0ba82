//! Relative links of the Markdown pages lead somewhere.

use super::Finding;
use crate::tree::Tree;

const CHECK: &str = "links";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        for (number, line) in text.lines().enumerate() {
            for target in targets(line).filter(|target| !exists(tree, path, target)) {
                let text = format!("link to `{target}`, which does not exist");
                findings.push(Finding::new(CHECK, path, number + 1, target, text));
            }
        }
    }
    findings
}

/// What stands between `](` and `)`, without an anchor; addresses of the Internet are not followed.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        (!target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
            .then_some(target)
    })
}

fn exists(tree: &Tree, page: &str, target: &str) -> bool {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let whole = parts.join("/");
    tree.paths.contains(&whole) || tree.under(&format!("{whole}/")).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_found() {
        let tree = Tree::of(&[
            (
                "docs/a.md",
                "see [b](b.md), [c](../c.md#part), [d](https://example.org), [law](../law)",
            ),
            ("c.md", ""),
            ("law/x.toml", ""),
        ]);
        let found = check(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].item, "b.md");
    }
}
