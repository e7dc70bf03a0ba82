//! Files of at most 800 lines, functions of at most 70.

use super::Finding;
use crate::rust::Sources;
use crate::tree::Tree;

const CHECK: &str = "sizes";
const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;
const CODE: &[&str] = &[
    ".rs", ".py", ".js", ".mjs", ".css", ".html", ".typ", ".sql", ".sh",
];

pub(crate) fn check(tree: &Tree, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .texts
        .iter()
        .filter(|(path, _)| CODE.iter().any(|end| path.ends_with(end)))
    {
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            let text = format!("{lines} lines, at most {FILE_LINES_MAX}");
            findings.push(Finding::new(CHECK, path, 0, "", text));
        }
    }
    for (path, file) in &sources.files {
        for function in file
            .functions
            .iter()
            .filter(|function| function.lines > FUNCTION_LINES_MAX)
        {
            let text = format!(
                "`{}` has {} lines, at most {FUNCTION_LINES_MAX}",
                function.name, function.lines
            );
            findings.push(Finding::new(
                CHECK,
                path,
                function.line,
                &function.name,
                text,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        let tree = Tree::of(&[(path, text)]);
        check(&tree, &Sources::parse(&tree))
    }

    fn function_of(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    1;\n".repeat(lines - 2))
    }

    #[test]
    fn seventy_lines_pass_and_one_more_does_not() {
        assert_eq!(findings("crates/law/src/a.rs", &function_of(70)), []);
        let found = findings("crates/law/src/a.rs", &function_of(71));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].item, "long");
    }

    #[test]
    fn a_method_counts_like_a_function() {
        let text = format!("impl A {{\n{}}}\n", function_of(71));
        assert_eq!(findings("crates/law/src/a.rs", &text).len(), 1);
    }

    #[test]
    fn eight_hundred_lines_pass_and_one_more_does_not() {
        assert_eq!(findings("tests/a.py", &"x\n".repeat(800)), []);
        assert_eq!(findings("tests/a.py", &"x\n".repeat(801)).len(), 1);
        assert_eq!(findings("law/acts/a.toml", &"x\n".repeat(801)), []);
    }
}
